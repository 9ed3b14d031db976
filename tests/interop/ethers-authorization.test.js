// Transfers by signature (EIP-3009), as ethers 6 signs them, by what OpenZeppelin's tests demand of ERC3009.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { Signature, Wallet, hexlify, randomBytes } from 'ethers';
import { CHAIN_ID, PATIENCE, TOKEN } from './support/chain.js';
import { connect, deployToken, developmentAccount, eventsOf, now, refusalOf } from './support/ethers.js';

const PAYMENT = [
  { name: 'from', type: 'address' },
  { name: 'to', type: 'address' },
  { name: 'value', type: 'uint256' },
  { name: 'validAfter', type: 'uint256' },
  { name: 'validBefore', type: 'uint256' },
  { name: 'nonce', type: 'bytes32' },
];
const TYPES = {
  transfer: { TransferWithAuthorization: PAYMENT },
  receive: { ReceiveWithAuthorization: PAYMENT },
  cancel: {
    CancelAuthorization: [
      { name: 'authorizer', type: 'address' },
      { name: 'nonce', type: 'bytes32' },
    ],
  },
};
/** The order of secp256k1. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

describe('ethers: EIP-3009', PATIENCE, () => {
  const value = 42n;
  let provider, relayer, payee, holder, token, domain, payment;
  before(() => {
    provider = connect();
    [relayer, payee] = [0, 1].map((index) => developmentAccount(index, provider));
  });
  after(() => provider.destroy());
  beforeEach(async () => {
    holder = Wallet.createRandom();
    token = await deployToken(relayer, { holder: holder.address, pauser: relayer.address });
    domain = { name: TOKEN.name, version: '1', chainId: CHAIN_ID, verifyingContract: await token.getAddress() };
    const nonce = hexlify(randomBytes(32));
    payment = { from: holder.address, to: payee.address, value, validAfter: 0n, validBefore: 2n ** 256n - 1n, nonce };
  });

  /** The arguments of a message: what is signed, then `v`, `r` and `s`. */
  async function signed(kind, message, { signer = holder, within = domain } = {}) {
    const { v, r, s } = Signature.from(await signer.signTypedData(within, TYPES[kind], message));
    const [fields] = Object.values(TYPES[kind]);
    return [...fields.map(({ name }) => message[name]), v, r, s];
  }

  const cancellation = () => ({ authorizer: holder.address, nonce: payment.nonce });
  const isUsed = () => token.authorizationState(holder.address, payment.nonce);
  const used = () => ['ERC3009UsedAuthorization', holder.address, payment.nonce];

  it('is carried out by anybody, once, for a holder without coins', async () => {
    assert.equal(await isUsed(), false);
    const args = await signed('transfer', payment);
    assert.deepEqual(await eventsOf(token.transferWithAuthorization(...args)), [
      ['AuthorizationUsed', holder.address, payment.nonce],
      ['Transfer', holder.address, payee.address, value],
    ]);
    assert.equal(await token.balanceOf(payee.address), value);
    assert.equal(await provider.getBalance(holder.address), 0n);
    assert.equal(await isUsed(), true);
    assert.deepEqual(await refusalOf(token.transferWithAuthorization.staticCall(...args)), used());
  });

  it('is received by its payee and nobody else', async () => {
    const args = await signed('receive', payment);
    const stolen = token.receiveWithAuthorization.staticCall(...args);
    assert.deepEqual(await refusalOf(stolen), ['ERC20InvalidReceiver', payee.address]);
    const otherwise = token.transferWithAuthorization.staticCall(...args);
    assert.deepEqual(await refusalOf(otherwise), ['ERC3009InvalidSignature']);
    const own = token.connect(payee);
    assert.deepEqual(await eventsOf(own.receiveWithAuthorization(...args)), [
      ['AuthorizationUsed', holder.address, payment.nonce],
      ['Transfer', holder.address, payee.address, value],
    ]);
    assert.deepEqual(await refusalOf(own.receiveWithAuthorization.staticCall(...args)), used());
  });

  it('counts neither too early nor too late', async () => {
    const time = await now(provider);
    for (const [validAfter, validBefore] of [
      [time + 3_600n, time + 7_200n],
      [time - 7_200n, time - 3_600n],
    ]) {
      const args = await signed('transfer', { ...payment, validAfter, validBefore });
      const refused = await refusalOf(token.transferWithAuthorization.staticCall(...args));
      assert.deepEqual(refused, ['ERC3009InvalidAuthorizationTime', validAfter, validBefore]);
    }
    const window = { validAfter: time - 3_600n, validBefore: time + 3_600n };
    await eventsOf(token.transferWithAuthorization(...(await signed('transfer', { ...payment, ...window }))));
  });

  it('counts between blocks where both ends say so', async () => {
    const flag = 1n << 47n;
    const block = BigInt(await provider.getBlockNumber());
    const between = (after, before) => ({ ...payment, validAfter: flag | after, validBefore: flag | before });
    for (const wrong of [between(block + 100n, block + 200n), between(0n, block)]) {
      const args = await signed('transfer', wrong);
      const [name] = await refusalOf(token.transferWithAuthorization.staticCall(...args));
      assert.equal(name, 'ERC3009InvalidAuthorizationTime');
    }
    await eventsOf(token.transferWithAuthorization(...(await signed('transfer', between(block - 1n, block + 100n)))));
  });

  it('is cancelled by its signer, and not carried out then', async () => {
    const cancel = await signed('cancel', cancellation());
    assert.deepEqual(await eventsOf(token.cancelAuthorization(...cancel)), [
      ['AuthorizationCanceled', holder.address, payment.nonce],
    ]);
    assert.equal(await isUsed(), true);
    const args = await signed('transfer', payment);
    assert.deepEqual(await refusalOf(token.transferWithAuthorization.staticCall(...args)), used());
    assert.deepEqual(await refusalOf(token.cancelAuthorization.staticCall(...cancel)), used());
  });

  it('is not cancelled by anybody else', async () => {
    const cancel = await signed('cancel', cancellation(), { signer: Wallet.createRandom() });
    assert.deepEqual(await refusalOf(token.cancelAuthorization.staticCall(...cancel)), ['ERC3009InvalidSignature']);
  });

  it('counts from its holder only, and as it was signed', async () => {
    const wrong = [
      await signed('transfer', payment, { signer: Wallet.createRandom() }),
      await signed('transfer', payment, { within: { ...domain, chainId: 1n } }),
      await signed('transfer', payment, { within: { ...domain, verifyingContract: payee.address } }),
      (await signed('transfer', payment)).with(2, value + 1n),
      (await signed('transfer', payment)).with(1, relayer.address),
    ];
    for (const args of wrong) {
      const refused = await refusalOf(token.transferWithAuthorization.staticCall(...args));
      assert.deepEqual(refused, ['ERC3009InvalidSignature']);
    }
  });

  it('has one signature, and not its twin', async () => {
    const args = await signed('transfer', payment);
    const [v, , s] = args.slice(-3);
    const high = `0x${(ORDER - BigInt(s)).toString(16)}`;
    const twin = args.with(-1, high).with(-3, 55 - v);
    const refused = await refusalOf(token.transferWithAuthorization.staticCall(...twin));
    assert.deepEqual(refused, ['ECDSAInvalidSignatureS', high]);
  });

  it('waits while the token is paused', async () => {
    await eventsOf(token.pause());
    const args = await signed('transfer', payment);
    assert.deepEqual(await refusalOf(token.transferWithAuthorization.staticCall(...args)), ['EnforcedPause']);
    await eventsOf(token.unpause());
    await eventsOf(token.transferWithAuthorization(...args));
  });

  it('is told of by ERC-165', async () => {
    const id = (...names) =>
      `0x${names
        .map((name) => BigInt(token.interface.getFunction(name).selector))
        .reduce((all, one) => all ^ one)
        .toString(16)
        .padStart(8, '0')}`;
    const erc3009 = id('authorizationState', 'transferWithAuthorization', 'receiveWithAuthorization');
    assert.equal(await token.supportsInterface(erc3009), true);
    assert.equal(await token.supportsInterface(id('cancelAuthorization')), true);
    assert.equal(await token.supportsInterface('0xffffffff'), false);
  });
});
