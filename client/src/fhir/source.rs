//! From a file, plain or gzipped, to bytes, within limits.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
};

use flate2::bufread::MultiGzDecoder;

use super::error::FhirError;

/// How much of a document is read at most. What exceeds a limit is an error, never cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of JSON, after decompression.
    pub bytes: usize,
    /// How deep arrays and objects may be nested.
    pub depth: u8,
    /// Entries of a bundle.
    pub entries: usize,
}

impl Default for Limits {
    /// 256 MiB, 64 levels, 200,000 entries: well above what a patient's whole history takes.
    fn default() -> Self {
        Self {
            bytes: 256 << 20,
            depth: 64,
            entries: 200_000,
        }
    }
}

/// The bytes that gzip begins with (RFC 1952, section 2.3.1). No JSON text begins with them.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Reads a file; what is gzipped is decompressed, whatever the file's name is.
///
/// # Errors
/// [`FhirError::Read`] if it cannot be read or decompressed, [`FhirError::TooLarge`] beyond the limit.
pub fn read_file(path: &Path, limits: &Limits) -> Result<Vec<u8>, FhirError> {
    let read = || unpacked(BufReader::new(File::open(path)?), limits.bytes);
    read()
        .map_err(|source| FhirError::Read {
            path: path.to_owned(),
            source,
        })?
        .ok_or(FhirError::TooLarge { limit: limits.bytes })
}

/// The same of what is in memory already.
///
/// # Errors
/// As [`read_file`].
pub(super) fn unpack(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, FhirError> {
    unpacked(bytes, limits.bytes)
        .map_err(|source| FhirError::Read {
            path: "(in memory)".into(),
            source,
        })?
        .ok_or(FhirError::TooLarge { limit: limits.bytes })
}

/// All of it, decompressed if it is gzipped, or `None` if that is more than `limit` bytes.
fn unpacked(mut packed: impl Read, limit: usize) -> io::Result<Option<Vec<u8>>> {
    let mut head = Vec::with_capacity(GZIP.len());
    (&mut packed).take(2).read_to_end(&mut head)?;
    let is_gzip = head == GZIP;
    let whole = BufReader::new(io::Cursor::new(head).chain(packed));
    if is_gzip {
        at_most(MultiGzDecoder::new(whole), limit)
    } else {
        at_most(whole, limit)
    }
}

/// All that `reader` gives, or `None` if that is more than `limit` bytes.
fn at_most(reader: impl Read, limit: usize) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let one_more = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    reader.take(one_more).read_to_end(&mut bytes)?;
    Ok((bytes.len() <= limit).then_some(bytes))
}
