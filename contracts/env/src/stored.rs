/// A value of a crate that knows nothing of ink!, as a value of ink!'s storage collections.
///
/// ink! wants a description of the layout of whatever is stored, and the crate that has the type cannot give it.
#[ink::scale_derive(Encode, Decode, TypeInfo)]
pub struct Stored<T>(pub T);

#[cfg(feature = "std")]
impl<T> ink::storage::traits::StorageLayout for Stored<T>
where
    T: ink::scale_info::TypeInfo + 'static,
{
    fn layout(key: &ink::primitives::Key) -> ink::metadata::layout::Layout {
        ink::metadata::layout::LeafLayout::from_key::<T>(key.into()).into()
    }
}
