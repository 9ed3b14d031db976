// viem on the chain under test.

import { createPublicClient, createWalletClient, defineChain, http, webSocket } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import {
  artifact,
  CHAIN_ID,
  developmentPath,
  ETHEREUM_HTTP,
  ETHEREUM_WS,
  PUBLIC_DEVELOPMENT_MNEMONIC,
  tokenArguments,
} from './chain.js';

export const chain = defineChain({
  id: Number(CHAIN_ID),
  name: 'Salus development chain',
  nativeCurrency: { name: 'Development coin', symbol: 'DEV', decimals: 18 },
  rpcUrls: { default: { http: [ETHEREUM_HTTP], webSocket: [ETHEREUM_WS] } },
});

/** Often enough for a chain that seals a block for each transaction at once, in milliseconds. */
const POLLING = { pollingInterval: 50, cacheTime: 0 };

/** The development account number `index`; its key is public. */
export function developmentAccount(index) {
  return mnemonicToAccount(PUBLIC_DEVELOPMENT_MNEMONIC, { path: developmentPath(index) });
}

export function publicClient() {
  return createPublicClient({ chain, transport: http(), ...POLLING });
}

export function webSocketClient() {
  return createPublicClient({ chain, transport: webSocket(), ...POLLING });
}

export function walletClient(index) {
  return createWalletClient({ account: developmentAccount(index), chain, transport: http(), ...POLLING });
}

/** Deploys the token by `wallet`, which holds all of it, and answers where it is. */
export async function deployToken(reading, wallet) {
  const { abi, bytecode } = artifact('token');
  const { address } = wallet.account;
  const args = tokenArguments({ holder: address, admin: address });
  const hash = await wallet.deployContract({ abi, bytecode, args });
  const { contractAddress } = await reading.waitForTransactionReceipt({ hash });
  return { address: contractAddress, abi };
}
