// An ERC-20 token as a wallet or a web page drives it by ethers 6.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Contract, getCreateAddress, isCallException, parseEther } from 'ethers';
import { CHAIN_ID, PATIENCE, TOKEN } from './support/chain.js';
import { connect, connectWebSocket, deployToken, developmentAccount } from './support/ethers.js';

/** What ethers made of a call that must fail; a call that does not is the test's failure. */
async function refusalOf(call) {
  const error = await call.then(
    () => assert.fail('the call was not refused'),
    (refusal) => refusal,
  );
  assert.ok(isCallException(error), `not a call exception: ${error.stack}`);
  return error;
}

describe('ethers: the chain', PATIENCE, () => {
  let provider;
  before(() => {
    provider = connect();
  });
  after(() => provider.destroy());

  it('tells its chain id', async () => {
    assert.equal((await provider.getNetwork()).chainId, CHAIN_ID);
  });

  it('has funded the development accounts', async () => {
    for (const index of [0, 1, 2, 3, 4]) {
      const { address } = developmentAccount(index, provider);
      assert.ok((await provider.getBalance(address)) >= parseEther('1'), `${address} has nothing`);
    }
  });

  it('links its blocks and prefetches their transactions', async () => {
    const alith = developmentAccount(0, provider);
    const sent = await alith.sendTransaction({ to: developmentAccount(1, provider).address, value: 1_000_000n });
    const { blockHash } = await sent.wait();
    const block = await provider.getBlock(blockHash, true);
    assert.deepEqual(
      block.prefetchedTransactions.map(({ hash, from, to, value }) => ({ hash, from, to, value })),
      [{ hash: sent.hash, from: alith.address, to: developmentAccount(1, provider).address, value: 1_000_000n }],
    );
    assert.equal((await provider.getBlock(block.parentHash)).number, block.number - 1);
    assert.equal((await provider.getBlock(block.number)).hash, block.hash);
  });

  it('moves coins for the exact amount plus the fee on the receipt', async () => {
    const [sender, receiver] = [developmentAccount(2, provider), developmentAccount(3, provider)];
    const balances = () => Promise.all([sender, receiver].map(({ address }) => provider.getBalance(address)));
    const [sent, got] = await balances();
    const value = parseEther('1.5');
    const receipt = await (await sender.sendTransaction({ to: receiver.address, value })).wait();
    assert.equal(receipt.status, 1);
    assert.deepEqual(await balances(), [sent - value - receipt.fee, got + value]);
  });

  it('refuses a transaction of another chain', async () => {
    const alith = developmentAccount(0, provider);
    const populated = await alith.populateTransaction({ to: alith.address, value: 0n });
    const foreign = await alith.signTransaction({ ...populated, chainId: 1n });
    await assert.rejects(provider.broadcastTransaction(foreign), /chain ?id/i);
  });
});

describe('ethers: the token', PATIENCE, () => {
  let provider, alith, baltathar, token;
  before(async () => {
    provider = connect();
    [alith, baltathar] = [developmentAccount(0, provider), developmentAccount(1, provider)];
    token = await deployToken(alith);
  });
  after(() => provider.destroy());

  it('is deployed where the creator and its nonce say', async () => {
    const address = await token.getAddress();
    const nonce = (await alith.getNonce()) - 1;
    assert.equal(address, getCreateAddress({ from: alith.address, nonce }));
    assert.notEqual(await provider.getCode(address), '0x');
  });

  it('answers its views', async () => {
    assert.deepEqual(
      await Promise.all([token.name(), token.symbol(), token.decimals(), token.totalSupply()]),
      [TOKEN.name, TOKEN.symbol, BigInt(TOKEN.decimals), TOKEN.supply],
    );
    assert.equal(await token.balanceOf(alith.address), TOKEN.supply);
  });

  it('moves tokens and logs it where queryFilter finds it', async () => {
    const receipt = await (await token.transfer(baltathar.address, 1234n)).wait();
    assert.equal(await token.balanceOf(baltathar.address), 1234n);

    const filter = token.filters.Transfer(alith.address, baltathar.address);
    const events = await token.queryFilter(filter, receipt.blockNumber, receipt.blockNumber);
    assert.deepEqual(
      events.map(({ eventName, args, transactionHash }) => ({ eventName, args: args.toArray(), transactionHash })),
      [{ eventName: 'Transfer', args: [alith.address, baltathar.address, 1234n], transactionHash: receipt.hash }],
    );
    assert.deepEqual(await token.queryFilter(token.filters.Transfer(baltathar.address)), []);
  });

  it('tells of a transfer in its receipt', async () => {
    const receipt = await (await token.transfer(baltathar.address, 5n)).wait();
    const [event] = receipt.logs;
    assert.equal(receipt.logs.length, 1);
    assert.deepEqual([event.eventName, event.args.value], ['Transfer', 5n]);
    assert.equal(receipt.from, alith.address);
    assert.equal(receipt.to, await token.getAddress());
  });

  it('lets an approved spender move no more than was approved', async () => {
    await (await token.approve(baltathar.address, 100n)).wait();
    const spending = token.connect(baltathar);
    await (await spending.transferFrom(alith.address, baltathar.address, 60n)).wait();
    assert.equal(await token.allowance(alith.address, baltathar.address), 40n);
    const { revert } = await refusalOf(spending.transferFrom.staticCall(alith.address, baltathar.address, 41n));
    assert.equal(revert.name, 'ERC20InsufficientAllowance');
    assert.deepEqual(revert.args.toArray(), [baltathar.address, 40n, 41n]);
  });
});

describe('ethers: token events as they happen', PATIENCE, () => {
  /** Resolves to the arguments of the first Transfer that `subscribed` hears of, once `act` caused it. */
  async function heard(subscribed, act) {
    let tell;
    const event = new Promise((resolve) => (tell = resolve));
    await subscribed.on('Transfer', (from, to, value, payload) => tell([from, to, value, payload.log.blockNumber]));
    const receipt = await act();
    const [from, to, value, blockNumber] = await event;
    await subscribed.off('Transfer');
    assert.equal(blockNumber, receipt.blockNumber);
    return [from, to, value];
  }

  for (const [way, open] of [
    ['polling over HTTP', connect],
    ['eth_subscribe over WebSocket', connectWebSocket],
  ]) {
    it(`are heard by ${way}`, PATIENCE, async () => {
      const provider = connect();
      const listening = open();
      try {
        const alith = developmentAccount(0, provider);
        const { address } = developmentAccount(1, provider);
        const token = await deployToken(alith);
        const subscribed = new Contract(await token.getAddress(), token.interface, listening);
        const send = async () => (await token.transfer(address, 77n)).wait();
        // The poller starts at the block that it sees first, so it must have seen one before the transfer.
        await listening.getBlockNumber();
        assert.deepEqual(await heard(subscribed, send), [alith.address, address, 77n]);
      } finally {
        provider.destroy();
        await listening.destroy();
      }
    });
  }

  it('come with each new block over WebSocket', PATIENCE, async () => {
    const provider = connectWebSocket();
    try {
      const alith = developmentAccount(0, provider);
      // Not `once`: it would unsubscribe by a request that `destroy` may cut off, which nobody could catch.
      const next = new Promise((resolve) => provider.on('block', resolve));
      await provider.getBlockNumber();
      const { blockNumber } = await (await alith.sendTransaction({ to: alith.address, value: 0n })).wait();
      assert.equal(await next, blockNumber);
    } finally {
      await provider.destroy();
    }
  });
});

describe('ethers: what the token refuses', PATIENCE, () => {
  let provider, token, poor, rich;
  before(async () => {
    provider = connect();
    [rich, poor] = [developmentAccount(0, provider), developmentAccount(4, provider)];
    token = (await deployToken(rich)).connect(poor);
  });
  after(() => provider.destroy());

  function assertInsufficientBalance(revert, needed) {
    assert.equal(revert?.name, 'ERC20InsufficientBalance');
    assert.equal(revert.signature, 'ERC20InsufficientBalance(address,uint256,uint256)');
    assert.deepEqual(revert.args.toArray(), [poor.address, 0n, needed]);
  }

  it('is named by a static call', async () => {
    assertInsufficientBalance((await refusalOf(token.transfer.staticCall(rich.address, 7n))).revert, 7n);
  });

  // Of estimates, ethers hands on the revert data and leaves the decoding to the caller.
  it('is named by a gas estimate', async () => {
    const { data } = await refusalOf(token.transfer.estimateGas(rich.address, 8n));
    assertInsufficientBalance(token.interface.parseError(data), 8n);
  });

  it('is named by sending, before anything is paid', async () => {
    const nonce = await poor.getNonce();
    const { data } = await refusalOf(token.transfer(rich.address, 9n));
    assertInsufficientBalance(token.interface.parseError(data), 9n);
    assert.equal(await poor.getNonce(), nonce);
  });

  it('fails on the chain when sent regardless, and its estimate still names it', async () => {
    const gasLimit = await token.approve.estimateGas(rich.address, 1n);
    const sent = await token.transfer(rich.address, 10n, { gasLimit: gasLimit * 4n });
    const { receipt } = await refusalOf(sent.wait());
    assert.equal(receipt.status, 0);
    assert.deepEqual(receipt.logs, []);
    assert.equal(await token.balanceOf(rich.address), TOKEN.supply);

    const again = { from: sent.from, to: sent.to, data: sent.data };
    const { data } = await refusalOf(provider.estimateGas(again));
    assertInsufficientBalance(token.interface.parseError(data), 10n);
    const at = await refusalOf(provider.call({ ...again, blockTag: receipt.blockNumber }));
    assertInsufficientBalance(token.interface.parseError(at.data), 10n);
  });

  it('is refused by the node when the account cannot pay for it', async () => {
    const stranger = developmentAccount(40, provider);
    await assert.rejects(stranger.sendTransaction({ to: rich.address, value: 1n }), { code: 'INSUFFICIENT_FUNDS' });
  });
});
