//! The consent registry: subjects, and what they consent to.

use alloy_core::{
    primitives::{Address, B256, U256},
    sol_types::SolCall,
};
use salus_core::{
    codes::{Purpose, ResourceClass},
    consent::{
        Answer, Entry, Period, Status, Terms,
        registry::{Delegation, Succession},
    },
};

use super::{Contract, ContractError, NOBODY};
use crate::{
    chain::{AtBlock, Chain, Receipt, SubmitOptions},
    keystore::SigningKey,
    signed::{Action, SignedError},
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

impl Grant {
    /// The call that grants it.
    pub fn call(&self) -> IConsent::grantConsentCall {
        IConsent::grantConsentCall {
            subject: self.subject,
            grantee: self.grantee,
            commitment: self.commitment,
            validFrom: self.terms.validity.from,
            validUntil: self.terms.validity.until,
            purposes: self.terms.purposes,
            classes: self.terms.classes,
        }
    }
}

/// The call that puts a consent with these terms in the place of another one.
pub fn supersede_call(consent_id: B256, commitment: B256, terms: Terms) -> IConsent::supersedeConsentCall {
    IConsent::supersedeConsentCall {
        consentId: consent_id,
        commitment,
        validFrom: terms.validity.from,
        validUntil: terms.validity.until,
        purposes: terms.purposes,
        classes: terms.classes,
    }
}

impl Consent {
    /// Its name in address books.
    pub const NAME: &'static str = "consent";

    /// The registry at an address.
    pub fn new(chain: Chain, address: Address) -> Self {
        Self(Contract::new(Self::NAME, chain, address))
    }

    /// The same at one block, see [`Contract::at`].
    #[must_use]
    pub fn at(&self, block: &AtBlock) -> Self {
        Self(self.0.at(block))
    }

    /// The contract, for calls that have no method here.
    pub fn contract(&self) -> &Contract {
        &self.0
    }

    /// Carries an action out: a call of one of the contract's messages.
    pub async fn act(
        &self,
        key: &SigningKey,
        call: &impl SolCall,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        self.0.send(key, call, options).await
    }

    /// The same call as an action that can be signed.
    ///
    /// # Errors
    /// [`SignedError`] if the message cannot be signed.
    pub fn action(&self, call: &impl SolCall) -> Result<Action, SignedError> {
        self.0.action(call)
    }

    /// Registers a subject, which the signer controls from now on.
    pub async fn register(
        &self,
        key: &SigningKey,
        subject: B256,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        self.act(key, &IConsent::registerSubjectCall { subject }, options).await
    }

    /// Who controls a subject; `None` if nobody has registered it.
    pub async fn controller_of(&self, subject: B256) -> Result<Option<Address>, ContractError> {
        let controller = self.0.ask(NOBODY, &IConsent::controllerOfCall { subject }).await?;
        Ok(Some(controller).filter(|controller| !controller.is_zero()))
    }

    /// To whom the control of a subject is offered; `None` if to nobody.
    pub async fn pending_controller_of(&self, subject: B256) -> Result<Option<Address>, ContractError> {
        let pending = self
            .0
            .ask(NOBODY, &IConsent::pendingControllerOfCall { subject })
            .await?;
        Ok(Some(pending).filter(|pending| !pending.is_zero()))
    }

    /// Who is to follow a subject's controller; `None` if nobody is.
    pub async fn succession_of(&self, subject: B256) -> Result<Option<Succession>, ContractError> {
        let found = self.0.ask(NOBODY, &IConsent::successionOfCall { subject }).await?;
        Ok((!found.successor.is_zero()).then_some(Succession {
            successor: found.successor.into(),
            silence: found.silence,
            grace: found.grace,
            last_sign: found.lastSign,
            claimed_at: found.claimedAt,
        }))
    }

    /// What an account may do for a subject's controller; no powers if nothing. Its generation is not told.
    pub async fn delegation_of(&self, subject: B256, delegate: Address) -> Result<Delegation, ContractError> {
        let call = IConsent::delegationOfCall { subject, delegate };
        let found = self.0.ask(NOBODY, &call).await?;
        Ok(Delegation {
            powers: found.powers,
            purposes: found.purposes,
            until: found.validUntil,
            generation: 0,
        })
    }

    /// The identifier that the next consent of a subject for a grantee will have.
    pub async fn next_id(&self, subject: B256, grantee: Address) -> Result<B256, ContractError> {
        let last = match self.current(subject, grantee).await? {
            Some(id) => self.entry(id).await?,
            None => None,
        };
        let sequence = last.map_or(0, |last| last.sequence.saturating_add(1));
        Ok(self.consent_id(subject, grantee, sequence))
    }

    /// Grants a consent; answers its identifier. The signer has to control the subject.
    pub async fn grant(
        &self,
        key: &SigningKey,
        grant: &Grant,
        options: SubmitOptions,
    ) -> Result<(B256, Receipt), ContractError> {
        let receipt = self.act(key, &grant.call(), options).await?;
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
        let call = supersede_call(consent_id, commitment, terms);
        let receipt = self.act(key, &call, options).await?;
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
            grantor: found.grantor.into(),
            limit: found.limit,
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
        self.0.answer("check", self.0.ask(NOBODY, &call).await?)
    }

    /// The identifier that a consent has or would have, as the contract computes it.
    pub fn consent_id(&self, subject: B256, grantee: Address, sequence: u32) -> B256 {
        let chain_id = U256::from(self.0.chain().chain_id()).to_be_bytes();
        let keccak = |bytes: &[u8]| alloy_core::primitives::keccak256(bytes).0;
        let contract = self.0.address().into();
        salus_core::consent::consent_id(&chain_id, &contract, &subject, &grantee.into(), sequence, keccak).into()
    }

    fn unknown_status(&self, status: u8) -> ContractError {
        self.0.unknown("consentOf", format!("the status {status}"))
    }
}
