// The chain as PAPI (polkadot-api) uses it: by the new JSON-RPC alone, `chainHead_v1` and `transaction_v1`.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createClient, Enum } from 'polkadot-api';
import { getPolkadotSigner } from 'polkadot-api/signer';
import { getWsProvider } from 'polkadot-api/ws';
import { WebSocket } from 'ws';
import { CHAIN_ID, PATIENCE, SUBSTRATE_WS } from './support/chain.js';
import { COIN, developmentPair } from './support/substrate.js';

describe('PAPI', PATIENCE, () => {
  let client, api, charlie, dave;
  before(async () => {
    [charlie, dave] = [await developmentPair('Charlie'), await developmentPair('Dave')];
    // Older releases of node have no WebSocket of their own.
    client = createClient(getWsProvider(SUBSTRATE_WS, { websocketClass: WebSocket }));
    api = client.getUnsafeApi();
  });
  after(() => client?.destroy());

  const signer = (pair) => getPolkadotSigner(pair.publicKey, 'Sr25519', (payload) => pair.sign(payload));
  const free = async (pair, ...options) => (await api.query.System.Account.getValue(pair.address, ...options)).data.free;

  it('reads storage and constants by the metadata', async () => {
    assert.ok((await free(dave)) > COIN);
    assert.equal(await api.constants.Revive.ChainId(), CHAIN_ID);
    const entries = await api.query.System.Account.getEntries();
    assert.ok(entries.length >= 11, `only ${entries.length} accounts`);
  });

  it('reads the finalized block', async () => {
    const { hash, number } = await client.getFinalizedBlock();
    const header = await client.getBlockHeader(hash);
    assert.equal(header.number, number);
    assert.ok(Array.isArray(await client.getBlockBody(hash)));
  });

  it('transfers coins from //Charlie and sees the event', async () => {
    const before = await free(dave);
    const call = api.tx.Balances.transfer_keep_alive({ dest: Enum('Id', dave.address), value: 2n * COIN });
    assert.ok((await call.getEstimatedFees(charlie.address)) > 0n);
    const result = await call.signAndSubmit(signer(charlie));
    assert.equal(result.ok, true);
    const transfer = result.events.find(({ type, value }) => type === 'Balances' && value.type === 'Transfer');
    assert.deepEqual(transfer.value.value, { from: charlie.address, to: dave.address, amount: 2n * COIN });
    assert.equal(await free(dave, { at: result.block.hash }), before + 2n * COIN);
  });

  it('names the error of a call that failed', async () => {
    const remark = api.tx.System.remark({ remark: new Uint8Array() });
    const { ok, dispatchError } = await api.tx.Sudo.sudo({ call: remark.decodedCall }).signAndSubmit(signer(charlie));
    assert.equal(ok, false);
    assert.deepEqual([dispatchError.value.type, dispatchError.value.value.type], ['Sudo', 'RequireSudo']);
  });

  it('watches a storage entry', async () => {
    const before = await free(dave);
    let subscription;
    const changed = new Promise((resolve, reject) => {
      subscription = api.query.System.Account.watchValue(dave.address).subscribe({
        next: (seen) => (seen.value ?? seen).data.free === before + 5n && resolve(),
        error: reject,
      });
    });
    const call = api.tx.Balances.transfer_keep_alive({ dest: Enum('Id', dave.address), value: 5n });
    await call.signAndSubmit(signer(charlie));
    await changed;
    subscription.unsubscribe();
  });

  it('calls the runtime', async () => {
    const version = await api.apis.Core.version();
    assert.equal(version.spec_version, (await api.constants.System.Version()).spec_version);
  });
});
