//! Who may create tokens and pause, and who gives and takes these roles.

use std::fmt;

use alloy_core::primitives::Address;
use clap::{Subcommand, ValueEnum};
use salus_core::token::roles::MAX_TIME;
use serde::Serialize;

use super::{open, start};
use crate::{
    Context, Output,
    moment::Moment,
    transaction::{Transaction, TransactionOpts},
};
use salus_client::{
    contracts::token::{AdminStep, DefaultAdmin, RoleChange, Token, TokenRole},
    error::Error,
};

/// A role that is given and taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Role {
    /// Creates tokens
    Minter,
    /// Pauses the token, and ends the pause
    Pauser,
}

/// A role that is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum OwnRole {
    /// Gives and takes the others; only after `begin-transfer --to-nobody` and its delay
    Admin,
    /// Creates tokens
    Minter,
    /// Pauses the token, and ends the pause
    Pauser,
}

impl From<Role> for TokenRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Minter => Self::Minter,
            Role::Pauser => Self::Pauser,
        }
    }
}

impl From<OwnRole> for TokenRole {
    fn from(role: OwnRole) -> Self {
        match role {
            OwnRole::Admin => Self::DefaultAdmin,
            OwnRole::Minter => Self::Minter,
            OwnRole::Pauser => Self::Pauser,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum RolesCommand {
    /// Show the admin and who is to follow, and the roles of an account
    Show {
        /// Whose roles
        account: Option<String>,
    },
    /// Give a role; for the admin
    Grant {
        /// Which
        role: Role,
        /// To whom
        account: String,
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Take a role away; for the admin
    Revoke {
        /// Which
        role: Role,
        /// From whom
        account: String,
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Give one's own role up
    Renounce {
        /// Which
        role: OwnRole,
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Announce who is to be the next admin, and can accept after the delay; for the admin
    BeginTransfer {
        /// Who
        #[arg(required_unless_present = "to_nobody", conflicts_with = "to_nobody")]
        account: Option<String>,
        /// Nobody: the admin can give the role up after the delay
        #[arg(long)]
        to_nobody: bool,
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Take the announcement back; for the admin
    CancelTransfer {
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Become the admin, as was announced
    AcceptTransfer {
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Change the delay, after a wait; for the admin
    ChangeDelay {
        /// How many seconds it is to be
        #[arg(value_parser = clap::value_parser!(u64).range(..=MAX_TIME))]
        seconds: u64,
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Take a change of the delay back that has not come; for the admin
    RollbackDelay {
        #[command(flatten)]
        transaction: TransactionOpts,
    },
}

impl RolesCommand {
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Show { .. } => "token roles show",
            Self::Grant { .. } => "token roles grant",
            Self::Revoke { .. } => "token roles revoke",
            Self::Renounce { .. } => "token roles renounce",
            Self::BeginTransfer { .. } => "token roles begin-transfer",
            Self::CancelTransfer { .. } => "token roles cancel-transfer",
            Self::AcceptTransfer { .. } => "token roles accept-transfer",
            Self::ChangeDelay { .. } => "token roles change-delay",
            Self::RollbackDelay { .. } => "token roles rollback-delay",
        }
    }
}

#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    admin: Admin,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<Member>,
}

/// The default admin. What is not scheduled is absent.
#[derive(Serialize)]
struct Admin {
    /// Absent when there is none any more.
    admin: Option<Address>,
    delay: u64,
    transfer: Option<Transfer>,
    delay_change: Option<DelayChange>,
}

#[derive(Serialize)]
struct Transfer {
    /// Absent when the role is to be given up.
    to: Option<Address>,
    not_before: Moment,
}

#[derive(Serialize)]
struct DelayChange {
    delay: u64,
    from: Moment,
}

#[derive(Serialize)]
struct Member {
    account: Address,
    roles: Vec<&'static str>,
}

#[derive(Serialize)]
struct Changed {
    #[serde(flatten)]
    admin: Admin,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<Member>,
    transaction: Transaction,
}

impl From<DefaultAdmin> for Admin {
    fn from(state: DefaultAdmin) -> Self {
        let named = |account: Address| (account != Address::ZERO).then_some(account);
        // The contract has the last second at which it is too early.
        let next = |schedule: u64| (schedule != 0).then(|| Moment(schedule.saturating_add(1)));
        Self {
            admin: named(state.account),
            delay: state.delay,
            transfer: next(state.pending_schedule).map(|not_before| Transfer {
                to: named(state.pending),
                not_before,
            }),
            delay_change: next(state.pending_delay_schedule).map(|from| DelayChange {
                delay: state.pending_delay,
                from,
            }),
        }
    }
}

impl fmt::Display for Admin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.admin {
            Some(admin) => writeln!(f, "admin        {admin}")?,
            None => writeln!(f, "admin        nobody, for ever")?,
        }
        match &self.transfer {
            Some(Transfer {
                to: Some(to),
                not_before,
            }) => writeln!(f, "to follow    {to}, from {not_before}")?,
            Some(Transfer { to: None, not_before }) => writeln!(f, "to follow    nobody, from {not_before}")?,
            None => {}
        }
        write!(f, "delay        {} seconds", self.delay)?;
        match &self.delay_change {
            Some(change) => writeln!(f, ", and {} from {}", change.delay, change.from),
            None => writeln!(f),
        }
    }
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let roles = if self.roles.is_empty() {
            "no role".into()
        } else {
            self.roles.join(", ")
        };
        writeln!(f, "account      {}: {roles}", self.account)
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let member = self.member.as_ref().map(ToString::to_string).unwrap_or_default();
        f.write_str(format!("{}{member}", self.admin).trim_end())
    }
}

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.member {
            Some(member) => member.fmt(f)?,
            None => self.admin.fmt(f)?,
        }
        self.transaction.fmt(f)
    }
}

/// What is to be done.
enum Change {
    Role(TokenRole, RoleChange),
    Admin(AdminStep),
}

pub(super) async fn run(command: RolesCommand, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    let account = |name: &str| Ok::<_, Error>(context.account(name)?.address());
    let (change, transaction) = match command {
        RolesCommand::Show { account: name } => {
            let account = name.as_deref().map(account).transpose()?;
            let token = open(context).await?;
            let member = match account {
                Some(account) => Some(member(&token, account).await?),
                None => None,
            };
            let admin = token.default_admin().await?.into();
            return out.result(&Shown { admin, member });
        }
        RolesCommand::Grant {
            role,
            account: name,
            transaction,
        } => (
            Change::Role(role.into(), RoleChange::Grant(account(&name)?)),
            transaction,
        ),
        RolesCommand::Revoke {
            role,
            account: name,
            transaction,
        } => (
            Change::Role(role.into(), RoleChange::Revoke(account(&name)?)),
            transaction,
        ),
        RolesCommand::Renounce { role, transaction } => (Change::Role(role.into(), RoleChange::Renounce), transaction),
        RolesCommand::BeginTransfer {
            account: name,
            transaction,
            ..
        } => {
            // Without an account there is --to-nobody.
            let heir = name.as_deref().map(account).transpose()?.unwrap_or_default();
            (Change::Admin(AdminStep::Begin(heir)), transaction)
        }
        RolesCommand::CancelTransfer { transaction } => (Change::Admin(AdminStep::Cancel), transaction),
        RolesCommand::AcceptTransfer { transaction } => (Change::Admin(AdminStep::Accept), transaction),
        RolesCommand::ChangeDelay { seconds, transaction } => {
            (Change::Admin(AdminStep::ChangeDelay(seconds)), transaction)
        }
        RolesCommand::RollbackDelay { transaction } => (Change::Admin(AdminStep::RollbackDelay), transaction),
    };
    let (token, key) = start(context, &transaction).await?;
    let options = transaction.options();
    let (receipt, changed) = match change {
        Change::Role(role, change) => {
            let account = match change {
                RoleChange::Grant(account) | RoleChange::Revoke(account) => account,
                RoleChange::Renounce => key.account().address(),
            };
            (token.change_role(&key, role, change, options).await?, Some(account))
        }
        Change::Admin(step) => (token.hand_over(&key, step, options).await?, None),
    };
    let member = match changed {
        Some(account) => Some(member(&token, account).await?),
        None => None,
    };
    out.result(&Changed {
        admin: token.default_admin().await?.into(),
        member,
        transaction: receipt.into(),
    })
}

async fn member(token: &Token, account: Address) -> Result<Member, Error> {
    let all = [
        ("admin", TokenRole::DefaultAdmin),
        ("minter", TokenRole::Minter),
        ("pauser", TokenRole::Pauser),
    ];
    let mut roles = Vec::new();
    for (name, role) in all {
        if token.has_role(role, account).await? {
            roles.push(name);
        }
    }
    Ok(Member { account, roles })
}
