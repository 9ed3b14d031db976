// ethers 6 on the chain under test.

import assert from 'node:assert/strict';
import { Contract, ContractFactory, HDNodeWallet, JsonRpcProvider, WebSocketProvider } from 'ethers';
import {
  artifact,
  developmentPath,
  ETHEREUM_HTTP,
  ETHEREUM_WS,
  PUBLIC_DEVELOPMENT_MNEMONIC,
  tokenArguments,
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

/**
 * Deploys the token; `signer` holds all of it, and is its admin without a delay. `changes` are arguments of the constructor
 * that are to be others.
 */
export function deployToken(signer, changes = {}) {
  return deploy('token', signer, ...tokenArguments({ holder: signer.address, admin: signer.address, ...changes }));
}

/** The name and the arguments of the error by which a contract refuses `call`; a call that it does not is the test's failure. */
export async function refusalOf(call) {
  const { revert } = await call.then(
    () => assert.fail('the call was not refused'),
    (refusal) => refusal,
  );
  return [revert?.name, ...(revert?.args ?? [])];
}

/** Sends a call and answers its events, each with its name in front of its arguments. */
export async function eventsOf(sent) {
  const receipt = await (await sent).wait();
  return receipt.logs.map(({ eventName, args }) => [eventName, ...args]);
}

/** Lets time pass until `time`, in seconds, which is then that of the newest block. */
export async function advanceTo(provider, time) {
  await provider.send('evm_setNextBlockTimestamp', [Number(time)]);
  await provider.send('evm_mine', []);
}

/** The time of the newest block, in seconds. */
export async function now(provider) {
  return BigInt((await provider.getBlock('latest')).timestamp);
}
