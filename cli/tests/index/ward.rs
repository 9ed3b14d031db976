//! What happens around one patient: something for each table of who acts, who is licensed, and who accessed.

use alloy_core::{
    primitives::{Address, B256, U256},
    sol_types::{SolCall, SolConstructor},
};
use salus_client::{
    chain::Receipt,
    contracts::{
        access::{Access, Authorization, Emergency, IAccess},
        consent::{Consent, Grant, IConsent},
        credentials::{CredentialChange, Credentials, ICredentials, Issue},
    },
    deploy::USUAL_EMERGENCIES,
    keystore::{SigningKey, dev},
};
use salus_core::{
    access::emergency::Outcome,
    codes::{Purpose, ResourceClass, Role},
    consent::{Period, Terms, registry::power},
};

use crate::world::{World, options, seal};

/// The patient; and in another relationship, with another controller.
pub(crate) const SUBJECT: B256 = B256::repeat_byte(0x5B);
pub(crate) const OTHER_SUBJECT: B256 = B256::repeat_byte(0x5C);
/// The root of the log that is anchored.
pub(crate) const ROOT: B256 = B256::repeat_byte(0x10);

const ALWAYS: Period = Period {
    from: 0,
    until: u64::MAX,
};
const TERMS: Terms = Terms {
    validity: ALWAYS,
    purposes: Purpose::TREAT.mask(),
    classes: ResourceClass::OBSERVATION.mask(),
};

/// The contracts, and what is in them.
pub(crate) struct Ward {
    pub(crate) consent: Consent,
    pub(crate) credentials: Credentials,
    pub(crate) access: Access,
    /// How many logs all of it left.
    pub(crate) logs: u64,
    /// Granted by the guardian and superseded; granted by the patient and revoked.
    pub(crate) consents: [B256; 2],
    /// The physician's, renewed; the one that renewed it; the reviewer's; one that was revoked.
    pub(crate) licences: [B256; 4],
    /// Approved, refused, withdrawn, open.
    pub(crate) requests: [B256; 4],
    /// Vetoed, reviewed, ended, waiting.
    pub(crate) emergencies: [B256; 4],
}

pub(crate) fn key(name: &str) -> SigningKey {
    dev::find(&format!("dev:{name}")).unwrap().key
}

pub(crate) fn account(name: &str) -> Address {
    key(name).account().address()
}

impl World {
    /// Deploys consent, credentials and access, and has `dev:bob` be treated by `dev:alith`.
    pub(crate) async fn ward(&mut self) -> Ward {
        let consent = self.deploy("consent", Vec::new()).await;
        let owned = ICredentials::constructorCall {
            initialOwner: account("alice"),
        };
        let credentials = self.deploy("credentials", owned.abi_encode()).await;
        let asking = IAccess::constructorCall {
            consent,
            credentials,
            emergencyRoles: USUAL_EMERGENCIES.emergency_roles,
            reviewerRole: USUAL_EMERGENCIES.reviewer_role.bit(),
            maxDuration: USUAL_EMERGENCIES.max_duration,
            maxUses: USUAL_EMERGENCIES.max_uses,
            usesWindow: USUAL_EMERGENCIES.uses_window,
            reviewPeriod: USUAL_EMERGENCIES.review_period,
            maxVetoWindow: USUAL_EMERGENCIES.max_veto_window,
        };
        let access = self.deploy("access", asking.abi_encode()).await;
        let mut ward = Ward {
            consent: Consent::new(self.chain.clone(), consent),
            credentials: Credentials::new(self.chain.clone(), credentials),
            access: Access::new(self.chain.clone(), access),
            // Who owns the registry of credentials.
            logs: 1,
            consents: [B256::ZERO; 2],
            licences: [B256::ZERO; 4],
            requests: [B256::ZERO; 4],
            emergencies: [B256::ZERO; 4],
        };
        ward.delegate_and_grant().await;
        ward.license().await;
        ward.ask().await;
        ward.break_the_glass(self).await;
        ward.pass_on(self).await;
        ward
    }
}

impl Ward {
    fn count(&mut self, receipt: &Receipt) {
        self.logs += receipt.logs.len() as u64;
    }

    async fn act(&mut self, name: &str, call: impl SolCall) {
        let receipt = self.consent.act(&key(name), &call, options()).await.unwrap();
        self.count(&receipt);
    }

    /// A guardian may act for the patient, and does; so does the patient.
    async fn delegate_and_grant(&mut self) {
        let subject = SUBJECT;
        self.act("bob", IConsent::registerSubjectCall { subject }).await;
        let delegate = IConsent::setDelegateCall {
            subject,
            delegate: account("charlie"),
            powers: power::GRANT | power::END | power::ANSWER | power::VETO,
            purposes: Purpose::TREAT.mask(),
            validUntil: u64::MAX,
        };
        self.act("charlie", IConsent::registerSubjectCall { subject: OTHER_SUBJECT })
            .await;
        self.act("bob", delegate.clone()).await;
        let nobody = IConsent::setDelegateCall {
            delegate: account("dave"),
            powers: 0,
            ..delegate
        };
        self.act("bob", nobody).await;
        let grant = Grant {
            subject,
            grantee: account("alith"),
            commitment: B256::repeat_byte(0xC0),
            terms: TERMS,
        };
        let (first, receipt) = self.consent.grant(&key("charlie"), &grant, options()).await.unwrap();
        self.count(&receipt);
        let (patient, commitment) = (key("bob"), B256::repeat_byte(0xC1));
        let superseded = self.consent.supersede(&patient, first, commitment, TERMS, options());
        let (second, receipt) = superseded.await.unwrap();
        self.count(&receipt);
        self.consents = [first, second];
    }

    /// A board licenses a physician, twice, a reviewer, and a nurse, who loses the licence.
    async fn license(&mut self) {
        let (owner, board) = (key("alice"), key("eve"));
        let admitted = self.credentials.admit_issuer(&owner, account("eve"), options());
        let receipt = admitted.await.unwrap();
        self.count(&receipt);
        let holders = [
            ("alith", Role::PHYS),
            ("alith", Role::PHYS),
            ("baltathar", Role::PROV),
            ("ethan", Role::NURS),
        ];
        for (number, (holder, role)) in holders.into_iter().enumerate() {
            let issue = Issue {
                holder: account(holder),
                role,
                jurisdiction: B256::right_padding_from(b"DE-BY"),
                licence: B256::repeat_byte(1),
                validity: ALWAYS,
            };
            let (id, receipt) = self.credentials.issue(&board, &issue, options()).await.unwrap();
            self.count(&receipt);
            self.licences[number] = id;
        }
        let [_, renewed, _, revoked] = self.licences;
        let changes = [
            (&owner, renewed, CredentialChange::Suspend),
            (&board, renewed, CredentialChange::Reinstate),
            (&owner, revoked, CredentialChange::Revoke),
        ];
        for (key, id, change) in changes {
            let receipt = self.credentials.change(key, id, change, options()).await.unwrap();
            self.count(&receipt);
        }
        let removed = self.credentials.remove_issuer(&owner, account("eve"), options());
        let receipt = removed.await.unwrap();
        self.count(&receipt);
    }

    /// The physician asks four times.
    async fn ask(&mut self) {
        let (patient, doctor) = (key("bob"), key("alith"));
        for number in 0..self.requests.len() {
            let commitment = B256::repeat_byte(0xA0);
            let asked = self.access.request(&doctor, SUBJECT, commitment, u64::MAX, options());
            let (id, receipt) = asked.await.unwrap();
            self.count(&receipt);
            self.requests[number] = id;
            let end = match number {
                0 => {
                    let consent = Some(self.consents[1]);
                    self.access.answer(&key("charlie"), id, consent, options()).await
                }
                1 => self.access.answer(&patient, id, None, options()).await,
                2 => self.access.withdraw(&doctor, id, options()).await,
                _ => continue,
            };
            self.count(&end.unwrap());
        }
        let revoked = self.consent.revoke(&patient, self.consents[1], options());
        let receipt = revoked.await.unwrap();
        self.count(&receipt);
    }

    /// The physician breaks the glass four times, and anchors a log.
    async fn break_the_glass(&mut self, world: &World) {
        let (patient, doctor, bracelet) = (key("bob"), key("alith"), key("dorothy"));
        let actor = account("alith");
        let demand = Emergency {
            subject: SUBJECT,
            role: Role::PHYS,
            purpose: Purpose::ETREAT,
            reviewer: account("baltathar"),
            evidence: B256::repeat_byte(0xE1),
            duration: 3_600,
        };
        let access = self.access.clone();
        let window = access.set_veto_window(&patient, SUBJECT, 600, options()).await.unwrap();
        let emergency_key = account("dorothy");
        let set = access
            .set_emergency_key(&patient, SUBJECT, emergency_key, options())
            .await
            .unwrap();
        let (vetoed, broken) = access.break_glass(&doctor, &demand, options()).await.unwrap();
        let veto = access.veto(&key("charlie"), vetoed, options()).await.unwrap();
        [window, set, broken, veto]
            .iter()
            .for_each(|receipt| self.count(receipt));
        self.emergencies[0] = vetoed;
        let contract = access.contract().address();
        for number in [1, 2] {
            let signed = Authorization::sign(&bracelet, world.chain.chain_id(), contract, SUBJECT, actor, U256::MAX);
            let opened = access.break_glass_with_key(&doctor, &demand, &signed, options());
            let (id, receipt) = opened.await.unwrap();
            self.count(&receipt);
            // Its end is not the one that was planned.
            world.node.advance_time(60_000);
            let receipt = access.end(&doctor, id, options()).await.unwrap();
            self.count(&receipt);
            self.emergencies[number] = id;
        }
        let reviewer = key("baltathar");
        let reviewed = access.review(&reviewer, self.emergencies[1], Outcome::NotJustified, options());
        let receipt = reviewed.await.unwrap();
        self.count(&receipt);
        let (waiting, receipt) = access.break_glass(&doctor, &demand, options()).await.unwrap();
        self.count(&receipt);
        self.emergencies[3] = waiting;
        let (_, receipt) = access.anchor_log(&doctor, ROOT, 9, 1, 2, options()).await.unwrap();
        self.count(&receipt);
    }

    /// The patient answers the heir's first claim, and not the second. The other subject's controller stays, for now.
    async fn pass_on(&mut self, world: &World) {
        let declare = |subject| IConsent::setSuccessorCall {
            subject,
            successor: account("ferdie"),
            silence: 100,
            grace: 10,
        };
        self.act("bob", declare(SUBJECT)).await;
        self.act("charlie", declare(OTHER_SUBJECT)).await;
        let delegate = IConsent::setDelegateCall {
            subject: OTHER_SUBJECT,
            delegate: account("dave"),
            powers: power::VETO,
            purposes: u64::MAX,
            validUntil: 4_000_000_000,
        };
        self.act("charlie", delegate).await;
        let offer = IConsent::transferControllerCall {
            subject: OTHER_SUBJECT,
            newController: account("eve"),
        };
        self.act("charlie", offer).await;

        let subject = SUBJECT;
        let later = |milliseconds| {
            world.node.advance_time(milliseconds);
            seal(&world.node, 1);
        };
        later(200_000);
        self.act("ferdie", IConsent::claimControllerCall { subject }).await;
        self.act("bob", IConsent::confirmControllerCall { subject }).await;
        later(200_000);
        self.act("ferdie", IConsent::claimControllerCall { subject }).await;
        later(20_000);
        self.act("ferdie", IConsent::acceptControllerCall { subject }).await;
    }
}
