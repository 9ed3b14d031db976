// An ERC-20 token as a web page drives it by viem.

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import {
  BaseError,
  ContractFunctionRevertedError,
  getAddress,
  InsufficientFundsError,
  parseAbiItem,
  parseEventLogs,
} from 'viem';
import { CHAIN_ID, PATIENCE, TOKEN } from './support/chain.js';
import { deployToken, publicClient, walletClient, webSocketClient } from './support/viem.js';

describe('viem: the token', PATIENCE, () => {
  let client, alith, baltathar, token;
  before(async () => {
    client = publicClient();
    [alith, baltathar] = [walletClient(0), walletClient(1)];
    token = await deployToken(client, alith);
  });

  const read = (functionName, ...args) => client.readContract({ ...token, functionName, args });

  /** Sends a call as alith and waits for its receipt. */
  async function write(functionName, ...args) {
    const hash = await alith.writeContract({ ...token, functionName, args });
    return client.waitForTransactionReceipt({ hash });
  }

  /** The custom error by which the chain refused `call`. */
  async function refusalOf(call) {
    const error = await call.then(
      () => assert.fail('the call was not refused'),
      (refusal) => refusal,
    );
    assert.ok(error instanceof BaseError, error.stack);
    const reverted = error.walk((cause) => cause instanceof ContractFunctionRevertedError);
    assert.ok(reverted, `no revert in: ${error.stack}`);
    return [reverted.data?.errorName, ...(reverted.data?.args ?? [])];
  }

  it('is read', async () => {
    assert.equal(await client.getChainId(), Number(CHAIN_ID));
    assert.deepEqual(
      await Promise.all([read('name'), read('symbol'), read('decimals'), read('totalSupply')]),
      [TOKEN.name, TOKEN.symbol, TOKEN.decimals, TOKEN.supply],
    );
    assert.equal(await read('balanceOf', alith.account.address), TOKEN.supply);
  });

  it('is written, and its receipt and block hold the transaction', async () => {
    const receipt = await write('transfer', baltathar.account.address, 42n);
    assert.equal(receipt.status, 'success');
    assert.equal(await read('balanceOf', baltathar.account.address), 42n);

    const block = await client.getBlock({ blockHash: receipt.blockHash, includeTransactions: true });
    assert.equal(block.number, receipt.blockNumber);
    const transaction = block.transactions.find(({ hash }) => hash === receipt.transactionHash);
    assert.equal(getAddress(transaction.from), alith.account.address);
    assert.equal(getAddress(transaction.to), getAddress(token.address));

    const [event] = parseEventLogs({ abi: token.abi, logs: receipt.logs });
    assert.equal(event.eventName, 'Transfer');
    assert.deepEqual(event.args, { from: alith.account.address, to: baltathar.account.address, value: 42n });
  });

  it('has its logs found by event, topic and block', async () => {
    const { blockNumber, transactionHash } = await write('transfer', baltathar.account.address, 43n);
    const event = parseAbiItem('event Transfer(address indexed from, address indexed to, uint256 value)');
    const within = { address: token.address, event, fromBlock: blockNumber, toBlock: blockNumber };
    const logs = await client.getLogs({ ...within, args: { to: baltathar.account.address } });
    assert.deepEqual(
      logs.map((log) => [log.args.value, log.transactionHash]),
      [[43n, transactionHash]],
    );
    assert.deepEqual(await client.getLogs({ ...within, args: { from: baltathar.account.address } }), []);
    const all = await client.getLogs({ ...within, fromBlock: 0n });
    assert.ok(all.length >= 2 && all.every((log) => getAddress(log.address) === getAddress(token.address)));
  });

  it('is simulated before it is written', async () => {
    const before = await read('balanceOf', baltathar.account.address);
    const { request, result } = await client.simulateContract({
      ...token,
      functionName: 'transfer',
      args: [baltathar.account.address, 44n],
      account: alith.account,
    });
    assert.equal(result, true);
    assert.equal(await read('balanceOf', baltathar.account.address), before);
    await client.waitForTransactionReceipt({ hash: await alith.writeContract(request) });
    assert.equal(await read('balanceOf', baltathar.account.address), before + 44n);
  });

  it('has its refusals named when simulated, and when sent', async () => {
    const poor = walletClient(4);
    const call = { ...token, functionName: 'transfer', args: [alith.account.address, 45n], account: poor.account };
    const expected = ['ERC20InsufficientBalance', poor.account.address, 0n, 45n];
    assert.deepEqual(await refusalOf(client.simulateContract(call)), expected);
    assert.deepEqual(await refusalOf(client.estimateContractGas(call)), expected);
    assert.deepEqual(await refusalOf(poor.writeContract(call)), expected);
  });

  it('has a transaction that failed told as reverted', async () => {
    const poor = walletClient(4);
    const call = { ...token, functionName: 'transfer', args: [alith.account.address, 46n] };
    const hash = await poor.writeContract({ ...call, gas: 10n * (await client.estimateContractGas({
      ...token,
      functionName: 'approve',
      args: [alith.account.address, 46n],
      account: poor.account,
    })) });
    assert.equal((await client.waitForTransactionReceipt({ hash })).status, 'reverted');
  });

  it('takes a permit signed by signTypedData', async () => {
    const [, name, version, chainId, verifyingContract] = await read('eip712Domain');
    const message = {
      owner: alith.account.address,
      spender: baltathar.account.address,
      value: 47n,
      nonce: await read('nonces', alith.account.address),
      deadline: 2n ** 256n - 1n,
    };
    const signature = await alith.signTypedData({
      domain: { name, version, chainId, verifyingContract },
      types: {
        Permit: [
          { name: 'owner', type: 'address' },
          { name: 'spender', type: 'address' },
          { name: 'value', type: 'uint256' },
          { name: 'nonce', type: 'uint256' },
          { name: 'deadline', type: 'uint256' },
        ],
      },
      primaryType: 'Permit',
      message,
    });
    const [r, s, v] = [signature.slice(0, 66), `0x${signature.slice(66, 130)}`, Number(`0x${signature.slice(130)}`)];
    const hash = await baltathar.writeContract({
      ...token,
      functionName: 'permit',
      args: [message.owner, message.spender, message.value, message.deadline, v, r, s],
    });
    assert.equal((await client.waitForTransactionReceipt({ hash })).status, 'success');
    assert.equal(await read('allowance', message.owner, message.spender), 47n);
  });

  it('cannot be used by an account without coins', async () => {
    const stranger = walletClient(40);
    const sending = stranger.sendTransaction({ to: alith.account.address, value: 1n });
    await assert.rejects(sending, (error) => error.walk((cause) => cause instanceof InsufficientFundsError) !== null);
  });

  for (const [way, open] of [
    ['polling over HTTP', publicClient],
    ['eth_subscribe over WebSocket', webSocketClient],
  ]) {
    it(`has its events watched by ${way}`, PATIENCE, async () => {
      const watching = open();
      let unwatch;
      try {
        const seen = new Promise((resolve, reject) => {
          unwatch = watching.watchContractEvent({
            ...token,
            eventName: 'Transfer',
            args: { to: baltathar.account.address },
            onLogs: (logs) => resolve(logs.map(({ args }) => args.value)),
            onError: reject,
          });
        });
        // Watching begins with a request of its own; what is sent before its answer is not watched.
        await new Promise((resolve) => setTimeout(resolve, 500));
        await write('transfer', alith.account.address, 48n);
        await write('transfer', baltathar.account.address, 49n);
        assert.deepEqual(await seen, [49n]);
      } finally {
        unwatch?.();
        if (open === webSocketClient) (await watching.transport.getRpcClient()).close();
      }
    });
  }

  it('has new blocks watched over WebSocket', PATIENCE, async () => {
    const watching = webSocketClient();
    let unwatch;
    try {
      const seen = new Promise((resolve, reject) => {
        unwatch = watching.watchBlocks({ onBlock: ({ number }) => resolve(number), onError: reject, emitMissed: false });
      });
      await new Promise((resolve) => setTimeout(resolve, 500));
      const { blockNumber } = await write('transfer', alith.account.address, 1n);
      assert.equal(await seen, blockNumber);
    } finally {
      unwatch?.();
      (await watching.transport.getRpcClient()).close();
    }
  });
});
