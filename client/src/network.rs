//! Named networks: where their RPC is, which chain it must be, and what Salus has deployed there.
//!
//! Built in are `local` (what `salus up` starts) and the public hubs of Polkadot. More are read from
//! `networks.json` in the configuration directory ([`crate::dirs::config`]); a file entry replaces a built-in of the
//! same name. A WebSocket URL serves as a network, too.

pub mod address_book;

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use alloy_core::primitives::{B256, b256};
use serde::{Deserialize, Serialize};

use crate::error::{Exit, Fault};

/// The schema of `networks.json` that this version reads.
const SCHEMA_VERSION: u32 = 1;

/// A chain that Salus can talk to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Network {
    /// What the user calls it; also the name of its address book.
    pub name: String,
    /// The Substrate JSON-RPC over WebSocket.
    pub substrate_rpc: String,
    /// The Ethereum JSON-RPC, for wallets and Ethereum libraries; the client itself does not need it.
    pub ethereum_rpc: Option<String>,
    /// The EIP-155 chain id that the chain must have.
    pub chain_id: Option<u64>,
    /// The hash of block 0 that the chain must have.
    pub genesis_hash: Option<B256>,
    /// Whether keys that everybody knows may sign here.
    pub development: bool,
}

/// Why a network cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NetworkError {
    /// No network of this name, and it is no URL either.
    #[error("unknown network `{name}`; known are: {}", known.join(", "))]
    Unknown {
        /// What was asked for.
        name: String,
        /// Every name that would have done, sorted.
        known: Vec<String>,
    },
    /// A URL that the client cannot or must not connect to.
    #[error("`{url}` cannot be used as {role}: {reason}")]
    Url {
        /// The URL as given.
        url: String,
        /// Which RPC it was meant for.
        role: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// `networks.json` cannot be read or understood.
    #[error("cannot use the network configuration {}: {reason}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, with the line where that is known.
        reason: String,
    },
    /// The chain has another EIP-155 chain id.
    #[error("the RPC of network `{network}` answers for chain id {found}, not {expected}")]
    WrongChainId {
        /// The network's name.
        network: String,
        /// What the configuration or address book says.
        expected: u64,
        /// What the chain says.
        found: u64,
    },
    /// The chain has another genesis: another chain, or one that was started anew.
    #[error("the RPC of network `{network}` answers for the chain with genesis {found}, not {expected}")]
    WrongGenesis {
        /// The network's name.
        network: String,
        /// What the configuration or address book says.
        expected: B256,
        /// What the chain says.
        found: B256,
    },
}

impl Fault for NetworkError {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "unknown_network",
            Self::Url { .. } => "network_url",
            Self::Config { .. } => "network_config",
            Self::WrongChainId { .. } => "wrong_chain_id",
            Self::WrongGenesis { .. } => "wrong_genesis",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::WrongChainId { .. } | Self::WrongGenesis { .. } => Exit::WrongChain,
            _ => Exit::Network,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Unknown { .. } => Some("name one of them, give a ws:// or wss:// URL, or see `salus network`".into()),
            Self::WrongChainId { .. } | Self::WrongGenesis { .. } => {
                Some("check --network; a local chain that was started anew needs `salus deploy --fresh`".into())
            }
            _ => None,
        }
    }
}

/// One entry of `networks.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    substrate_rpc: String,
    ethereum_rpc: Option<String>,
    chain_id: Option<u64>,
    genesis_hash: Option<B256>,
    #[serde(default)]
    development: bool,
    /// Allows an unencrypted connection to another machine.
    #[serde(default)]
    allow_unencrypted: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    schema_version: u32,
    networks: BTreeMap<String, Entry>,
}

/// All networks that can be named.
#[derive(Debug, Clone)]
pub struct Networks(BTreeMap<String, Network>);

impl Networks {
    /// The networks that need no configuration.
    pub fn built_in() -> Self {
        let hub = |name: &str, rpc: &str, ethereum: &str, chain_id, genesis_hash| Network {
            name: name.into(),
            substrate_rpc: rpc.into(),
            ethereum_rpc: Some(ethereum.into()),
            chain_id: Some(chain_id),
            genesis_hash,
            development: false,
        };
        let local = Network {
            name: "local".into(),
            substrate_rpc: "ws://127.0.0.1:9944".into(),
            ethereum_rpc: Some("http://127.0.0.1:8545".into()),
            chain_id: Some(420_420_420),
            genesis_hash: None,
            development: true,
        };
        let networks = [
            local,
            hub(
                "polkadot-hub",
                "wss://polkadot-asset-hub-rpc.polkadot.io",
                "https://eth-rpc.polkadot.io/",
                420_420_419,
                Some(b256!(
                    "68d56f15f85d3136970ec16946040bc1752654e906147f7e43e9d539d7c3de2f"
                )),
            ),
            hub(
                "paseo",
                "wss://asset-hub-paseo-rpc.n.dwellir.com",
                "https://eth-rpc-testnet.polkadot.io/",
                420_420_417,
                None,
            ),
        ];
        Self(
            networks
                .into_iter()
                .map(|network| (network.name.clone(), network))
                .collect(),
        )
    }

    /// The built-in networks and those of `networks.json` in `directory`, if there is such a file.
    pub fn load(directory: &Path) -> Result<Self, NetworkError> {
        let mut networks = Self::built_in();
        let path = directory.join("networks.json");
        let failed = |reason: String| NetworkError::Config {
            path: path.clone(),
            reason,
        };
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(networks),
            Err(error) => return Err(failed(error.to_string())),
        };
        let config: Config = serde_json::from_str(&text).map_err(|error| failed(error.to_string()))?;
        if config.schema_version != SCHEMA_VERSION {
            return Err(failed(format!(
                "its schema_version is {}, this version reads {SCHEMA_VERSION}",
                config.schema_version
            )));
        }
        for (name, entry) in config.networks {
            check_name(&name).map_err(failed)?;
            check_substrate_url(&entry.substrate_rpc, entry.allow_unencrypted)?;
            if let Some(url) = &entry.ethereum_rpc {
                check_ethereum_url(url)?;
            }
            let network = Network {
                name: name.clone(),
                substrate_rpc: entry.substrate_rpc,
                ethereum_rpc: entry.ethereum_rpc,
                chain_id: entry.chain_id,
                genesis_hash: entry.genesis_hash,
                development: entry.development,
            };
            networks.0.insert(name, network);
        }
        Ok(networks)
    }

    /// Finds a network by its name or takes a WebSocket URL as one.
    ///
    /// A URL that belongs to a named network means that network, so that its checks and address book apply.
    pub fn resolve(&self, name_or_url: &str) -> Result<Network, NetworkError> {
        if let Some(network) = self.0.get(name_or_url) {
            return Ok(network.clone());
        }
        if !name_or_url.contains("://") {
            let known = self.0.keys().cloned().collect();
            return Err(NetworkError::Unknown {
                name: name_or_url.into(),
                known,
            });
        }
        let same =
            |network: &&Network| network.substrate_rpc.trim_end_matches('/') == name_or_url.trim_end_matches('/');
        if let Some(network) = self.0.values().find(same) {
            return Ok(network.clone());
        }
        let host = check_substrate_url(name_or_url, false)?;
        Ok(Network {
            name: name_of_url(name_or_url),
            substrate_rpc: name_or_url.into(),
            ethereum_rpc: None,
            chain_id: None,
            genesis_hash: None,
            // Another port of this machine is a private chain, for all that can be known.
            development: is_loopback(host),
        })
    }

    /// Every network, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Network> {
        self.0.values()
    }
}

/// A network's name becomes a file name, so it is kept to what every file system takes.
fn check_name(name: &str) -> Result<(), String> {
    let valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.len() > 64 || name.starts_with('.') || !name.chars().all(valid) {
        return Err(format!("`{name}` is no network name: use a-z, 0-9, `-`, `_`, `.`"));
    }
    Ok(())
}

/// `ws://127.0.0.1:9999/x` becomes `127.0.0.1-9999-x`.
fn name_of_url(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let map = |c: char| {
        if c.is_ascii_alphanumeric() || c == '.' {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    rest.trim_end_matches('/').chars().map(map).take(64).collect()
}

fn check_substrate_url(url: &str, allow_unencrypted: bool) -> Result<&str, NetworkError> {
    let failed = |reason| NetworkError::Url {
        url: url.into(),
        role: "a Substrate RPC",
        reason,
    };
    let (scheme, host) = split_url(url).ok_or_else(|| failed("it is not of the form ws://host:port"))?;
    match scheme {
        "wss" => Ok(host),
        "ws" if allow_unencrypted || is_loopback(host) => Ok(host),
        "ws" => Err(failed(
            "unencrypted ws:// is for this machine alone; use wss://, or allow_unencrypted in networks.json",
        )),
        _ => Err(failed("subscriptions need ws:// or wss://")),
    }
}

fn check_ethereum_url(url: &str) -> Result<(), NetworkError> {
    match split_url(url) {
        Some(("http" | "https" | "ws" | "wss", _)) => Ok(()),
        _ => Err(NetworkError::Url {
            url: url.into(),
            role: "an Ethereum RPC",
            reason: "it must start with http(s):// or ws(s):// and name a host",
        }),
    }
}

/// The scheme and the host without port of a URL.
fn split_url(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    // Credentials in a URL end up in logs and in the process list.
    if authority.contains('@') {
        return None;
    }
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split_once(']')?.0,
        None => authority.split(':').next()?,
    };
    (!host.is_empty()).then_some((scheme, host))
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<Networks, NetworkError> {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("networks.json"), text).unwrap();
        Networks::load(directory.path())
    }

    #[test]
    fn an_unknown_network_is_refused_with_the_known_names() {
        let error = Networks::built_in().resolve("lokal").unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown network `lokal`; known are: local, paseo, polkadot-hub"
        );
        assert_eq!(error.exit(), Exit::Network);
    }

    #[test]
    fn a_missing_configuration_leaves_the_built_in_networks() {
        let directory = tempfile::tempdir().unwrap();
        let networks = Networks::load(directory.path()).unwrap();
        assert_eq!(networks.resolve("local").unwrap().substrate_rpc, "ws://127.0.0.1:9944");
    }

    #[test]
    fn a_configured_network_is_found_by_name_and_by_url() {
        let networks = load(
            r#"{"schema_version":1,"networks":{"staging":{"substrate_rpc":"wss://node.example.org","chain_id":7}}}"#,
        )
        .unwrap();
        let by_name = networks.resolve("staging").unwrap();
        assert_eq!(by_name.chain_id, Some(7));
        assert!(!by_name.development);
        assert_eq!(networks.resolve("wss://node.example.org/").unwrap(), by_name);
    }

    #[test]
    fn a_misspelt_field_in_the_configuration_is_refused() {
        let error =
            load(r#"{"schema_version":1,"networks":{"a":{"substrate_rpc":"wss://a","chainid":7}}}"#).unwrap_err();
        assert!(error.to_string().contains("unknown field `chainid`"), "{error}");
    }

    #[test]
    fn a_newer_configuration_is_refused() {
        let error = load(r#"{"schema_version":2,"networks":{}}"#).unwrap_err();
        assert!(error.to_string().contains("schema_version is 2"), "{error}");
    }

    #[test]
    fn a_name_that_is_no_file_name_is_refused() {
        let error = load(r#"{"schema_version":1,"networks":{"../x":{"substrate_rpc":"wss://a"}}}"#).unwrap_err();
        assert!(error.to_string().contains("`../x` is no network name"), "{error}");
    }

    #[test]
    fn unencrypted_connections_leave_this_machine_only_on_request() {
        let networks = Networks::built_in();
        assert!(networks.resolve("ws://127.0.0.1:9945").unwrap().development);
        assert!(networks.resolve("ws://[::1]:9945").unwrap().development);
        assert!(matches!(
            networks.resolve("ws://node.example.org:9944"),
            Err(NetworkError::Url { .. })
        ));
        let allowed = r#"{"schema_version":1,"networks":{"lan":
            {"substrate_rpc":"ws://10.0.0.7:9944","allow_unencrypted":true}}}"#;
        assert!(load(allowed).unwrap().resolve("lan").is_ok());
    }

    #[test]
    fn urls_that_cannot_serve_are_refused() {
        let networks = Networks::built_in();
        for url in ["http://127.0.0.1:9944", "ws://", "wss://user:secret@node.example.org"] {
            assert!(matches!(networks.resolve(url), Err(NetworkError::Url { .. })), "{url}");
        }
    }

    #[test]
    fn a_url_names_its_address_book() {
        assert_eq!(
            Networks::built_in().resolve("ws://127.0.0.1:9999/x/").unwrap().name,
            "127.0.0.1-9999-x"
        );
    }
}
