//! The access contract's messages, with the contracts that it asks.

mod signed;

use alloy_core::{
    primitives::{Address, B256, keccak256},
    sol,
    sol_types::{SolCall, SolConstructor, SolValue},
};
use anyhow::{Context, Result, ensure};
use salus_core::{
    access::log::{Proof, SortedTree},
    codes::{Purpose, Role},
};
use salus_devchain::{Session, session::Actor};
use sp_core::H160;

use crate::{
    checkout::Checkout,
    consent::IConsent,
    credentials::ICredentials,
    ledger::Row,
    meter::{Implementation, Meter, word},
};

sol!(
    #[derive(Debug)]
    #[allow(clippy::too_many_arguments, reason = "as many as the message has")]
    IAccess,
    "../contracts/artifacts/access.abi.json"
);

const SUBJECT: B256 = B256::repeat_byte(0x5b);
const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

/// Who takes part. Who owns the credentials contract issues as well.
struct Cast {
    owner: Actor,
    patient: Actor,
    doctor: Actor,
    reviewer: Actor,
}

/// Measures requests, emergencies and logs of a physician, about a patient's subject.
pub(crate) fn measure(checkout: &Checkout) -> Result<Vec<Row>> {
    let cast = Cast {
        owner: Actor::ethereum(0),
        patient: Actor::ethereum(1),
        doctor: Actor::ethereum(2),
        reviewer: Actor::ethereum(3),
    };
    let mut session = Session::new();
    let others = Others::deploy(checkout, &mut session, &cast)?;
    let constructor = IAccess::constructorCall {
        consent: word(others.consent),
        credentials: word(others.credentials),
        emergencyRoles: Role::PHYS.mask(),
        reviewerRole: Role::PROV.bit(),
        maxDuration: 4 * HOUR,
        maxUses: 8,
        usesWindow: HOUR,
        reviewPeriod: 3 * DAY,
        maxVetoWindow: HOUR,
    };
    let ours = Implementation::salus(checkout.code("access")?, constructor.abi_encode());
    let mut access = Meter::deploy(session, "access", &ours)?;
    access.measure_aside("parameters", &cast.doctor, &IAccess::parametersCall {})?;
    requests(&mut access, &cast, others.consent_id)?;
    emergencies(&mut access, &cast)?;
    logs(&mut access, &cast)?;
    signed::measure(&mut access, &cast.doctor)?;
    Ok(access.into_rows())
}

/// The contracts that are asked, with credentials of doctor and reviewer, and a subject of the patient that consents to the
/// doctor.
struct Others {
    consent: H160,
    credentials: H160,
    consent_id: B256,
}

impl Others {
    fn deploy(checkout: &Checkout, session: &mut Session, cast: &Cast) -> Result<Self> {
        session.set_caller(cast.owner.clone());
        let consent = session.deploy(&checkout.code("consent")?, Vec::new())?.address;
        let owner: Address = word(cast.owner.address());
        let credentials = session
            .deploy(&checkout.code("credentials")?, owner.abi_encode())?
            .address;
        let admit = ICredentials::admitIssuerCall { issuer: owner };
        session.call(credentials, admit.abi_encode())?;
        for (holder, role) in [(&cast.doctor, Role::PHYS), (&cast.reviewer, Role::PROV)] {
            let issue = ICredentials::issueCredentialCall {
                holder: word(holder.address()),
                role: role.bit(),
                jurisdiction: B256::repeat_byte(1),
                licenceHash: B256::repeat_byte(2),
                validFrom: 0,
                validUntil: u64::MAX,
            };
            session.call(credentials, issue.abi_encode())?;
        }
        session.set_caller(cast.patient.clone());
        let register = IConsent::registerSubjectCall { subject: SUBJECT };
        session.call(consent, register.abi_encode())?;
        let grant = IConsent::grantConsentCall {
            subject: SUBJECT,
            grantee: word(cast.doctor.address()),
            commitment: B256::repeat_byte(0xcc),
            validFrom: 0,
            validUntil: u64::MAX,
            purposes: 0,
            classes: 0,
        };
        let granted = session.call(consent, grant.abi_encode())?;
        Ok(Self {
            consent,
            credentials,
            consent_id: B256::try_from(&*granted.output)?,
        })
    }
}

fn requests(access: &mut Meter, cast: &Cast, consent_id: B256) -> Result<()> {
    let Cast { patient, doctor, .. } = cast;
    let ask = IAccess::requestAccessCall {
        subject: SUBJECT,
        commitment: B256::repeat_byte(0xc0),
        until: u64::MAX,
    };
    let id = access.measure("requestAccess", doctor, &ask)?;
    access.measure_aside("requestOf", patient, &IAccess::requestOfCall { requestId: id })?;
    let open = IAccess::openRequestCall {
        subject: SUBJECT,
        requester: word(doctor.address()),
    };
    ensure!(
        access.measure_aside("openRequest", patient, &open)? == id,
        "the request is not open"
    );
    access.measure_aside(
        "withdrawRequest",
        doctor,
        &IAccess::withdrawRequestCall { requestId: id },
    )?;
    access.measure_aside("refuseRequest", patient, &IAccess::refuseRequestCall { requestId: id })?;
    let approve = IAccess::approveRequestCall {
        requestId: id,
        consentId: consent_id,
    };
    access.measure("approveRequest", patient, &approve)?;
    Ok(())
}

fn emergencies(access: &mut Meter, cast: &Cast) -> Result<()> {
    let Cast {
        patient,
        doctor,
        reviewer,
        ..
    } = cast;
    let actor = word(doctor.address());
    let break_glass = IAccess::breakGlassCall {
        subject: SUBJECT,
        role: Role::PHYS.bit(),
        purpose: Purpose::ETREAT.bit(),
        reviewer: word(reviewer.address()),
        evidence: B256::repeat_byte(0xe1),
        duration: HOUR,
    };
    access.measure(
        "setVetoWindow",
        patient,
        &IAccess::setVetoWindowCall {
            subject: SUBJECT,
            vetoWindow: 60,
        },
    )?;
    let key = IAccess::setEmergencyKeyCall {
        subject: SUBJECT,
        emergencyKey: signed::wallet().address(),
    };
    access.measure("setEmergencyKey", patient, &key)?;
    access.measure_aside("safeguardsOf", doctor, &IAccess::safeguardsOfCall { subject: SUBJECT })?;
    let with_key = signed::open(access.address(), &break_glass, actor);
    access.measure_aside("breakGlassWithKey", doctor, &with_key)?;
    let id = access.measure("breakGlass", doctor, &break_glass)?;
    access.measure_aside("veto", patient, &IAccess::vetoCall { accessId: id })?;
    let opens_at = access.now() + 60;
    access.advance_to(opens_at);
    let is_open = IAccess::isOpenCall {
        subject: SUBJECT,
        actor,
    };
    ensure!(
        access.measure_aside("isOpen", reviewer, &is_open)?,
        "the access is not open"
    );
    access.measure_aside("accessOf", reviewer, &IAccess::accessOfCall { accessId: id })?;
    access.measure_aside("unreviewedOf", reviewer, &IAccess::unreviewedOfCall { actor })?;
    access.measure("endAccess", doctor, &IAccess::endAccessCall { accessId: id })?;
    access.measure_aside("breakGlass, the second time", doctor, &break_glass)?;
    let review = IAccess::reviewCall {
        accessId: id,
        outcome: 1,
    };
    access.measure("review", reviewer, &review)?;
    Ok(())
}

fn logs(access: &mut Meter, cast: &Cast) -> Result<()> {
    let (author, reader) = (&cast.doctor, &cast.patient);
    let hash = |bytes: &[u8]| keccak256(bytes).0;
    let leaves = (0..1u32 << 10).map(|number| hash(&number.to_be_bytes()));
    let tree = SortedTree::new(leaves.collect(), hash).context("there are leaves")?;
    let anchor = IAccess::anchorLogCall {
        root: tree.root().into(),
        count: tree.count(),
        from: 0,
        until: access.now(),
    };
    let batch = access.measure("anchorLog, any size", author, &anchor)?;
    let author = word(author.address());
    access.measure_aside("batchCount", reader, &IAccess::batchCountCall { author })?;
    access.measure_aside("batchOf", reader, &IAccess::batchOfCall { author, batch })?;
    let leaf = hash(&0u32.to_be_bytes());
    let Proof::Logged { index, proof } = tree.prove(&leaf) else {
        anyhow::bail!("the leaf is not there");
    };
    let words = |proof: &[[u8; 32]]| proof.iter().map(|hash| B256::from(*hash)).collect::<Vec<_>>();
    let is_logged = IAccess::isLoggedCall {
        author,
        batch,
        leaf: leaf.into(),
        index,
        proof: words(&proof),
    };
    ensure!(
        access.measure_aside("isLogged, 2^10 leaves", reader, &is_logged)?,
        "a proof does not hold"
    );
    let absent = [0x80; 32];
    let Proof::NotLogged {
        position,
        left: Some(left),
        right: Some(right),
    } = tree.prove(&absent)
    else {
        anyhow::bail!("the leaf does not lie between two");
    };
    let is_not_logged = IAccess::isNotLoggedCall {
        author,
        batch,
        leaf: absent.into(),
        position,
        left: left.0.into(),
        leftProof: words(&left.1),
        right: right.0.into(),
        rightProof: words(&right.1),
    };
    ensure!(
        access.measure_aside("isNotLogged, 2^10 leaves", reader, &is_not_logged)?,
        "a proof of absence does not hold"
    );
    Ok(())
}
