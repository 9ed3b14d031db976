//! Transfers by signature (EIP-3009), signed by alloy and a key, independently of the contract's own code.

use crate::{
    erc20::IERC20::{cancelAuthorizationCall, receiveWithAuthorizationCall, transferWithAuthorizationCall},
    permits::Wallet,
};
use alloy_core::{
    primitives::{Address, B256, U256},
    sol,
    sol_types::{Eip712Domain, SolStruct},
};

sol! {
    /// What is signed for anybody to hand in.
    #[derive(Debug)]
    struct TransferWithAuthorization {
        address from;
        address to;
        uint256 value;
        uint256 validAfter;
        uint256 validBefore;
        bytes32 nonce;
    }

    /// What is signed for its payee.
    #[derive(Debug)]
    struct ReceiveWithAuthorization {
        address from;
        address to;
        uint256 value;
        uint256 validAfter;
        uint256 validBefore;
        bytes32 nonce;
    }

    /// What makes a nonce useless.
    #[derive(Debug)]
    struct CancelAuthorization {
        address authorizer;
        bytes32 nonce;
    }
}

/// What both kinds of transfer have.
#[derive(Clone, Debug)]
pub struct Authorization {
    /// Whose tokens.
    pub from: Address,
    /// To whom.
    pub to: Address,
    /// How many.
    pub value: U256,
    /// The last second at which it is too early.
    pub valid_after: U256,
    /// The first second at which it is too late.
    pub valid_before: U256,
    /// Any.
    pub nonce: B256,
}

impl Authorization {
    /// The call that hands it in, for anybody.
    #[must_use]
    pub fn transfer(&self, signer: &Wallet, domain: &Eip712Domain) -> transferWithAuthorizationCall {
        let message = TransferWithAuthorization {
            from: self.from,
            to: self.to,
            value: self.value,
            validAfter: self.valid_after,
            validBefore: self.valid_before,
            nonce: self.nonce,
        };
        let (v, r, s) = sign(signer, &message, domain);
        transferWithAuthorizationCall {
            from: self.from,
            to: self.to,
            value: self.value,
            validAfter: self.valid_after,
            validBefore: self.valid_before,
            nonce: self.nonce,
            v,
            r,
            s,
        }
    }

    /// The call that hands it in, for its payee.
    #[must_use]
    pub fn receive(&self, signer: &Wallet, domain: &Eip712Domain) -> receiveWithAuthorizationCall {
        let message = ReceiveWithAuthorization {
            from: self.from,
            to: self.to,
            value: self.value,
            validAfter: self.valid_after,
            validBefore: self.valid_before,
            nonce: self.nonce,
        };
        let (v, r, s) = sign(signer, &message, domain);
        receiveWithAuthorizationCall {
            from: self.from,
            to: self.to,
            value: self.value,
            validAfter: self.valid_after,
            validBefore: self.valid_before,
            nonce: self.nonce,
            v,
            r,
            s,
        }
    }

    /// The call that makes its nonce useless.
    #[must_use]
    pub fn cancel(&self, signer: &Wallet, domain: &Eip712Domain) -> cancelAuthorizationCall {
        let message = CancelAuthorization {
            authorizer: self.from,
            nonce: self.nonce,
        };
        let (v, r, s) = sign(signer, &message, domain);
        cancelAuthorizationCall {
            authorizer: self.from,
            nonce: self.nonce,
            v,
            r,
            s,
        }
    }
}

fn sign(signer: &Wallet, message: &impl SolStruct, domain: &Eip712Domain) -> (u8, B256, B256) {
    signer.sign_digest(&message.eip712_signing_hash(domain))
}
