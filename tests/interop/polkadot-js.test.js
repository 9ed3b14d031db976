// The chain as polkadot.js and the pages built on it (Apps, wallets, explorers) use it.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApiPromise, WsProvider } from '@polkadot/api';
import { CHAIN_ID, PATIENCE, SUBSTRATE_WS } from './support/chain.js';
import { connect as connectEthers, developmentAccount } from './support/ethers.js';
import { COIN, developmentPair } from './support/substrate.js';

describe('polkadot.js', PATIENCE, () => {
  let api, alice, bob;
  before(async () => {
    [alice, bob] = [await developmentPair('Alice'), await developmentPair('Bob')];
    api = await ApiPromise.create({ provider: new WsProvider(SUBSTRATE_WS), noInitWarn: true, throwOnConnect: true });
  });
  after(() => api?.disconnect());

  const free = async (pair, state = api) => (await state.query.system.account(pair.address)).data.free.toBigInt();

  /** Submits `call` as `signer` and resolves to its result once it is final; refusals reject. */
  function submit(call, signer) {
    return new Promise((resolve, reject) => {
      call
        .signAndSend(signer, (result) => {
          if (result.isError) reject(new Error(`transaction ${result.status.type}`));
          else if (result.isFinalized) resolve(result);
        })
        .catch(reject);
    });
  }

  it('learns the chain by its metadata', async () => {
    assert.equal(api.consts.revive.chainId.toBigInt(), CHAIN_ID);
    assert.ok(api.tx.revive.call, 'pallet-revive is missing');
    assert.equal(api.runtimeVersion.specVersion.toNumber(), api.consts.system.version.specVersion.toNumber());
    assert.ok(api.registry.chainTokens.length > 0);
  });

  it('reads blocks by hash and by number', async () => {
    const { block } = await api.rpc.chain.getBlock();
    const number = block.header.number.toNumber();
    assert.equal(block.header.hash.toHex(), (await api.rpc.chain.getBlockHash(number)).toHex());
    assert.equal((await api.rpc.chain.getBlockHash(0)).toHex(), api.genesisHash.toHex());
    assert.ok(block.extrinsics.some(({ method }) => method.section === 'timestamp') || number === 0);
  });

  it('transfers coins from //Alice, for the amount plus the fee in the event', async () => {
    const [hers, his] = [await free(alice), await free(bob)];
    const call = api.tx.balances.transferKeepAlive(bob.address, 3n * COIN);
    const { partialFee } = await call.paymentInfo(alice);
    assert.ok(partialFee.toBigInt() > 0n);

    const result = await submit(call, alice);
    const event = (section, method) =>
      result.events.find((record) => record.event.section === section && record.event.method === method)?.event;
    assert.equal(event('balances', 'Transfer').data.amount.toBigInt(), 3n * COIN);
    const fee = event('transactionPayment', 'TransactionFeePaid').data.actualFee.toBigInt();
    assert.equal(await free(alice), hers - 3n * COIN - fee);
    assert.equal(await free(bob), his + 3n * COIN);
    assert.ok(event('system', 'ExtrinsicSuccess'));

    const { block } = await api.rpc.chain.getBlock(result.status.asFinalized);
    assert.ok(block.extrinsics.some(({ hash }) => hash.eq(result.txHash)));
    const earlier = await api.at(block.header.parentHash);
    assert.equal(await free(bob, earlier), his, 'the state before is still there');
  });

  it('names the error of a call that failed', async () => {
    const { dispatchError } = await submit(api.tx.sudo.sudo(api.tx.system.remark('0x00')), bob);
    const { section, name } = api.registry.findMetaError(dispatchError.asModule);
    assert.deepEqual([section, name], ['sudo', 'RequireSudo']);
  });

  it('is refused a transaction with a nonce that was used', async () => {
    const call = api.tx.system.remark('0x00');
    await assert.rejects(call.signAndSend(alice, { nonce: 0 }), /1010: Invalid Transaction/);
  });

  it('hears of new heads and of changed storage', async () => {
    const heads = [];
    const balances = [];
    const stop = [
      await api.rpc.chain.subscribeNewHeads(({ number }) => heads.push(number.toNumber())),
      await api.query.system.account(bob.address, ({ data }) => balances.push(data.free.toBigInt())),
    ];
    const before = await free(bob);
    const { blockNumber } = await submit(api.tx.balances.transferKeepAlive(bob.address, 7n), alice);
    for (let waited = 0; waited < 100 && (balances.at(-1) !== before + 7n || heads.at(-1) < blockNumber); waited += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    stop.forEach((unsubscribe) => unsubscribe());
    assert.deepEqual([balances[0], balances.at(-1)], [before, before + 7n]);
    assert.ok(heads.includes(blockNumber.toNumber()));
  });

  it('calls the runtime, and agrees with the Ethereum port', async () => {
    const provider = connectEthers();
    try {
      const { address } = developmentAccount(4, provider);
      const balance = await api.call.reviveApi.balance(address);
      assert.equal(balance.toBigInt(), await provider.getBalance(address));
    } finally {
      provider.destroy();
    }
  });

  it('is told the truth by rpc_methods', async () => {
    const { methods } = await api.rpc.rpc.methods();
    const known = methods.map((method) => method.toString());
    for (const needed of ['state_getMetadata', 'author_submitAndWatchExtrinsic', 'chainHead_v1_follow']) {
      assert.ok(known.includes(needed), `${needed} is missing`);
    }
  });
});
