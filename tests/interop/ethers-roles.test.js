// What OpenZeppelin's tests demand of AccessControl and AccessControlDefaultAdminRules, of our token over the Ethereum RPC.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { ZeroAddress, ZeroHash, id } from 'ethers';
import { PATIENCE } from './support/chain.js';
import { advanceTo, connect, deployToken, developmentAccount, eventsOf, now, refusalOf } from './support/ethers.js';

const MINTER = id('MINTER_ROLE');
const DELAY = 36_000n;

describe("ethers: OpenZeppelin's access control", PATIENCE, () => {
  let provider, admin, heir, stranger, token;
  before(() => {
    provider = connect();
    [admin, heir, stranger] = [0, 1, 2].map((index) => developmentAccount(index, provider));
  });
  after(() => provider.destroy());
  beforeEach(async () => {
    token = await deployToken(admin, { delay: DELAY });
  });

  const from = (signer) => token.connect(signer);
  const lacks = (account, role) => ['AccessControlUnauthorizedAccount', account.address, role];
  /** Announces the heir; answers the schedule. */
  async function announced(to = heir.address) {
    await eventsOf(token.beginDefaultAdminTransfer(to));
    const [, schedule] = await token.pendingDefaultAdmin();
    return schedule;
  }

  it('has one admin, who is the owner, and no other role at first', async () => {
    assert.equal(await token.DEFAULT_ADMIN_ROLE(), ZeroHash);
    assert.deepEqual([await token.MINTER_ROLE(), await token.PAUSER_ROLE()], [MINTER, id('PAUSER_ROLE')]);
    assert.equal(await token.hasRole(ZeroHash, admin.address), true);
    assert.equal(await token.hasRole(MINTER, admin.address), false);
    assert.equal(await token.getRoleAdmin(MINTER), ZeroHash);
    assert.deepEqual([await token.owner(), await token.defaultAdmin()], [admin.address, admin.address]);
    assert.equal(await token.defaultAdminDelay(), DELAY);
    assert.equal(await token.defaultAdminDelayIncreaseWait(), 5n * 86_400n);
    assert.deepEqual((await token.pendingDefaultAdmin()).toArray(), [ZeroAddress, 0n]);
    assert.deepEqual((await token.pendingDefaultAdminDelay()).toArray(), [0n, 0n]);
    for (const interfaceId of ['0x7965db0b', '0x31498786']) {
      assert.equal(await token.supportsInterface(interfaceId), true, interfaceId);
    }
  });

  it('is not deployed without an admin', async () => {
    await assert.rejects(deployToken(admin, { admin: ZeroAddress }), ({ data }) => {
      const { name, args } = token.interface.parseError(data);
      assert.deepEqual([name, ...args], ['AccessControlInvalidDefaultAdmin', ZeroAddress]);
      return true;
    });
  });

  it('gives and takes a role, once each, by the admin alone', async () => {
    const refused = from(stranger).grantRole.staticCall(MINTER, stranger.address);
    assert.deepEqual(await refusalOf(refused), lacks(stranger, ZeroHash));
    assert.deepEqual(await eventsOf(token.grantRole(MINTER, stranger.address)), [
      ['RoleGranted', MINTER, stranger.address, admin.address],
    ]);
    assert.deepEqual(await eventsOf(token.grantRole(MINTER, stranger.address)), []);
    await eventsOf(from(stranger).mint(stranger.address, 1n));

    const taken = from(stranger).revokeRole.staticCall(MINTER, stranger.address);
    assert.deepEqual(await refusalOf(taken), lacks(stranger, ZeroHash));
    assert.deepEqual(await eventsOf(token.revokeRole(MINTER, stranger.address)), [
      ['RoleRevoked', MINTER, stranger.address, admin.address],
    ]);
    assert.deepEqual(await eventsOf(token.revokeRole(MINTER, stranger.address)), []);
    const minting = from(stranger).mint.staticCall(stranger.address, 1n);
    assert.deepEqual(await refusalOf(minting), lacks(stranger, MINTER));
  });

  it('lets a member give a role up, confirmed', async () => {
    await eventsOf(token.grantRole(MINTER, stranger.address));
    const wrong = token.renounceRole.staticCall(MINTER, stranger.address);
    assert.deepEqual(await refusalOf(wrong), ['AccessControlBadConfirmation']);
    assert.deepEqual(await eventsOf(from(stranger).renounceRole(MINTER, stranger.address)), [
      ['RoleRevoked', MINTER, stranger.address, stranger.address],
    ]);
    assert.deepEqual(await eventsOf(from(stranger).renounceRole(MINTER, stranger.address)), []);
  });

  it("neither gives nor takes the admin's role", async () => {
    for (const message of ['grantRole', 'revokeRole']) {
      const call = token[message].staticCall(ZeroHash, admin.address);
      assert.deepEqual(await refusalOf(call), ['AccessControlEnforcedDefaultAdminRules']);
    }
  });

  it('hands the office over after the delay, and not at its end', async () => {
    const refused = from(heir).beginDefaultAdminTransfer.staticCall(heir.address);
    assert.deepEqual(await refusalOf(refused), lacks(heir, ZeroHash));
    const [[name, to, schedule], ...rest] = await eventsOf(token.beginDefaultAdminTransfer(heir.address));
    assert.deepEqual([name, to, rest], ['DefaultAdminTransferScheduled', heir.address, []]);
    assert.equal(schedule, (await now(provider)) + DELAY);
    assert.deepEqual((await token.pendingDefaultAdmin()).toArray(), [heir.address, schedule]);

    const accepting = () => from(heir).acceptDefaultAdminTransfer.staticCall();
    const tooEarly = ['AccessControlEnforcedDefaultAdminDelay', schedule];
    assert.deepEqual(await refusalOf(accepting()), tooEarly);
    await advanceTo(provider, schedule + 1n);
    const stolen = from(stranger).acceptDefaultAdminTransfer.staticCall();
    assert.deepEqual(await refusalOf(stolen), ['AccessControlInvalidDefaultAdmin', stranger.address]);
    assert.deepEqual(await eventsOf(from(heir).acceptDefaultAdminTransfer()), [
      ['RoleRevoked', ZeroHash, admin.address, heir.address],
      ['RoleGranted', ZeroHash, heir.address, heir.address],
    ]);
    assert.equal(await token.owner(), heir.address);
    assert.deepEqual((await token.pendingDefaultAdmin()).toArray(), [ZeroAddress, 0n]);
    assert.deepEqual(await refusalOf(token.grantRole.staticCall(MINTER, admin.address)), lacks(admin, ZeroHash));
  });

  it('replaces an announcement, and takes it back', async () => {
    assert.deepEqual(await eventsOf(token.cancelDefaultAdminTransfer()), []);
    await announced();
    const [canceled, scheduled] = await eventsOf(token.beginDefaultAdminTransfer(stranger.address));
    assert.deepEqual([canceled, scheduled[0]], [['DefaultAdminTransferCanceled'], 'DefaultAdminTransferScheduled']);
    const replaced = from(heir).acceptDefaultAdminTransfer.staticCall();
    assert.deepEqual(await refusalOf(replaced), ['AccessControlInvalidDefaultAdmin', heir.address]);
    assert.deepEqual(await eventsOf(token.cancelDefaultAdminTransfer()), [['DefaultAdminTransferCanceled']]);
    assert.deepEqual((await token.pendingDefaultAdmin()).toArray(), [ZeroAddress, 0n]);
  });

  it('lets the admin give the office up in two steps', async () => {
    const givingUp = () => token.renounceRole.staticCall(ZeroHash, admin.address);
    assert.deepEqual(await refusalOf(givingUp()), ['AccessControlEnforcedDefaultAdminDelay', 0n]);
    const schedule = await announced(ZeroAddress);
    assert.deepEqual(await refusalOf(givingUp()), ['AccessControlEnforcedDefaultAdminDelay', schedule]);
    await advanceTo(provider, schedule + 1n);
    assert.deepEqual(await eventsOf(token.renounceRole(ZeroHash, admin.address)), [
      ['RoleRevoked', ZeroHash, admin.address, admin.address],
    ]);
    assert.equal(await token.owner(), ZeroAddress);
    assert.equal(await token.hasRole(ZeroHash, ZeroAddress), false);
    assert.deepEqual(await refusalOf(token.grantRole.staticCall(MINTER, admin.address)), lacks(admin, ZeroHash));
  });

  it('changes the delay after a wait that honours the old one', async () => {
    const refused = from(stranger).changeDefaultAdminDelay.staticCall(0n);
    assert.deepEqual(await refusalOf(refused), lacks(stranger, ZeroHash));
    for (const [delay, wait] of [
      [DELAY / 3n, DELAY - DELAY / 3n],
      [2n * DELAY, 2n * DELAY],
      [6n * 86_400n, 5n * 86_400n],
    ]) {
      const events = await eventsOf(token.changeDefaultAdminDelay(delay));
      const effect = (await now(provider)) + wait;
      assert.deepEqual(events.at(-1), ['DefaultAdminDelayChangeScheduled', delay, effect]);
      assert.deepEqual((await token.pendingDefaultAdminDelay()).toArray(), [delay, effect]);
    }
    assert.equal(await token.defaultAdminDelay(), DELAY);
    const [, schedule] = await token.pendingDefaultAdminDelay();
    await advanceTo(provider, schedule + 1n);
    assert.equal(await token.defaultAdminDelay(), 6n * 86_400n);
    assert.deepEqual((await token.pendingDefaultAdminDelay()).toArray(), [0n, 0n]);
    assert.deepEqual(await eventsOf(token.rollbackDefaultAdminDelay()), [], 'it has come, and stays');
    assert.equal(await token.defaultAdminDelay(), 6n * 86_400n);
  });

  it('rolls a change of the delay back that has not come', async () => {
    await eventsOf(token.changeDefaultAdminDelay(0n));
    const [canceled, scheduled] = await eventsOf(token.changeDefaultAdminDelay(1n));
    const names = ['DefaultAdminDelayChangeCanceled', 'DefaultAdminDelayChangeScheduled'];
    assert.deepEqual([canceled[0], scheduled[0]], names);
    assert.deepEqual(await eventsOf(token.rollbackDefaultAdminDelay()), [['DefaultAdminDelayChangeCanceled']]);
    assert.deepEqual((await token.pendingDefaultAdminDelay()).toArray(), [0n, 0n]);
    assert.equal(await token.defaultAdminDelay(), DELAY);
  });
});
