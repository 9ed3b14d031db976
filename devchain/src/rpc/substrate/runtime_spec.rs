//! The runtime's version as the JSON-RPC interface specification writes it; the legacy methods write it otherwise.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::runtime::VERSION;

/// The runtime of a block.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub(super) enum Runtime {
    /// There is no other case: the runtime is compiled in.
    Valid {
        /// Its version.
        spec: RuntimeSpec,
    },
}

/// The fields of the version that clients need.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RuntimeSpec {
    spec_name: String,
    impl_name: String,
    spec_version: u32,
    impl_version: u32,
    transaction_version: u32,
    /// Version of each runtime API, by the hexadecimal Blake2b-64 of its name.
    apis: BTreeMap<String, u32>,
}

impl Runtime {
    /// The runtime of every block of this chain.
    pub(super) fn native() -> Self {
        let apis = VERSION.apis.iter();
        Self::Valid {
            spec: RuntimeSpec {
                spec_name: VERSION.spec_name.to_string(),
                impl_name: VERSION.impl_name.to_string(),
                spec_version: VERSION.spec_version,
                impl_version: VERSION.impl_version,
                transaction_version: VERSION.transaction_version,
                apis: apis
                    .map(|(id, version)| (format!("0x{}", hex::encode(id)), *version))
                    .collect(),
            },
        }
    }
}
