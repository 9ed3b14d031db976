//! The consent registry: subjects, and what they consent to.

use alloy_core::primitives::{Address, B256, U256};
use salus_core::{
    codes::{Purpose, ResourceClass},
    consent::{Answer, Entry, Period, Status, Terms},
};

use super::{Contract, ContractError, NOBODY};
use crate::{
    chain::{Chain, Receipt, SubmitOptions},
    fhir::Salt,
    keystore::SigningKey,
};

alloy_core::sol!(
    #[allow(
        missing_docs,
        clippy::too_many_arguments,
        reason = "generated from the ABI, which the contract documents"
    )]
    #[derive(Debug, PartialEq, Eq)]
    IConsent,
    "../contracts/artifacts/consent.abi.json"
);

/// The consent registry on a chain.
#[derive(Debug, Clone)]
pub struct Consent(Contract);

/// A consent to be granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// Whose data it is about: 32 bytes that look random.
    pub subject: B256,
    /// To whom it is given.
    pub grantee: Address,
    /// To the policy, see [`salus_core::consent::policy_commitment`].
    pub commitment: B256,
    /// When it is in force, and what is disclosed of the policy.
    pub terms: Terms,
}

/// What the contract answers to a request when the policy is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Permit, deny or no consent.
    pub answer: Answer,
    /// With a permit, the labels whose data must not be given: a mask over [`salus_core::codes::Sensitivity`].
    pub redact_labels: u64,
    /// The provisions that decided: at each depth the position, from 0.
    pub path: Vec<u8>,
}

impl Consent {
    /// Its name in address books.
    pub const NAME: &'static str = "consent";

    /// The registry at an address.
    pub fn new(chain: Chain, address: Address) -> Self {
        Self(Contract::new(Self::NAME, chain, address))
    }

    /// The contract, for calls that have no method here.
    pub fn contract(&self) -> &Contract {
        &self.0
    }

    /// Registers a subject, which the signer controls from now on.
    pub async fn register(
        &self,
        key: &SigningKey,
        subject: B256,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        self.0
            .send(key, &IConsent::registerSubjectCall { subject }, options)
            .await
    }

    /// Who controls a subject; `None` if nobody has registered it.
    pub async fn controller_of(&self, subject: B256) -> Result<Option<Address>, ContractError> {
        let controller = self.0.ask(NOBODY, &IConsent::controllerOfCall { subject }).await?;
        Ok(Some(controller).filter(|controller| !controller.is_zero()))
    }

    /// Grants a consent; answers its identifier. The signer has to control the subject.
    pub async fn grant(
        &self,
        key: &SigningKey,
        grant: &Grant,
        options: SubmitOptions,
    ) -> Result<(B256, Receipt), ContractError> {
        let call = IConsent::grantConsentCall {
            subject: grant.subject,
            grantee: grant.grantee,
            commitment: grant.commitment,
            validFrom: grant.terms.validity.from,
            validUntil: grant.terms.validity.until,
            purposes: grant.terms.purposes,
            classes: grant.terms.classes,
        };
        let receipt = self.0.send(key, &call, options).await?;
        let granted: IConsent::ConsentGranted = self.0.event(&receipt)?;
        Ok((granted.consentId, receipt))
    }

    /// Puts a new consent in the place of a live one, for the same grantee; answers its identifier. The signer has to
    /// control the subject.
    pub async fn supersede(
        &self,
        key: &SigningKey,
        consent_id: B256,
        commitment: B256,
        terms: Terms,
        options: SubmitOptions,
    ) -> Result<(B256, Receipt), ContractError> {
        let call = IConsent::supersedeConsentCall {
            consentId: consent_id,
            commitment,
            validFrom: terms.validity.from,
            validUntil: terms.validity.until,
            purposes: terms.purposes,
            classes: terms.classes,
        };
        let receipt = self.0.send(key, &call, options).await?;
        let granted: IConsent::ConsentGranted = self.0.event(&receipt)?;
        Ok((granted.consentId, receipt))
    }

    /// Withdraws a consent, for good, from the transaction's block on. The signer has to control the subject.
    pub async fn revoke(
        &self,
        key: &SigningKey,
        consent_id: B256,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        let call = IConsent::revokeConsentCall { consentId: consent_id };
        self.0.send(key, &call, options).await
    }

    /// Marks a consent as one that should never have been recorded. The signer has to control the subject.
    pub async fn mark_entered_in_error(
        &self,
        key: &SigningKey,
        consent_id: B256,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        let call = IConsent::markEnteredInErrorCall { consentId: consent_id };
        self.0.send(key, &call, options).await
    }

    /// Offers the control of a subject to another account, which has to accept it; to the zero address, takes an offer
    /// back. The signer has to control the subject.
    pub async fn transfer_controller(
        &self,
        key: &SigningKey,
        subject: B256,
        new_controller: Address,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        let call = IConsent::transferControllerCall {
            subject,
            newController: new_controller,
        };
        self.0.send(key, &call, options).await
    }

    /// Takes over the control of a subject, which was offered to the signer.
    pub async fn accept_controller(
        &self,
        key: &SigningKey,
        subject: B256,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        self.0
            .send(key, &IConsent::acceptControllerCall { subject }, options)
            .await
    }

    /// A consent as the contract holds it; `None` if there is none.
    pub async fn entry(&self, consent_id: B256) -> Result<Option<Entry>, ContractError> {
        let call = IConsent::consentOfCall { consentId: consent_id };
        let found = self.0.ask(NOBODY, &call).await?;
        let status = Status::from_number(found.status).ok_or_else(|| self.unknown_status(found.status))?;
        Ok((status != Status::None).then_some(Entry {
            subject: found.subject.0,
            grantee: found.grantee.into(),
            status,
            sequence: found.sequence,
            terms: Terms {
                validity: Period {
                    from: found.validFrom,
                    until: found.validUntil,
                },
                purposes: found.purposes,
                classes: found.classes,
            },
            commitment: found.commitment.0,
        }))
    }

    /// The last consent of a subject for a grantee, live or not; `None` if there never was one.
    pub async fn current(&self, subject: B256, grantee: Address) -> Result<Option<B256>, ContractError> {
        let id = self
            .0
            .ask(NOBODY, &IConsent::currentConsentCall { subject, grantee })
            .await?;
        Ok(Some(id).filter(|id| !id.is_zero()))
    }

    /// The coarse question, answered from what is disclosed. NO_CONSENT where nothing is disclosed means: open the
    /// policy and ask again.
    pub async fn check(
        &self,
        subject: B256,
        grantee: Address,
        purpose: Purpose,
        class: ResourceClass,
    ) -> Result<Answer, ContractError> {
        let call = IConsent::checkCall {
            subject,
            grantee,
            purpose: purpose.bit(),
            class: class.bit(),
        };
        self.answer(self.0.ask(NOBODY, &call).await?)
    }

    /// Has the contract open a consent's commitment and answer a request by its policy. `policy` and `request` are
    /// encoded. It is a question: neither the salt nor the policy gets into a block.
    pub async fn evaluate(
        &self,
        consent_id: B256,
        salt: &Salt,
        policy: &[u8],
        request: &[u8],
    ) -> Result<Opened, ContractError> {
        let call = IConsent::evaluateCall {
            consentId: consent_id,
            salt: (*salt.as_bytes()).into(),
            policy: policy.to_vec().into(),
            request: request.to_vec().into(),
        };
        let opened = self.0.ask(NOBODY, &call).await?;
        Ok(Opened {
            answer: self.answer(opened.answer)?,
            redact_labels: opened.redactLabels,
            path: opened.path.to_vec(),
        })
    }

    /// The identifier that a consent has or would have, as the contract computes it.
    pub fn consent_id(&self, subject: B256, grantee: Address, sequence: u32) -> B256 {
        let chain_id = U256::from(self.0.chain().chain_id()).to_be_bytes();
        let keccak = |bytes: &[u8]| alloy_core::primitives::keccak256(bytes).0;
        let contract = self.0.address().into();
        salus_core::consent::consent_id(&chain_id, &contract, &subject, &grantee.into(), sequence, keccak).into()
    }

    fn answer(&self, number: u8) -> Result<Answer, ContractError> {
        match number {
            0 => Ok(Answer::NoConsent),
            1 => Ok(Answer::Permit),
            2 => Ok(Answer::Deny),
            other => Err(self.0.unknown("check", format!("the answer {other}"))),
        }
    }

    fn unknown_status(&self, status: u8) -> ContractError {
        self.0.unknown("consentOf", format!("the status {status}"))
    }
}
