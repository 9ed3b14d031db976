//! Our token beside OpenZeppelin's and the hand-written one, message by message, each in a fresh state with the same
//! history.

mod roles;
mod signed;

use alloy_core::{
    primitives::{Address, U256},
    sol,
    sol_types::SolValue,
};
use anyhow::{Context, Result};
use salus_devchain::{Session, session::Actor};
use sp_core::H160;

use crate::{
    checkout::Checkout,
    ledger::Row,
    meter::{Implementation, Maker, Meter, word},
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
        function cap() external view returns (uint256);
        function mint(address to, uint256 value) external;
        function burn(uint256 value) external;
        function burnFrom(address account, uint256 value) external;
        function paused() external view returns (bool);
        function pause() external;
        function unpause() external;
        function authorizationState(address authorizer, bytes32 nonce) external view returns (bool);
        function transferWithAuthorization(address from, address to, uint256 value, uint256 validAfter, uint256 validBefore, bytes32 nonce, uint8 v, bytes32 r, bytes32 s) external;
        function receiveWithAuthorization(address from, address to, uint256 value, uint256 validAfter, uint256 validBefore, bytes32 nonce, uint8 v, bytes32 r, bytes32 s) external;
        function cancelAuthorization(address authorizer, bytes32 nonce, uint8 v, bytes32 r, bytes32 s) external;
        function hasRole(bytes32 role, address account) external view returns (bool);
        function DEFAULT_ADMIN_ROLE() external view returns (bytes32);
        function MINTER_ROLE() external view returns (bytes32);
        function PAUSER_ROLE() external view returns (bytes32);
        function getRoleAdmin(bytes32 role) external view returns (bytes32);
        function grantRole(bytes32 role, address account) external;
        function revokeRole(bytes32 role, address account) external;
        function owner() external view returns (address);
        function renounceRole(bytes32 role, address callerConfirmation) external;
        function defaultAdmin() external view returns (address);
        function pendingDefaultAdmin() external view returns (address newAdmin, uint48 schedule);
        function defaultAdminDelay() external view returns (uint48);
        function pendingDefaultAdminDelay() external view returns (uint48 newDelay, uint48 schedule);
        function defaultAdminDelayIncreaseWait() external view returns (uint48);
        function cancelDefaultAdminTransfer() external;
        function rollbackDefaultAdminDelay() external;
        function beginDefaultAdminTransfer(address newAdmin) external;
        function acceptDefaultAdminTransfer() external;
        function changeDefaultAdminDelay(uint48 newDelay) external;
        function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;
    }
}

/// The name of the measured tokens, which is in their EIP-712 domain.
pub(crate) const NAME: &str = "Salus Token";
const SYMBOL: &str = "SAL";
const SUPPLY: u64 = 1_000_000_000;

/// The first second at which signed transfers are too late, and how many there may be of other things: more than enough.
const FAR: U256 = U256::MAX;

/// Input of our constructor; all of the supply goes to `holder`, who is the admin without a delay, and nobody has another role.
pub(crate) fn constructor(holder: H160) -> Vec<u8> {
    (
        NAME.to_owned(),
        SYMBOL.to_owned(),
        U256::from(18),
        FAR,
        U256::from(SUPPLY),
        word(holder),
        U256::ZERO,
        word(holder),
        Address::ZERO,
        Address::ZERO,
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

/// Measures ours, OpenZeppelin's, and the hand-written one.
pub(crate) fn measure(checkout: &Checkout) -> Result<Vec<Row>> {
    let input = constructor(Actor::ethereum(0).address());
    let mut implementations = vec![Implementation::salus(checkout.code("token")?, input.clone())];
    let of_openzeppelin = (NAME.to_owned(), SYMBOL.to_owned(), FAR, U256::from(SUPPLY), U256::ZERO).abi_encode_params();
    implementations.extend(checkout.twin("Token")?.implementations(&of_openzeppelin));
    let limit = checkout.yardstick("token")?;
    implementations.extend(limit.map(|code| Implementation::limit(code, input)));
    let mut rows = Vec::new();
    for implementation in &implementations {
        let ledger = ledger_of(implementation);
        rows.extend(ledger.with_context(|| implementation.maker.name())?);
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
    let permit = signed::permit(token.address(), account);
    token.measure_aside("permit", &Actor::ethereum(2), &permit)?;
    token.aside(|token| {
        token.prepare(&holder, &approve)?;
        let from = Token::transferFromCall {
            from: word(holder.address()),
            to: account,
            value: U256::from(5),
        };
        token.measure("transferFrom", &known, &from)
    })?;
    // The hand-written one has no more than that.
    if implementation.maker != Maker::Limit {
        signed::authorizations(&mut token, account)?;
        roles::supply(&mut token, &holder, &known)?;
        roles::roles(&mut token, &holder, &known)?;
        roles::views(&mut token, &known)?;
        views(&mut token, account, stranger)?;
    }
    Ok(token.into_rows())
}

/// Messages that only answer.
fn views(token: &mut Meter, account: Address, stranger: Address) -> Result<()> {
    let reader = Actor::ethereum(0);
    token.measure_aside("totalSupply", &reader, &Token::totalSupplyCall {})?;
    let allowance = Token::allowanceCall {
        owner: account,
        spender: stranger,
    };
    token.measure_aside("allowance", &reader, &allowance)?;
    let erc165 = Token::supportsInterfaceCall {
        interfaceId: [0x01, 0xff, 0xc9, 0xa7].into(),
    };
    token.measure_aside("supportsInterface", &reader, &erc165)?;
    token.measure_aside("cap", &reader, &Token::capCall {})?;
    token.measure_aside("paused", &reader, &Token::pausedCall {})?;
    token.measure_aside("nonces", &reader, &Token::noncesCall { owner: account })?;
    token.measure_aside("name", &reader, &Token::nameCall {})?;
    token.measure_aside("symbol", &reader, &Token::symbolCall {})?;
    token.measure_aside("decimals", &reader, &Token::decimalsCall {})?;
    token.measure_aside("DOMAIN_SEPARATOR", &reader, &Token::DOMAIN_SEPARATORCall {})?;
    token.measure_aside("eip712Domain", &reader, &Token::eip712DomainCall {})?;
    Ok(())
}
