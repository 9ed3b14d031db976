// A patient without coins, whose actions are signed by ethers 6 as typed data, and sent by a clinic.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Signature, Wallet, hexlify, randomBytes } from 'ethers';
import { PATIENCE } from './support/chain.js';
import { connect, deploy, developmentAccount } from './support/ethers.js';

const TREATMENT = 0n;
const OBSERVATION = 5n;
const [NO_CONSENT, PERMIT] = [0n, 1n];
const NO_LIMIT = 2n ** 64n - 1n;
const FOREVER = 2n ** 256n - 1n;

describe('ethers: what a patient signs and a clinic sends', PATIENCE, () => {
  const [subject, commitment] = [hexlify(randomBytes(32)), hexlify(randomBytes(32))];
  let provider, clinic, patient, consent, domain, grant;
  before(async () => {
    provider = connect();
    clinic = developmentAccount(1, provider);
    patient = Wallet.createRandom();
    consent = await deploy('consent', clinic);
    const { name, version, chainId, verifyingContract } = await consent.eip712Domain();
    domain = { name, version, chainId, verifyingContract };
    const now = BigInt((await provider.getBlock('latest')).timestamp);
    grant = [subject, clinic.address, commitment, now, NO_LIMIT, 1n << TREATMENT, 1n << OBSERVATION];
  });
  after(() => provider.destroy());

  /** What `actBySig` takes to carry out a message, signed as the contract's ABI says. */
  async function sign(message, args, nonce, { chainId } = domain) {
    const { inputs } = consent.interface.getFunction(message);
    const fields = [...inputs.map(({ name, type }) => ({ name, type })), { name: 'nonce', type: 'uint256' }, { name: 'deadline', type: 'uint256' }];
    const type = message[0].toUpperCase() + message.slice(1);
    const values = Object.fromEntries(fields.map(({ name }, index) => [name, [...args, nonce, FOREVER][index]]));
    const { v, r, s } = Signature.from(await patient.signTypedData({ ...domain, chainId }, { [type]: fields }, values));
    return [patient.address, consent.interface.encodeFunctionData(message, args), nonce, FOREVER, v, r, s];
  }

  const relay = async (signed) => (await consent.connect(clinic).actBySig(...signed)).wait();
  const check = () => consent.check(subject, clinic.address, TREATMENT, OBSERVATION);

  async function refusalOf(call) {
    const { revert } = await call.then(
      () => assert.fail('the call was not refused'),
      (refusal) => refusal,
    );
    return [revert?.name, ...(revert?.args ?? [])];
  }

  it('registers a subject that the patient controls', async () => {
    await relay(await sign('registerSubject', [subject], 7n));
    assert.equal(await consent.controllerOf(subject), patient.address);
    assert.equal(await provider.getBalance(patient.address), 0n);
  });

  it('grants, and says who did', async () => {
    const { blockNumber } = await relay(await sign('grantConsent', grant, 3n));
    const [{ args }] = await consent.queryFilter(consent.filters.ConsentGranted(null, subject), blockNumber);
    assert.equal(args.grantor, patient.address);
    assert.equal(await check(), PERMIT);
  });

  it('is refused a second time, and for another chain', async () => {
    const again = consent.connect(clinic).actBySig.staticCall(...(await sign('grantConsent', grant, 3n)));
    assert.deepEqual(await refusalOf(again), ['InvalidNonce', patient.address, 3n]);
    const elsewhere = await sign('confirmController', [subject], 4n, { chainId: 1n });
    const [name] = await refusalOf(consent.connect(clinic).actBySig.staticCall(...elsewhere));
    assert.equal(name, 'InvalidSigner');
  });

  it('revokes', async () => {
    await relay(await sign('revokeConsent', [await consent.currentConsent(subject, clinic.address)], 2n ** 255n));
    assert.equal(await check(), NO_CONSENT);
  });
});
