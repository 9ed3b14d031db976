//! The money of visits in FHIR: exact, and to the last unit all of it.

use proptest::prelude::*;
use salus_client::fhir::{
    consent::FhirVersion::{R4, R5},
    visit::{Facts, Form, Names, VisitError, write},
};
use salus_core::telehealth::{Split, Status, U256, WHOLE};
use serde_json::Value;

use crate::{
    definitions::Definitions,
    visit::{NOW, document, facts, known, written},
};

#[test]
fn an_ends_money_follows_from_the_terms_where_they_say_it() {
    let total = |facts: &Facts| document(facts, R4, Form::Invoice)["totalGross"]["value"].to_string();
    assert_eq!(total(&facts(Status::Completed)), "25.5");
    assert_eq!(total(&facts(Status::TechnicalFailure)), "0");
    let mut lenient = facts(Status::PatientNoShow);
    lenient.terms.as_mut().unwrap().no_show_share = 3_333;
    assert_eq!(total(&lenient), "8.49915");
    lenient.terms = None;
    assert_eq!(total(&lenient), "null");
    // Before the end, the patient owes the fee.
    assert_eq!(total(&facts(Status::Requested)), "25.5");
    assert_eq!(total(&facts(Status::Disputed)), "25.5");
    // What the arbiter said is not in the state.
    assert_eq!(total(&facts(Status::Resolved)), "null");
    assert_eq!(total(&known(Status::Resolved, 2_500, 0)), "6.375");

    // A platform may have given its fee up since: then it is the provider's.
    let mut shared = facts(Status::Completed);
    shared.visit.platform_fee = 250;
    let payment = written(&shared, R4, Form::PaymentReconciliation);
    assert!(payment.document.get("detail").is_none(), "{:#}", payment.document);
    assert!(
        payment
            .unknown
            .iter()
            .any(|element| element.contains("provider and platform"))
    );
    let parts = |facts: &Facts| {
        let payment = document(facts, R4, Form::PaymentReconciliation);
        let detail = payment["detail"].as_array().unwrap().clone();
        let part = |part: &Value| {
            (
                part["type"]["text"].as_str().unwrap().to_owned(),
                part["amount"]["value"].to_string(),
            )
        };
        detail.iter().map(part).collect::<Vec<_>>()
    };
    let part = |text: &str, amount: &str| (text.to_owned(), amount.to_owned());
    assert_eq!(parts(&facts(Status::Completed)), [part("fee", "25.5")]);
    assert_eq!(
        parts(&known(Status::Resolved, 2_500, 1_000)),
        [
            part("fee", "5.7375"),
            part("platform fee", "0.6375"),
            part("refund to the patient", "19.125"),
        ]
    );
}

#[test]
fn a_payment_is_reconciled_when_escrow_has_released_one() {
    let payment = |facts: &Facts| write(facts, &Names::default(), R4, Form::PaymentReconciliation, NOW);
    for status in Status::ALL.into_iter().filter(|status| !status.is_final()) {
        let refused = payment(&facts(status)).unwrap_err();
        assert!(
            matches!(refused, VisitError::NothingReleased(of) if of == status),
            "{refused}"
        );
    }
    for status in [Status::CancelledEarly, Status::Declined, Status::Expired] {
        let refused = payment(&facts(status)).unwrap_err();
        assert!(
            matches!(refused, VisitError::PaymentUnknown(of) if of == status),
            "{refused}"
        );
        let bundle = written(&facts(status), R4, Form::Bundle);
        assert_eq!(bundle.document["entry"].as_array().unwrap().len(), 2);
        assert!(bundle.unknown.contains(&"PaymentReconciliation".to_owned()));
        let paid = payment(&known(status, 0, 0)).unwrap();
        assert_eq!(paid.document["detail"][0]["type"]["coding"][0]["code"], "adjustment");
        let mut unpaid = known(status, 0, 0);
        unpaid.history.as_mut().unwrap().funded = None;
        let refused = payment(&unpaid).unwrap_err();
        assert!(
            matches!(refused, VisitError::NothingReleased(of) if of == status),
            "{refused}"
        );
        let invoice = document(&unpaid, R4, Form::Invoice);
        let price = &invoice["lineItem"][0]["priceComponent"];
        assert_eq!(price[1]["code"]["text"], "not charged");
    }
}

#[test]
fn what_has_no_place_in_fhir_is_refused() {
    let mut rich = facts(Status::Confirmed);
    rich.visit.fee = U256::MAX;
    assert!(write(&rich, &Names::default(), R4, Form::Invoice, NOW).is_ok());
    let refused = write(&rich, &Names::default(), R5, Form::Bundle, NOW).unwrap_err();
    assert!(
        refused.to_string().ends_with("of 6 decimals are no decimal of FHIR R5"),
        "{refused}"
    );
    let mut late = facts(Status::Confirmed);
    late.visit.end_time = u64::MAX;
    let refused = write(&late, &Names::default(), R4, Form::Appointment, NOW).unwrap_err();
    assert!(matches!(refused, VisitError::Time(u64::MAX)), "{refused}");
    // A token may call itself anything.
    for symbol in ["", " ", "a\u{0}b", "\n"] {
        let mut odd = facts(Status::Confirmed);
        odd.token.symbol = symbol.into();
        let invoice = document(&odd, R4, Form::Invoice);
        assert_eq!(Definitions::of(R4).problems(&invoice), [""; 0], "{symbol:?}");
    }
}

/// The smallest units of a decimal that R4 writes without an exponent.
fn units(value: &Value, decimals: usize) -> U256 {
    let text = value.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    U256::from_dec_str(&format!("{whole}{fraction:0<decimals$}")).unwrap()
}

proptest! {
    #[test]
    fn the_parts_of_a_fee_are_the_fee_to_the_last_unit(
        fee in any::<[u64; 4]>(),
        words in 0..4usize,
        decimals in 0..=36u8,
        share in 0..=WHOLE,
        platform in 0..=1_000u16,
    ) {
        let mut limbs = fee;
        limbs.iter_mut().skip(words + 1).for_each(|limb| *limb = 0);
        let mut facts = known(Status::Resolved, share, platform);
        facts.visit.fee = U256(limbs);
        facts.token.decimals = decimals;
        facts.history.as_mut().unwrap().closed.as_mut().unwrap().split = Split::of(facts.visit.fee, share, platform);
        let decimals = usize::from(decimals);
        let payment = document(&facts, R4, Form::PaymentReconciliation);
        let parts = payment["detail"].as_array().cloned().unwrap_or_default();
        let sum = parts.iter().fold(U256::zero(), |sum, part| sum + units(&part["amount"]["value"], decimals));
        prop_assert_eq!(sum, facts.visit.fee);
        prop_assert_eq!(units(&payment["paymentAmount"]["value"], decimals), facts.visit.fee);

        let invoice = document(&facts, R4, Form::Invoice);
        let price = invoice["lineItem"][0]["priceComponent"].as_array().unwrap();
        let of = |kind: &str| {
            let component = price.iter().find(|component| component["type"] == kind);
            component.map_or_else(U256::zero, |component| units(&component["amount"]["value"], decimals))
        };
        prop_assert_eq!(of("base") - of("deduction"), units(&invoice["totalGross"]["value"], decimals));
        prop_assert_eq!(of("informational"), facts.history.unwrap().closed.unwrap().split.to_platform);
        prop_assert_eq!(Definitions::of(R4).problems(&invoice), [""; 0]);
    }
}
