//! The contracts that a visit needs, and its arguments that are common.

use alloy_core::primitives::{Address, B256, U256};

use crate::{
    Context,
    amount::{self, Amount, NATIVE_DECIMALS},
    transaction::TransactionOpts,
};
use salus_client::{
    chain::Chain,
    contracts::{
        Suite,
        telehealth::{NATIVE, Telehealth},
        token::Token,
    },
    error::Error,
    keystore::SigningKey,
};

/// The escrow, and the tokens beside it.
pub(super) struct Desk {
    pub(super) chain: Chain,
    pub(super) telehealth: Telehealth,
    pub(super) suite: Suite,
}

/// What a fee is paid in.
pub(super) struct Currency {
    pub(super) token: Address,
    pub(super) decimals: u8,
    pub(super) symbol: String,
}

impl Desk {
    /// Connects to nobody in particular.
    pub(super) async fn connect(context: &Context) -> Result<Self, Error> {
        Self::on(&Chain::connect(&context.network()?).await?, context).await
    }

    /// Connects to send a transaction, and unlocks the key.
    pub(super) async fn start(transaction: &TransactionOpts, context: &Context) -> Result<(Self, SigningKey), Error> {
        let (chain, key) = transaction.start(context).await?;
        Ok((Self::on(&chain, context).await?, key))
    }

    /// The contracts on a chain.
    pub(super) async fn on(chain: &Chain, context: &Context) -> Result<Self, Error> {
        Self::open(Suite::open(chain, &context.deployments(chain.network()))?).await
    }

    pub(super) async fn open(suite: Suite) -> Result<Self, Error> {
        Ok(Self {
            chain: suite.chain().clone(),
            telehealth: suite.telehealth().await?,
            suite,
        })
    }

    /// The currency of `--token`, or of the suite's token if none was named.
    pub(super) async fn currency_of(&self, token: Option<Address>) -> Result<Currency, Error> {
        let token = match token {
            Some(token) => token,
            None => self.suite.token().await?.contract().address(),
        };
        self.currency(token).await
    }

    pub(super) async fn currency(&self, token: Address) -> Result<Currency, Error> {
        if token == NATIVE {
            return Ok(Currency {
                token,
                decimals: NATIVE_DECIMALS,
                symbol: "coins".into(),
            });
        }
        let info = self.token(token).info().await?;
        Ok(Currency {
            token,
            decimals: info.decimals,
            symbol: info.symbol,
        })
    }

    pub(super) fn token(&self, token: Address) -> Token {
        Token::new(self.chain.clone(), token)
    }
}

impl Currency {
    pub(super) fn parse(&self, text: &str) -> Result<U256, Error> {
        amount::parse(text, self.decimals)
    }

    pub(super) fn amount(&self, value: U256) -> Amount {
        Amount::new(value, self.decimals, self.symbol.clone())
    }
}

/// An argument that names a token: its address, or `native`.
pub(super) fn token(text: &str) -> Result<Address, String> {
    if text == "native" {
        return Ok(NATIVE);
    }
    text.parse()
        .map_err(|_| "write the address of an ERC-20 token, or `native` for the chain's coin".into())
}

/// An argument that names a service: a number of the provider's, in decimal digits or as 32 bytes in hexadecimal.
pub(super) fn service(text: &str) -> Result<B256, String> {
    let is_decimal = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = if is_decimal {
        text.parse::<U256>().ok().map(B256::from)
    } else {
        text.starts_with("0x").then(|| text.parse().ok()).flatten()
    };
    number.ok_or_else(|| "write a number, or 32 bytes in hexadecimal".into())
}

/// An argument of ten thousandths.
pub(super) fn share(text: &str) -> Result<u16, String> {
    let share = text
        .parse()
        .ok()
        .filter(|share| *share <= salus_core::telehealth::WHOLE);
    share.ok_or_else(|| "write ten thousandths: 0 to 10000".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_numbers_in_either_way() {
        assert_eq!(service("258"), Ok(B256::from(U256::from(258))));
        let hash = B256::repeat_byte(0xAB);
        assert_eq!(service(&hash.to_string()), Ok(hash));
        for bad in ["", "-1", "0xab", "first", "1.5", &"9".repeat(79)] {
            assert!(service(bad).is_err(), "`{bad}`");
        }
    }

    #[test]
    fn tokens_are_addresses_or_native() {
        assert_eq!(token("native"), Ok(NATIVE));
        let address = Address::repeat_byte(7);
        assert_eq!(token(&address.to_string()), Ok(address));
        assert!(token("coins").is_err());
    }

    #[test]
    fn shares_are_at_most_the_whole() {
        assert_eq!(share("10000"), Ok(10_000));
        for bad in ["", "10001", "65536", "-1", "50%"] {
            assert!(share(bad).is_err(), "{bad}");
        }
    }
}
