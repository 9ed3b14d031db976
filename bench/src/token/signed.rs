//! What a holder of tokens signs: permits (EIP-2612) and transfers (EIP-3009).

use alloy_core::primitives::{Address, B256, U256};
use anyhow::Result;
use salus_devchain::session::{Actor, FIRST_BLOCK_TIME};
use salus_tests_contracts::{
    authorizations::Authorization,
    erc20::IERC20::permitCall,
    permits::{Permit, Wallet, domain_of},
};

use super::{FAR, NAME, Token, transfer};
use crate::meter::Meter;

/// Transfers of a holder who only signs, and their cancellation.
pub(super) fn authorizations(token: &mut Meter, to: Address) -> Result<()> {
    let (holder, relayer) = (Actor::ethereum(0), Actor::ethereum(2));
    let (wallet, domain) = (wallet(), domain_of(NAME, token.address()));
    let authorization = Authorization {
        from: wallet.address(),
        to,
        value: U256::from(5),
        valid_after: U256::ZERO,
        valid_before: FAR,
        nonce: B256::repeat_byte(0x5a),
    };
    token.aside(|token| {
        token.prepare(&holder, &transfer(authorization.from, 1_000))?;
        let call = authorization.transfer(&wallet, &domain);
        token.measure_aside("transferWithAuthorization", &relayer, &call)?;
        // Account 1, who is known.
        let call = authorization.receive(&wallet, &domain);
        token.measure_aside("receiveWithAuthorization", &Actor::ethereum(1), &call)?;
        let call = authorization.cancel(&wallet, &domain);
        token.measure_aside("cancelAuthorization", &relayer, &call)?;
        let state = Token::authorizationStateCall {
            authorizer: authorization.from,
            nonce: authorization.nonce,
        };
        token.measure_aside("authorizationState", &relayer, &state)?;
        Ok(())
    })
}

/// A holder who only signs.
fn wallet() -> Wallet {
    Wallet::new(7)
}

/// A `permit`, signed for the token at `token`.
pub(super) fn permit(token: Address, spender: Address) -> permitCall {
    let wallet = wallet();
    let permit = Permit {
        owner: wallet.address(),
        spender,
        value: U256::from(500),
        nonce: U256::ZERO,
        deadline: U256::from(FIRST_BLOCK_TIME),
    };
    wallet.sign(&permit, &domain_of(NAME, token))
}
