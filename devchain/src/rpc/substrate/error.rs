//! Errors as JSON-RPC clients see them.

use std::fmt::Display;

use jsonrpsee::types::{
    ErrorObjectOwned,
    error::{INTERNAL_ERROR_CODE, INVALID_PARAMS_CODE, SERVER_IS_BUSY_CODE},
};

use crate::chain::{ChainError, StateError};

pub(super) type Result<T> = std::result::Result<T, ErrorObjectOwned>;

/// What Substrate answers when a `chain` or `state` method fails on the chain's side.
const CLIENT_ERROR: i32 = 4003;

/// A parameter has the right type and a wrong value.
pub(super) fn invalid_params(what: impl Display) -> ErrorObjectOwned {
    ErrorObjectOwned::owned(INVALID_PARAMS_CODE, format!("Invalid params: {what}"), None::<()>)
}

/// A limit is reached; what runs has to end first.
pub(super) fn too_many(what: impl Display) -> ErrorObjectOwned {
    ErrorObjectOwned::owned(SERVER_IS_BUSY_CODE, format!("Too many {what} at a time"), None::<()>)
}

/// The chain failed in a way that is nobody's fault but its own.
pub(super) fn internal(cause: impl Display) -> ErrorObjectOwned {
    ErrorObjectOwned::owned(INTERNAL_ERROR_CODE, format!("Internal error: {cause}"), None::<()>)
}

/// A legacy method failed; texts begin as Substrate's do, because tools match on them.
pub(super) fn client(error: &ChainError) -> ErrorObjectOwned {
    let text = match error {
        ChainError::UnknownBlock(hash) => format!("UnknownBlock: Header was not found in the database: {hash:?}"),
        ChainError::State(error) => return execution(error),
        other => other.to_string(),
    };
    ErrorObjectOwned::owned(CLIENT_ERROR, format!("Client error: {text}"), None::<()>)
}

/// A legacy method could not run the runtime or read the state.
pub(super) fn execution(error: &StateError) -> ErrorObjectOwned {
    let text = match error {
        StateError::UnknownMethod(method) => format!("Execution failed: Exported method {method} is not found"),
        other => format!("Execution failed: {other}"),
    };
    ErrorObjectOwned::owned(CLIENT_ERROR, format!("Client error: {text}"), None::<()>)
}
