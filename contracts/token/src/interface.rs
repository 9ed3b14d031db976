//! Interface identifiers of ERC-165: the exclusive or of an interface's selectors.

const ERC165: [u8; 4] = [0x01, 0xff, 0xc9, 0xa7];
/// `totalSupply`, `balanceOf`, `allowance`, `transfer`, `transferFrom`, `approve`.
const ERC20: [u8; 4] = [0x36, 0x37, 0x2b, 0x07];
/// `name`, `symbol`, `decimals`.
const ERC20_METADATA: [u8; 4] = [0xa2, 0x19, 0xa0, 0x25];
/// `permit`, `nonces`, `DOMAIN_SEPARATOR`.
const ERC2612: [u8; 4] = [0x9d, 0x8f, 0xf7, 0xda];
/// `eip712Domain`.
const ERC5267: [u8; 4] = [0x84, 0xb0, 0x19, 0x6e];

/// What `supportsInterface` says yes to.
pub(crate) const SUPPORTED: [[u8; 4]; 5] = [ERC165, ERC20, ERC20_METADATA, ERC2612, ERC5267];
