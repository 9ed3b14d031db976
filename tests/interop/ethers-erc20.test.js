// What OpenZeppelin's tests demand of ERC20, ERC20Burnable, ERC20Capped and ERC20Pausable, of our token over the Ethereum RPC.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { MaxUint256, ZeroAddress } from 'ethers';
import { PATIENCE, TOKEN } from './support/chain.js';
import { connect, deployToken, developmentAccount, eventsOf, refusalOf } from './support/ethers.js';

const SUPPLY = TOKEN.supply;

describe("ethers: OpenZeppelin's ERC-20", PATIENCE, () => {
  let provider, holder, spender, other, token;
  before(() => {
    provider = connect();
    [holder, spender, other] = [0, 1, 2].map((index) => developmentAccount(index, provider));
  });
  after(() => provider.destroy());
  beforeEach(async () => {
    token = await deployToken(holder, { cap: SUPPLY + 100n, minter: spender.address, pauser: other.address });
  });

  const allowance = () => token.allowance(holder.address, spender.address);
  const from = (signer) => token.connect(signer);

  describe('transfer', PATIENCE, () => {
    for (const [what, value] of [
      ['everything', SUPPLY],
      ['nothing', 0n],
    ]) {
      it(`moves ${what} and says so`, async () => {
        assert.equal(await token.transfer.staticCall(other.address, value), true);
        assert.deepEqual(await eventsOf(token.transfer(other.address, value)), [
          ['Transfer', holder.address, other.address, value],
        ]);
        assert.equal(await token.balanceOf(holder.address), SUPPLY - value);
        assert.equal(await token.balanceOf(other.address), value);
      });
    }

    it('refuses more than there is, and nobody as a receiver', async () => {
      const tooMuch = token.transfer.staticCall(other.address, SUPPLY + 1n);
      assert.deepEqual(await refusalOf(tooMuch), ['ERC20InsufficientBalance', holder.address, SUPPLY, SUPPLY + 1n]);
      const nowhere = token.transfer.staticCall(ZeroAddress, SUPPLY);
      assert.deepEqual(await refusalOf(nowhere), ['ERC20InvalidReceiver', ZeroAddress]);
    });
  });

  describe('approve', PATIENCE, () => {
    for (const value of [SUPPLY, SUPPLY + 1n]) {
      it(`allows ${value}, whatever was allowed, and says so`, async () => {
        await eventsOf(token.approve(spender.address, 1n));
        assert.deepEqual(await eventsOf(token.approve(spender.address, value)), [
          ['Approval', holder.address, spender.address, value],
        ]);
        assert.equal(await allowance(), value);
      });
    }

    it('refuses nobody as a spender', async () => {
      assert.deepEqual(await refusalOf(token.approve.staticCall(ZeroAddress, 1n)), ['ERC20InvalidSpender', ZeroAddress]);
    });
  });

  describe('transferFrom', PATIENCE, () => {
    it('uses an allowance up and says nothing of it', async () => {
      await eventsOf(token.approve(spender.address, SUPPLY));
      assert.deepEqual(await eventsOf(from(spender).transferFrom(holder.address, other.address, SUPPLY)), [
        ['Transfer', holder.address, other.address, SUPPLY],
      ]);
      assert.equal(await allowance(), 0n);
    });

    it('leaves an allowance without limit as it is', async () => {
      await eventsOf(token.approve(spender.address, MaxUint256));
      await eventsOf(from(spender).transferFrom(holder.address, other.address, 1n));
      assert.equal(await allowance(), MaxUint256);
    });

    it('refuses more than was allowed, then more than there is', async () => {
      await eventsOf(token.approve(spender.address, SUPPLY - 1n));
      const take = (value) => from(spender).transferFrom.staticCall(holder.address, other.address, value);
      const [name, ...args] = await refusalOf(take(SUPPLY));
      assert.deepEqual([name, ...args], ['ERC20InsufficientAllowance', spender.address, SUPPLY - 1n, SUPPLY]);
      await eventsOf(token.transfer(other.address, 2n));
      const poor = await refusalOf(take(SUPPLY - 1n));
      assert.deepEqual(poor, ['ERC20InsufficientBalance', holder.address, SUPPLY - 2n, SUPPLY - 1n]);
    });

    it('refuses nobody on either side', async () => {
      await eventsOf(token.approve(spender.address, SUPPLY));
      const nowhere = from(spender).transferFrom.staticCall(holder.address, ZeroAddress, SUPPLY);
      assert.deepEqual(await refusalOf(nowhere), ['ERC20InvalidReceiver', ZeroAddress]);
      const nobodys = from(spender).transferFrom.staticCall(ZeroAddress, other.address, 0n);
      assert.deepEqual(await refusalOf(nobodys), ['ERC20InvalidApprover', ZeroAddress]);
    });
  });

  describe('mint', PATIENCE, () => {
    const minted = (value) => from(spender).mint(other.address, value);

    it('creates tokens up to the cap', async () => {
      assert.equal(await token.cap(), SUPPLY + 100n);
      assert.deepEqual(await eventsOf(minted(100n)), [['Transfer', ZeroAddress, other.address, 100n]]);
      assert.equal(await token.totalSupply(), SUPPLY + 100n);
      assert.equal(await token.balanceOf(other.address), 100n);
      const beyond = from(spender).mint.staticCall(other.address, 1n);
      assert.deepEqual(await refusalOf(beyond), ['ERC20ExceededCap', SUPPLY + 101n, SUPPLY + 100n]);
    });

    it('refuses nobody as a receiver', async () => {
      const nowhere = from(spender).mint.staticCall(ZeroAddress, 1n);
      assert.deepEqual(await refusalOf(nowhere), ['ERC20InvalidReceiver', ZeroAddress]);
    });

    it('panics where the supply would be no number', async () => {
      const token = await deployToken(holder, { minter: spender.address });
      const overflow = token.connect(spender).mint.staticCall(other.address, MaxUint256);
      assert.deepEqual(await refusalOf(overflow), ['Panic', 0x11]);
    });

    it('is not deployed without a cap', async () => {
      await assert.rejects(deployToken(holder, { cap: 0n }), ({ data }) => {
        assert.equal(token.interface.parseError(data)?.name, 'ERC20InvalidCap');
        return true;
      });
    });
  });

  describe('burn and burnFrom', PATIENCE, () => {
    for (const value of [0n, 1n]) {
      it(`destroy ${value} and say so`, async () => {
        assert.deepEqual(await eventsOf(token.burn(value)), [['Transfer', holder.address, ZeroAddress, value]]);
        assert.equal(await token.totalSupply(), SUPPLY - value);
        await eventsOf(token.approve(spender.address, 3n));
        assert.deepEqual(await eventsOf(from(spender).burnFrom(holder.address, value)), [
          ['Transfer', holder.address, ZeroAddress, value],
        ]);
        assert.equal(await allowance(), 3n - value);
        assert.equal(await token.balanceOf(holder.address), SUPPLY - 2n * value);
      });
    }

    it('refuse more than there is, and more than was allowed', async () => {
      const tooMuch = await refusalOf(token.burn.staticCall(SUPPLY + 1n));
      assert.deepEqual(tooMuch, ['ERC20InsufficientBalance', holder.address, SUPPLY, SUPPLY + 1n]);
      await eventsOf(token.approve(spender.address, 1n));
      const stolen = await refusalOf(from(spender).burnFrom.staticCall(holder.address, 2n));
      assert.deepEqual(stolen, ['ERC20InsufficientAllowance', spender.address, 1n, 2n]);
      await eventsOf(token.approve(spender.address, MaxUint256));
      await eventsOf(from(spender).burnFrom(holder.address, 1n));
      assert.equal(await allowance(), MaxUint256);
    });
  });

  describe('pause', PATIENCE, () => {
    it('stops transfers, minting and burning, and nothing else, until it ends', async () => {
      await eventsOf(token.approve(spender.address, 10n));
      assert.deepEqual(await eventsOf(from(other).pause()), [['Paused', other.address]]);
      assert.equal(await token.paused(), true);
      const stopped = [
        token.transfer.staticCall(other.address, 1n),
        from(spender).transferFrom.staticCall(holder.address, other.address, 1n),
        from(spender).mint.staticCall(other.address, 1n),
        token.burn.staticCall(1n),
        from(spender).burnFrom.staticCall(holder.address, 1n),
        from(other).pause.staticCall(),
      ];
      for (const call of stopped) assert.deepEqual(await refusalOf(call), ['EnforcedPause']);
      await eventsOf(token.approve(spender.address, 20n));

      assert.deepEqual(await eventsOf(from(other).unpause()), [['Unpaused', other.address]]);
      assert.deepEqual(await refusalOf(from(other).unpause.staticCall()), ['ExpectedPause']);
      await eventsOf(from(spender).transferFrom(holder.address, other.address, 20n));
    });
  });
});
