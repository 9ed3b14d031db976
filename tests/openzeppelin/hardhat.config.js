// The chain that the tests run on: one that is there, by its Ethereum RPC.

import hardhatEthers from '@nomicfoundation/hardhat-ethers';
import hardhatEthersChaiMatchers from '@nomicfoundation/hardhat-ethers-chai-matchers';
import hardhatMocha from '@nomicfoundation/hardhat-mocha';
import hardhatNetworkHelpers from '@nomicfoundation/hardhat-network-helpers';
import { HDNodeWallet } from 'ethers';
import { defineConfig } from 'hardhat/config';

// Public, as in tests/interop/support/chain.js: the accounts hold worthless coins.
const MNEMONIC = 'bottom drive obey lake curtain smoke basket hold race lonely fit walk';
const account = (index) => HDNodeWallet.fromPhrase(MNEMONIC, undefined, `m/44'/60'/0'/0/${index}`).privateKey;

export default defineConfig({
  plugins: [
    hardhatEthers,
    hardhatEthersChaiMatchers,
    hardhatMocha,
    hardhatNetworkHelpers,
    { id: 'salus-token', hookHandlers: { network: () => import('./network.js') } },
  ],
  networks: {
    default: { type: 'http', url: process.env.SALUS_ETHEREUM_RPC, accounts: [0, 1, 2, 3, 4].map(account) },
  },
  solidity: { version: '0.8.35' },
  test: { mocha: { timeout: 60_000 } },
});
