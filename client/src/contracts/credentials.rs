//! The registry of credentials: who has which role, licensed by whom, and when.

use alloy_core::primitives::{Address, B256};
use salus_core::{
    codes::Role,
    consent::Period,
    credentials::{Credential, Status},
};

use super::{Contract, ContractError, NOBODY};
use crate::{
    chain::{Chain, Receipt, SubmitOptions},
    keystore::SigningKey,
};

alloy_core::sol!(
    #[allow(
        missing_docs,
        clippy::too_many_arguments,
        reason = "generated from the ABI, which the contract documents"
    )]
    #[derive(Debug, PartialEq, Eq)]
    ICredentials,
    "../contracts/artifacts/credentials.abi.json"
);

/// The registry of credentials on a chain.
#[derive(Debug, Clone)]
pub struct Credentials(Contract);

/// What an issuer says of a holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Issue {
    /// Of whom.
    pub holder: Address,
    /// As what.
    pub role: Role,
    /// Where it is good for: an ISO 3166 code in ASCII, padded with zeros.
    pub jurisdiction: B256,
    /// To the licence's number, see [`salus_core::credentials::licence_commitment`].
    pub licence: B256,
    /// The first and the last second in force, since the epoch.
    pub validity: Period,
}

/// A change of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialChange {
    /// Out of force for a time.
    Suspend,
    /// In force again.
    Reinstate,
    /// Withdrawn, for good.
    Revoke,
}

/// What a holder's credential in a role was at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Its status then.
    pub status: Status,
    /// The second in which that began.
    pub since: u64,
    /// The credential; zero if there was none.
    pub credential_id: B256,
}

impl Credentials {
    /// Its name in address books.
    pub const NAME: &'static str = "credentials";

    /// The registry at an address.
    pub fn new(chain: Chain, address: Address) -> Self {
        Self(Contract::new(Self::NAME, chain, address))
    }

    /// The contract, for calls that have no method here. Its owner admits and removes issuers.
    pub fn contract(&self) -> &Contract {
        &self.0
    }

    /// Lets an account issue credentials. The signer has to be the owner.
    pub async fn admit_issuer(
        &self,
        key: &SigningKey,
        issuer: Address,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        let call = ICredentials::admitIssuerCall { issuer };
        self.0.send(key, &call, options).await
    }

    /// Lets an account issue no more credentials. The signer has to be the owner.
    pub async fn remove_issuer(
        &self,
        key: &SigningKey,
        issuer: Address,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        let call = ICredentials::removeIssuerCall { issuer };
        self.0.send(key, &call, options).await
    }

    /// Whether an account might issue credentials at a time.
    pub async fn is_issuer_at(&self, issuer: Address, time: u64) -> Result<bool, ContractError> {
        self.0.ask(NOBODY, &ICredentials::isIssuerAtCall { issuer, time }).await
    }

    /// Issues a credential, or renews the one that the signer issued; answers its identifier. The signer has to be an issuer.
    pub async fn issue(
        &self,
        key: &SigningKey,
        issue: &Issue,
        options: SubmitOptions,
    ) -> Result<(B256, Receipt), ContractError> {
        let call = ICredentials::issueCredentialCall {
            holder: issue.holder,
            role: issue.role.bit(),
            jurisdiction: issue.jurisdiction,
            licenceHash: issue.licence,
            validFrom: issue.validity.from,
            validUntil: issue.validity.until,
        };
        let receipt = self.0.send(key, &call, options).await?;
        let issued: ICredentials::CredentialIssued = self.0.event(&receipt)?;
        Ok((issued.credentialId, receipt))
    }

    /// Changes a credential. The signer has to be its issuer, or the owner.
    pub async fn change(
        &self,
        key: &SigningKey,
        credential_id: B256,
        change: CredentialChange,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        match change {
            CredentialChange::Suspend => {
                let call = ICredentials::suspendCredentialCall {
                    credentialId: credential_id,
                };
                self.0.send(key, &call, options).await
            }
            CredentialChange::Reinstate => {
                let call = ICredentials::reinstateCredentialCall {
                    credentialId: credential_id,
                };
                self.0.send(key, &call, options).await
            }
            CredentialChange::Revoke => {
                let call = ICredentials::revokeCredentialCall {
                    credentialId: credential_id,
                };
                self.0.send(key, &call, options).await
            }
        }
    }

    /// A credential; `None` if there is none. Its status is without regard to its validity, see [`Credentials::standing_at`].
    pub async fn credential(&self, credential_id: B256) -> Result<Option<Credential>, ContractError> {
        let call = ICredentials::credentialOfCall {
            credentialId: credential_id,
        };
        let found = self.0.ask(NOBODY, &call).await?;
        let status = self.status("credentialOf", found.status)?;
        if status == Status::None {
            return Ok(None);
        }
        let role = Role::from_bit(found.role);
        Ok(Some(Credential {
            holder: found.holder.into(),
            issuer: found.issuer.into(),
            role: role.ok_or_else(|| self.0.unknown("credentialOf", format!("the role {}", found.role)))?,
            sequence: found.sequence,
            status,
            jurisdiction: found.jurisdiction.0,
            licence: found.licenceHash.0,
            validity: Period {
                from: found.validFrom,
                until: found.validUntil,
            },
            issued_at: found.issuedAt,
        }))
    }

    /// What a holder's credential in a role was at a time.
    pub async fn standing_at(&self, holder: Address, role: Role, time: u64) -> Result<Standing, ContractError> {
        let role = role.bit();
        let call = ICredentials::statusAtCall { holder, role, time };
        let found = self.0.ask(NOBODY, &call).await?;
        Ok(Standing {
            status: self.status("statusAt", found.status)?,
            since: found.since,
            credential_id: found.credentialId,
        })
    }

    /// Whether a holder had an active credential in a role at a time.
    pub async fn is_active_at(&self, holder: Address, role: Role, time: u64) -> Result<bool, ContractError> {
        let role = role.bit();
        let call = ICredentials::isActiveAtCall { holder, role, time };
        self.0.ask(NOBODY, &call).await
    }

    fn status(&self, call: &'static str, number: u8) -> Result<Status, ContractError> {
        Status::from_number(number).ok_or_else(|| self.0.unknown(call, format!("the status {number}")))
    }
}
