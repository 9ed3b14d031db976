//! The credentials contract's messages.

use alloy_core::{primitives::B256, sol, sol_types::SolValue};
use anyhow::{Result, ensure};
use salus_core::codes::Role;
use salus_devchain::{Session, session::Actor};

use crate::{
    checkout::Checkout,
    ledger::Row,
    meter::{Implementation, Meter, word},
};

sol!(
    #[derive(Debug)]
    #[allow(clippy::too_many_arguments, reason = "as many as the message has")]
    ICredentials,
    "../contracts/artifacts/credentials.abi.json"
);

const ROLE: u8 = Role::PHYS.bit();

/// Measures an issuer who is admitted and licenses a physician, and what becomes of that.
pub(crate) fn measure(checkout: &Checkout) -> Result<Vec<Row>> {
    let owner = Actor::ethereum(0);
    let ours = Implementation::salus(checkout.code("credentials")?, word(owner.address()).abi_encode());
    let mut session = Session::new();
    session.set_caller(owner);
    let mut credentials = Meter::deploy(session, "credentials", &ours)?;
    offices(&mut credentials)?;
    life(&mut credentials)?;
    Ok(credentials.into_rows())
}

fn offices(credentials: &mut Meter) -> Result<()> {
    let (owner, board, heir) = (Actor::ethereum(0), Actor::ethereum(1), Actor::ethereum(3));
    let issuer = word(board.address());
    credentials.measure("admitIssuer", &owner, &ICredentials::admitIssuerCall { issuer })?;
    let asked = ICredentials::isIssuerAtCall {
        issuer,
        time: credentials.now(),
    };
    ensure!(
        credentials.measure_aside("isIssuerAt", &heir, &asked)?,
        "the issuer is not admitted"
    );
    credentials.aside(|credentials| {
        credentials.advance_to(asked.time + 60);
        credentials.measure("removeIssuer", &owner, &ICredentials::removeIssuerCall { issuer })
    })?;
    credentials.measure_aside("owner", &heir, &ICredentials::ownerCall {})?;
    credentials.measure_aside("pendingOwner", &heir, &ICredentials::pendingOwnerCall {})?;
    credentials.aside(|credentials| {
        let offer = ICredentials::transferOwnershipCall {
            newOwner: word(heir.address()),
        };
        credentials.measure("transferOwnership", &owner, &offer)?;
        credentials.measure("acceptOwnership", &heir, &ICredentials::acceptOwnershipCall {})
    })?;
    Ok(())
}

fn life(credentials: &mut Meter) -> Result<()> {
    let (board, doctor, reader) = (Actor::ethereum(1), Actor::ethereum(2), Actor::ethereum(3));
    let (holder, issued_at) = (word(doctor.address()), credentials.now());
    let issue = ICredentials::issueCredentialCall {
        holder,
        role: ROLE,
        jurisdiction: B256::repeat_byte(0x1a),
        licenceHash: B256::repeat_byte(0x1b),
        validFrom: issued_at,
        validUntil: u64::MAX,
    };
    let id = credentials.measure("issueCredential", &board, &issue)?;
    let is_active_at = |time| ICredentials::isActiveAtCall {
        holder,
        role: ROLE,
        time,
    };
    ensure!(
        credentials.measure_aside("isActiveAt, now", &reader, &is_active_at(issued_at))?,
        "the credential is not active"
    );
    let status = ICredentials::statusAtCall {
        holder,
        role: ROLE,
        time: issued_at,
    };
    credentials.measure_aside("statusAt", &reader, &status)?;
    credentials.measure_aside(
        "credentialOf",
        &reader,
        &ICredentials::credentialOfCall { credentialId: id },
    )?;
    credentials.advance_to(issued_at + 60);
    credentials.measure_aside("issueCredential, renewed", &board, &issue)?;
    let revoke = ICredentials::revokeCredentialCall { credentialId: id };
    credentials.measure_aside("revokeCredential", &board, &revoke)?;
    let suspend = ICredentials::suspendCredentialCall { credentialId: id };
    let reinstate = ICredentials::reinstateCredentialCall { credentialId: id };
    credentials.measure("suspendCredential", &board, &suspend)?;
    credentials.advance_to(issued_at + 120);
    credentials.measure("reinstateCredential", &board, &reinstate)?;
    // 64 checkpoints: seven reads more than about now.
    for change in 1..=31 {
        credentials.advance_to(issued_at + 120 * (change + 1));
        credentials.prepare(&board, &suspend)?;
        credentials.advance_to(issued_at + 120 * (change + 1) + 60);
        credentials.prepare(&board, &reinstate)?;
    }
    ensure!(
        credentials.measure_aside("isActiveAt, 64 changes ago", &reader, &is_active_at(issued_at))?,
        "what was then is forgotten"
    );
    Ok(())
}
