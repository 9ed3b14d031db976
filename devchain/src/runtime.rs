//! The runtime of the embedded chain: what happens inside a block.
//!
//! It has the shape of Polkadot Hub where that matters to contracts and clients (AccountId32 with mapped Ethereum
//! addresses, `eth_transact`, trust-backed assets with the ERC-20 precompile, batches, fees by weight) and is compiled natively:
//! there is no Wasm. Its configuration follows `revive-dev-runtime`, the official development runtime, so that weights, fees
//! and gas agree with an official node.

// What the FRAME macros generate is theirs to document.
#![allow(missing_docs, unreachable_pub, unexpected_cfgs, clippy::unwrap_used)]

extern crate alloc;

use frame_support::{
    derive_impl,
    dispatch::DispatchClass,
    genesis_builder_helper::{build_state, get_preset},
    parameter_types,
    traits::{AsEnsureOriginWithArg, ConstBool, ConstU32, ConstU64, ConstU128},
    weights::{
        ConstantMultiplier, Weight,
        constants::{BlockExecutionWeight, ExtrinsicBaseWeight, WEIGHT_REF_TIME_PER_SECOND},
    },
};
use frame_system::{EnsureRoot, EnsureSigned, limits::BlockWeights};
use pallet_assets_precompiles::{ERC20, InlineIdConfig};
use pallet_revive::{
    AccountId32Mapper,
    evm::{
        fees::{BlockRatioFee, Info as FeeInfo},
        runtime::EthExtra,
    },
};
use pallet_transaction_payment::{ConstFeeMultiplier, FeeDetails, FungibleAdapter, Multiplier, RuntimeDispatchInfo};
use sp_api::impl_runtime_apis;
use sp_core::OpaqueMetadata;
use sp_genesis_builder::PresetId;
use sp_inherents::{CheckInherentsResult, InherentData};
use sp_runtime::{
    ApplyExtrinsicResult, ExtrinsicInclusionMode, MultiAddress, MultiSignature, Perbill,
    generic::{self, Era},
    traits::{BlakeTwo256, Block as BlockT, One},
    transaction_validity::{TransactionSource, TransactionValidity},
};
use sp_version::{RuntimeVersion, runtime_version};

/// Number of a block.
pub type BlockNumber = u32;
/// A 32-byte account: an sr25519 public key, or an Ethereum address followed by twelve bytes `0xEE`.
pub type AccountId = sp_core::crypto::AccountId32;
/// An amount of the native coin in its smallest unit (12 decimals).
pub type Balance = u128;
/// Number of transactions that an account has sent.
pub type Nonce = u32;
/// Blake2b-256.
pub type Hash = sp_core::H256;
/// Ed25519, sr25519 or ECDSA.
pub type Signature = MultiSignature;
/// How an extrinsic names its sender.
pub type Address = MultiAddress<AccountId, ()>;
/// Header of a block.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
/// A block with decoded extrinsics.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;
/// An extrinsic: signed, inherent, or an Ethereum transaction inside `Revive.eth_transact`.
pub type UncheckedExtrinsic = pallet_revive::evm::runtime::UncheckedExtrinsic<Address, Signature, EthExtraImpl>;
/// Runs blocks and extrinsics.
pub type Executive =
    frame_executive::Executive<Runtime, Block, frame_system::ChainContext<Runtime>, Runtime, AllPalletsWithSystem>;

/// One whole native coin.
pub const UNIT: Balance = 1_000_000_000_000;
/// A hundredth of a coin; also the existential deposit.
pub const CENT: Balance = UNIT / 100;
/// EIP-155 chain id, the one that Polkadot's development nodes use.
pub const CHAIN_ID: u64 = 420_420_420;
/// First two bytes after the asset id in the address of a trust-backed asset's ERC-20 precompile (as on Polkadot Hub).
pub const ASSETS_PRECOMPILE_PREFIX: u16 = 0x0120;

#[runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
    spec_name: alloc::borrow::Cow::Borrowed("salus-devchain"),
    impl_name: alloc::borrow::Cow::Borrowed("salus-devchain"),
    authoring_version: 1,
    spec_version: 1,
    impl_version: 1,
    apis: RUNTIME_API_VERSIONS,
    transaction_version: 1,
    system_version: 1,
};

/// Transaction extensions, in the order in which they are encoded.
pub type TxExtension = (
    frame_system::CheckNonZeroSender<Runtime>,
    frame_system::CheckSpecVersion<Runtime>,
    frame_system::CheckTxVersion<Runtime>,
    frame_system::CheckGenesis<Runtime>,
    frame_system::CheckEra<Runtime>,
    frame_system::CheckNonce<Runtime>,
    frame_system::CheckWeight<Runtime>,
    pallet_transaction_payment::ChargeTransactionPayment<Runtime>,
    // Needs what the extensions before it know of a signed origin.
    pallet_revive::evm::tx_extension::SetOrigin<Runtime>,
    // Last, so that it sees the refunds of all the others.
    frame_system::WeightReclaim<Runtime>,
);

/// How an Ethereum transaction becomes an extrinsic.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EthExtraImpl;

impl EthExtra for EthExtraImpl {
    type Config = Runtime;
    type ExtensionV0 = TxExtension;
    type ExtensionOtherVersions = sp_runtime::traits::InvalidVersion;

    fn get_eth_extension(nonce: Nonce, tip: Balance) -> TxExtension {
        (
            frame_system::CheckNonZeroSender::new(),
            frame_system::CheckSpecVersion::new(),
            frame_system::CheckTxVersion::new(),
            frame_system::CheckGenesis::new(),
            frame_system::CheckMortality::from(Era::Immortal),
            frame_system::CheckNonce::from(nonce),
            frame_system::CheckWeight::new(),
            pallet_transaction_payment::ChargeTransactionPayment::from(tip),
            pallet_revive::evm::tx_extension::SetOrigin::new_from_eth_transaction(),
            frame_system::WeightReclaim::new(),
        )
    }
}

#[frame_support::runtime]
mod runtime {
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeFreezeReason,
        RuntimeHoldReason,
        RuntimeSlashReason,
        RuntimeLockId,
        RuntimeTask,
        RuntimeViewFunction
    )]
    pub struct Runtime;

    #[runtime::pallet_index(0)]
    pub type System = frame_system::Pallet<Runtime>;
    #[runtime::pallet_index(1)]
    pub type Timestamp = pallet_timestamp::Pallet<Runtime>;
    #[runtime::pallet_index(2)]
    pub type Balances = pallet_balances::Pallet<Runtime>;
    #[runtime::pallet_index(3)]
    pub type Sudo = pallet_sudo::Pallet<Runtime>;
    #[runtime::pallet_index(4)]
    pub type TransactionPayment = pallet_transaction_payment::Pallet<Runtime>;
    #[runtime::pallet_index(5)]
    pub type Revive = pallet_revive::Pallet<Runtime>;
    #[runtime::pallet_index(6)]
    pub type Assets = pallet_assets::Pallet<Runtime>;
    #[runtime::pallet_index(7)]
    pub type AssetsPermit = pallet_assets_precompiles::permit::pallet::Pallet<Runtime>;
    #[runtime::pallet_index(8)]
    pub type Utility = pallet_utility::Pallet<Runtime>;
}

/// Share of a block that normal extrinsics may fill.
const NORMAL_DISPATCH_RATIO: Perbill = Perbill::from_percent(75);
/// Two seconds of computation and the largest proof of validity that Polkadot's relay chain takes (10 MiB).
const MAXIMUM_BLOCK_WEIGHT: Weight = Weight::from_parts(WEIGHT_REF_TIME_PER_SECOND.saturating_mul(2), 10 * 1024 * 1024);

parameter_types! {
    pub const Version: RuntimeVersion = VERSION;
    /// The generic Substrate format of addresses, as `system_properties` tells it too: clients take it from either.
    pub const SS58Prefix: u16 = 42;
    pub const ExistentialDeposit: Balance = CENT;
    pub const TransactionByteFee: Balance = CENT / 100;
    pub const CodeHashLockupDepositPercent: Perbill = Perbill::from_percent(30);
    pub FeeMultiplier: Multiplier = Multiplier::one();
    pub RuntimeBlockWeights: BlockWeights = BlockWeights::builder()
        .base_block(BlockExecutionWeight::get())
        .for_class(DispatchClass::all(), |weights| weights.base_extrinsic = ExtrinsicBaseWeight::get())
        .for_class(DispatchClass::Normal, |weights| {
            weights.max_total = Some(NORMAL_DISPATCH_RATIO * MAXIMUM_BLOCK_WEIGHT);
        })
        .for_class(DispatchClass::Operational, |weights| {
            weights.max_total = Some(MAXIMUM_BLOCK_WEIGHT);
            // Room that only operational extrinsics may use, so that a full block still takes them.
            weights.reserved = Some(MAXIMUM_BLOCK_WEIGHT - NORMAL_DISPATCH_RATIO * MAXIMUM_BLOCK_WEIGHT);
        })
        .avg_block_initialization(Perbill::from_percent(10))
        .build_or_panic();
}

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
    type Block = Block;
    type BlockWeights = RuntimeBlockWeights;
    // Without it storage would cost nothing in every weight below.
    type DbWeight = frame_support::weights::constants::RocksDbWeight;
    type Version = Version;
    type SS58Prefix = SS58Prefix;
    type AccountId = AccountId;
    type Hash = Hash;
    type Nonce = Nonce;
    type AccountData = pallet_balances::AccountData<Balance>;
    type OnNewAccount = pallet_revive::AutoMapper<Runtime>;
    type OnKilledAccount = pallet_revive::AutoMapper<Runtime>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Runtime {
    type AccountStore = System;
    type Balance = Balance;
    type ExistentialDeposit = ExistentialDeposit;
    type RuntimeFreezeReason = RuntimeFreezeReason;
    type FreezeIdentifier = RuntimeFreezeReason;
    type MaxFreezes = frame_support::traits::VariantCountOf<RuntimeFreezeReason>;
}

#[derive_impl(pallet_sudo::config_preludes::TestDefaultConfig)]
impl pallet_sudo::Config for Runtime {}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Runtime {}

#[derive_impl(pallet_transaction_payment::config_preludes::TestDefaultConfig)]
impl pallet_transaction_payment::Config for Runtime {
    type OnChargeTransaction = FungibleAdapter<Balances, ()>;
    type WeightToFee = BlockRatioFee<1, 1, Self, Balance>;
    type LengthToFee = ConstantMultiplier<Balance, TransactionByteFee>;
    type FeeMultiplierUpdate = ConstFeeMultiplier<FeeMultiplier>;
}

#[derive_impl(pallet_assets::config_preludes::TestDefaultConfig)]
impl pallet_assets::Config for Runtime {
    type Balance = Balance;
    type CreateOrigin = AsEnsureOriginWithArg<EnsureSigned<AccountId>>;
    type ForceOrigin = EnsureRoot<AccountId>;
    type Currency = Balances;
    type AssetDeposit = ConstU128<{ 10 * CENT }>;
    type AssetAccountDeposit = ConstU128<CENT>;
    type MetadataDepositBase = ConstU128<CENT>;
    type MetadataDepositPerByte = ConstU128<{ CENT / 100 }>;
    type ApprovalDeposit = ConstU128<CENT>;
    type WeightInfo = pallet_assets::weights::SubstrateWeight<Runtime>;
}

impl pallet_assets_precompiles::permit::pallet::Config for Runtime {
    type ChainId = ConstU64<CHAIN_ID>;
    type WeightInfo = ();
}

#[derive_impl(pallet_revive::config_preludes::TestDefaultConfig)]
impl pallet_revive::Config for Runtime {
    type AddressMapper = AccountId32Mapper<Self>;
    type AutoMap = ConstBool<true>;
    type Balance = Balance;
    type ChainId = ConstU64<CHAIN_ID>;
    type CodeHashLockupDepositPercent = CodeHashLockupDepositPercent;
    type Currency = Balances;
    // Lets contracts larger than the live limits be measured, such as Solidity compiled for PolkaVM.
    type DebugEnabled = ConstBool<true>;
    type FeeInfo = FeeInfo<Address, Signature, EthExtraImpl>;
    type GasScale = ConstU32<50000>;
    type InstantiateOrigin = EnsureSigned<Self::AccountId>;
    type NativeToEthRatio = ConstU32<1_000_000>;
    type Precompiles = (ERC20<Self, InlineIdConfig<ASSETS_PRECOMPILE_PREFIX>>,);
    type Time = Timestamp;
    type UploadOrigin = EnsureSigned<Self::AccountId>;
    type WeightInfo = pallet_revive::weights::SubstrateWeight<Runtime>;
}

impl pallet_utility::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type PalletsOrigin = OriginCaller;
    type WeightInfo = pallet_utility::weights::SubstrateWeight<Runtime>;
}

type ExtrinsicOf = <Block as BlockT>::Extrinsic;

pallet_revive::impl_runtime_apis_plus_revive_traits!(
    Runtime,
    Revive,
    Executive,
    EthExtraImpl,

    impl sp_api::Core<Block> for Runtime {
        fn version() -> RuntimeVersion {
            VERSION
        }

        fn execute_block(block: <Block as BlockT>::LazyBlock) {
            Executive::execute_block(block)
        }

        fn initialize_block(header: &Header) -> ExtrinsicInclusionMode {
            Executive::initialize_block(header)
        }
    }

    impl sp_api::Metadata<Block> for Runtime {
        fn metadata() -> OpaqueMetadata {
            OpaqueMetadata::new(Runtime::metadata().into())
        }

        fn metadata_at_version(version: u32) -> Option<OpaqueMetadata> {
            Runtime::metadata_at_version(version)
        }

        fn metadata_versions() -> alloc::vec::Vec<u32> {
            Runtime::metadata_versions()
        }
    }

    impl sp_block_builder::BlockBuilder<Block> for Runtime {
        fn apply_extrinsic(extrinsic: ExtrinsicOf) -> ApplyExtrinsicResult {
            Executive::apply_extrinsic(extrinsic)
        }

        fn finalize_block() -> Header {
            Executive::finalize_block()
        }

        fn inherent_extrinsics(data: InherentData) -> alloc::vec::Vec<ExtrinsicOf> {
            data.create_extrinsics()
        }

        fn check_inherents(block: <Block as BlockT>::LazyBlock, data: InherentData) -> CheckInherentsResult {
            data.check_extrinsics(&block)
        }
    }

    impl sp_transaction_pool::runtime_api::TaggedTransactionQueue<Block> for Runtime {
        fn validate_transaction(source: TransactionSource, tx: ExtrinsicOf, block_hash: Hash) -> TransactionValidity {
            Executive::validate_transaction(source, tx, block_hash)
        }
    }

    impl sp_offchain::OffchainWorkerApi<Block> for Runtime {
        fn offchain_worker(header: &Header) {
            Executive::offchain_worker(header)
        }
    }

    impl frame_system_rpc_runtime_api::AccountNonceApi<Block, AccountId, Nonce> for Runtime {
        fn account_nonce(account: AccountId) -> Nonce {
            System::account_nonce(account)
        }
    }

    impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentApi<Block, Balance> for Runtime {
        fn query_info(uxt: ExtrinsicOf, len: u32) -> RuntimeDispatchInfo<Balance> {
            TransactionPayment::query_info(uxt, len)
        }

        fn query_fee_details(uxt: ExtrinsicOf, len: u32) -> FeeDetails<Balance> {
            TransactionPayment::query_fee_details(uxt, len)
        }

        fn query_weight_to_fee(weight: Weight) -> Balance {
            TransactionPayment::weight_to_fee(weight)
        }

        fn query_length_to_fee(length: u32) -> Balance {
            TransactionPayment::length_to_fee(length)
        }
    }

    impl sp_genesis_builder::GenesisBuilder<Block> for Runtime {
        fn build_state(config: alloc::vec::Vec<u8>) -> sp_genesis_builder::Result {
            build_state::<RuntimeGenesisConfig>(config)
        }

        fn get_preset(id: &Option<PresetId>) -> Option<alloc::vec::Vec<u8>> {
            get_preset::<RuntimeGenesisConfig>(id, |_| None)
        }

        fn preset_names() -> alloc::vec::Vec<PresetId> {
            alloc::vec::Vec::new()
        }
    }
);
