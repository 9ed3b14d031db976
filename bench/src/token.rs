//! Our token beside OpenZeppelin's, message by message, each in a fresh state with the same history.

use alloy_core::{
    primitives::{Address, B256, U256, keccak256},
    sol,
    sol_types::{Eip712Domain, SolStruct, SolValue},
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
    ledger::Row,
    meter::{Implementation, Meter, word},
};

sol! {
    #[derive(Debug)]
    interface Token {
        function transfer(address to, uint256 value) external returns (bool);
        function transferFrom(address from, address to, uint256 value) external returns (bool);
        function approve(address spender, uint256 value) external returns (bool);
        function balanceOf(address account) external view returns (uint256);
        function totalSupply() external view returns (uint256);
        function allowance(address owner, address spender) external view returns (uint256);
        function supportsInterface(bytes4 interfaceId) external view returns (bool);
        function nonces(address owner) external view returns (uint256);
        function name() external view returns (string);
        function symbol() external view returns (string);
        function decimals() external view returns (uint8);
        function DOMAIN_SEPARATOR() external view returns (bytes32);
        function eip712Domain() external view returns (bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions);
        function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;
    }
    #[derive(Debug)]
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

/// A `transfer`.
pub(crate) fn transfer(to: Address, value: u64) -> Token::transferCall {
    Token::transferCall {
        to,
        value: U256::from(value),
    }
}

/// Measures ours and, if it was compiled, OpenZeppelin's.
pub(crate) fn measure(code: &[u8], solidity: Option<&Solidity>) -> Result<Vec<Row>> {
    let holder = Actor::ethereum(0).address();
    let mut implementations = vec![Implementation::salus(code, constructor(holder))];
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
    Ok(rows)
}

fn ledger_of(implementation: &Implementation) -> Result<Vec<Row>> {
    let (holder, known, stranger) = (Actor::ethereum(0), Actor::ethereum(1), Address::repeat_byte(0x77));
    let mut token = Meter::deploy(Session::new(), "token", implementation)?;
    let account = word(known.address());
    token.prepare(&holder, &transfer(account, 1_000))?;
    let approve = Token::approveCall {
        spender: account,
        value: U256::from(500),
    };
    token.measure_aside("transfer", &holder, &transfer(account, 5))?;
    token.measure_aside("transfer to a new holder", &holder, &transfer(stranger, 5))?;
    token.measure_aside("approve", &holder, &approve)?;
    token.measure_aside("balanceOf", &holder, &Token::balanceOfCall { account })?;
    token.measure_aside("totalSupply", &holder, &Token::totalSupplyCall {})?;
    let allowance = Token::allowanceCall {
        owner: account,
        spender: stranger,
    };
    token.measure_aside("allowance", &holder, &allowance)?;
    // OpenZeppelin's has no ERC-165.
    if implementation.name == "salus" {
        let erc165 = Token::supportsInterfaceCall {
            interfaceId: [0x01, 0xff, 0xc9, 0xa7].into(),
        };
        token.measure_aside("supportsInterface", &holder, &erc165)?;
    }
    token.measure_aside("nonces", &holder, &Token::noncesCall { owner: account })?;
    token.measure_aside("name", &holder, &Token::nameCall {})?;
    token.measure_aside("symbol", &holder, &Token::symbolCall {})?;
    token.measure_aside("decimals", &holder, &Token::decimalsCall {})?;
    token.measure_aside("DOMAIN_SEPARATOR", &holder, &Token::DOMAIN_SEPARATORCall {})?;
    token.measure_aside("eip712Domain", &holder, &Token::eip712DomainCall {})?;
    let permit = permit(token.address(), account)?;
    token.measure_aside("permit", &Actor::ethereum(2), &permit)?;

    token.prepare(&holder, &approve)?;
    let from = Token::transferFromCall {
        from: word(holder.address()),
        to: account,
        value: U256::from(5),
    };
    token.measure("transferFrom", &known, &from)?;
    Ok(token.into_rows())
}

/// A `permit`, signed for the token at `token` by a key made for this.
fn permit(token: Address, spender: Address) -> Result<Token::permitCall> {
    let key = ecdsa::Pair::from_seed(&[7; 32]);
    let owner = owner_of(&key)?;
    let (value, deadline) = (U256::from(500), U256::from(FIRST_BLOCK_TIME));
    let domain = Eip712Domain::new(
        Some(NAME.into()),
        Some("1".into()),
        Some(U256::from(CHAIN_ID)),
        Some(token),
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
    })
}

/// The Ethereum address of a key: the last twenty bytes of the hash of its uncompressed form, which recovery gives.
fn owner_of(key: &ecdsa::Pair) -> Result<Address> {
    let message = [1; 32];
    let signature = key.sign_prehashed(&message).0;
    let public = sp_io::crypto::secp256k1_ecdsa_recover(&signature, &message);
    let public = public.map_err(|_| anyhow!("a fresh signature does not recover"))?;
    Ok(Address::from_slice(&keccak256(public)[12..]))
}
