//! Signed extrinsics for tests of the chain.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test binary uses its own part"
)]

use codec::{Decode, Encode};
use salus_devchain::{
    Chain,
    chain::{Config, Finality, Sealing},
    runtime::{Runtime, RuntimeCall, TxExtension, UncheckedExtrinsic, VERSION},
};
use sp_keyring::Sr25519Keyring;
use sp_runtime::{
    MultiSignature,
    generic::{self, Era},
};

/// A chain in memory that seals by hand and finalizes three blocks behind.
pub fn manual() -> Chain {
    let config = Config {
        sealing: Sealing::Manual,
        finality: Finality::Depth(3),
        ..Default::default()
    };
    Chain::start(&config).unwrap()
}

/// `amount` of coins from one development account to another.
pub fn transfer(
    chain: &Chain,
    from: Sr25519Keyring,
    nonce: u32,
    tip: u128,
    to: Sr25519Keyring,
    amount: u128,
) -> Vec<u8> {
    let call = pallet_balances::Call::transfer_keep_alive {
        dest: to.to_account_id().into(),
        value: amount,
    };
    signed(chain, from, nonce, tip, RuntimeCall::Balances(call))
}

/// Any call, signed for this chain.
pub fn signed(chain: &Chain, from: Sr25519Keyring, nonce: u32, tip: u128, call: RuntimeCall) -> Vec<u8> {
    let extension: TxExtension = (
        frame_system::CheckNonZeroSender::new(),
        frame_system::CheckSpecVersion::new(),
        frame_system::CheckTxVersion::new(),
        frame_system::CheckGenesis::new(),
        frame_system::CheckMortality::from(Era::Immortal),
        frame_system::CheckNonce::from(nonce),
        frame_system::CheckWeight::new(),
        pallet_transaction_payment::ChargeTransactionPayment::from(tip),
        pallet_revive::evm::tx_extension::SetOrigin::default(),
        frame_system::WeightReclaim::new(),
    );
    let genesis = chain.genesis_hash();
    let versions = (VERSION.spec_version, VERSION.transaction_version);
    let implicit = ((), versions.0, versions.1, genesis, genesis, (), (), (), (), ());
    let payload = (&call, &extension, implicit);
    let signature = payload.using_encoded(|bytes| {
        if bytes.len() > 256 {
            from.sign(&sp_io::hashing::blake2_256(bytes))
        } else {
            from.sign(bytes)
        }
    });
    let signature = MultiSignature::Sr25519(signature);
    let inner = generic::UncheckedExtrinsic::new_signed(call, from.to_account_id().into(), signature, extension);
    UncheckedExtrinsic::from(inner).encode()
}

/// Storage key of an account's entry in `System`.
pub fn account_key(account: Sr25519Keyring) -> Vec<u8> {
    frame_system::Account::<Runtime>::hashed_key_for(account.to_account_id())
}

/// The free balance in an encoded entry of [`account_key`].
pub fn free_balance(entry: &[u8]) -> u128 {
    let info: frame_system::AccountInfo<u32, pallet_balances::AccountData<u128>> =
        Decode::decode(&mut &*entry).unwrap();
    info.data.free
}
