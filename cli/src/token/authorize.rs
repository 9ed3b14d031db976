//! Transfers that a holder signs and somebody else sends.

use std::{fmt, path::PathBuf};

use alloy_core::primitives::{Address, B256};
use clap::Args;
use serde::Serialize;

use super::{in_tokens, of_suite, start};
use crate::{
    Context, Output,
    amount::{self, Amount},
    moment::{self, Moment},
    transaction::{Transaction, TransactionOpts},
};
use salus_client::{
    authorization::{Authorization, Cancellation, Payment, SignedAuthorization},
    contracts::token::Token,
    error::Error,
};

/// A transfer to be signed.
#[derive(Debug, Args)]
pub(super) struct AuthorizeOpts {
    /// To whom
    to: String,
    /// How much, e.g. 12.5
    amount: String,
    /// The file to write; one that is there is not replaced
    #[arg(long, value_name = "FILE")]
    sign_to: PathBuf,
    /// Let the payee alone send it, so that nobody else picks the moment
    #[arg(long)]
    by_payee: bool,
    /// From when it can be sent [default: at once]
    #[arg(long, value_name = "TIME")]
    valid_from: Option<String>,
    /// Until when it can be sent
    #[arg(long, value_name = "TIME", default_value = "+86400")]
    valid_until: String,
    #[command(flatten)]
    transaction: TransactionOpts,
}

/// What was signed.
#[derive(Debug, Args)]
pub(super) struct SubmitOpts {
    /// What `token authorize` or `token cancel-authorization` has written
    file: PathBuf,
    #[command(flatten)]
    transaction: TransactionOpts,
}

/// A transfer that is not to be.
#[derive(Debug, Args)]
pub(super) struct CancelOpts {
    /// What `token authorize` has written
    #[arg(required_unless_present = "nonce", conflicts_with = "nonce")]
    file: Option<PathBuf>,
    /// Its nonce, where the file is lost
    #[arg(long, value_name = "HEX")]
    nonce: Option<B256>,
    /// Only sign the cancellation, and write it to FILE for anybody to send by `salus token submit`; --from needs no coins
    #[arg(long, value_name = "FILE")]
    sign_to: Option<PathBuf>,
    #[command(flatten)]
    transaction: TransactionOpts,
}

/// What can be done with a file.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Transfer,
    Receive,
    Cancel,
}

#[derive(Serialize)]
struct Signed {
    file: PathBuf,
    kind: Kind,
    signer: Address,
    nonce: B256,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment: Option<Terms>,
}

#[derive(Serialize)]
struct Submitted {
    kind: Kind,
    signer: Address,
    nonce: B256,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment: Option<Terms>,
    transaction: Transaction,
}

/// A payment in words. Both times are those at which it can be sent.
#[derive(Serialize)]
struct Terms {
    to: Address,
    value: Amount,
    valid_from: Moment,
    valid_until: Moment,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Transfer => "a transfer, for anybody to send",
            Self::Receive => "a transfer, for its payee to send",
            Self::Cancel => "a cancellation",
        })
    }
}

impl fmt::Display for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "payment      {} for {}", self.value, self.to)?;
        writeln!(f, "valid        {} to {}", self.valid_from, self.valid_until)
    }
}

impl fmt::Display for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "signed       {}: {}", self.file.display(), self.kind)?;
        if let Some(payment) = &self.payment {
            payment.fmt(f)?;
        }
        write!(f, "nonce        {}", self.nonce)
    }
}

impl fmt::Display for Submitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "sent         {}, signed by {}", self.kind, self.signer)?;
        if let Some(payment) = &self.payment {
            payment.fmt(f)?;
        }
        self.transaction.fmt(f)
    }
}

/// `salus token authorize`
pub(super) async fn authorize(opts: AuthorizeOpts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    let to = context.account(&opts.to)?.address();
    let (chain, signer) = opts.transaction.unlock_as(context).await?;
    let now = chain.time().await?;
    let from = opts
        .valid_from
        .map(|text| moment::parse(&text, now, false))
        .transpose()?;
    let until = moment::parse(&opts.valid_until, now, true)?;
    if from.is_some_and(|from| from > until) {
        return Err(Error::Usage("--valid-until: it is before --valid-from".into()));
    }
    let token = of_suite(context, &chain).await?;
    let value = amount::parse(&opts.amount, token.info().await?.decimals)?;
    let payment = Payment {
        from: signer.key.account().address(),
        to,
        value,
        // The standard's ends are those at which it cannot be sent.
        valid_after: from.map_or(0, |from| from.saturating_sub(1)),
        valid_before: until.saturating_add(1),
        nonce: rand::random::<[u8; 32]>().into(),
    };
    let authorization = if opts.by_payee {
        Authorization::Receive(payment)
    } else {
        Authorization::Transfer(payment)
    };
    let signed = authorization.sign(&signer.key, &token).await?;
    signed.save(&opts.sign_to)?;
    out.result(&told(&token, &signed, opts.sign_to).await?)
}

/// `salus token submit`
pub(super) async fn submit(opts: SubmitOpts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    let signed = SignedAuthorization::load(&opts.file)?;
    let (token, key) = start(context, &opts.transaction).await?;
    let receipt = signed.submit(&token, &key, opts.transaction.options()).await?;
    out.result(&Submitted {
        kind: kind(&signed.authorization),
        signer: signed.authorization.signer(),
        nonce: signed.authorization.nonce(),
        payment: terms(&token, &signed.authorization).await?,
        transaction: receipt.into(),
    })
}

/// `salus token cancel-authorization`
pub(super) async fn cancel(opts: CancelOpts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    let nonce = match (&opts.file, opts.nonce) {
        (Some(file), _) => SignedAuthorization::load(file)?.authorization.nonce(),
        (None, Some(nonce)) => nonce,
        (None, None) => return Err(Error::Usage("name the authorization, or its --nonce".into())),
    };
    let cancellation = |authorizer| Authorization::Cancel(Cancellation { authorizer, nonce });
    if let Some(file) = opts.sign_to {
        let (chain, signer) = opts.transaction.unlock_as(context).await?;
        let token = of_suite(context, &chain).await?;
        let authorizer = signer.key.account().address();
        let signed = cancellation(authorizer).sign(&signer.key, &token).await?;
        signed.save(&file)?;
        return out.result(&told(&token, &signed, file).await?);
    }
    let (token, key) = start(context, &opts.transaction).await?;
    let signed = cancellation(key.account().address()).sign(&key, &token).await?;
    let receipt = signed.submit(&token, &key, opts.transaction.options()).await?;
    out.result(&Submitted {
        kind: Kind::Cancel,
        signer: signed.authorization.signer(),
        nonce,
        payment: None,
        transaction: receipt.into(),
    })
}

async fn told(token: &Token, signed: &SignedAuthorization, file: PathBuf) -> Result<Signed, Error> {
    Ok(Signed {
        file,
        kind: kind(&signed.authorization),
        signer: signed.authorization.signer(),
        nonce: signed.authorization.nonce(),
        payment: terms(token, &signed.authorization).await?,
    })
}

const fn kind(authorization: &Authorization) -> Kind {
    match authorization {
        Authorization::Transfer(_) => Kind::Transfer,
        Authorization::Receive(_) => Kind::Receive,
        Authorization::Cancel(_) => Kind::Cancel,
    }
}

async fn terms(token: &Token, authorization: &Authorization) -> Result<Option<Terms>, Error> {
    let (Authorization::Transfer(payment) | Authorization::Receive(payment)) = authorization else {
        return Ok(None);
    };
    Ok(Some(Terms {
        to: payment.to,
        value: in_tokens(token, payment.value).await?,
        valid_from: Moment(match payment.valid_after {
            0 => 0,
            after => after.saturating_add(1),
        }),
        valid_until: Moment(payment.valid_before.saturating_sub(1)),
    }))
}
