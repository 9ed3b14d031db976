//! Our token beside OpenZeppelin's, message by message, each in a fresh state with the same history.

use alloy_core::{
    primitives::{Address, B256, U256, keccak256},
    sol,
    sol_types::{Eip712Domain, SolCall, SolStruct, SolValue},
};
use anyhow::{Context, Result, anyhow};
use salus_devchain::{
    Session,
    runtime::CHAIN_ID,
    session::{Actor, FIRST_BLOCK_TIME},
};
use sp_core::{H160, Pair, ecdsa};

use crate::{
    Solidity,
    ledger::{self, Row, Subject},
};

sol! {
    interface Token {
        function transfer(address to, uint256 value) external returns (bool);
        function transferFrom(address from, address to, uint256 value) external returns (bool);
        function approve(address spender, uint256 value) external returns (bool);
        function balanceOf(address account) external view returns (uint256);
        function totalSupply() external view returns (uint256);
        function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;
    }
    struct Permit {
        address owner;
        address spender;
        uint256 value;
        uint256 nonce;
        uint256 deadline;
    }
}

const NAME: &str = "Salus Token";
const SYMBOL: &str = "SAL";
const SUPPLY: u64 = 1_000_000_000;

/// Input of our constructor; all of the supply goes to `holder`.
pub(crate) fn constructor(holder: H160) -> Vec<u8> {
    (
        NAME.to_owned(),
        SYMBOL.to_owned(),
        U256::from(18),
        U256::from(SUPPLY),
        word(holder),
    )
        .abi_encode_params()
}

/// Input of `transfer`.
pub(crate) fn transfer(to: H160, value: u64) -> Vec<u8> {
    Token::transferCall {
        to: word(to),
        value: U256::from(value),
    }
    .abi_encode()
}

/// Input of `balanceOf`.
pub(crate) fn balance_of(account: H160) -> Vec<u8> {
    Token::balanceOfCall { account: word(account) }.abi_encode()
}

/// One implementation.
struct Implementation {
    name: &'static str,
    code: Vec<u8>,
    input: Vec<u8>,
    deployed_bytes: usize,
}

/// Measures ours and, if it was compiled, OpenZeppelin's.
pub(crate) fn measure(code: &[u8], solidity: Option<&Solidity>) -> Result<Vec<Row>> {
    let holder = Actor::ethereum(0).address();
    let mut implementations = vec![Implementation {
        name: "salus",
        code: code.to_vec(),
        input: constructor(holder),
        deployed_bytes: code.len(),
    }];
    if let Some(solidity) = solidity {
        let input = (NAME.to_owned(), SYMBOL.to_owned(), U256::from(SUPPLY)).abi_encode_params();
        let pvm = hex::decode(&solidity.pvm).context("PolkaVM code is not hexadecimal")?;
        let evm = hex::decode(&solidity.evm).context("EVM code is not hexadecimal")?;
        implementations.push(Implementation {
            name: "openzeppelin-polkavm",
            deployed_bytes: pvm.len(),
            code: pvm,
            input: input.clone(),
        });
        // For EVM byte code, the constructor's input is the end of the code.
        implementations.push(Implementation {
            name: "openzeppelin-evm",
            deployed_bytes: solidity.evm_deployed_bytes,
            code: [evm, input].concat(),
            input: Vec::new(),
        });
    }
    let mut rows = Vec::new();
    for implementation in &implementations {
        rows.extend(ledger_of(implementation).with_context(|| implementation.name.to_owned())?);
    }
    ledger::relate(&mut rows);
    Ok(rows)
}

fn ledger_of(implementation: &Implementation) -> Result<Vec<Row>> {
    let subject = Subject {
        contract: "token",
        implementation: implementation.name,
        code_bytes: implementation.deployed_bytes,
    };
    let (holder, known, stranger) = (
        Actor::ethereum(0),
        Actor::ethereum(1).address(),
        H160::repeat_byte(0x77),
    );
    let mut session = Session::new();
    let deployed = session.deploy(&implementation.code, implementation.input.clone())?;
    let token = deployed.address;
    let size = implementation.code.len() + implementation.input.len();
    let mut rows = vec![Row::new(&mut session, subject, "deploy", size, deployed.cost)];
    session.call(token, transfer(known, 1_000))?;
    let ready = session.snapshot();

    let mut measure = |message: &'static str, caller: Actor, input: Vec<u8>| -> Result<()> {
        session.revert(&ready).set_caller(caller);
        let outcome = session.call(token, input.clone()).with_context(|| message.to_owned())?;
        rows.push(Row::new(&mut session, subject, message, input.len(), outcome.cost));
        Ok(())
    };
    let approve = Token::approveCall {
        spender: word(known),
        value: U256::from(500),
    }
    .abi_encode();
    measure("transfer", holder.clone(), transfer(known, 5))?;
    measure("transfer to a new holder", holder.clone(), transfer(stranger, 5))?;
    measure("approve", holder.clone(), approve.clone())?;
    measure("balanceOf", holder.clone(), balance_of(known))?;
    measure("totalSupply", holder.clone(), Token::totalSupplyCall {}.abi_encode())?;
    measure("permit", Actor::ethereum(2), permit(token, word(known))?)?;

    session.revert(&ready).set_caller(holder.clone()).call(token, approve)?;
    let from = Token::transferFromCall {
        from: word(holder.address()),
        to: word(known),
        value: U256::from(5),
    }
    .abi_encode();
    let outcome = session.set_caller(Actor::ethereum(1)).call(token, from.clone())?;
    rows.push(Row::new(
        &mut session,
        subject,
        "transferFrom",
        from.len(),
        outcome.cost,
    ));
    Ok(rows)
}

/// Input of `permit`, signed for the token at `token` by a key made for this.
fn permit(token: H160, spender: Address) -> Result<Vec<u8>> {
    let key = ecdsa::Pair::from_seed(&[7; 32]);
    let owner = owner_of(&key)?;
    let (value, deadline) = (U256::from(500), U256::from(FIRST_BLOCK_TIME));
    let domain = Eip712Domain::new(
        Some(NAME.into()),
        Some("1".into()),
        Some(U256::from(CHAIN_ID)),
        Some(word(token)),
        None,
    );
    let hash = Permit {
        owner,
        spender,
        value,
        nonce: U256::ZERO,
        deadline,
    }
    .eip712_signing_hash(&domain);
    let signature = key.sign_prehashed(&hash.0).0;
    let (r, s, v) = (
        B256::from_slice(&signature[..32]),
        B256::from_slice(&signature[32..64]),
        signature[64] + 27,
    );
    Ok(Token::permitCall {
        owner,
        spender,
        value,
        deadline,
        v,
        r,
        s,
    }
    .abi_encode())
}

/// The Ethereum address of a key: the last twenty bytes of the hash of its uncompressed form, which recovery gives.
fn owner_of(key: &ecdsa::Pair) -> Result<Address> {
    let message = [1; 32];
    let signature = key.sign_prehashed(&message).0;
    let public = sp_io::crypto::secp256k1_ecdsa_recover(&signature, &message);
    let public = public.map_err(|_| anyhow!("a fresh signature does not recover"))?;
    Ok(Address::from_slice(&keccak256(public)[12..]))
}

fn word(address: H160) -> Address {
    address.0.into()
}
