//! `salus vault`: the openings that are kept here, encrypted or destroyed.

use std::fmt;

use alloy_core::primitives::B256;
use clap::{Args, Subcommand};
use serde::Serialize;

use super::{
    Context, Output,
    moment::{self, Moment},
};
use salus_client::{
    error::Error,
    openings::{BatchOpening, Initialised, Opening as _, PolicyOpening, RecordOpening},
    vault::EncryptionKey,
};

/// Encrypt the openings that are kept here, and destroy them.
#[derive(Debug, Args)]
#[command(after_help = "\
Openings are salts and policies: who has one can show what a commitment on chain says. With a vault they are sealed to its
key, and read only with its password. Who loses the password loses them.

Examples:
  salus vault init
  salus vault destroy 0x5b..    # a commitment, a batch's root or an import")]
pub(super) struct Opts {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a key under a new password, and seal what lies in clear; done again, seal what was left
    Init,
    /// Destroy every copy here of what opens a commitment, and print a receipt; nothing brings it back
    Destroy {
        /// The commitment, a batch's root, or an import
        opening: B256,
    },
}

impl Opts {
    pub(super) fn name(&self) -> &'static str {
        match self.command {
            Command::Init => "vault init",
            Command::Destroy { .. } => "vault destroy",
        }
    }
}

pub(super) fn run(opts: &Opts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    match opts.command {
        Command::Init => {
            let Initialised {
                encryption_key,
                is_new,
                sealed,
            } = context.openings().init_vault()?;
            out.result(&Made {
                encryption_key,
                is_new,
                sealed,
            })
        }
        Command::Destroy { opening } => {
            let kinds = context.openings().destroy(opening)?;
            out.result(&Receipt {
                commitment: opening,
                remains_on_chain: kinds.iter().flat_map(|kind| remains(kind)).copied().collect(),
                destroyed: kinds,
                at: Moment(moment::now()),
            })
        }
    }
}

/// What the contracts hold for good of what an opening of this kind opened.
fn remains(kind: &str) -> &'static [&'static str] {
    match kind {
        PolicyOpening::KIND => &[
            "commitment",
            "subject",
            "grantee",
            "validity",
            "status",
            "disclosed scope",
        ],
        RecordOpening::KIND => &["commitment", "record", "author", "version", "status", "time"],
        BatchOpening::KIND => &["root", "author", "leaf count", "reference", "time"],
        _ => &[],
    }
}

#[derive(Serialize)]
struct Made {
    encryption_key: EncryptionKey,
    is_new: bool,
    /// How many openings lay in clear before.
    sealed: usize,
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let novelty = if self.is_new { "made" } else { "there already" };
        writeln!(f, "vault        {novelty}, key {}", self.encryption_key)?;
        writeln!(f, "sealed       {} that lay in clear", self.sealed)
    }
}

/// The erasure receipt. It is not private: that it was made is all it says.
#[derive(Serialize)]
struct Receipt {
    commitment: B256,
    /// The kinds of what was destroyed here.
    destroyed: Vec<String>,
    at: Moment,
    /// What stays there, and says nothing of what was committed to once no copy of the opening is left.
    remains_on_chain: Vec<&'static str>,
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "commitment   {}", self.commitment)?;
        writeln!(f, "destroyed    {}, here", self.destroyed.join(", "))?;
        writeln!(f, "at           {}", self.at)?;
        if !self.remains_on_chain.is_empty() {
            writeln!(f, "on chain     {}", self.remains_on_chain.join(", "))?;
        }
        writeln!(f, "not reached  what was shared with others, and backups")
    }
}
