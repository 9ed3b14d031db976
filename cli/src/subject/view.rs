//! What the commands show.

use std::fmt;

use alloy_core::primitives::{Address, B256};
use salus_core::consent::registry::power;
use serde::Serialize;

use crate::{action::Outcome, codes, moment::Moment};
use salus_client::contracts::{ContractError, consent::Consent};

#[derive(Serialize)]
pub(super) struct Acted {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) subject: Option<B256>,
    pub(super) actor: Address,
    #[serde(flatten)]
    pub(super) outcome: Outcome,
}

impl fmt::Display for Acted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(subject) = self.subject {
            writeln!(f, "subject      {subject}")?;
        }
        writeln!(f, "actor        {}", self.actor)?;
        self.outcome.fmt(f)
    }
}

#[derive(Serialize)]
pub(super) struct Shown {
    subject: B256,
    /// Null if nobody has registered the subject.
    controller: Option<Address>,
    pending_controller: Option<Address>,
    succession: Option<Succession>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delegation: Option<Delegation>,
}

#[derive(Serialize)]
struct Succession {
    successor: Address,
    silence: u64,
    grace: u64,
    last_sign: Moment,
    claimed_at: Option<Moment>,
}

#[derive(Serialize)]
struct Delegation {
    delegate: Address,
    powers: Vec<&'static str>,
    /// Null: any.
    purposes: Option<Vec<&'static str>>,
    valid_until: Moment,
}

impl Shown {
    pub(super) async fn read(
        consent: &Consent,
        subject: B256,
        delegate: Option<Address>,
    ) -> Result<Self, ContractError> {
        let succession = consent.succession_of(subject).await?;
        let delegation = match delegate {
            None => None,
            Some(delegate) => Some(Delegation::new(
                delegate,
                consent.delegation_of(subject, delegate).await?,
            )),
        };
        Ok(Self {
            subject,
            controller: consent.controller_of(subject).await?,
            pending_controller: consent.pending_controller_of(subject).await?,
            succession: succession.map(|declared| Succession {
                successor: declared.successor.into(),
                silence: declared.silence,
                grace: declared.grace,
                last_sign: Moment(declared.last_sign),
                claimed_at: Some(Moment(declared.claimed_at)).filter(|at| at.0 != 0),
            }),
            delegation,
        })
    }
}

impl Delegation {
    fn new(delegate: Address, found: salus_core::consent::registry::Delegation) -> Self {
        Self {
            delegate,
            powers: powers(found.powers),
            purposes: (found.purposes != u64::MAX).then(|| codes::purposes(found.purposes)),
            valid_until: Moment(found.until),
        }
    }
}

/// The names of a delegate's powers.
pub(in super::super) fn powers(mask: u8) -> Vec<&'static str> {
    let names = [
        (power::GRANT, "grant"),
        (power::END, "end"),
        (power::ANSWER, "answer"),
        (power::VETO, "veto"),
        (power::DELEGATE, "delegate"),
    ];
    let powers = names.into_iter().filter(|(bit, _)| mask & bit != 0);
    powers.map(|(_, name)| name).collect()
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "subject      {}", self.subject)?;
        match self.controller {
            Some(controller) => write!(f, "\ncontroller   {controller}")?,
            None => write!(f, "\ncontroller   nobody: it is not registered")?,
        }
        if let Some(pending) = self.pending_controller {
            write!(f, "\noffered to   {pending}")?;
        }
        if let Some(Succession {
            successor,
            silence,
            grace,
            last_sign,
            claimed_at,
        }) = &self.succession
        {
            write!(
                f,
                "\nsuccessor    {successor}, after {silence} s of silence and {grace} s of grace; last sign {last_sign}"
            )?;
            if let Some(at) = claimed_at {
                write!(f, "; claimed at {at}")?;
            }
        }
        if let Some(Delegation {
            delegate,
            powers,
            purposes,
            valid_until,
        }) = &self.delegation
        {
            if powers.is_empty() {
                return write!(f, "\ndelegate     {delegate} may do nothing");
            }
            let purposes = purposes.as_ref().map_or("any purpose".into(), |codes| codes.join(", "));
            write!(
                f,
                "\ndelegate     {delegate} may {}, for {purposes}, until {valid_until}",
                powers.join(", ")
            )?;
        }
        Ok(())
    }
}
