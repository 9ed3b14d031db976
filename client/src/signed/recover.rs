//! Whose a signature is.

use alloy_core::primitives::{Address, B256, U256};
use salus_core::{eip712::is_low_s, signed::wrapped};
use secp256k1::{
    Message, Secp256k1,
    ecdsa::{RecoverableSignature, RecoveryId},
};
use subxt_signer::sr25519::{self, PublicKey, Signature};

use crate::account::Account;

/// The account that signed a digest; `None` if that is no signature. By the rules of the contracts' `actBySig`.
pub(crate) fn signer(digest: &B256, v: U256, r: &B256, s: &B256) -> Option<Address> {
    let signature: [u8; 64] = [r.0, s.0].as_flattened().try_into().ok()?;
    if v > U256::from(u8::MAX) {
        let key = PublicKey(v.to_be_bytes());
        let is_signed = sr25519::verify(&Signature(signature), wrapped(&digest.0), &key);
        return is_signed.then(|| Account::new(key.0).address());
    }
    let id = RecoveryId::try_from(v.to::<i32>().checked_sub(27)?).ok()?;
    if !is_low_s(&s.0) || i32::from(id) > 1 {
        return None;
    }
    let signature = RecoverableSignature::from_compact(&signature, id).ok()?;
    let key = Secp256k1::verification_only()
        .recover_ecdsa(&Message::from_digest(digest.0), &signature)
        .ok()?;
    Some(Address::from_raw_public_key(&key.serialize_uncompressed()[1..]))
}
