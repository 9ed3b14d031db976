//! A cursor over big-endian bytes that answers `None` where it would have to read past the end.

/// Reads forward; knows the offset from where the first one began, for error messages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    /// The offset of the end of `rest`, which does not change when something is read.
    end: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            end: bytes.len(),
        }
    }

    /// How many bytes have been read.
    pub(crate) fn offset(&self) -> usize {
        self.end.saturating_sub(self.rest.len())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.rest.split_at_checked(length)?;
        self.rest = tail;
        Some(head)
    }

    /// A reader of the next `length` bytes alone, which this one passes over.
    pub(crate) fn nested(&mut self, length: usize) -> Option<Self> {
        let rest = self.take(length)?;
        let end = self.offset();
        Some(Self { rest, end })
    }

    fn array<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let (head, tail) = self.rest.split_first_chunk::<N>()?;
        self.rest = tail;
        Some(head)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| *byte)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(|bytes| u16::from_be_bytes(*bytes))
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(|bytes| u32::from_be_bytes(*bytes))
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.array().map(|bytes| u64::from_be_bytes(*bytes))
    }

    pub(crate) fn i64(&mut self) -> Option<i64> {
        self.array().map(|bytes| i64::from_be_bytes(*bytes))
    }

    /// A count in one byte, then so many items of `N` bytes each.
    pub(crate) fn list<const N: usize>(&mut self) -> Option<&'a [[u8; N]]> {
        let count = usize::from(self.u8()?);
        let (items, remainder) = self.take(count.checked_mul(N)?)?.as_chunks::<N>();
        debug_assert!(remainder.is_empty());
        Some(items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_big_endian_and_counts() {
        let mut reader = Reader::new(&[1, 0, 2, 0, 0, 0, 3, 2, 9, 9, 8, 8]);
        assert_eq!(reader.u8(), Some(1));
        assert_eq!(reader.u16(), Some(2));
        assert_eq!(reader.u32(), Some(3));
        assert_eq!(reader.list::<2>(), Some(&[[9, 9], [8, 8]][..]));
        assert_eq!(reader.offset(), 12);
        assert!(reader.is_empty());
    }

    #[test]
    fn stops_at_the_end_without_moving() {
        let mut reader = Reader::new(&[1, 2, 3]);
        assert_eq!(reader.u64(), None);
        assert_eq!(reader.i64(), None);
        assert_eq!(reader.take(4), None);
        assert_eq!(reader.offset(), 0);
        assert_eq!(reader.take(3), Some(&[1, 2, 3][..]));
    }
}
