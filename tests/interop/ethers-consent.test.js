// A patient's consent, given by an Ethereum key and read by ethers 6.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { hexlify, randomBytes } from 'ethers';
import { PATIENCE } from './support/chain.js';
import { connect, deploy, developmentAccount } from './support/ethers.js';

// Numbers of the consent model, as contracts/core/src/codes and its consent module have them.
const TREATMENT = 0n;
const MARKETING = 6n;
const OBSERVATION = 5n;
const [NO_CONSENT, PERMIT] = [0n, 1n];
const REVOKED = 3n;
const DAY = 86_400n;
// Who grants what they control themselves does so for any purpose.
const NO_LIMIT = 2n ** 64n - 1n;

describe('ethers: a consent', PATIENCE, () => {
  const [subject, commitment] = [hexlify(randomBytes(32)), hexlify(randomBytes(32))];
  let provider, patient, clinic, stranger, consent, terms, consentId;
  before(async () => {
    provider = connect();
    [patient, clinic, stranger] = [0, 1, 2].map((index) => developmentAccount(index, provider));
    consent = await deploy('consent', patient);
    await (await consent.registerSubject(subject)).wait();
    const now = BigInt((await provider.getBlock('latest')).timestamp);
    terms = [commitment, now - DAY, now + DAY, 1n << TREATMENT, 1n << OBSERVATION];
  });
  after(() => provider.destroy());

  /** What the contract answers the clinic, asked from the clinic's own account. */
  const check = (purpose) => consent.connect(clinic).check(subject, clinic.address, purpose, OBSERVATION);

  /** The name and the arguments of the error by which the contract refuses `call`. */
  async function refusalOf(call) {
    const { revert } = await call.then(
      () => assert.fail('the call was not refused'),
      (refusal) => refusal,
    );
    return [revert?.name, ...(revert?.args ?? [])];
  }

  it('is absent until it is granted', async () => {
    assert.equal(await consent.controllerOf(subject), patient.address);
    assert.equal(await check(TREATMENT), NO_CONSENT);
  });

  it('is granted by the patient only', async () => {
    const call = consent.connect(stranger).grantConsent.staticCall(subject, clinic.address, ...terms);
    assert.deepEqual(await refusalOf(call), ['NotController', subject, stranger.address]);
  });

  it('permits what was disclosed of it, once granted', async () => {
    consentId = await consent.grantConsent.staticCall(subject, clinic.address, ...terms);
    const receipt = await (await consent.grantConsent(subject, clinic.address, ...terms)).wait();
    assert.equal(await consent.currentConsent(subject, clinic.address), consentId);
    assert.equal(await check(TREATMENT), PERMIT);
    assert.equal(await check(MARKETING), NO_CONSENT);
    assert.equal(await consent.check(subject, stranger.address, TREATMENT, OBSERVATION), NO_CONSENT);

    const found = await consent.queryFilter(consent.filters.ConsentGranted(null, subject), receipt.blockNumber);
    assert.deepEqual(
      found.map(({ args, transactionHash }) => [transactionHash, ...args]),
      [[receipt.hash, consentId, subject, clinic.address, ...terms, patient.address, NO_LIMIT]],
    );
  });

  it('cannot be granted twice', async () => {
    const call = consent.grantConsent.staticCall(subject, clinic.address, ...terms);
    assert.deepEqual(await refusalOf(call), ['ConsentActive', consentId]);
  });

  it('permits nothing in the block after it is revoked', async () => {
    const { blockNumber } = await (await consent.revokeConsent(consentId)).wait();
    assert.equal(await check(TREATMENT), NO_CONSENT);
    const [[revoked]] = (await consent.queryFilter(consent.filters.ConsentRevoked(), blockNumber)).map(({ args }) => args);
    assert.equal(revoked, consentId);

    const whenLive = { blockTag: blockNumber - 1 };
    assert.equal(await consent.check(subject, clinic.address, TREATMENT, OBSERVATION, whenLive), PERMIT);
    const again = consent.revokeConsent.staticCall(consentId);
    assert.deepEqual(await refusalOf(again), ['ConsentNotActive', consentId, REVOKED]);
  });
});
