//! Deploying the contracts of a network, one after the other, and writing down where they are.
//!
//! What is there is kept; what was interrupted goes on where it stopped: the address book is written after each
//! contract. Only a deployment that was in a block when the program ended, and not yet in the book, is made again.

use std::path::Path;

use alloy_core::{
    primitives::{Address, B256, U256, aliases::U48, keccak256},
    sol_types::SolConstructor,
};
use salus_core::{access::Parameters, codes::Role};
use serde::Serialize;

use crate::{
    Error,
    chain::{Chain, ChainError, Message, Receipt, SubmitOptions},
    contracts::{
        ARTIFACTS, Artifact,
        access::{Access, IAccess},
        consent::Consent,
        credentials::{Credentials, ICredentials},
        policies::{IPolicies, Policies},
        records::Records,
        telehealth::{ITelehealth, Telehealth},
        token::{IToken, Token},
    },
    keystore::SigningKey,
    network::address_book::{AddressBook, AddressBookError, Deployment},
};

/// What the constructors are given.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What the token is given.
    pub token: TokenSettings,
    /// Who admits those who issue credentials.
    pub credentials_owner: Address,
    /// Who may announce what the platform keeps of consultations' fees.
    pub platform_owner: Address,
    /// The role of those who decide disputes about consultations.
    pub arbiter_role: Role,
    /// What is fixed for emergencies.
    pub emergencies: Parameters,
}

/// What the token's constructor is given. Amounts are in the smallest unit.
#[derive(Debug, Clone)]
pub struct TokenSettings {
    /// Its name.
    pub name: String,
    /// Its symbol.
    pub symbol: String,
    /// How many digits of an amount stand behind the point.
    pub decimals: u8,
    /// How many tokens there may ever be.
    pub cap: U256,
    /// How many there are at first.
    pub supply: U256,
    /// Who gets them.
    pub holder: Address,
    /// Who gives and takes roles.
    pub admin: Address,
    /// How many seconds lie between the two steps by which that is handed over; less than 2^48.
    pub admin_delay: u64,
    /// Who creates tokens; the zero address for nobody.
    pub minter: Address,
    /// Who pauses the token; the zero address for nobody.
    pub pauser: Address,
}

/// What is usual in emergencies: physicians and nurses may break the glass for eight hours, five times a day; it is reviewed by
/// somebody with a credential as healthcare provider, within a week; patients may have a veto window of up to a day.
pub const USUAL_EMERGENCIES: Parameters = Parameters {
    emergency_roles: Role::PHYS.mask() | Role::NURS.mask() | Role::DOCTOR.mask() | Role::NURSE.mask(),
    reviewer_role: Role::PROV,
    max_duration: 8 * 3_600,
    max_uses: 5,
    uses_window: 86_400,
    review_period: 7 * 86_400,
    max_veto_window: 86_400,
};

/// Disputes about consultations are usually decided by somebody with a credential as licensed entity.
pub const USUAL_ARBITER: Role = Role::LIC;

/// What became of one contract.
#[derive(Debug, Clone, Serialize)]
pub struct Deployed {
    /// Its name.
    pub contract: &'static str,
    /// Where it is.
    pub address: Address,
    /// keccak-256 of its code.
    pub code_hash: B256,
    /// The transaction that deployed it; `None` if it was there.
    pub receipt: Option<Receipt>,
}

/// Deploys what is not there yet. `fresh` forgets an address book of another chain or of other code; `progress` is told
/// of each contract.
///
/// # Errors
/// If the address book is for another chain, or a contract is not what it says, and `fresh` is not set; what deploying
/// can fail with. What was deployed until then is in the address book.
pub async fn deploy(
    chain: &Chain,
    key: &SigningKey,
    deployments: &Path,
    settings: &Settings,
    fresh: bool,
    options: SubmitOptions,
    mut progress: impl FnMut(&Deployed),
) -> Result<Vec<Deployed>, Error> {
    let network = &chain.network().name;
    let new_book = || AddressBook::new(network, chain.chain_id(), chain.genesis_hash());
    let mut book = match AddressBook::load(deployments, network)? {
        Some(book) => match book.check_chain(chain.chain_id(), chain.genesis_hash()) {
            Ok(()) => book,
            Err(_) if fresh => new_book(),
            Err(error) => return Err(error.into()),
        },
        None => new_book(),
    };
    let mut done = Vec::new();
    for artifact in ARTIFACTS {
        let deployed = match present(chain, &book, &artifact, fresh).await? {
            Some(present) => present,
            None => {
                let input = constructor_input(artifact.name, settings, &book)?;
                let (deployment, receipt) = create(chain, key, &artifact, input, &book, options).await?;
                let deployed = Deployed {
                    contract: artifact.name,
                    address: deployment.address,
                    code_hash: deployment.code_hash,
                    receipt: Some(receipt),
                };
                book.contracts.insert(artifact.name.into(), deployment);
                book.save(deployments)?;
                deployed
            }
        };
        progress(&deployed);
        done.push(deployed);
    }
    Ok(done)
}

/// The contract, if the address book knows it and the chain has it.
async fn present(
    chain: &Chain,
    book: &AddressBook,
    artifact: &Artifact,
    fresh: bool,
) -> Result<Option<Deployed>, Error> {
    let Some(known) = book.contracts.get(artifact.name) else {
        return Ok(None);
    };
    let expected = keccak256(artifact.code);
    let found = match chain.code_hash(known.address).await? {
        Some(hash) if hash == expected => {
            let (address, code_hash) = (known.address, expected);
            return Ok(Some(Deployed {
                contract: artifact.name,
                address,
                code_hash,
                receipt: None,
            }));
        }
        Some(_) => "other code",
        // A development chain that was started anew in memory has the same genesis and nothing on it.
        None if chain.network().development => return Ok(None),
        None => "no contract",
    };
    if fresh {
        return Ok(None);
    }
    Err(AddressBookError::CodeMismatch {
        contract: artifact.name.into(),
        network: book.network.clone(),
        address: known.address,
        found,
    }
    .into())
}

async fn create(
    chain: &Chain,
    key: &SigningKey,
    artifact: &Artifact,
    input: Vec<u8>,
    book: &AddressBook,
    options: SubmitOptions,
) -> Result<(Deployment, Receipt), Error> {
    let message = Message::create(artifact.code.to_vec(), input);
    let receipt = chain.submit(key, &message, options).await?;
    let address = receipt.created.ok_or(ChainError::Missing {
        what: "the deployed contract's address",
    })?;
    let expected = keccak256(artifact.code);
    match chain.code_hash(address).await? {
        Some(hash) if hash == expected => {}
        found => {
            return Err(AddressBookError::CodeMismatch {
                contract: artifact.name.into(),
                network: book.network.clone(),
                address,
                found: if found.is_some() { "other code" } else { "no contract" },
            }
            .into());
        }
    }
    let deployment = Deployment {
        address,
        code_hash: expected,
        deployer: key.account().address(),
        deploy_block: receipt.block_number,
        tx_hash: receipt.tx_hash,
    };
    Ok((deployment, receipt))
}

/// The constructor's input. Contracts that ask others come after those.
fn constructor_input(contract: &str, settings: &Settings, book: &AddressBook) -> Result<Vec<u8>, Error> {
    Ok(match contract {
        Token::NAME => {
            let token = &settings.token;
            IToken::constructorCall {
                name: token.name.clone(),
                symbol: token.symbol.clone(),
                decimals: token.decimals,
                cap: token.cap,
                initialSupply: token.supply,
                initialHolder: token.holder,
                initialDelay: U48::saturating_from(token.admin_delay),
                initialDefaultAdmin: token.admin,
                minter: token.minter,
                pauser: token.pauser,
            }
            .abi_encode()
        }
        Telehealth::NAME => ITelehealth::constructorCall {
            initialOwner: settings.platform_owner,
            consent: deployed_before(book, Consent::NAME)?,
            credentials: deployed_before(book, Credentials::NAME)?,
            records: deployed_before(book, Records::NAME)?,
            arbiterRole: settings.arbiter_role.bit(),
        }
        .abi_encode(),
        Policies::NAME => IPolicies::constructorCall {
            consents: deployed_before(book, Consent::NAME)?,
        }
        .abi_encode(),
        Credentials::NAME => ICredentials::constructorCall {
            initialOwner: settings.credentials_owner,
        }
        .abi_encode(),
        Access::NAME => {
            let emergencies = &settings.emergencies;
            IAccess::constructorCall {
                consent: deployed_before(book, Consent::NAME)?,
                credentials: deployed_before(book, Credentials::NAME)?,
                emergencyRoles: emergencies.emergency_roles,
                reviewerRole: emergencies.reviewer_role.bit(),
                maxDuration: emergencies.max_duration,
                maxUses: emergencies.max_uses,
                usesWindow: emergencies.uses_window,
                reviewPeriod: emergencies.review_period,
                maxVetoWindow: emergencies.max_veto_window,
            }
            .abi_encode()
        }
        // The others take nothing.
        _ => Vec::new(),
    })
}

/// Where a contract is that another one asks.
fn deployed_before(book: &AddressBook, contract: &'static str) -> Result<Address, Error> {
    let found = book.contracts.get(contract).map(|deployment| deployment.address);
    Ok(found.ok_or(ChainError::Missing {
        what: "the address of a contract that another one asks",
    })?)
}
