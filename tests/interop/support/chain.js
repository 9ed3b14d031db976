// Where the chain under test is, what is deployed on it, and who has coins there.

import { readFileSync } from 'node:fs';
import process from 'node:process';

/** Longest time for one test, in milliseconds: the chain seals at once, so what takes longer hangs. */
export const PATIENCE = { timeout: 60_000 };

/** `salus up` gives these chain ids and units; see devchain/src/runtime.rs. */
export const CHAIN_ID = 420420420n;

function fromEnvironment(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start the tests by tests/interop/run`);
  return value;
}

/** The Ethereum JSON-RPC port over HTTP. */
export const ETHEREUM_HTTP = fromEnvironment('SALUS_ETHEREUM_RPC');
/** The same port over WebSocket. */
export const ETHEREUM_WS = ETHEREUM_HTTP.replace(/^http/, 'ws');
/** The Substrate JSON-RPC port over WebSocket. */
export const SUBSTRATE_WS = fromEnvironment('SALUS_SUBSTRATE_RPC');

/**
 * The mnemonic of the Ethereum development accounts. It is public and everybody's: the accounts hold worthless coins on
 * development chains and must never hold anything else.
 */
export const PUBLIC_DEVELOPMENT_MNEMONIC = 'bottom drive obey lake curtain smoke basket hold race lonely fit walk';
/** Path of the development account number `index` (alith, baltathar, charleth, dorothy, ethan). */
export const developmentPath = (index) => `m/44'/60'/0'/0/${index}`;

const ARTIFACTS = new URL('../../../contracts/artifacts/', import.meta.url);

/** The ABI and the code of a contract as committed to the repository. */
export function artifact(name) {
  return {
    abi: JSON.parse(readFileSync(new URL(`${name}.abi.json`, ARTIFACTS), 'utf8')),
    bytecode: `0x${readFileSync(new URL(`${name}.polkavm`, ARTIFACTS)).toString('hex')}`,
  };
}

/** The token that the tests deploy; the first holder gets the whole supply. */
export const TOKEN = { name: 'Interop Token', symbol: 'IOT', decimals: 6, supply: 1_000_000n * 10n ** 6n };

const NOBODY = '0x0000000000000000000000000000000000000000';

/** The arguments of the token's constructor: those of TOKEN, no cap that matters, no delay, and nobody in a role but the admin. */
export function tokenArguments(changes) {
  const usual = { ...TOKEN, cap: 2n ** 256n - 1n, delay: 0, minter: NOBODY, pauser: NOBODY };
  const { name, symbol, decimals, cap, supply, holder, delay, admin, minter, pauser } = { ...usual, ...changes };
  return [name, symbol, decimals, cap, supply, holder, delay, admin, minter, pauser];
}
