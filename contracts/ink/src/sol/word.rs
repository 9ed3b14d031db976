use upstream::{Address, H256, U256, sol::FixedBytes};

/// A type whose values are one word each.
pub trait Word: Sized {
    /// The value as a word.
    fn to_word(&self) -> [u8; 32];

    /// The value that a word is, or `None` if it is too large for the type.
    fn from_word(word: &[u8; 32]) -> Option<Self>;
}

impl Word for U256 {
    #[inline(always)]
    fn to_word(&self) -> [u8; 32] {
        self.to_big_endian()
    }

    #[inline(always)]
    fn from_word(word: &[u8; 32]) -> Option<Self> {
        Some(Self::from_big_endian(word))
    }
}

impl Word for H256 {
    #[inline(always)]
    fn to_word(&self) -> [u8; 32] {
        self.0
    }

    #[inline(always)]
    fn from_word(word: &[u8; 32]) -> Option<Self> {
        Some(Self(*word))
    }
}

impl Word for Address {
    #[inline(always)]
    fn to_word(&self) -> [u8; 32] {
        right(self.0)
    }

    #[inline(always)]
    fn from_word(word: &[u8; 32]) -> Option<Self> {
        from_right(word).map(Self::from)
    }
}

impl Word for bool {
    #[inline(always)]
    fn to_word(&self) -> [u8; 32] {
        right([u8::from(*self)])
    }

    #[inline(always)]
    fn from_word(word: &[u8; 32]) -> Option<Self> {
        match from_right(word)? {
            [0] => Some(false),
            [1] => Some(true),
            [_] => None,
        }
    }
}

macro_rules! integers {
    ($($Type:ty)+) => {$(
        impl Word for $Type {
            #[inline(always)]
            fn to_word(&self) -> [u8; 32] {
                right(self.to_be_bytes())
            }

            #[inline(always)]
            fn from_word(word: &[u8; 32]) -> Option<Self> {
                from_right(word).map(Self::from_be_bytes)
            }
        }
    )+};
}

integers!(u8 u16 u32 u64 u128);

/// Bytes are at the left of their word.
impl<const N: usize> Word for FixedBytes<N> {
    #[inline(always)]
    fn to_word(&self) -> [u8; 32] {
        let mut word = [0; 32];
        if let Some(left) = word.first_chunk_mut() {
            *left = self.0;
        }
        word
    }

    #[inline(always)]
    fn from_word(word: &[u8; 32]) -> Option<Self> {
        let (bytes, rest) = word.split_first_chunk::<N>()?;
        is_zero(rest).then_some(Self(*bytes))
    }
}

/// Numbers and addresses are at the right of their word.
#[inline(always)]
fn right<const N: usize>(bytes: [u8; N]) -> [u8; 32] {
    let mut word = [0; 32];
    if let Some(end) = word.last_chunk_mut() {
        *end = bytes;
    }
    word
}

#[inline(always)]
pub(super) fn from_right<const N: usize>(word: &[u8; 32]) -> Option<[u8; N]> {
    let (rest, bytes) = word.split_last_chunk::<N>()?;
    is_zero(rest).then_some(*bytes)
}

/// Whether all of the bytes are zero, told by eight at a time.
#[inline(always)]
fn is_zero(bytes: &[u8]) -> bool {
    let (eights, rest) = bytes.as_chunks();
    let (fours, rest) = rest.as_chunks();
    let eights = eights.iter().fold(0, |all, eight| all | u64::from_ne_bytes(*eight));
    let fours = fours.iter().fold(0, |all, four| all | u32::from_ne_bytes(*four));
    let rest = rest.iter().fold(0, |all, byte| all | byte);
    eights | u64::from(fours) | u64::from(rest) == 0
}
