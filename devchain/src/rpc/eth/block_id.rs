//! How a request names a block: by number, tag or hash (EIP-1898).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, de::Error as _};
use sp_core::H256;

/// A number, or a name for the block that has it now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum BlockTag {
    Number(u64),
    Earliest,
    Finalized,
    Safe,
    #[default]
    Latest,
    Pending,
}

impl FromStr for BlockTag {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "earliest" => return Ok(Self::Earliest),
            "finalized" => return Ok(Self::Finalized),
            "safe" => return Ok(Self::Safe),
            "latest" => return Ok(Self::Latest),
            "pending" => return Ok(Self::Pending),
            _ => {}
        }
        let digits = text
            .strip_prefix("0x")
            .ok_or_else(|| "a block is named by a tag or by a number in hexadecimal with 0x".to_owned())?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err("a block number has other characters than hexadecimal digits".to_owned());
        }
        u64::from_str_radix(digits, 16)
            .map(Self::Number)
            .map_err(|error| format!("block number: {error}"))
    }
}

impl fmt::Display for BlockTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number:#x}"),
            Self::Earliest => f.write_str("earliest"),
            Self::Finalized => f.write_str("finalized"),
            Self::Safe => f.write_str("safe"),
            Self::Latest => f.write_str("latest"),
            Self::Pending => f.write_str("pending"),
        }
    }
}

impl<'de> Deserialize<'de> for BlockTag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// A block by tag or number, or by its Ethereum hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BlockId {
    Tag(BlockTag),
    Hash(H256),
}

impl Default for BlockId {
    fn default() -> Self {
        Self::Tag(BlockTag::Latest)
    }
}

impl From<BlockTag> for BlockId {
    fn from(tag: BlockTag) -> Self {
        Self::Tag(tag)
    }
}

impl BlockId {
    pub(super) fn is_pending(self) -> bool {
        self == Self::Tag(BlockTag::Pending)
    }
}

impl<'de> Deserialize<'de> for BlockId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// Digits of a hash with `0x`; a number is never that long.
        const HASH_LENGTH: usize = 66;

        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Text(String),
            #[serde(rename_all = "camelCase")]
            Object {
                block_hash: Option<H256>,
                block_number: Option<BlockTag>,
            },
        }
        // `requireCanonical` changes nothing: blocks that left the best chain are not known here.
        match Form::deserialize(deserializer)? {
            Form::Text(text) if text.len() == HASH_LENGTH => text.parse().map(Self::Hash).map_err(D::Error::custom),
            Form::Text(text) => text.parse().map(Self::Tag).map_err(D::Error::custom),
            Form::Object {
                block_hash: Some(hash),
                block_number: None,
            } => Ok(Self::Hash(hash)),
            Form::Object {
                block_hash: None,
                block_number: Some(number),
            } => Ok(Self::Tag(number)),
            Form::Object { .. } => Err(D::Error::custom(
                "either blockHash or blockNumber is needed, and not both",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(json: &str) -> Option<BlockId> {
        serde_json::from_str(json).ok()
    }

    #[test]
    fn reads_tags_and_numbers() {
        assert_eq!(id("\"latest\""), Some(BlockId::Tag(BlockTag::Latest)));
        assert_eq!(id("\"0x10\""), Some(BlockId::Tag(BlockTag::Number(16))));
        assert_eq!(id("{\"blockNumber\":\"0x0\"}"), Some(BlockId::Tag(BlockTag::Number(0))));
    }

    #[test]
    fn reads_hashes_in_both_forms() {
        let hash = H256::repeat_byte(0xAB);
        assert_eq!(id(&format!("\"{hash:?}\"")), Some(BlockId::Hash(hash)));
        let object = format!("{{\"blockHash\":\"{hash:?}\",\"requireCanonical\":true}}");
        assert_eq!(id(&object), Some(BlockId::Hash(hash)));
    }

    #[test]
    fn refuses_everything_else() {
        let hash = format!("{:?}", H256::zero());
        let both = format!("{{\"blockHash\":\"{hash}\",\"blockNumber\":\"0x0\"}}");
        for json in [
            "\"newest\"",
            "\"12\"",
            "\"0x\"",
            "\"0x+1\"",
            "\"0x10000000000000000\"",
            "7",
            "{}",
            &both,
        ] {
            assert_eq!(id(json), None, "{json}");
        }
    }
}
