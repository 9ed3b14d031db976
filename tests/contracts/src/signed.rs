//! Actions that a patient signs and somebody else sends, as a wallet makes them; the types are those of the consent contract. Types and
//! digests are alloy's: the contract's own are not asked.

use alloy_core::{
    primitives::{Address, B256, U256},
    sol,
    sol_types::{Eip712Domain, SolCall, SolStruct},
};
use sp_core::{Pair as _, sr25519};

use crate::{
    consent::IConsent::actBySigCall,
    permits::{Wallet, domain_of},
};

sol! {
    #[derive(Debug)]
    struct RegisterSubject { bytes32 subject; uint256 nonce; uint256 deadline; }
    #[derive(Debug)]
    struct TransferController { bytes32 subject; address newController; uint256 nonce; uint256 deadline; }
    #[derive(Debug)]
    struct AcceptController { bytes32 subject; uint256 nonce; uint256 deadline; }
    #[derive(Debug)]
    struct ConfirmController { bytes32 subject; uint256 nonce; uint256 deadline; }
    #[derive(Debug)]
    struct SetSuccessor { bytes32 subject; address successor; uint64 silence; uint64 grace; uint256 nonce; uint256 deadline; }
    #[derive(Debug)]
    struct ClaimController { bytes32 subject; uint256 nonce; uint256 deadline; }
    #[derive(Debug)]
    struct SetDelegate { bytes32 subject; address delegate; uint8 powers; uint64 purposes; uint64 validUntil; uint256 nonce; uint256 deadline; }
    #[derive(Debug)]
    struct GrantConsent { bytes32 subject; address grantee; bytes32 commitment; uint64 validFrom; uint64 validUntil; uint64 purposes; uint64 classes; uint256 nonce; uint256 deadline; }
    #[derive(Debug)]
    struct SupersedeConsent { bytes32 consentId; bytes32 commitment; uint64 validFrom; uint64 validUntil; uint64 purposes; uint64 classes; uint256 nonce; uint256 deadline; }
    #[derive(Debug)]
    struct RevokeConsent { bytes32 consentId; uint256 nonce; uint256 deadline; }
    #[derive(Debug)]
    struct MarkEnteredInError { bytes32 consentId; uint256 nonce; uint256 deadline; }
    #[derive(Debug)]
    struct InvalidateUnorderedNonces { uint256 wordPos; uint256 mask; uint256 nonce; uint256 deadline; }
}

/// The domain that the consent contract at `contract` has actions signed in.
#[must_use]
pub fn domain(contract: Address) -> Eip712Domain {
    domain_of("Salus Consent", contract)
}

/// The call that hands in `call`, signed as `action` with the nonce and the deadline that this has. Every contract that takes signed
/// actions takes it alike.
#[must_use]
pub fn signed(
    wallet: &Wallet,
    domain: &Eip712Domain,
    call: &impl SolCall,
    action: &impl SolStruct,
    (nonce, deadline): (U256, U256),
) -> actBySigCall {
    let (v, r, s) = wallet.sign_digest(&action.eip712_signing_hash(domain));
    actBySigCall {
        signer: wallet.address(),
        call: call.abi_encode().into(),
        nonce,
        deadline,
        v: U256::from(v),
        r,
        s,
    }
}

/// A key of Polkadot's kind.
pub struct PolkadotWallet(sr25519::Pair);

impl PolkadotWallet {
    /// The one that `seed` stands for.
    #[must_use]
    pub fn new(seed: u8) -> Self {
        Self(sr25519::Pair::from_seed(&[seed; 32]))
    }

    /// The address of its account on pallet-revive.
    #[must_use]
    pub fn address(&self) -> Address {
        Address::from_slice(&alloy_core::primitives::keccak256(self.0.public().0)[12..])
    }

    /// As [`signed`], by a wallet that wraps what it signs.
    #[must_use]
    pub fn signed(
        &self,
        domain: &Eip712Domain,
        call: &impl SolCall,
        action: &impl SolStruct,
        (nonce, deadline): (U256, U256),
    ) -> actBySigCall {
        let digest = action.eip712_signing_hash(domain);
        let signature = self.0.sign(&[b"<Bytes>", &digest.0[..], b"</Bytes>"].concat()).0;
        actBySigCall {
            signer: self.address(),
            call: call.abi_encode().into(),
            nonce,
            deadline,
            v: U256::from_be_bytes(self.0.public().0),
            r: B256::from_slice(&signature[..32]),
            s: B256::from_slice(&signature[32..]),
        }
    }
}
