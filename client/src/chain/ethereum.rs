//! Ethereum transactions (EIP-1559, type 2), signed here and carried by `Revive.eth_transact`.

use alloy_core::{
    primitives::{Address, B256, U256, keccak256},
    rlp::{BufMut, Encodable, Header},
};
use subxt_signer::eth::Keypair;

/// The EIP-2718 type of an EIP-1559 transaction.
const TYPE: u8 = 2;

/// An EIP-1559 transaction before it is signed. There is no access list and no tip: the chain uses neither.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Transaction {
    pub(super) chain_id: u64,
    pub(super) nonce: u64,
    pub(super) max_fee_per_gas: U256,
    pub(super) gas_limit: U256,
    /// `None` deploys `input`.
    pub(super) to: Option<Address>,
    pub(super) value: U256,
    pub(super) input: Vec<u8>,
}

/// A signed transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Signed {
    /// The EIP-2718 envelope.
    pub(super) encoded: Vec<u8>,
    /// Its hash, by which Ethereum tools know it.
    pub(super) hash: B256,
}

impl Transaction {
    /// Signs it.
    pub(super) fn sign(&self, key: &Keypair) -> Signed {
        let signature = key.sign_prehashed(&keccak256(self.encode(None)).0);
        let encoded = self.encode(Some(&signature.0));
        let hash = keccak256(&encoded);
        Signed { encoded, hash }
    }

    /// The envelope: the type, then the RLP list of the fields and, if given, of the signature `r || s || v`.
    fn encode(&self, signature: Option<&[u8; 65]>) -> Vec<u8> {
        let mut fields = Vec::with_capacity(self.input.len() + 256);
        self.chain_id.encode(&mut fields);
        self.nonce.encode(&mut fields);
        0u8.encode(&mut fields);
        self.max_fee_per_gas.encode(&mut fields);
        self.gas_limit.encode(&mut fields);
        match &self.to {
            Some(to) => to.encode(&mut fields),
            None => [].as_slice().encode(&mut fields),
        }
        self.value.encode(&mut fields);
        self.input.as_slice().encode(&mut fields);
        Header {
            list: true,
            payload_length: 0,
        }
        .encode(&mut fields);
        if let Some(signature) = signature {
            signature[64].encode(&mut fields);
            U256::from_be_slice(&signature[..32]).encode(&mut fields);
            U256::from_be_slice(&signature[32..64]).encode(&mut fields);
        }
        let header = Header {
            list: true,
            payload_length: fields.len(),
        };
        let mut out = Vec::with_capacity(1 + header.length() + fields.len());
        out.put_u8(TYPE);
        header.encode(&mut out);
        out.extend(fields);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use subxt_signer::eth::dev;

    #[test]
    fn the_envelope_is_that_of_other_libraries() {
        // The bytes are those of ethers 6: `new Wallet(key).signTransaction({ type: 2, ... })` with these fields.
        let transaction = Transaction {
            chain_id: 420_420_420,
            nonce: 9,
            max_fee_per_gas: U256::from(1_000_000_000u64),
            gas_limit: U256::from(21_000),
            to: Some(Address::repeat_byte(0x11)),
            value: U256::from(1),
            input: vec![0xde, 0xad],
        };
        assert_eq!(hex::encode(transaction.encode(None)), UNSIGNED);
        let signed = transaction.sign(&dev::alith());
        assert_eq!(hex::encode(&signed.encoded), SIGNED);
        assert_eq!(signed.hash, keccak256(&signed.encoded));
    }

    const UNSIGNED: &str = "02e984190f1b440980843b9aca008252089411111111111111111111111111111111111111110182deadc0";
    const SIGNED: &str = "02f86c84190f1b440980843b9aca008252089411111111111111111111111111111111111111110182deadc080\
                          a0ffba9ff17de0dbb04e872da5604a6116564632e3100eea41fefe798a6feb6eca\
                          a028916ca6e6c6465c484d3359ad1346525d74448c946e84ce2e599d84bd909151";

    #[test]
    fn a_deployment_has_no_recipient() {
        let transaction = Transaction {
            chain_id: 1,
            nonce: 0,
            max_fee_per_gas: U256::ZERO,
            gas_limit: U256::ZERO,
            to: None,
            value: U256::ZERO,
            input: vec![],
        };
        assert_eq!(hex::encode(transaction.encode(None)), "02c90180808080808080c0");
    }
}
