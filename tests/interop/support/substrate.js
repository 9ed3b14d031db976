// The Substrate side of the chain under test: accounts and units.

import { Keyring } from '@polkadot/api';
import { cryptoWaitReady } from '@polkadot/util-crypto';

/** Planck in one coin: native balances have twelve decimals, six fewer than the Ethereum port shows. */
export const COIN = 10n ** 12n;

/** The development account `//name` (sr25519). Its key is public: it holds worthless coins and must hold nothing else. */
export async function developmentPair(name) {
  await cryptoWaitReady();
  return new Keyring({ type: 'sr25519' }).addFromUri(`//${name}`);
}
