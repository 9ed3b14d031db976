use primitive_types::{H160, H256, U256};

/// A value that is always as many bytes: a field of an entry, a whole entry as a tuple, or the key of one.
pub trait Value: Sized {
    /// How many.
    const SIZE: usize;

    /// Writes the value to the first [`SIZE`](Value::SIZE) bytes of `bytes`, and answers the others. Nothing is written if
    /// there are not enough.
    fn write<'a>(&self, bytes: &'a mut [u8]) -> &'a mut [u8];

    /// Reads the value from the first bytes, and answers the others; `None` if there are not enough.
    fn read(bytes: &[u8]) -> Option<(Self, &[u8])>;
}

impl<const N: usize> Value for [u8; N] {
    const SIZE: usize = N;

    #[inline(always)]
    fn write<'a>(&self, bytes: &'a mut [u8]) -> &'a mut [u8] {
        match bytes.split_first_chunk_mut() {
            Some((place, rest)) => {
                *place = *self;
                rest
            }
            None => &mut [],
        }
    }

    #[inline(always)]
    fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        bytes.split_first_chunk().map(|(value, rest)| (*value, rest))
    }
}

/// Values by way of their bytes.
macro_rules! by_bytes {
    ($($Type:ty, $size:literal, $value:ident => $bytes:expr, $array:ident => $from:expr;)+) => {$(
        impl Value for $Type {
            const SIZE: usize = $size;

            #[inline(always)]
            fn write<'a>(&self, bytes: &'a mut [u8]) -> &'a mut [u8] {
                let $value = self;
                let array: [u8; $size] = $bytes;
                array.write(bytes)
            }

            #[inline(always)]
            fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
                <[u8; $size]>::read(bytes).map(|($array, rest)| ($from, rest))
            }
        }
    )+};
}

by_bytes! {
    bool, 1, value => [u8::from(*value)], array => array != [0];
    u8, 1, value => [*value], array => array[0];
    u32, 4, value => value.to_be_bytes(), array => Self::from_be_bytes(array);
    u64, 8, value => value.to_be_bytes(), array => Self::from_be_bytes(array);
    U256, 32, value => value.to_big_endian(), array => Self::from_big_endian(&array);
    H160, 20, value => value.0, array => Self(array);
    H256, 32, value => value.0, array => Self(array);
}

macro_rules! tuples {
    ($(($($Type:ident $value:ident)+))+) => {$(
        impl<$($Type: Value),+> Value for ($($Type,)+) {
            const SIZE: usize = 0usize$(.strict_add($Type::SIZE))+;

            #[inline(always)]
            fn write<'a>(&self, bytes: &'a mut [u8]) -> &'a mut [u8] {
                let ($($value,)+) = self;
                $(let bytes = $value.write(bytes);)+
                bytes
            }

            #[inline(always)]
            fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
                $(let ($value, bytes) = $Type::read(bytes)?;)+
                Some((($($value,)+), bytes))
            }
        }
    )+};
}

tuples! {
    (A a B b)
    (A a B b C c)
    (A a B b C c D d)
    (A a B b C c D d E e)
    (A a B b C c D d E e F f)
    (A a B b C c D d E e F f G g)
    (A a B b C c D d E e F f G g H h)
    (A a B b C c D d E e F f G g H h I i)
    (A a B b C c D d E e F f G g H h I i J j)
    (A a B b C c D d E e F f G g H h I i J j K k)
}
