//! `salus account`: keys.

use std::{fmt, path::PathBuf};

use clap::{Args, Subcommand};
use serde::Serialize;
use zeroize::Zeroizing;

use super::{Context, Output, coin, transaction::TransactionOpts};
use salus_client::{
    account::Account,
    error::Error,
    files::{self, Access},
    keystore::{KeyFile, KeyKind, KeystoreError, Listed, SecretKey, dev, password::PasswordSource, read_key_file},
};

/// Make, list, import and export keys.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  salus account new patient                      # an sr25519 key, password asked on the terminal
  salus account new clinic --kind ethereum
  salus --json account list
  salus account import wallet --key-file UTC--2026-01-01--008aeeda.json
  salus account import wallet --kind ethereum    # asks for a private key or a mnemonic
  salus account export clinic --to clinic.json   # stays encrypted; opens in MetaMask or geth
  salus account dev                              # keys for development networks
  salus account send patient 10 --from dev:alice # a new key needs coins for its fees
  salus account balance patient")]
pub(super) struct Opts {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a new key and store it encrypted
    New {
        /// The name to store it under: a-z, 0-9, `-`, `_`
        name: String,
        /// The kind of key
        #[arg(long, value_enum, default_value = "sr25519")]
        kind: KeyKind,
    },
    /// List the stored keys
    List,
    /// Show one account: of a key, or of any address
    Show {
        /// A stored key's name, `dev:NAME`, an SS58 or Ethereum address
        account: String,
    },
    /// Store a key made elsewhere; its secret is asked for, never given as an argument
    Import {
        /// The name to store it under
        name: String,
        /// The kind of key (a key file says its own)
        #[arg(long, value_enum, default_value = "ethereum", conflicts_with = "key_file")]
        kind: KeyKind,
        /// An encrypted key file (Web3 Secret Storage) to import; its password becomes the stored key's
        #[arg(long, value_name = "FILE")]
        key_file: Option<PathBuf>,
        /// Read the private key or mnemonic from the first line of this file, instead of asking
        #[arg(long, value_name = "FILE", conflicts_with = "key_file")]
        secret_file: Option<PathBuf>,
    },
    /// Copy a key out as an encrypted key file
    Export {
        /// The stored key's name
        name: String,
        /// The file to write; an existing one is not replaced
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// What an account can spend of the native coin
    Balance {
        /// A stored key's name, `dev:NAME`, an SS58 or Ethereum address
        account: String,
    },
    /// Send native coin, which fees are paid in
    Send {
        /// To whom: a stored key's name, `dev:NAME`, an SS58 or Ethereum address
        recipient: String,
        /// How much, e.g. 12.5
        amount: String,
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// List the development keys: public knowledge, funded on development networks, refused elsewhere
    Dev,
}

impl Opts {
    pub(super) fn name(&self) -> &'static str {
        match self.command {
            Command::New { .. } => "account new",
            Command::List => "account list",
            Command::Show { .. } => "account show",
            Command::Import { .. } => "account import",
            Command::Export { .. } => "account export",
            Command::Balance { .. } => "account balance",
            Command::Send { .. } => "account send",
            Command::Dev => "account dev",
        }
    }
}

#[derive(Debug, Serialize)]
struct Shown {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<KeyKind>,
    #[serde(flatten)]
    account: Account,
    #[serde(skip_serializing_if = "Option::is_none")]
    public_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<PathBuf>,
    /// Everybody knows the secret of this key.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    development_only: bool,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            let warning = if self.development_only {
                "  (development only: everybody knows this key)"
            } else {
                ""
            };
            writeln!(f, "name        {name}{warning}")?;
        }
        if let Some(kind) = self.kind {
            writeln!(f, "kind        {kind}")?;
        }
        writeln!(f, "ss58        {}", self.account.ss58())?;
        writeln!(f, "address     {}", self.account.address())?;
        if let Some(public_key) = &self.public_key {
            writeln!(f, "public key  {public_key}")?;
        }
        if let Some(path) = &self.path {
            writeln!(f, "file        {}", path.display())?;
        }
        Ok(())
    }
}

#[derive(Debug, Serialize)]
struct List {
    accounts: Vec<Shown>,
    unusable: Vec<Unusable>,
}

#[derive(Debug, Serialize)]
struct Unusable {
    name: String,
    reason: String,
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for shown in &self.accounts {
            let (name, kind) = (
                shown.name.as_deref().unwrap_or("-"),
                shown.kind.map_or("-".into(), |kind| kind.to_string()),
            );
            writeln!(
                f,
                "{name:<16} {kind:<9} {}  {}",
                shown.account.address(),
                shown.account.ss58()
            )?;
        }
        for unusable in &self.unusable {
            writeln!(f, "{:<16} unusable: {}", unusable.name, unusable.reason)?;
        }
        if self.accounts.first().is_some_and(|shown| shown.development_only) {
            writeln!(
                f,
                "\nDevelopment only: everybody knows these keys. Never send anything of value to them."
            )?;
        }
        Ok(())
    }
}

pub(super) async fn run(opts: Opts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    match opts.command {
        Command::New { name, kind } => {
            let password = context
                .password()
                .read_new(&format!("Password for the new account `{name}`: "))?;
            store(context, out, &name, &SecretKey::generate(kind)?, &password)
        }
        Command::List => list(context, out),
        Command::Show { account } => show(context, out, &account),
        Command::Import {
            name,
            key_file: Some(path),
            ..
        } => {
            let password = context.password().read(&format!("Password of {}: ", path.display()))?;
            let key = read_key_file(&path, &password)?;
            store(context, out, &name, &key, &password)
        }
        Command::Import {
            name,
            kind,
            key_file: None,
            secret_file,
        } => {
            let source = secret_file.map_or(PasswordSource::Prompt, PasswordSource::File);
            let secret = source.read("Private key (hexadecimal) or mnemonic: ")?;
            let key = SecretKey::from_text(kind, &secret)?;
            let password = context
                .password()
                .read_new(&format!("Password for account `{name}`: "))?;
            store(context, out, &name, &key, &password)
        }
        Command::Export { name, to } => export(context, out, &name, to),
        Command::Balance { account } => coin::balance(&account, context, out).await,
        Command::Send {
            recipient,
            amount,
            transaction,
        } => coin::send(&recipient, &amount, &transaction, context, out).await,
        Command::Dev => out.result(&development_keys()),
    }
}

fn store(
    context: &Context,
    out: &mut Output<'_>,
    name: &str,
    key: &SecretKey,
    password: &Zeroizing<String>,
) -> Result<(), Error> {
    let file = context.keystore().store(name, key, password)?;
    out.result(&shown(context, name, &file)?)
}

fn shown(context: &Context, name: &str, file: &KeyFile) -> Result<Shown, KeystoreError> {
    let path = context.keystore().path(name);
    let info = file.info().map_err(|reason| KeystoreError::Malformed {
        path: path.clone(),
        reason,
    })?;
    Ok(Shown {
        name: Some(name.into()),
        kind: Some(info.kind),
        account: info.account,
        public_key: info.public_key,
        path: Some(path),
        development_only: false,
    })
}

fn list(context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    let mut list = List {
        accounts: Vec::new(),
        unusable: Vec::new(),
    };
    for Listed { name, file } in context.keystore().list()? {
        match file.and_then(|file| shown(context, &name, &file)) {
            Ok(shown) => list.accounts.push(shown),
            Err(error) => list.unusable.push(Unusable {
                name,
                reason: error.to_string(),
            }),
        }
    }
    if list.accounts.is_empty() && list.unusable.is_empty() && !out.is_json() {
        out.note("no keys yet; `salus account new NAME` makes one");
    }
    out.result(&list)
}

fn show(context: &Context, out: &mut Output<'_>, text: &str) -> Result<(), Error> {
    if let Some(known) = dev::find(text) {
        return out.result(&development_key(&known));
    }
    let account = context.account(text)?;
    let shown = match context.keystore().load(text) {
        Ok(file) => shown(context, text, &file)?,
        Err(_) => Shown {
            name: None,
            kind: None,
            account,
            public_key: None,
            path: None,
            development_only: false,
        },
    };
    out.result(&shown)
}

fn export(context: &Context, out: &mut Output<'_>, name: &str, to: PathBuf) -> Result<(), Error> {
    let file = context.keystore().load(name)?;
    files::create(&to, &file.to_json(), Access::Private).map_err(|source| KeystoreError::Io {
        path: to.clone(),
        source,
    })?;
    let mut shown = shown(context, name, &file)?;
    shown.path = Some(to);
    out.result(&shown)
}

fn development_keys() -> List {
    List {
        accounts: dev::all().iter().map(development_key).collect(),
        unusable: Vec::new(),
    }
}

fn development_key(known: &dev::DevelopmentKey) -> Shown {
    Shown {
        name: Some(format!("{}{}", dev::PREFIX, known.name)),
        kind: Some(known.key.kind()),
        account: known.key.account(),
        public_key: Some(format!("0x{}", hex::encode(known.key.public_key()))),
        path: None,
        development_only: true,
    }
}
