//! What needs a role, and who has which.

use alloy_core::primitives::{B256, U256, aliases::U48, keccak256};
use anyhow::Result;
use salus_devchain::session::Actor;

use super::Token;
use crate::meter::{Meter, word};

/// What creates and destroys tokens, and what stops them.
pub(super) fn supply(token: &mut Meter, admin: &Actor, other: &Actor) -> Result<()> {
    let account = word(other.address());
    token.aside(|token| {
        for role in [minter(), pauser()] {
            token.prepare(admin, &Token::grantRoleCall { role, account })?;
        }
        let value = U256::from(5);
        token.measure_aside("mint", other, &Token::mintCall { to: account, value })?;
        token.measure_aside("burn", other, &Token::burnCall { value })?;
        let approve = Token::approveCall {
            spender: account,
            value: U256::from(500),
        };
        token.aside(|token| {
            token.prepare(admin, &approve)?;
            let account = word(admin.address());
            token.measure("burnFrom", other, &Token::burnFromCall { account, value })
        })?;
        token.measure("pause", other, &Token::pauseCall {})?;
        token.measure("unpause", other, &Token::unpauseCall {})?;
        Ok(())
    })
}

/// Who gives and takes roles, and who follows.
pub(super) fn roles(token: &mut Meter, admin: &Actor, other: &Actor) -> Result<()> {
    let (role, account) = (minter(), word(other.address()));
    token.aside(|token| {
        token.measure("grantRole", admin, &Token::grantRoleCall { role, account })?;
        let renounce = Token::renounceRoleCall {
            role,
            callerConfirmation: account,
        };
        token.measure_aside("renounceRole", other, &renounce)?;
        token.measure("revokeRole", admin, &Token::revokeRoleCall { role, account })?;
        let delay = Token::changeDefaultAdminDelayCall {
            newDelay: U48::from(3_600),
        };
        token.aside(|token| {
            token.measure("changeDefaultAdminDelay", admin, &delay)?;
            token.measure(
                "rollbackDefaultAdminDelay",
                admin,
                &Token::rollbackDefaultAdminDelayCall {},
            )
        })?;
        let begin = Token::beginDefaultAdminTransferCall { newAdmin: account };
        token.measure("beginDefaultAdminTransfer", admin, &begin)?;
        let cancel = Token::cancelDefaultAdminTransferCall {};
        token.measure_aside("cancelDefaultAdminTransfer", admin, &cancel)?;
        let now = token.now();
        token.advance_to(now + 1);
        token.measure(
            "acceptDefaultAdminTransfer",
            other,
            &Token::acceptDefaultAdminTransferCall {},
        )?;
        Ok(())
    })
}

/// Messages that only answer.
pub(super) fn views(token: &mut Meter, reader: &Actor) -> Result<()> {
    let (role, account) = (minter(), word(reader.address()));
    token.measure_aside("DEFAULT_ADMIN_ROLE", reader, &Token::DEFAULT_ADMIN_ROLECall {})?;
    token.measure_aside("MINTER_ROLE", reader, &Token::MINTER_ROLECall {})?;
    token.measure_aside("PAUSER_ROLE", reader, &Token::PAUSER_ROLECall {})?;
    token.measure_aside("hasRole", reader, &Token::hasRoleCall { role, account })?;
    token.measure_aside("getRoleAdmin", reader, &Token::getRoleAdminCall { role })?;
    token.measure_aside("owner", reader, &Token::ownerCall {})?;
    token.measure_aside("defaultAdmin", reader, &Token::defaultAdminCall {})?;
    token.measure_aside("pendingDefaultAdmin", reader, &Token::pendingDefaultAdminCall {})?;
    token.measure_aside("defaultAdminDelay", reader, &Token::defaultAdminDelayCall {})?;
    let pending = Token::pendingDefaultAdminDelayCall {};
    token.measure_aside("pendingDefaultAdminDelay", reader, &pending)?;
    let wait = Token::defaultAdminDelayIncreaseWaitCall {};
    token.measure_aside("defaultAdminDelayIncreaseWait", reader, &wait)?;
    Ok(())
}

fn minter() -> B256 {
    keccak256("MINTER_ROLE")
}

fn pauser() -> B256 {
    keccak256("PAUSER_ROLE")
}
