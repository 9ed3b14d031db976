//! What is known of a visit, and what follows from it.

use alloy_core::primitives::B256;
use salus_core::telehealth::{Split, Status, Terms, U256, Visit, WHOLE};

use crate::{contracts::telehealth::status_name, indexer};

/// What is known of a visit.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The EIP-155 chain id.
    pub chain_id: u64,
    /// The visit's identifier.
    pub id: B256,
    /// The visit, as the contract has it.
    pub visit: Visit,
    /// The terms that it is under.
    pub terms: Option<Terms>,
    /// What the fee is paid in.
    pub token: Token,
    /// What an index knows beside that.
    pub history: Option<History>,
}

/// A token, as it describes itself.
#[derive(Debug, Clone)]
pub struct Token {
    /// How many digits behind the point one token has.
    pub decimals: u8,
    /// What people call it.
    pub symbol: String,
}

/// What the chain's state does not keep of a visit, and an index does. Times are seconds since the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct History {
    /// Which of the provider's services it is.
    pub service: B256,
    /// When it was booked.
    pub requested: Option<u64>,
    /// When the fee came into escrow.
    pub funded: Option<u64>,
    /// When the provider agreed to it.
    pub confirmed: Option<u64>,
    /// How it ended, if it did.
    pub closed: Option<Closed>,
}

/// The end of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed {
    /// When that was.
    pub at: u64,
    /// Its last status.
    pub status: Status,
    /// What escrow released; nothing of one that was not paid for.
    pub split: Split,
}

impl History {
    /// Of the rows of an index: the visit's, and its steps.
    pub fn of(visit: &indexer::Visit, steps: &[indexer::VisitStep]) -> Self {
        let contract = visit.contract;
        let steps = || steps.iter().filter(move |step| step.contract == contract);
        let at = |step: &indexer::VisitStep| step.timestamp / 1_000;
        let first = |name| steps().find(|step| step.step == status_name(name)).map(at);
        let closed = || {
            let end = |status: &Status| steps().find(|step| status.is_final() && step.step == status_name(*status));
            let (status, step) = Status::ALL.iter().find_map(|status| Some((*status, end(status)?)))?;
            let amount = |text: &Option<String>| U256::from_dec_str(text.as_deref()?).ok();
            Some(Closed {
                at: at(step),
                status,
                split: Split {
                    to_patient: amount(&step.to_patient)?,
                    to_provider: amount(&step.to_provider)?,
                    to_platform: amount(&step.to_platform)?,
                },
            })
        };
        Self {
            service: visit.service,
            requested: first(Status::Requested),
            funded: first(Status::Funded),
            confirmed: first(Status::Confirmed),
            closed: closed(),
        }
    }
}

/// What became of a fee, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Released {
    /// What the patient has back, or does not owe.
    pub(super) to_patient: U256,
    /// What the provider and the platform have.
    pub(super) earned: Option<(U256, U256)>,
}

impl Facts {
    /// The end, if the history is as far as the visit. Then it has all that came before, too.
    pub(super) fn closed(&self) -> Option<&Closed> {
        let closed = self.history.as_ref()?.closed.as_ref()?;
        (closed.status == self.visit.status).then_some(closed)
    }

    /// Whether the fee was paid; `None` if that is not known. Three ends are possible without.
    pub(super) fn was_paid(&self) -> Option<bool> {
        match self.visit.status {
            Status::Requested => Some(false),
            Status::CancelledEarly | Status::Declined | Status::Expired if self.visit.started_by.is_none() => {
                let history = self.history.as_ref().filter(|_| self.closed().is_some());
                history.map(|history| history.funded.is_some())
            }
            _ => Some(true),
        }
    }

    /// Whether the provider agreed to it; `None` if that is not known. Two ends are possible without.
    pub(super) fn was_confirmed(&self) -> Option<bool> {
        match self.visit.status {
            Status::Requested | Status::Funded | Status::Declined => Some(false),
            Status::CancelledEarly | Status::Expired if self.visit.started_by.is_none() => {
                let history = self.history.as_ref().filter(|_| self.closed().is_some());
                history.map(|history| history.confirmed.is_some())
            }
            _ => Some(true),
        }
    }

    /// What became of the fee of a visit that is over: what an index has seen; else what follows from status and terms. `None` if the
    /// visit is not over, or that is not known.
    pub(super) fn released(&self) -> Option<Released> {
        let visit = &self.visit;
        if let Some(closed) = self.closed().filter(|_| self.was_paid() == Some(true)) {
            let Split {
                to_patient,
                to_provider,
                to_platform,
            } = closed.split;
            return Some(Released {
                to_patient,
                earned: Some((to_provider, to_platform)),
            });
        }
        let share = match visit.status {
            Status::Completed => WHOLE,
            Status::PatientNoShow => self.terms?.no_show_share,
            // By when it was called off, and by what the arbiter said.
            Status::CancelledLate | Status::Resolved => return None,
            status if status.is_final() => 0,
            _ => return None,
        };
        let split = Split::of(visit.fee, share, visit.platform_fee);
        // A platform that has given its fee up since the booking leaves it to the provider.
        let is_certain = split.to_platform.is_zero();
        Some(Released {
            to_patient: split.to_patient,
            earned: is_certain.then_some((split.to_provider, split.to_platform)),
        })
    }
}
