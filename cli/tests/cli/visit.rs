//! Consultations from the command line: offers, bookings, steps.

use alloy_core::primitives::B256;
use serde_json::json;

use crate::practice::{ARBITER, PROVIDER, Practice, released};

#[test]
fn a_consultation_is_paid_through_escrow() {
    let practice = Practice::new();
    let booked = practice.done(&Practice::booking("book", "25.5", &["--from", "dev:alice"]));
    let visit = booked["visit"].as_str().unwrap();
    assert_eq!(
        (&booked["status"], &booked["fee"]["amount"], &booked["terms_version"]),
        (&json!("funded"), &json!("25.5"), &json!(1))
    );
    assert!(booked["approval"]["tx_hash"].is_string(), "{booked}");
    assert_eq!(practice.tokens("dev:alice"), "999974.5");

    assert!(
        practice
            .reverted(&["start", visit, "--from", PROVIDER])
            .contains("WrongStatus(status: 2)")
    );
    assert!(
        practice
            .reverted(&["confirm", visit, "--from", "dev:alice"])
            .contains("NotProvider(")
    );
    assert_eq!(
        practice.done(&["confirm", visit, "--from", PROVIDER])["status"],
        "confirmed"
    );
    assert!(
        practice
            .reverted(&["start", visit, "--from", PROVIDER])
            .contains("TooEarly(")
    );
    practice.world.node.advance(3_600);
    assert_eq!(
        practice.done(&["start", visit, "--from", PROVIDER])["status"],
        "in_session"
    );
    let claimed = practice.done(&["complete", visit, "--from", PROVIDER]);
    let shown = practice.done(&["show", visit]);
    assert_eq!(
        (&claimed["status"], &claimed["deadline"]),
        (&json!("claimed"), &shown["deadline"])
    );
    assert_eq!(shown["claim"], json!({"outcome": "completed", "by": "provider"}));
    // A week from the end on, since that is to come.
    let week = shown["end_time"].as_u64().unwrap() + 604_800;
    assert_eq!(shown["deadline"], week);

    assert!(
        practice
            .reverted(&["accept", visit, "--from", PROVIDER])
            .contains("NotOtherSide(")
    );
    let accepted = practice.done(&["accept", visit, "--from", "dev:alice"]);
    assert_eq!(
        (&accepted["status"], released(&accepted)),
        (&json!("completed"), ["0", "25.5", "0"])
    );
    assert!(accepted["deadline"].is_null());
    let withdrawn = practice.done(&["withdraw", "--from", PROVIDER]);
    assert_eq!(withdrawn["amount"]["amount"], "25.5");
    assert_eq!(practice.tokens(PROVIDER), "25.5");
    assert!(
        practice
            .reverted(&["withdraw", "--from", PROVIDER])
            .contains("NothingToWithdraw(")
    );
    let said = practice.said(&["show", visit]);
    assert!(
        said.starts_with(&format!("visit        {visit} is completed\n")),
        "{said}"
    );
    assert!(
        said.contains("\nfee          25.5 SALUS, 0 % of what is earned to the platform\n"),
        "{said}"
    );
    assert!(said.contains("\nended        completed, says the provider\n"), "{said}");
    let shown = practice.done(&["show", visit]);
    assert_eq!(
        (&shown["status"], &shown["fee"]["symbol"], &shown["started_by"]),
        (&json!("completed"), &json!("SALUS"), &json!("provider"))
    );
}

#[test]
fn an_offer_says_what_a_booking_costs_and_the_schedule_holds() {
    let practice = Practice::new();
    let ask = ["offer", PROVIDER, "--service", "1", "--start", "2099-01-31T09:30:00Z"];
    let offer = practice.done(&ask);
    assert_eq!(
        (&offer["fee"]["amount"], &offer["terms_version"]),
        (&json!("25.5"), &json!(1))
    );
    let start = offer["deadlines"]["start_time"].as_u64().unwrap();
    let refunds: Vec<_> = offer["refunds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| {
            (
                step["until"].as_u64().unwrap(),
                step["share"].as_u64().unwrap(),
                step["amount"]["amount"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        refunds,
        [(start - 86_400, 10_000, "25.5"), (start - 3_600, 5_000, "12.75")]
    );
    assert_eq!(offer["shares"]["arbiter_silent"]["amount"], "12.75");
    let deadlines = ["absent_from", "end_time", "claim_by"].map(|field| offer["deadlines"][field].as_u64().unwrap());
    assert_eq!(deadlines, [start + 900, start + 1_800, start + 1_800 + 86_400]);
    let mut command = practice
        .world
        .user
        .command(&[&["--network", practice.world.node.url(), "visit"], &ask[..]].concat());
    let text = command.env("TZ", "IST-5:30").output().unwrap();
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(
        text.contains("begins       2099-01-31T09:30:00Z (2099-01-31 15:00 +05:30)"),
        "{text}"
    );

    let unknown = ["offer", PROVIDER, "--service", "2", "--start", "+60"];
    assert!(practice.misused(&unknown).contains("does not offer the service"));
    let without = ["offer", "dev:bob", "--service", "1", "--start", "+60"];
    assert!(practice.misused(&without).contains("no terms"));

    // With less than a day's notice, one half.
    let what = [
        "book",
        "--provider",
        PROVIDER,
        "--service",
        "1",
        "--fee",
        "25.5",
        "--terms",
        "1",
    ];
    let when = ["--start", "+7200", "--arbiter", ARBITER, "--from", "dev:alice"];
    let booked = practice.done(&[&what[..], &when].concat());
    let visit = booked["visit"].as_str().unwrap();
    practice.done(&["confirm", visit, "--from", PROVIDER]);
    let cancelled = practice.done(&["cancel", visit, "--from", "dev:alice"]);
    assert_eq!(
        (&cancelled["status"], released(&cancelled)),
        (&json!("cancelled_late"), ["12.75", "12.75", "0"])
    );
    // Before it is confirmed, everything.
    let visit = practice.booked();
    let cancelled = practice.done(&["cancel", &visit, "--from", "dev:alice"]);
    assert_eq!(
        (&cancelled["status"], released(&cancelled)),
        (&json!("cancelled_early"), ["25.5", "0", "0"])
    );
    practice.done(&["withdraw", "--from", "dev:alice"]);
    assert_eq!(practice.tokens("dev:alice"), "999987.25");
}

#[test]
fn what_a_provider_publishes_is_shown_and_what_nobody_could_keep_is_refused() {
    let practice = Practice::new();
    let set = [
        "terms",
        "set",
        "--refund",
        "7200=2500",
        "--default-share",
        "1",
        "--from",
        PROVIDER,
    ];
    let published = practice.done(&set);
    assert_eq!(
        (&published["version"], &published["default_share"]),
        (&json!(2), &json!(1))
    );
    let shown = practice.done(&["terms", "show", PROVIDER]);
    assert_eq!(shown["terms"]["refunds"], json!([{"notice": 7_200, "refund": 2_500}]));
    let first = practice.done(&["terms", "show", PROVIDER, "--version", "1"]);
    assert_eq!(first["terms"]["refunds"][1], json!({"notice": 3_600, "refund": 5_000}));
    assert!(practice.done(&["terms", "show", "dev:bob"])["terms"].is_null());
    assert_eq!(
        practice.done(&["fee", "show", PROVIDER, "--service", "1"])["fee"]["amount"],
        "25.5"
    );
    let native = ["fee", "show", PROVIDER, "--service", "1", "--token", "native"];
    assert_eq!(practice.done(&native)["fee"]["amount"], "0");

    let before = practice.block();
    let ascending = [
        "terms", "set", "--refund", "60=1", "--refund", "61=1", "--from", PROVIDER,
    ];
    assert!(practice.misused(&ascending).contains("step 1"));
    let hasty = ["terms", "set", "--decision-window", "60", "--from", PROVIDER];
    assert!(practice.misused(&hasty).contains("between 86400 and"));
    let old = Practice::booking("book", "25.5", &["--terms", "1", "--from", "dev:alice"]);
    assert!(practice.reverted(&old).contains("TermsChanged(version: 2)"));
    let cheap = Practice::booking("book", "20", &["--from", "dev:alice"]);
    assert!(practice.reverted(&cheap).contains("WrongFee(fee: 25500000)"));
    let mut partial = Practice::booking("book", "25.5", &["--from", "dev:alice"]);
    let arbiter = partial.iter().position(|arg| *arg == ARBITER).unwrap();
    partial[arbiter] = "dev:bob";
    assert!(practice.reverted(&partial).contains("InvalidArbiter("));
    let late = ["--start", "2001-01-01", "--arbiter", ARBITER, "--from", "dev:alice"];
    let what = ["request", "--provider", PROVIDER, "--service", "1", "--fee", "25.5"];
    assert!(
        practice
            .reverted(&[&what[..], &late].concat())
            .contains("InvalidStartTime(")
    );
    assert_eq!(practice.block(), before, "nothing was approved either");
}

#[test]
fn one_that_is_requested_is_paid_for_later_by_its_patient_alone() {
    let practice = Practice::new();
    let requested = practice.done(&Practice::booking("request", "25.5", &["--from", "dev:alice"]));
    let visit = requested["visit"].as_str().unwrap();
    assert_eq!(requested["status"], "requested");
    let before = practice.block();
    assert!(
        practice
            .reverted(&["fund", visit, "--from", "dev:bob"])
            .contains("NotPatient(")
    );
    let nobodys = B256::repeat_byte(7).to_string();
    assert!(
        practice
            .reverted(&["show", &nobodys])
            .contains(&format!("UnknownVisit(visitId: {nobodys})"))
    );
    assert_eq!(practice.block(), before);
    let funded = practice.done(&["fund", visit, "--from", "dev:alice"]);
    assert_eq!(funded["status"], "funded");
    assert!(funded["approval"]["tx_hash"].is_string(), "{funded}");
    assert!(
        practice
            .reverted(&["fund", visit, "--from", "dev:alice"])
            .contains("WrongStatus(status: 2)")
    );
    let declined = practice.done(&["decline", visit, "--from", PROVIDER]);
    assert_eq!(
        (&declined["status"], released(&declined)),
        (&json!("declined"), ["25.5", "0", "0"])
    );

    // The same booking is made once.
    let details = B256::repeat_byte(3).to_string();
    let fixed = ["--details-hash", &details, "--from", "dev:alice"];
    let what = ["request", "--provider", PROVIDER, "--service", "1", "--fee", "25.5"];
    let when = ["--start", "2027-01-31T09:30:00Z", "--arbiter", ARBITER];
    let args = [&what[..], &when, &fixed].concat();
    practice.done(&args);
    assert!(practice.reverted(&args).contains("VisitExists("));
}

#[test]
fn a_permit_pays_without_an_approval_and_native_coin_without_a_token() {
    let practice = Practice::new();
    let pay = ["token", "transfer", "dev:alith", "30", "--from", "dev:alice"];
    practice.world.done(&pay);
    let permit = Practice::booking("book", "25.5", &["--permit", "--from", "dev:alith"]);
    let booked = practice.done(&permit);
    assert_eq!((&booked["status"], booked.get("approval")), (&json!("funded"), None));
    assert_eq!(practice.tokens("dev:alith"), "4.5");
    let foreign = Practice::booking("book", "25.5", &["--permit", "--from", "dev:alice"]);
    assert!(practice.misused(&foreign).contains("Ethereum keys alone"));
    assert!(
        practice.reverted(&permit).contains("TokenCallFailed("),
        "it has 4.5 left"
    );

    let native = ["--token", "native"];
    let set = ["fee", "set", "--service", "1", "--fee", "0.5", "--from", PROVIDER];
    practice.done(&[&set[..], &native].concat());
    let coins = Practice::booking("book", "0.5", &["--token", "native", "--from", "dev:alith"]);
    let booked = practice.done(&coins);
    assert_eq!(
        (&booked["fee"]["symbol"], booked.get("approval")),
        (&json!("coins"), None)
    );
    let visit = booked["visit"].as_str().unwrap();
    let cancelled = practice.done(&["cancel", visit, "--from", "dev:alith"]);
    assert_eq!(released(&cancelled), ["0.5", "0", "0"]);
    let requested = practice.done(&Practice::booking(
        "request",
        "0.5",
        &["--token", "native", "--from", "dev:alith"],
    ));
    let visit = requested["visit"].as_str().unwrap();
    assert_eq!(
        practice.done(&["fund", visit, "--from", "dev:alith"])["fee"]["amount"],
        "0.5"
    );
    let withdrawn = practice.done(&["withdraw", "--token", "native", "--from", "dev:alith"]);
    assert_eq!(withdrawn["amount"]["amount"], "0.5", "the other one is in escrow");
    let with_permit = Practice::booking("book", "0.5", &["--permit", "--token", "native", "--from", "dev:alith"]);
    assert!(practice.misused(&with_permit).contains("native coin needs none"));
}

#[test]
fn a_quote_and_steps_are_signed_by_one_and_sent_by_another() {
    let practice = Practice::new();
    let relay = |file: &str| practice.world.done(&["relay", file, "--from", "dev:alice"]);
    let relay_again = |file: &str| {
        practice
            .world
            .reverted(&["relay", file, "--from", "dev:alice"], "InvalidNonce")
    };
    let file = practice.world.user.path("quote.json");
    let file = file.to_str().unwrap();
    let quote = [
        "quote",
        "--patient",
        "dev:alice",
        "--service",
        "1",
        "--fee",
        "20",
        "--valid-until",
        "+900",
    ];
    let before = practice.block();
    let signed = practice.done(&[&quote[..], &["--from", PROVIDER, "--sign-to", file]].concat());
    assert_eq!(
        (signed["signed"]["file"].as_str(), &signed["fee"]["amount"]),
        (Some(file), &json!("20"))
    );
    assert_eq!(practice.block(), before, "nothing was sent");
    let cheap = Practice::booking("book", "20", &["--from", "dev:alice"]);
    assert!(practice.reverted(&cheap).contains("WrongFee("));
    assert_eq!(relay(file)["message"], "setQuote");
    let offer = ["offer", PROVIDER, "--service", "1", "--start", "+3600"];
    assert_eq!(
        practice.done(&offer)["fee"]["amount"],
        "25.5",
        "it is for the patient alone"
    );
    let offer = practice.done(&[&offer[..], &["--patient", "dev:alice"]].concat());
    assert_eq!(
        (&offer["fee"]["amount"], &offer["quoted_until"]),
        (&json!("20"), &signed["valid_until"])
    );
    let visit = practice.done(&cheap)["visit"].as_str().unwrap().to_string();

    let confirm = practice.world.user.path("confirm.json");
    let confirm = confirm.to_str().unwrap();
    let signed = practice.done(&["confirm", &visit, "--from", PROVIDER, "--sign-to", confirm]);
    assert!(
        signed.get("status").is_none() && signed["signed"]["nonce"].is_string(),
        "{signed}"
    );
    assert_eq!(practice.done(&["show", &visit])["status"], "funded");
    assert_eq!(relay(confirm)["message"], "confirm");
    assert_eq!(practice.done(&["show", &visit])["status"], "confirmed");
    relay_again(confirm);

    // What is signed can be taken back, in the contract that it is for.
    let regretted = practice.world.user.path("cancel.json");
    let regretted = regretted.to_str().unwrap();
    practice.done(&["cancel", &visit, "--from", PROVIDER, "--sign-to", regretted]);
    practice
        .world
        .done(&["subject", "cancel", regretted, "--from", PROVIDER]);
    relay_again(regretted);

    practice.world.node.advance(1_000);
    assert!(
        practice.reverted(&cheap).contains("WrongFee(fee: 25500000)"),
        "the quote is over"
    );
}
