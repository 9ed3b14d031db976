//! Consultations from the command line.

use std::path::Path;

use alloy_core::primitives::B256;
use salus_client::{
    chain::{Chain, Finality, SubmitOptions},
    contracts::{Suite, credentials::Issue},
    keystore::dev,
    network::Networks,
};
use salus_core::{codes::Role, consent::Period};
use serde_json::{Value, json};

use crate::{node::Node, user::User};

const PROVIDER: &str = "dev:baltathar";
const ARBITER: &str = "dev:charlie";

struct World {
    user: User,
    node: Node,
}

impl World {
    /// A chain on which `dev:alice`, the patient, has tokens; `dev:baltathar`, the provider, has terms and a fee; and `dev:charlie` may
    /// decide disputes.
    fn new() -> Self {
        let user = User::new();
        let node = Node::start(&user, &[]);
        let world = Self { user, node };
        world.license_the_arbiter();
        world.done(&["terms", "set", "--from", PROVIDER]);
        world.done(&["fee", "set", "--service", "1", "--fee", "25.5", "--from", PROVIDER]);
        world
    }

    #[tokio::main(flavor = "current_thread")]
    async fn license_the_arbiter(&self) {
        let network = Networks::load(&self.user.path("none")).unwrap();
        let chain = Chain::connect(&network.resolve(self.node.url()).unwrap())
            .await
            .unwrap();
        let book = Path::new(self.node.ready["address_book"].as_str().unwrap());
        let suite = Suite::open(&chain, book.parent().unwrap()).unwrap();
        let credentials = suite.credentials().await.unwrap();
        let options = SubmitOptions {
            finality: Finality::InBlock,
            ..SubmitOptions::default()
        };
        let owner = dev::find("dev:alice").unwrap().key;
        let account = owner.account().address();
        credentials.admit_issuer(&owner, account, options).await.unwrap();
        let issue = Issue {
            holder: dev::find(ARBITER).unwrap().key.account().address(),
            role: Role::LIC,
            jurisdiction: B256::right_padding_from(b"CH"),
            licence: B256::repeat_byte(1),
            validity: Period {
                from: 0,
                until: u64::MAX,
            },
        };
        credentials.issue(&owner, &issue, options).await.unwrap();
    }

    fn args<'a>(&'a self, args: &[&'a str]) -> Vec<&'a str> {
        [&["--network", self.node.url(), "visit"], args].concat()
    }

    fn done(&self, args: &[&str]) -> Value {
        self.user.done(&self.args(args))
    }

    /// The exit code and the error that the contract reverts with.
    fn reverted(&self, args: &[&str]) -> String {
        let (code, error, message) = self.user.refused(&self.args(args));
        assert_eq!((code, error.as_str()), (1, "reverted"), "{message}");
        message
    }

    fn misused(&self, args: &[&str]) -> String {
        let (code, error, message) = self.user.refused(&self.args(args));
        assert_eq!((code, error.as_str()), (2, "usage"), "{message}");
        message
    }

    /// What books a consultation in an hour.
    fn booking<'a>(step: &'a str, fee: &'a str, more: &[&'a str]) -> Vec<&'a str> {
        let what = [step, "--provider", PROVIDER, "--service", "1", "--fee", fee];
        let when = ["--start", "+3600", "--confirm-by", "+1800", "--arbiter", ARBITER];
        [&what[..], &when, more].concat()
    }

    /// A consultation that `dev:alice` has booked and paid for.
    fn booked(&self) -> String {
        let booked = self.done(&Self::booking("book", "25.5", &["--from", "dev:alice"]));
        booked["visit"].as_str().unwrap().to_string()
    }

    /// One that has begun, too.
    fn begun(&self) -> String {
        let visit = self.booked();
        self.done(&["confirm", &visit, "--from", PROVIDER]);
        self.node.advance(3_700);
        self.done(&["start", &visit, "--from", PROVIDER]);
        visit
    }

    fn tokens(&self, account: &str) -> String {
        let balance = self
            .user
            .done(&["--network", self.node.url(), "token", "balance", account]);
        balance["amount"].as_str().unwrap().to_string()
    }

    fn block(&self) -> Value {
        self.node.ethereum("eth_blockNumber", &json!([]))
    }
}

fn released(stepped: &Value) -> [&str; 3] {
    ["to_patient", "to_provider", "to_platform"].map(|to| stepped["released"][to]["amount"].as_str().unwrap())
}

#[test]
fn a_consultation_is_paid_through_escrow() {
    let world = World::new();
    let booked = world.done(&World::booking("book", "25.5", &["--from", "dev:alice"]));
    let visit = booked["visit"].as_str().unwrap();
    assert_eq!(
        (&booked["status"], &booked["fee"]["amount"], &booked["terms_version"]),
        (&json!("funded"), &json!("25.5"), &json!(1))
    );
    assert!(booked["approval"]["tx_hash"].is_string(), "{booked}");
    assert_eq!(world.tokens("dev:alice"), "999974.5");

    assert!(
        world
            .reverted(&["start", visit, "--from", PROVIDER])
            .contains("WrongStatus(status: 2)")
    );
    assert!(
        world
            .reverted(&["confirm", visit, "--from", "dev:alice"])
            .contains("NotProvider(")
    );
    assert_eq!(
        world.done(&["confirm", visit, "--from", PROVIDER])["status"],
        "confirmed"
    );
    assert!(
        world
            .reverted(&["start", visit, "--from", PROVIDER])
            .contains("TooEarly(")
    );
    world.node.advance(3_600);
    assert_eq!(
        world.done(&["start", visit, "--from", PROVIDER])["status"],
        "in_session"
    );
    let claimed = world.done(&["complete", visit, "--from", PROVIDER]);
    let shown = world.done(&["show", visit]);
    assert_eq!(
        (&claimed["status"], &claimed["deadline"]),
        (&json!("claimed"), &shown["deadline"])
    );
    assert_eq!(shown["claim"], json!({"outcome": "completed", "by": "provider"}));
    // A week from the end on, since that is to come.
    let week = shown["end_time"].as_u64().unwrap() + 604_800;
    assert_eq!(shown["deadline"], week);

    assert!(
        world
            .reverted(&["accept", visit, "--from", PROVIDER])
            .contains("NotOtherSide(")
    );
    let accepted = world.done(&["accept", visit, "--from", "dev:alice"]);
    assert_eq!(
        (&accepted["status"], released(&accepted)),
        (&json!("completed"), ["0", "25.5", "0"])
    );
    assert!(accepted["deadline"].is_null());
    let withdrawn = world.done(&["withdraw", "--from", PROVIDER]);
    assert_eq!(withdrawn["amount"]["amount"], "25.5");
    assert_eq!(world.tokens(PROVIDER), "25.5");
    assert!(
        world
            .reverted(&["withdraw", "--from", PROVIDER])
            .contains("NothingToWithdraw(")
    );
    let shown = world.done(&["show", visit]);
    assert_eq!(
        (&shown["status"], &shown["fee"]["symbol"], &shown["started_by"]),
        (&json!("completed"), &json!("SALUS"), &json!("provider"))
    );
}

#[test]
fn an_offer_says_what_a_booking_costs_and_the_schedule_holds() {
    let world = World::new();
    let ask = ["offer", PROVIDER, "--service", "1", "--start", "2099-01-31T09:30:00Z"];
    let offer = world.done(&ask);
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
    let mut command = world.user.command(&world.args(&ask));
    let text = command.env("TZ", "IST-5:30").output().unwrap();
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(
        text.contains("begins       2099-01-31T09:30:00Z (2099-01-31 15:00 +05:30)"),
        "{text}"
    );

    let unknown = ["offer", PROVIDER, "--service", "2", "--start", "+60"];
    assert!(world.misused(&unknown).contains("does not offer the service"));
    let without = ["offer", "dev:bob", "--service", "1", "--start", "+60"];
    assert!(world.misused(&without).contains("no terms"));

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
    let booked = world.done(&[&what[..], &when].concat());
    let visit = booked["visit"].as_str().unwrap();
    world.done(&["confirm", visit, "--from", PROVIDER]);
    let cancelled = world.done(&["cancel", visit, "--from", "dev:alice"]);
    assert_eq!(
        (&cancelled["status"], released(&cancelled)),
        (&json!("cancelled_late"), ["12.75", "12.75", "0"])
    );
    // Before it is confirmed, everything.
    let visit = world.booked();
    let cancelled = world.done(&["cancel", &visit, "--from", "dev:alice"]);
    assert_eq!(
        (&cancelled["status"], released(&cancelled)),
        (&json!("cancelled_early"), ["25.5", "0", "0"])
    );
    world.done(&["withdraw", "--from", "dev:alice"]);
    assert_eq!(world.tokens("dev:alice"), "999987.25");
}

#[test]
fn what_a_provider_publishes_is_shown_and_what_nobody_could_keep_is_refused() {
    let world = World::new();
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
    let published = world.done(&set);
    assert_eq!(
        (&published["version"], &published["default_share"]),
        (&json!(2), &json!(1))
    );
    let shown = world.done(&["terms", "show", PROVIDER]);
    assert_eq!(shown["terms"]["refunds"], json!([{"notice": 7_200, "refund": 2_500}]));
    let first = world.done(&["terms", "show", PROVIDER, "--version", "1"]);
    assert_eq!(first["terms"]["refunds"][1], json!({"notice": 3_600, "refund": 5_000}));
    assert!(world.done(&["terms", "show", "dev:bob"])["terms"].is_null());
    assert_eq!(
        world.done(&["fee", "show", PROVIDER, "--service", "1"])["fee"]["amount"],
        "25.5"
    );
    let native = ["fee", "show", PROVIDER, "--service", "1", "--token", "native"];
    assert_eq!(world.done(&native)["fee"]["amount"], "0");

    let before = world.block();
    let ascending = [
        "terms", "set", "--refund", "60=1", "--refund", "61=1", "--from", PROVIDER,
    ];
    assert!(world.misused(&ascending).contains("step 1"));
    let hasty = ["terms", "set", "--decision-window", "60", "--from", PROVIDER];
    assert!(world.misused(&hasty).contains("between 86400 and"));
    let old = World::booking("book", "25.5", &["--terms", "1", "--from", "dev:alice"]);
    assert!(world.reverted(&old).contains("TermsChanged(version: 2)"));
    let cheap = World::booking("book", "20", &["--from", "dev:alice"]);
    assert!(world.reverted(&cheap).contains("WrongFee(fee: 25500000)"));
    let mut partial = World::booking("book", "25.5", &["--from", "dev:alice"]);
    let arbiter = partial.iter().position(|arg| *arg == ARBITER).unwrap();
    partial[arbiter] = "dev:bob";
    assert!(world.reverted(&partial).contains("InvalidArbiter("));
    let late = ["--start", "2001-01-01", "--arbiter", ARBITER, "--from", "dev:alice"];
    let what = ["request", "--provider", PROVIDER, "--service", "1", "--fee", "25.5"];
    assert!(
        world
            .reverted(&[&what[..], &late].concat())
            .contains("InvalidStartTime(")
    );
    assert_eq!(world.block(), before, "nothing was approved either");
}

#[test]
fn one_that_is_requested_is_paid_for_later_by_its_patient_alone() {
    let world = World::new();
    let requested = world.done(&World::booking("request", "25.5", &["--from", "dev:alice"]));
    let visit = requested["visit"].as_str().unwrap();
    assert_eq!(requested["status"], "requested");
    let before = world.block();
    assert!(
        world
            .reverted(&["fund", visit, "--from", "dev:bob"])
            .contains("NotPatient(")
    );
    let nobodys = B256::repeat_byte(7).to_string();
    assert!(
        world
            .reverted(&["show", &nobodys])
            .contains(&format!("UnknownVisit(visitId: {nobodys})"))
    );
    assert_eq!(world.block(), before);
    let funded = world.done(&["fund", visit, "--from", "dev:alice"]);
    assert_eq!(funded["status"], "funded");
    assert!(funded["approval"]["tx_hash"].is_string(), "{funded}");
    assert!(
        world
            .reverted(&["fund", visit, "--from", "dev:alice"])
            .contains("WrongStatus(status: 2)")
    );
    let declined = world.done(&["decline", visit, "--from", PROVIDER]);
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
    world.done(&args);
    assert!(world.reverted(&args).contains("VisitExists("));
}

#[test]
fn a_permit_pays_without_an_approval_and_native_coin_without_a_token() {
    let world = World::new();
    let pay = ["token", "transfer", "dev:alith", "30", "--from", "dev:alice"];
    world.user.done(&[&["--network", world.node.url()], &pay[..]].concat());
    let permit = World::booking("book", "25.5", &["--permit", "--from", "dev:alith"]);
    let booked = world.done(&permit);
    assert_eq!((&booked["status"], booked.get("approval")), (&json!("funded"), None));
    assert_eq!(world.tokens("dev:alith"), "4.5");
    let foreign = World::booking("book", "25.5", &["--permit", "--from", "dev:alice"]);
    assert!(world.misused(&foreign).contains("Ethereum keys alone"));
    assert!(world.reverted(&permit).contains("TokenCallFailed("), "it has 4.5 left");

    let native = ["--token", "native"];
    let set = ["fee", "set", "--service", "1", "--fee", "0.5", "--from", PROVIDER];
    world.done(&[&set[..], &native].concat());
    let coins = World::booking("book", "0.5", &["--token", "native", "--from", "dev:alith"]);
    let booked = world.done(&coins);
    assert_eq!(
        (&booked["fee"]["symbol"], booked.get("approval")),
        (&json!("coins"), None)
    );
    let visit = booked["visit"].as_str().unwrap();
    let cancelled = world.done(&["cancel", visit, "--from", "dev:alith"]);
    assert_eq!(released(&cancelled), ["0.5", "0", "0"]);
    let requested = world.done(&World::booking(
        "request",
        "0.5",
        &["--token", "native", "--from", "dev:alith"],
    ));
    let visit = requested["visit"].as_str().unwrap();
    assert_eq!(
        world.done(&["fund", visit, "--from", "dev:alith"])["fee"]["amount"],
        "0.5"
    );
    let withdrawn = world.done(&["withdraw", "--token", "native", "--from", "dev:alith"]);
    assert_eq!(withdrawn["amount"]["amount"], "0.5", "the other one is in escrow");
    let with_permit = World::booking("book", "0.5", &["--permit", "--token", "native", "--from", "dev:alith"]);
    assert!(world.misused(&with_permit).contains("native coin needs none"));
}

#[test]
fn a_quote_and_steps_are_signed_by_one_and_sent_by_another() {
    let world = World::new();
    let relay = |file: &str| {
        let args = ["--network", world.node.url(), "relay", file, "--from", "dev:alice"];
        world.user.done(&args)
    };
    let file = world.user.path("quote.json");
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
    let before = world.block();
    let signed = world.done(&[&quote[..], &["--from", PROVIDER, "--sign-to", file]].concat());
    assert_eq!(
        (signed["signed"]["file"].as_str(), &signed["fee"]["amount"]),
        (Some(file), &json!("20"))
    );
    assert_eq!(world.block(), before, "nothing was sent");
    let cheap = World::booking("book", "20", &["--from", "dev:alice"]);
    assert!(world.reverted(&cheap).contains("WrongFee("));
    assert_eq!(relay(file)["message"], "setQuote");
    let offer = ["offer", PROVIDER, "--service", "1", "--start", "+3600"];
    assert_eq!(
        world.done(&offer)["fee"]["amount"],
        "25.5",
        "it is for the patient alone"
    );
    let offer = world.done(&[&offer[..], &["--patient", "dev:alice"]].concat());
    assert_eq!(
        (&offer["fee"]["amount"], &offer["quoted_until"]),
        (&json!("20"), &signed["valid_until"])
    );
    let visit = world.done(&cheap)["visit"].as_str().unwrap().to_string();

    let confirm = world.user.path("confirm.json");
    let confirm = confirm.to_str().unwrap();
    let signed = world.done(&["confirm", &visit, "--from", PROVIDER, "--sign-to", confirm]);
    assert!(
        signed.get("status").is_none() && signed["signed"]["nonce"].is_string(),
        "{signed}"
    );
    assert_eq!(world.done(&["show", &visit])["status"], "funded");
    assert_eq!(relay(confirm)["message"], "confirm");
    assert_eq!(world.done(&["show", &visit])["status"], "confirmed");
    let again = ["--network", world.node.url(), "relay", confirm, "--from", "dev:alice"];
    assert!(world.user.refused(&again).2.contains("InvalidNonce("));

    // What is signed can be taken back, in the contract that it is for.
    let regretted = world.user.path("cancel.json");
    let regretted = regretted.to_str().unwrap();
    world.done(&["cancel", &visit, "--from", PROVIDER, "--sign-to", regretted]);
    let cancel = [
        "--network",
        world.node.url(),
        "subject",
        "cancel",
        regretted,
        "--from",
        PROVIDER,
    ];
    world.user.done(&cancel);
    let late = ["--network", world.node.url(), "relay", regretted, "--from", "dev:alice"];
    assert!(world.user.refused(&late).2.contains("InvalidNonce("));

    world.node.advance(1_000);
    assert!(
        world.reverted(&cheap).contains("WrongFee(fee: 25500000)"),
        "the quote is over"
    );
}

#[test]
fn a_dispute_is_decided_by_its_arbiter_and_divides_the_fee() {
    let world = World::new();
    let visit = world.begun();
    let evidence = B256::repeat_byte(0xE1).to_string();
    assert!(
        world
            .reverted(&["no-show", &visit, "--from", PROVIDER])
            .contains("SaidItBegan(")
    );
    let claim = ["no-show", &visit, "--evidence", &evidence, "--from", "dev:alice"];
    assert!(
        world.reverted(&claim).contains("TooEarly("),
        "there are 15 minutes of grace"
    );
    world.node.advance(900);
    assert_eq!(world.done(&claim)["status"], "claimed");
    assert_eq!(
        world.done(&["show", &visit])["claim"],
        json!({"outcome": "provider_no_show", "by": "patient"})
    );
    assert!(
        world
            .reverted(&["evidence", &visit, &evidence, "--from", PROVIDER])
            .contains("WrongStatus(status: 5)")
    );
    let contested = world.done(&["contest", &visit, "--from", PROVIDER]);
    assert_eq!(contested["status"], "disputed");
    assert!(contested["deadline"].is_u64());
    assert_eq!(
        world.done(&["evidence", &visit, &evidence, "--from", PROVIDER])["status"],
        "disputed"
    );
    let decide = ["decide", &visit, "--provider-share", "2500", "--from"];
    assert!(
        world
            .reverted(&[&decide[..], &[PROVIDER]].concat())
            .contains("NotArbiter(")
    );
    let too_much = ["decide", &visit, "--provider-share", "10001", "--from", ARBITER];
    assert_eq!(world.user.refused(&world.args(&too_much)).0, 2);
    assert!(
        world
            .reverted(&["settle", &visit, "--from", "dev:bob"])
            .contains("TooEarly(")
    );
    let decided = world.done(&[&decide[..], &[ARBITER]].concat());
    assert_eq!(
        (&decided["status"], released(&decided)),
        (&json!("resolved"), ["19.125", "6.375", "0"])
    );
    assert!(
        world
            .reverted(&[&decide[..], &[ARBITER]].concat())
            .contains("WrongStatus(status: 16)")
    );
    assert_eq!(
        world.done(&["withdraw", "--from", "dev:alice"])["amount"]["amount"],
        "19.125"
    );
    assert_eq!(
        world.done(&["withdraw", "--from", PROVIDER])["amount"]["amount"],
        "6.375"
    );
}

#[test]
fn anybody_settles_what_nobody_contests_decides_or_claims() {
    let world = World::new();
    // Claimed and not contested.
    let visit = world.begun();
    let failed = world.done(&["technical-failure", &visit, "--from", PROVIDER]);
    assert_eq!(failed["status"], "claimed");
    assert!(
        world
            .reverted(&["settle", &visit, "--from", "dev:bob"])
            .contains("TooEarly(")
    );
    world.node.advance(604_800 + 1_800);
    assert!(
        world
            .reverted(&["contest", &visit, "--from", "dev:alice"])
            .contains("TooLate(")
    );
    let settled = world.done(&["settle", &visit, "--from", "dev:bob"]);
    assert_eq!(
        (&settled["status"], released(&settled)),
        (&json!("technical_failure"), ["25.5", "0", "0"])
    );
    // In dispute, and the arbiter is silent.
    let visit = world.begun();
    world.done(&["complete", &visit, "--from", PROVIDER]);
    world.done(&["contest", &visit, "--from", "dev:alice"]);
    world.node.advance(1_814_400);
    let late = ["decide", &visit, "--provider-share", "1", "--from", ARBITER];
    assert!(world.reverted(&late).contains("TooLate("));
    let settled = world.done(&["settle", &visit, "--from", "dev:bob"]);
    assert_eq!(
        (&settled["status"], released(&settled)),
        (&json!("resolved"), ["12.75", "12.75", "0"])
    );
    // Nobody says how it ended.
    let visit = world.begun();
    world.node.advance(1_800 + 86_400);
    let settled = world.done(&["settle", &visit, "--from", "dev:bob"]);
    assert_eq!(
        (&settled["status"], released(&settled)),
        (&json!("expired"), ["25.5", "0", "0"])
    );
}

#[test]
fn conditions_of_a_booking_have_to_be_met() {
    let world = World::new();
    let conditions = ["--require-role", "PHYS", "--from", "dev:alice"];
    let booked = world.done(&World::booking("book", "25.5", &conditions));
    let visit = booked["visit"].as_str().unwrap();
    assert_eq!(world.done(&["show", visit])["conditions"]["role"], "PHYS");
    world.done(&["confirm", visit, "--from", PROVIDER]);
    world.node.advance(3_700);
    world.done(&["start", visit, "--from", "dev:alice"]);
    assert!(
        world
            .reverted(&["complete", visit, "--from", PROVIDER])
            .contains("NoCredential(role: 1)")
    );
    // The patient can do without.
    let completed = world.done(&["complete", visit, "--from", "dev:alice"]);
    assert_eq!(
        (&completed["status"], released(&completed)),
        (&json!("completed"), ["0", "25.5", "0"])
    );

    let demanding = ["--require-record", "--from", "dev:alice"];
    let booked = world.done(&World::booking("book", "25.5", &demanding));
    let visit = booked["visit"].as_str().unwrap();
    world.done(&["confirm", visit, "--from", PROVIDER]);
    world.node.advance(3_700);
    world.done(&["start", visit, "--from", PROVIDER]);
    let record = B256::repeat_byte(9).to_string();
    let complete = ["complete", visit, "--record", &record, "--from", PROVIDER];
    assert!(world.reverted(&complete).contains("NoRecord("));
}
