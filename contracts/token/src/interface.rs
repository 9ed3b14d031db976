//! Interface identifiers of ERC-165: the exclusive or of an interface's selectors.

const ERC165: u32 = 0x01ff_c9a7;
/// `totalSupply`, `balanceOf`, `allowance`, `transfer`, `transferFrom`, `approve`.
const ERC20: u32 = 0x3637_2b07;
/// `name`, `symbol`, `decimals`.
const ERC20_METADATA: u32 = 0xa219_a025;
/// `permit`, `nonces`, `DOMAIN_SEPARATOR`.
const ERC2612: u32 = 0x9d8f_f7da;
/// `eip712Domain`.
const ERC5267: u32 = 0x84b0_196e;
/// `authorizationState`, `transferWithAuthorization`, `receiveWithAuthorization`.
const ERC3009: u32 = 0xe5f1_a9ca;
/// `cancelAuthorization`.
const ERC3009_CANCEL: u32 = 0x5a04_9a70;
/// `hasRole`, `getRoleAdmin`, `grantRole`, `revokeRole`, `renounceRole`.
const ACCESS_CONTROL: u32 = 0x7965_db0b;
/// OpenZeppelin's `IAccessControlDefaultAdminRules`, without what it inherits.
const DEFAULT_ADMIN_RULES: u32 = 0x3149_8786;
/// `owner`.
const ERC5313: u32 = 0x8da5_cb5b;

/// What `supportsInterface` says yes to.
pub(crate) const SUPPORTED: [u32; 10] = [
    ERC165,
    ERC20,
    ERC20_METADATA,
    ERC2612,
    ERC5267,
    ERC3009,
    ERC3009_CANCEL,
    ACCESS_CONTROL,
    DEFAULT_ADMIN_RULES,
    ERC5313,
];
