// Allowances by signature: EIP-712 data as ethers signs it, EIP-2612 as the token takes it.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { MaxUint256, Signature, TypedDataEncoder } from 'ethers';
import { CHAIN_ID, PATIENCE, TOKEN } from './support/chain.js';
import { connect, deployToken, developmentAccount } from './support/ethers.js';

const PERMIT = {
  Permit: [
    { name: 'owner', type: 'address' },
    { name: 'spender', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
  ],
};

describe('ethers: permits', PATIENCE, () => {
  let provider, token, domain, owner, spender, relayer;
  before(async () => {
    provider = connect();
    [owner, spender, relayer] = [0, 1, 2].map((index) => developmentAccount(index, provider));
    token = await deployToken(owner);
    domain = { name: TOKEN.name, version: '1', chainId: CHAIN_ID, verifyingContract: await token.getAddress() };
  });
  after(() => provider.destroy());

  /** The arguments of `permit` for `value` tokens, signed by `signer`. */
  async function permit(signer, value, deadline, nonce) {
    const message = { owner: owner.address, spender: spender.address, value, nonce, deadline };
    const { v, r, s } = Signature.from(await signer.signTypedData(domain, PERMIT, message));
    return [owner.address, spender.address, value, deadline, v, r, s];
  }

  it('are for the domain that EIP-5267 tells', async () => {
    const [fields, name, version, chainId, verifyingContract, salt, extensions] = await token.eip712Domain();
    assert.equal(fields, '0x0f', 'name, version, chainId and verifyingContract, no salt');
    assert.deepEqual({ name, version, chainId, verifyingContract }, domain);
    assert.equal(BigInt(salt), 0n);
    assert.equal(extensions.length, 0);
    assert.equal(await token.DOMAIN_SEPARATOR(), TypedDataEncoder.hashDomain(domain));
  });

  it('let another account hand them in, and the spender use them', async () => {
    const nonce = await token.nonces(owner.address);
    const signed = await permit(owner, 500n, MaxUint256, nonce);
    const receipt = await (await token.connect(relayer).permit(...signed)).wait();
    assert.deepEqual(
      receipt.logs.map(({ eventName, args }) => [eventName, ...args]),
      [['Approval', owner.address, spender.address, 500n]],
    );
    assert.equal(await token.allowance(owner.address, spender.address), 500n);
    assert.equal(await token.nonces(owner.address), nonce + 1n);

    await (await token.connect(spender).transferFrom(owner.address, relayer.address, 500n)).wait();
    assert.equal(await token.balanceOf(relayer.address), 500n);
  });

  it('count once', async () => {
    const signed = await permit(owner, 1n, MaxUint256, await token.nonces(owner.address));
    await (await token.connect(relayer).permit(...signed)).wait();
    await assert.rejects(token.connect(relayer).permit.staticCall(...signed), ({ revert }) => {
      assert.equal(revert?.name, 'ERC2612InvalidSigner');
      assert.equal(revert.args.owner, owner.address);
      return true;
    });
  });

  it('count only until their deadline', async () => {
    const { timestamp } = await provider.getBlock('latest');
    const deadline = BigInt(timestamp) - 1n;
    const signed = await permit(owner, 1n, deadline, await token.nonces(owner.address));
    await assert.rejects(token.permit.staticCall(...signed), ({ revert }) => {
      assert.deepEqual([revert?.name, ...revert.args], ['ERC2612ExpiredSignature', deadline]);
      return true;
    });
  });

  it('count only from the owner', async () => {
    const signed = await permit(relayer, 1n, MaxUint256, await token.nonces(owner.address));
    await assert.rejects(token.permit.staticCall(...signed), ({ revert }) => {
      assert.deepEqual([revert?.name, ...revert.args], ['ERC2612InvalidSigner', relayer.address, owner.address]);
      return true;
    });
  });
});
