use ink::{Address, H256, U256, sol::FixedBytes};

ink::errors! {
    /// Why a signed action is not carried out.
    pub enum SignatureError, by reference SignatureErrorRef {
        /// What was signed can be sent no longer.
        SignatureExpired {
            /// The last second, since the epoch.
            signature_deadline: U256,
        },
        /// The nonce is used or cancelled.
        InvalidNonce {
            /// Whose it is.
            signer: Address,
            /// The nonce.
            nonce: U256,
        },
        /// It is not the signer's signature over this call.
        InvalidSigner {
            /// Whose it is; the zero address if nobody's.
            recovered: Address,
            /// Whose it should be.
            signer: Address,
        },
        /// The higher of the two values that make a signature valid (EIP-2).
        ECDSAInvalidSignatureS {
            /// The value.
            s: H256,
        },
        /// No message that can be signed has this selector.
        NotSignable {
            /// The selector.
            selector: FixedBytes<4>,
        },
    }
}
