// ethers 6 on the chain under test.

import { Contract, ContractFactory, HDNodeWallet, JsonRpcProvider, WebSocketProvider } from 'ethers';
import {
  artifact,
  developmentPath,
  ETHEREUM_HTTP,
  ETHEREUM_WS,
  PUBLIC_DEVELOPMENT_MNEMONIC,
  TOKEN,
} from './chain.js';

/** A provider over HTTP that asks for new blocks often: the chain seals a block for each transaction at once. */
export function connect() {
  // `cacheTimeout: -1`: two equal requests within a quarter of a second are two requests, for state changes meanwhile.
  return new JsonRpcProvider(ETHEREUM_HTTP, undefined, { pollingInterval: 50, cacheTimeout: -1 });
}

/** A provider over WebSocket, which gets logs and blocks by `eth_subscribe`. */
export function connectWebSocket() {
  return new WebSocketProvider(ETHEREUM_WS);
}

/** The development account number `index`; its key is public. */
export function developmentAccount(index, provider) {
  return HDNodeWallet.fromPhrase(PUBLIC_DEVELOPMENT_MNEMONIC, undefined, developmentPath(index)).connect(provider);
}

/** Deploys the contract `name` and waits for its block. */
export async function deploy(name, signer, ...constructorArguments) {
  const { abi, bytecode } = artifact(name);
  const contract = await new ContractFactory(abi, bytecode, signer).deploy(...constructorArguments);
  await contract.waitForDeployment();
  return new Contract(await contract.getAddress(), abi, signer);
}

/** Deploys the token; `signer` holds all of it. */
export function deployToken(signer) {
  return deploy('token', signer, TOKEN.name, TOKEN.symbol, TOKEN.decimals, TOKEN.supply, signer.address);
}
