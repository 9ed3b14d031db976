//! `salus wallet`: wallets, and the relationships in them.

mod recover;
mod view;

use std::{
    io::{self, IsTerminal as _},
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use zeroize::Zeroizing;

use self::{
    recover::RecoverOpts,
    view::{List, Made, Row, Shown, Unusable},
};
use super::{Context, Output};
use salus_client::{
    error::Error,
    files::{self, Access},
    keystore::password::PasswordSource,
    wallet::{Listed, Wallet, WalletError},
};

/// Make, recover and list wallets, and begin relationships.
#[derive(Debug, Args)]
#[command(after_help = "\
A wallet is one secret, 24 words. From it come, for each relationship, a subject, the key that controls it, and a key to seal
openings to; nobody else can tell that two relationships are of one wallet. Who has the words has all of it: write them down,
and keep them apart from the machine.

Examples:
  salus wallet new me                                   # shows the words, once
  salus wallet relationship me --new --label 'Dr. House'
  salus consent register --from wallet:me/0             # the subject of the relationship
  salus wallet relationship me                          # all of them
  salus wallet import me --mnemonic-file words.txt
  salus wallet recover me                               # finds on the chain what an imported wallet has")]
pub(super) struct Opts {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a wallet, and show its mnemonic once, on the terminal
    New {
        /// The name to store it under: a-z, 0-9, `-`, `_`
        name: String,
        /// Write the mnemonic to this new, private file, instead of showing it
        #[arg(long, value_name = "FILE")]
        mnemonic_file: Option<PathBuf>,
    },
    /// Store the wallet of a mnemonic, which is asked for, never given as an argument
    Import {
        /// The name to store it under
        name: String,
        /// Read the mnemonic from the first line of this file, instead of asking
        #[arg(long, value_name = "FILE")]
        mnemonic_file: Option<PathBuf>,
        /// Read the mnemonic from this open file descriptor; 0 is standard input
        #[arg(long, value_name = "N", conflicts_with = "mnemonic_file")]
        mnemonic_fd: Option<u32>,
    },
    /// List the stored wallets
    List,
    /// Show the relationships of a wallet, or one of them, or begin the next one
    Relationship {
        /// The wallet
        name: String,
        /// The relationship's number
        #[arg(conflicts_with_all = ["label", "new"])]
        index: Option<u32>,
        /// The relationship with this label; with --new, the label to give it. Labels stay in the wallet's file
        #[arg(long, value_name = "TEXT")]
        label: Option<String>,
        /// Begin the next one
        #[arg(long)]
        new: bool,
    },
    /// Look on the chain for the relationships of a wallet, and note them
    Recover(RecoverOpts),
}

impl Opts {
    pub(super) fn name(&self) -> &'static str {
        match self.command {
            Command::New { .. } => "wallet new",
            Command::Import { .. } => "wallet import",
            Command::List => "wallet list",
            Command::Relationship { .. } => "wallet relationship",
            Command::Recover(_) => "wallet recover",
        }
    }
}

pub(super) async fn run(opts: Opts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    match opts.command {
        Command::New { name, mnemonic_file } => new(context, out, name, mnemonic_file),
        Command::Import {
            name,
            mnemonic_file,
            mnemonic_fd,
        } => {
            context.wallets().check_new(&name)?;
            let source = match (mnemonic_file, mnemonic_fd) {
                (Some(path), _) => PasswordSource::File(path),
                (None, Some(descriptor)) => PasswordSource::Descriptor(descriptor),
                (None, None) => PasswordSource::Prompt,
            };
            let wallet = Wallet::from_mnemonic(&source.read("Mnemonic (24 words): ")?)?;
            let path = context
                .wallets()
                .store(&name, &wallet, &new_password(context, &name)?)?;
            out.note("which relationships it has is found by `salus wallet recover`");
            out.result(&Made {
                name,
                path,
                mnemonic_file: None,
            })
        }
        Command::List => list(context, out),
        Command::Relationship {
            name,
            index,
            label,
            new,
        } => {
            let password = context.wallet_password(&name)?;
            let wallets = context.wallets();
            let (wallet, indices) = if new {
                let (wallet, index) = wallets.change(&name, &password, |wallet| wallet.begin(label))?;
                (wallet, index..index + 1)
            } else {
                let wallet = wallets.unlock(&name, &password)?;
                let index = label.map(|label| wallet.labelled(&label)).transpose()?.or(index);
                let indices = match index {
                    Some(index) => index..index.saturating_add(1),
                    None => 0..wallet.count()?,
                };
                (wallet, indices)
            };
            let rows = indices.map(|index| Row::new(&name, &wallet, index));
            out.result(&Shown {
                relationships: rows.collect::<Result<_, _>>()?,
                wallet: name,
            })
        }
        Command::Recover(opts) => recover::run(opts, context, out).await,
    }
}

/// The mnemonic is out before the wallet is stored: there is none without a way to find it again.
fn new(context: &Context, out: &mut Output<'_>, name: String, mnemonic_file: Option<PathBuf>) -> Result<(), Error> {
    let wallets = context.wallets();
    wallets.check_new(&name)?;
    if mnemonic_file.is_none() && !io::stderr().is_terminal() {
        let message = "the mnemonic is shown on a terminal alone: name a file for it with --mnemonic-file";
        return Err(Error::Usage(message.into()));
    }
    let password = new_password(context, &name)?;
    let wallet = Wallet::generate()?;
    let mnemonic = wallet.mnemonic();
    match &mnemonic_file {
        Some(path) => write_mnemonic(path, &mnemonic)?,
        None => out.note(format_args!(
            "\n{}\n\nThese 24 words are the wallet. Write them down now: they are not shown again.\n",
            *mnemonic
        )),
    }
    let stored = wallets.store(&name, &wallet, &password);
    if let (Err(_), Some(path)) = (&stored, &mnemonic_file) {
        // It is the mnemonic of nothing.
        let _ = files::remove(path);
    }
    out.result(&Made {
        name,
        path: stored?,
        mnemonic_file,
    })
}

fn write_mnemonic(path: &Path, mnemonic: &str) -> Result<(), WalletError> {
    let text = Zeroizing::new([mnemonic, "\n"].concat());
    files::create(path, text.as_bytes(), Access::Private).map_err(|source| WalletError::Io {
        path: path.into(),
        source,
    })
}

fn new_password(context: &Context, name: &str) -> Result<Zeroizing<String>, Error> {
    let prompt = format!("Password for the new wallet `{name}`: ");
    Ok(context.password().read_new(&prompt)?)
}

fn list(context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    let mut list = List {
        wallets: Vec::new(),
        unusable: Vec::new(),
    };
    for Listed { name, file } in context.wallets().list()? {
        match file {
            Ok(path) => list.wallets.push(Made {
                name,
                path,
                mnemonic_file: None,
            }),
            Err(error) => list.unusable.push(Unusable {
                name,
                reason: error.to_string(),
            }),
        }
    }
    if list.wallets.is_empty() && list.unusable.is_empty() && !out.is_json() {
        out.note("no wallets yet; `salus wallet new NAME` makes one");
    }
    out.result(&list)
}
