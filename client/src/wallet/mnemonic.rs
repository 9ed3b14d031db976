//! The mnemonic: BIP-39, English, 24 words. The words say 32 bytes, from which all is derived; the standard's stretching
//! with a passphrase is not used.

use subxt_signer::bip39::{Error, Language, Mnemonic};
use zeroize::{Zeroize as _, Zeroizing};

use super::WalletError;

const WORDS: usize = 24;

/// Reads the words, in any case and spacing.
pub(super) fn parse(phrase: &str) -> Result<Zeroizing<[u8; 32]>, WalletError> {
    let words: Vec<Zeroizing<String>> = phrase
        .split_whitespace()
        .map(|word| Zeroizing::new(word.to_lowercase()))
        .collect();
    if words.len() != WORDS {
        return Err(WalletError::Mnemonic(format!(
            "it has {} words, not {WORDS}",
            words.len()
        )));
    }
    let words: Vec<&str> = words.iter().map(|word| word.as_str()).collect();
    let phrase = Zeroizing::new(words.join(" "));
    let mnemonic = Mnemonic::parse_in_normalized(Language::English, &phrase).map_err(|error| {
        WalletError::Mnemonic(match error {
            Error::UnknownWord(position) => format!("word {} is not in BIP-39's English list", position + 1),
            _ => "its checksum is wrong: a word is mistaken or out of place".into(),
        })
    })?;
    let (mut bytes, _) = mnemonic.to_entropy_array();
    let mut entropy = Zeroizing::new([0; 32]);
    entropy.copy_from_slice(&bytes[..32]);
    bytes.zeroize();
    Ok(entropy)
}

/// The words of 32 bytes.
pub(super) fn write(entropy: &[u8; 32]) -> Zeroizing<String> {
    let mnemonic = Mnemonic::from_entropy_in(Language::English, entropy).expect("32 bytes are 24 words");
    Zeroizing::new(mnemonic.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHRASE: &str = "legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth useful \
        legal winner thank year wave sausage worth title";

    #[test]
    fn the_standards_test_vector_is_read_and_written() {
        let entropy = parse(PHRASE).unwrap();
        assert_eq!(*entropy, [0x7f; 32]);
        assert_eq!(*write(&entropy), PHRASE);
        assert_eq!(
            *parse(&format!(" {}\n", PHRASE.to_uppercase().replace(' ', "  "))).unwrap(),
            [0x7f; 32]
        );
    }

    #[test]
    fn what_is_wrong_with_a_mnemonic_is_told_without_its_words() {
        for (phrase, reason) in [
            ("", "it has 0 words"),
            (
                "legal winner thank year wave sausage worth useful legal winner thank yellow",
                "it has 12 words",
            ),
            (&PHRASE.replacen("winner", "winnner", 1), "word 2 is not in"),
            (&PHRASE.replacen("winner thank", "thank winner", 1), "checksum"),
            (&PHRASE.replace("title", "winner"), "checksum"),
        ] {
            let error = parse(phrase).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
            assert!(!error.contains("winn"), "{error}");
        }
    }
}
