//! Deploying the contracts and calling them through their bindings.

use std::path::Path;

use alloy_core::primitives::{Address, U256};
use salus_client::{
    Error, Fault,
    chain::{Chain, ChainError},
    contracts::{
        ARTIFACTS, ContractError, Suite,
        token::{IToken, Token},
    },
    deploy::{self, Deployed, Settings, TokenSettings, USUAL_ARBITER, USUAL_EMERGENCIES},
    error::Exit,
    keystore::SigningKey,
    network::address_book::{AddressBook, AddressBookError},
};

use crate::node::{Node, in_block, key};

fn settings(holder: &SigningKey) -> Settings {
    let holder = holder.account().address();
    Settings {
        token: TokenSettings {
            name: "Salus Credit".into(),
            symbol: "SALUS".into(),
            decimals: 6,
            cap: U256::from(2_000_000),
            supply: U256::from(1_000_000),
            holder,
            admin: holder,
            admin_delay: 0,
            minter: holder,
            pauser: Address::ZERO,
        },
        credentials_owner: holder,
        platform_owner: holder,
        arbiter_role: USUAL_ARBITER,
        emergencies: USUAL_EMERGENCIES,
    }
}

async fn deploy(chain: &Chain, key: &SigningKey, directory: &Path, fresh: bool) -> Result<Vec<Deployed>, Error> {
    deploy::deploy(chain, key, directory, &settings(key), fresh, in_block(), |_| {}).await
}

/// The contracts, freshly deployed by `dev:alice`.
pub(crate) async fn suite(chain: &Chain) -> Suite {
    let directory = tempfile::tempdir().unwrap();
    deploy(chain, &key("alice"), directory.path(), false).await.unwrap();
    Suite::open(chain, directory.path()).unwrap()
}

async fn token(chain: &Chain, directory: &Path) -> Token {
    Suite::open(chain, directory).unwrap().token().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn both_kinds_of_key_deploy_the_suite_and_use_it() {
    for name in ["alice", "alith"] {
        let node = Node::start().await;
        let chain = node.connect().await;
        let directory = tempfile::tempdir().unwrap();
        let owner = key(name);
        let deployed = deploy(&chain, &owner, directory.path(), false).await.unwrap();
        assert_eq!(deployed.len(), ARTIFACTS.len());
        assert!(deployed.iter().all(|contract| contract.receipt.is_some()));

        let token = token(&chain, directory.path()).await;
        let info = token.info().await.unwrap();
        assert_eq!((info.symbol.as_str(), info.decimals), ("SALUS", 6));
        assert_eq!(info.total_supply, U256::from(1_000_000));

        // One of each kind, so that each kind of key also pays the other kind of account.
        for recipient in ["bob", "baltathar"] {
            let to = key(recipient).account().address();
            let receipt = token.transfer(&owner, to, U256::from(700), in_block()).await.unwrap();
            let transfer: IToken::Transfer = token.contract().event(&receipt).unwrap();
            assert_eq!(transfer.from, owner.account().address());
            assert_eq!((transfer.to, transfer.value), (to, U256::from(700)));
            assert_eq!(token.balance_of(to).await.unwrap(), U256::from(700));
            assert!(receipt.fee > 0 && receipt.weight.proof_size > 0);
        }
        assert_eq!(
            token.balance_of(owner.account().address()).await.unwrap(),
            U256::from(1_000_000 - 1_400)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deployed_is_kept() {
    let node = Node::start().await;
    let chain = node.connect().await;
    let directory = tempfile::tempdir().unwrap();
    let first = deploy(&chain, &key("alice"), directory.path(), false).await.unwrap();
    let block = node.chain.best();
    let second = deploy(&chain, &key("bob"), directory.path(), false).await.unwrap();
    assert_eq!(node.chain.best(), block, "nothing was sent");
    for (first, second) in first.iter().zip(&second) {
        assert_eq!(
            (first.contract, first.address, first.code_hash),
            (second.contract, second.address, second.code_hash)
        );
        assert!(second.receipt.is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_deployment_goes_on_where_it_stopped() {
    let node = Node::start().await;
    let chain = node.connect().await;
    let directory = tempfile::tempdir().unwrap();
    let first = deploy(&chain, &key("alice"), directory.path(), false).await.unwrap();
    let mut book = AddressBook::load(directory.path(), "test").unwrap().unwrap();
    // As if the program had ended before the last one.
    let last = first.last().unwrap();
    book.contracts.remove(last.contract).unwrap();
    book.save(directory.path()).unwrap();
    let second = deploy(&chain, &key("alice"), directory.path(), false).await.unwrap();
    let again: Vec<_> = second.iter().filter(|contract| contract.receipt.is_some()).collect();
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].contract, last.contract);
    assert_ne!(again[0].address, last.address);
    Suite::open(&chain, directory.path()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contracts_refusal_is_named_and_costs_nothing() {
    let node = Node::start().await;
    let chain = node.connect().await;
    let directory = tempfile::tempdir().unwrap();
    deploy(&chain, &key("alice"), directory.path(), false).await.unwrap();
    let token = token(&chain, directory.path()).await;
    for name in ["bob", "baltathar"] {
        let poor = key(name);
        let before = (chain.balance(poor.account()).await.unwrap(), node.chain.best());
        let error = token
            .transfer(&poor, Address::repeat_byte(7), U256::from(5), in_block())
            .await
            .unwrap_err();
        let ContractError::Chain(ChainError::Reverted(revert)) = &error else {
            panic!("{error}")
        };
        assert_eq!(revert.name(), Some("ERC20InsufficientBalance"));
        let words = error.to_string();
        let sender = poor.account().address().to_checksum(None);
        assert!(
            words.contains(&format!("sender: {sender}")) && words.contains("needed: 5"),
            "{words}"
        );
        assert_eq!((error.exit(), error.code()), (Exit::Failure, "reverted"));
        let after = (chain.balance(poor.account()).await.unwrap(), node.chain.best());
        assert_eq!(after, before, "nothing was sent");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_without_contracts_says_how_to_deploy_them() {
    let node = Node::start().await;
    let chain = node.connect().await;
    let directory = tempfile::tempdir().unwrap();
    let error = Suite::open(&chain, directory.path()).unwrap_err();
    assert_eq!((error.exit(), error.code()), (Exit::NotDeployed, "not_deployed"));
    assert_eq!(error.hint().unwrap(), "run `salus deploy --network test`");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_book_of_contracts_that_are_not_there_is_found_out() {
    let node = Node::start().await;
    let chain = node.connect().await;
    let directory = tempfile::tempdir().unwrap();
    deploy(&chain, &key("alice"), directory.path(), false).await.unwrap();
    let mut book = AddressBook::load(directory.path(), "test").unwrap().unwrap();
    book.contracts.get_mut(Token::NAME).unwrap().address = Address::repeat_byte(9);
    book.save(directory.path()).unwrap();
    let suite = Suite::open(&chain, directory.path()).unwrap();
    let error = suite.token().await.unwrap_err();
    assert!(
        matches!(
            &error,
            Error::AddressBook(AddressBookError::CodeMismatch {
                found: "no contract",
                ..
            })
        ),
        "{error}"
    );
    assert_eq!(error.exit(), Exit::NotDeployed);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_book_of_another_chain_is_refused_until_it_is_to_be_forgotten() {
    let node = Node::start().await;
    let chain = node.connect().await;
    let directory = tempfile::tempdir().unwrap();
    let mut book = AddressBook::new("test", 420_420_420, chain.genesis_hash());
    book.genesis_hash.0[0] ^= 1;
    book.save(directory.path()).unwrap();
    let error = deploy(&chain, &key("alice"), directory.path(), false)
        .await
        .unwrap_err();
    assert_eq!((error.exit(), error.code()), (Exit::WrongChain, "wrong_genesis"));
    assert_eq!(AddressBook::load(directory.path(), "test").unwrap(), Some(book));

    deploy(&chain, &key("alice"), directory.path(), true).await.unwrap();
    token(&chain, directory.path()).await;
}
