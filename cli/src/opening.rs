//! Openings that somebody else needs, too.

use std::path::PathBuf;

use alloy_core::primitives::B256;
use clap::Args;

use salus_client::{
    error::Error,
    files,
    openings::{Opening, Openings},
};

/// Arguments of commands that commit to what somebody else is to open.
#[derive(Debug, Args)]
pub(super) struct OpeningOpts {
    /// Also write the opening, in clear, to this new file, for whoever else is to have it
    #[arg(long, value_name = "FILE")]
    opening_to: Option<PathBuf>,
}

impl OpeningOpts {
    /// Keeps an opening, before what it opens goes on chain; answers its file here.
    pub(super) fn keep<T: Opening>(&self, openings: &Openings, opening: &T) -> Result<PathBuf, Error> {
        if let Some(path) = &self.opening_to {
            Openings::hand_over(opening, path)?;
        }
        Ok(openings.save(opening)?)
    }

    /// Passes on what became of the transaction, see [`Openings::settle`].
    pub(super) fn settle<T: Opening, R>(
        &self,
        openings: &Openings,
        commitment: B256,
        sent: Result<R, impl Into<Error>>,
    ) -> Result<R, Error> {
        let settled = openings.settle::<T, R>(commitment, sent.map_err(Into::into));
        if let (Err(_), Some(path)) = (&settled, &self.opening_to)
            && !openings.path::<T>(commitment).exists()
        {
            // It opens nothing.
            let _ = files::remove(path);
        }
        settled
    }
}
