//! What a holder of tokens signs: permits (EIP-2612) and transfers (EIP-3009).

use alloy_core::{
    primitives::{Address, B256, U256},
    sol,
    sol_types::{Eip712Domain, SolStruct},
};
use anyhow::Result;
use salus_devchain::{
    runtime::CHAIN_ID,
    session::{Actor, FIRST_BLOCK_TIME},
};
use sp_core::{Pair, ecdsa};

use super::{FAR, NAME, Token, owner_of, transfer};
use crate::meter::Meter;

sol! {
    /// What an owner signs.
    #[derive(Debug)]
    struct Permit {
        address owner;
        address spender;
        uint256 value;
        uint256 nonce;
        uint256 deadline;
    }
    /// What a holder signs for anybody to hand in.
    #[derive(Debug)]
    struct TransferWithAuthorization {
        address from;
        address to;
        uint256 value;
        uint256 validAfter;
        uint256 validBefore;
        bytes32 nonce;
    }
    /// What a holder signs for the payee.
    #[derive(Debug)]
    struct ReceiveWithAuthorization {
        address from;
        address to;
        uint256 value;
        uint256 validAfter;
        uint256 validBefore;
        bytes32 nonce;
    }
    /// What a holder signs to make a nonce useless.
    #[derive(Debug)]
    struct CancelAuthorization {
        address authorizer;
        bytes32 nonce;
    }
}

/// Transfers of a holder who only signs, and their cancellation.
pub(super) fn authorizations(token: &mut Meter, to: Address) -> Result<()> {
    let (holder, relayer) = (Actor::ethereum(0), Actor::ethereum(2));
    let key = key();
    let from = owner_of(&key)?;
    token.aside(|token| {
        token.prepare(&holder, &transfer(from, 1_000))?;
        let message = TransferWithAuthorization {
            from,
            to,
            value: U256::from(5),
            validAfter: U256::ZERO,
            validBefore: FAR,
            nonce: NONCE,
        };
        let (v, r, s) = sign(&key, token.address(), &message);
        let call = Token::transferWithAuthorizationCall {
            from,
            to,
            value: message.value,
            validAfter: message.validAfter,
            validBefore: message.validBefore,
            nonce: NONCE,
            v,
            r,
            s,
        };
        token.measure_aside("transferWithAuthorization", &relayer, &call)?;
        let message = ReceiveWithAuthorization {
            from,
            to,
            value: message.value,
            validAfter: message.validAfter,
            validBefore: message.validBefore,
            nonce: NONCE,
        };
        let (v, r, s) = sign(&key, token.address(), &message);
        let call = Token::receiveWithAuthorizationCall {
            from,
            to,
            value: message.value,
            validAfter: message.validAfter,
            validBefore: message.validBefore,
            nonce: NONCE,
            v,
            r,
            s,
        };
        // Account 1, who is known.
        token.measure_aside("receiveWithAuthorization", &Actor::ethereum(1), &call)?;
        let message = CancelAuthorization {
            authorizer: from,
            nonce: NONCE,
        };
        let (v, r, s) = sign(&key, token.address(), &message);
        let call = Token::cancelAuthorizationCall {
            authorizer: from,
            nonce: NONCE,
            v,
            r,
            s,
        };
        token.measure_aside("cancelAuthorization", &relayer, &call)?;
        let state = Token::authorizationStateCall {
            authorizer: from,
            nonce: NONCE,
        };
        token.measure_aside("authorizationState", &relayer, &state)?;
        Ok(())
    })
}

/// The key of a holder who only signs.
fn key() -> ecdsa::Pair {
    ecdsa::Pair::from_seed(&[7; 32])
}

/// The nonce of signed transfers.
const NONCE: B256 = B256::repeat_byte(0x5a);

/// A `permit`, signed for the token at `token`.
pub(super) fn permit(token: Address, spender: Address) -> Result<Token::permitCall> {
    let key = key();
    let owner = owner_of(&key)?;
    let (value, deadline) = (U256::from(500), U256::from(FIRST_BLOCK_TIME));
    let message = Permit {
        owner,
        spender,
        value,
        nonce: U256::ZERO,
        deadline,
    };
    let (v, r, s) = sign(&key, token, &message);
    Ok(Token::permitCall {
        owner,
        spender,
        value,
        deadline,
        v,
        r,
        s,
    })
}

/// A signature over `message` for the token at `token`: `v`, `r` and `s`.
pub(crate) fn sign(key: &ecdsa::Pair, token: Address, message: &impl SolStruct) -> (u8, B256, B256) {
    let domain = Eip712Domain::new(
        Some(NAME.into()),
        Some("1".into()),
        Some(U256::from(CHAIN_ID)),
        Some(token),
        None,
    );
    let signature = key.sign_prehashed(&message.eip712_signing_hash(&domain).0).0;
    (
        signature[64] + 27,
        B256::from_slice(&signature[..32]),
        B256::from_slice(&signature[32..64]),
    )
}
