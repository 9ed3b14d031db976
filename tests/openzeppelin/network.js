// What stands where OpenZeppelin's tests deploy a mock of theirs: our token, with what the mock's internals are called there.

import { readFileSync } from 'node:fs';
import * as time from './hardhat/hardhat-oz-contracts-helpers/internal/time.ts';
import { skip } from './skip.js';

const { SALUS_ARTIFACTS } = process.env;
const abi = JSON.parse(readFileSync(`${SALUS_ARTIFACTS}/token.abi.json`, 'utf8'));
const bytecode = `0x${readFileSync(`${SALUS_ARTIFACTS}/token.polkavm`).toString('hex')}`;

/** What our constructor takes, in order. */
const PARAMETERS = ['name', 'symbol', 'decimals', 'cap', 'supply', 'holder', 'delay', 'admin', 'minter', 'pauser'];

/** Of what a mock is created with, by its name, what is not usual. */
const MOCKS = {
  $ERC20: ([name, symbol]) => ({ name, symbol }),
  $ERC20Burnable: ([name, symbol]) => ({ name, symbol }),
  $ERC20Capped: ([name, symbol, cap]) => ({ name, symbol, cap }),
  $ERC20Pausable: ([name, symbol]) => ({ name, symbol }),
  $ERC20Permit: ([name, symbol]) => ({ name, symbol }),
  $ERC3009: ([name, symbol]) => ({ name, symbol }),
  $AccessControlDefaultAdminRules: ([delay, admin]) => ({ delay, admin }),
};

/** Internals that our token has as messages, sent by who may. */
const INTERNALS = { $_mint: 'mint', $_pause: 'pause', $_unpause: 'unpause' };

/** A token that answers to a mock's internals; a test that calls any that there is none for is skipped. */
function asMock(token) {
  return new Proxy(token, {
    get(target, key) {
      if (key === 'connect') return (signer) => asMock(target.connect(signer));
      if (key in INTERNALS) return target[INTERNALS[key]];
      // Who holds tokens burns them; nobody does for the zero address.
      if (key === '$_burn') return (account, value) => (account.address ? target.connect(account).burn(value) : skip());
      if (typeof key === 'string' && key.startsWith('$')) return skip;
      const value = target[key];
      return typeof value === 'function' && !('staticCall' in value) ? value.bind(target) : value;
    },
  });
}

/** ethers, which deploys our token whatever it is told to deploy. */
function deployingOurs(ethers) {
  async function constructorArguments(mock, values) {
    if (!(mock in MOCKS)) return skip();
    const [{ address }] = await ethers.getSigners();
    const usual = { name: 'Token', symbol: 'TKN', decimals: 18, cap: ethers.MaxUint256, supply: 0n, delay: 0n };
    const everybody = { holder: address, admin: address, minter: address, pauser: address };
    const given = { ...usual, ...everybody, ...MOCKS[mock](values) };
    return PARAMETERS.map((name) => given[name]);
  }
  async function getContractFactory(mock) {
    const factory = await ethers.getContractFactory(abi, bytecode);
    const deploy = async (...values) => asMock(await factory.deploy(...(await constructorArguments(mock, values))));
    return { deploy, interface: factory.interface };
  }
  async function deployContract(mock, values = []) {
    const token = await (await getContractFactory(mock)).deploy(...values);
    await token.waitForDeployment();
    return token;
  }
  return Object.assign(Object.create(ethers), { getContractFactory, deployContract });
}

export default async () => ({
  // The helpers for snapshots and time want to be told that this is a network for development.
  onRequest: async (context, connection, request, next) =>
    request.method === 'web3_clientVersion'
      ? { jsonrpc: '2.0', id: request.id, result: 'HardhatNetwork/salus' }
      : next(context, connection, request),
  newConnection: async (context, next) => {
    const connection = await next(context);
    const helpers = ['clock', 'clockFromReceipt', 'increaseBy', 'increaseTo', 'duration'];
    const bound = Object.fromEntries(helpers.map((name) => [name, time[name](connection)]));
    return Object.assign(connection, { ethers: deployingOurs(connection.ethers), helpers: { time: bound } });
  },
});
