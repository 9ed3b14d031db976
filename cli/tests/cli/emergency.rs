//! Emergency accesses from the command line.

use std::fs;

use serde_json::{Value, json};

use crate::world::{PASSWORD, World, text};

const REVIEW_PERIOD: u64 = 7 * 86_400;

/// A ward with the physician `dev:bob` and the reviewer `dev:eve`, and a subject of `dev:charlie`'s.
struct Ward {
    world: World,
    subject: String,
}

impl Ward {
    fn new() -> Self {
        let world = World::new();
        let subject = world.subject("dev:charlie");
        world.user.file("note.txt", "unconscious, found at a roadside");
        Self { world, subject }
    }

    fn license(&self) {
        let owner = ["--from", "dev:alice"];
        self.world
            .done(&[&["credential", "admit-issuer", "dev:alice"], &owner[..]].concat());
        for (holder, role) in [("dev:bob", "PHYS"), ("dev:eve", "PROV")] {
            let issue = ["credential", "issue", holder, "--role", role, "--jurisdiction", "CH"];
            self.world.done(&[&issue[..], &["--licence", holder], &owner].concat());
        }
    }

    fn demand(&self) -> Vec<&str> {
        let call = [
            "access",
            "break-glass",
            &self.subject,
            "--role",
            "PHYS",
            "--purpose",
            "ETREAT",
        ];
        let rest = ["--reviewer", "dev:eve", "--duration", "600", "--from", "dev:bob"];
        [&call[..], &rest, &["--evidence", "note.txt"]].concat()
    }

    fn is_open(&self) -> bool {
        let asked = ["access", "check", &self.subject, "--actor", "dev:bob"];
        self.world.done(&asked)["open"].as_bool().unwrap()
    }

    fn show(&self, access: &str) -> Value {
        self.world.done(&["access", "show", access])
    }

    /// Has the subject's controller sign, and another one send.
    fn arrange(&self, args: &[&str], file: &str) {
        let signing = [&["access"], args, &["--from", "dev:charlie"]].concat();
        self.world.by_relay(&signing, file);
    }
}

#[test]
fn an_emergency_waits_for_the_veto_of_a_guardian_who_only_signs() {
    let ward = Ward::new();
    let world = &ward.world;
    let hint = world.reverted(&ward.demand(), "MissingCredential");
    assert!(hint.contains("credential check"), "{hint}");
    ward.license();
    let guardian = world.pauper("guardian");
    let delegate = ["subject", "delegate", &ward.subject, "--to", &guardian, "--may", "veto"];
    world.done(&[&delegate[..], &["--from", "dev:charlie"]].concat());
    ward.arrange(&["veto-window", &ward.subject, "300"], "window.json");
    assert_eq!(world.done(&["access", "safeguards", &ward.subject])["veto_window"], 300);

    let broken = world.done(&ward.demand());
    let id = text(&broken["access"]);
    assert_eq!(
        (&broken["status"], &broken["overdue"]),
        (&json!("waiting"), &json!(false))
    );
    assert!(!ward.is_open());
    world.reverted(&["access", "veto", id, "--from", "dev:dave"], "MayNotAct");
    let veto = ["access", "veto", id, "--from", "guardian"];
    world.by_relay(&[&veto[..], &PASSWORD].concat(), "veto.json");
    assert_eq!(ward.show(id)["status"], "vetoed");
    world.reverted(&["access", "end", id, "--from", "dev:bob"], "WrongStatus");

    // The next one opens when nobody vetoes.
    let id = world.done(&ward.demand())["access"].take();
    world.node.advance(301);
    assert!(ward.is_open());
    assert_eq!(ward.show(text(&id))["status"], "open");
    world.reverted(&["access", "veto", text(&id), "--from", "dev:charlie"], "WrongStatus");
    let too_long = ["access", "veto-window", &ward.subject, "86401", "--from", "dev:charlie"];
    world.reverted(&too_long, "VetoWindowTooLong");
}

#[test]
fn an_emergency_key_opens_at_once_and_once_for_whom_it_signed() {
    let ward = Ward::new();
    let world = &ward.world;
    ward.license();
    let bracelet = world.pauper("bracelet");
    ward.arrange(&["veto-window", &ward.subject, "300"], "window.json");
    let authorize = |actor: &str, file: &str, more: &[&str]| {
        let call = ["access", "authorize", &ward.subject, "--actor", actor, "--to", file];
        world.done(&[&call[..], &["--from", "bracelet"], &PASSWORD, more].concat())
    };
    let by = |file| [ward.demand(), vec!["--authorization", file]].concat();
    let signed = authorize("dev:bob", "early.json", &[]);
    assert_eq!(text(&signed["signer"]).to_lowercase(), bracelet.to_lowercase());
    let hint = world.reverted(&by("early.json"), "NoEmergencyKey");
    assert!(hint.contains("emergency-key"), "{hint}");
    ward.arrange(&["emergency-key", &ward.subject, "--to", &bracelet], "key.json");
    let safeguards = world.done(&["access", "safeguards", &ward.subject]);
    assert_eq!(
        text(&safeguards["emergency_key"]).to_lowercase(),
        bracelet.to_lowercase()
    );

    authorize("dev:dave", "foreign.json", &[]);
    let (code, error, message) = world.refused(&by("foreign.json"));
    assert_eq!((code, error.as_str()), (1, "signed_for_another"), "{message}");
    assert!(message.starts_with("actor: "), "{message}");
    authorize("dev:bob", "late.json", &["--deadline", "2020-01-01"]);
    world.reverted(&by("late.json"), "SignatureExpired");
    let document: Value = serde_json::from_slice(&fs::read(world.user.path("early.json")).unwrap()).unwrap();
    let alter = |change: &dyn Fn(&mut Value)| {
        let mut altered = document.clone();
        change(&mut altered);
        world.user.file("altered.json", &altered.to_string());
    };
    alter(&|signed| signed["deadline"] = json!("0xffffffffff"));
    world.reverted(&by("altered.json"), "InvalidSigner");
    for (change, code, error) in [
        (
            &(|signed: &mut Value| signed["chain_id"] = json!(1)) as &dyn Fn(&mut Value),
            4,
            "signed_for_another_chain",
        ),
        (
            &|signed| signed["schema_version"] = json!(2),
            7,
            "signed_action_malformed",
        ),
        (&|signed| signed["more"] = json!(2), 7, "signed_action_malformed"),
    ] {
        alter(change);
        let (found_code, found, message) = world.refused(&by("altered.json"));
        assert_eq!((found_code, found.as_str()), (code, error), "{message}");
    }

    let broken = world.done(&by("early.json"));
    assert_eq!(broken["status"], "open", "past the veto window");
    assert!(ward.is_open());
    world.done(&["access", "end", text(&broken["access"]), "--from", "dev:bob"]);
    assert!(!ward.is_open());
    world.reverted(&by("early.json"), "InvalidNonce");
    ward.arrange(&["emergency-key", &ward.subject, "--none"], "none.json");
    assert_eq!(
        world.done(&["access", "safeguards", &ward.subject])["emergency_key"],
        Value::Null
    );
}

#[test]
fn an_emergency_is_reviewed_by_its_evidence_and_an_overdue_one_blocks_its_actor() {
    let ward = Ward::new();
    let world = &ward.world;
    ward.license();
    let handed = ["--opening-to", "for-reviewer.json"];
    let broken = world.done(&[&ward.demand()[..], &handed].concat());
    let id = text(&broken["access"]);
    assert!(ward.is_open());
    let hint = world.reverted(&ward.demand(), "AccessLive");
    assert!(hint.contains("access end"), "{hint}");
    let review = ["access", "review", id, "--outcome", "not-justified", "--from"];
    world.reverted(&[&review[..], &["dev:eve"]].concat(), "WrongStatus");
    world.reverted(&["access", "end", id, "--from", "dev:dave"], "NotActor");

    let show = [
        "access",
        "show",
        id,
        "--openings",
        "of-the-reviewer",
        "--opening",
        "for-reviewer.json",
    ];
    let shown = world.done(&[&show[..], &["--evidence", "note.txt"]].concat());
    assert_eq!(shown["evidence_verified"], true);
    world.user.file("other.txt", "unconscious, found at a roadside.");
    let (code, error, message) = world.refused(&[&show[..], &["--evidence", "other.txt"]].concat());
    assert_eq!((code, error.as_str()), (1, "commitment_mismatch"), "{message}");
    let (code, error, message) = world.refused(&["access", "show", id, "--evidence", "missing.txt"]);
    assert_eq!((code, error.as_str()), (1, "file_io"), "{message}");

    world.node.advance(600);
    let waiting = ["access", "unreviewed", "dev:bob"];
    let listed = world.done(&waiting);
    assert_eq!(
        (&listed["overdue"], &listed["accesses"][0]["access"]),
        (&json!(false), &json!(id))
    );
    world.reverted(&[&review[..], &["dev:bob"]].concat(), "NotReviewer");
    world.node.advance(REVIEW_PERIOD);
    assert_eq!(world.done(&waiting)["overdue"], true);
    assert_eq!(ward.show(id)["overdue"], true);
    let hint = world.reverted(&ward.demand(), "ReviewOverdue");
    assert!(hint.contains("access unreviewed"), "{hint}");
    let reviewed = world.done(&[&review[..], &["dev:eve"]].concat());
    assert_eq!(reviewed["status"], "found not justified");
    let shown = ward.show(id);
    assert_eq!(
        (&shown["outcome"], &shown["overdue"]),
        (&json!("not justified"), &json!(false))
    );
    assert_eq!(world.done(&waiting)["accesses"], json!([]));
    world.reverted(&[&review[..], &["dev:eve"]].concat(), "AlreadyReviewed");
    world.done(&ward.demand());
}

#[test]
fn an_emergency_that_is_none_is_refused() {
    let ward = Ward::new();
    let world = &ward.world;
    ward.license();
    for (from, to, name) in [
        ("ETREAT", "TREAT", "NotAnEmergency"),
        ("PHYS", "pharmacist", "RoleNotAdmitted"),
        ("PHYS", "NURS", "MissingCredential"),
        ("dev:eve", "dev:bob", "InvalidReviewer"),
        ("600", "0", "InvalidDuration"),
        ("600", "28801", "InvalidDuration"),
    ] {
        let args = ward.demand().into_iter();
        let args: Vec<_> = args.map(|arg| if arg == from { to } else { arg }).collect();
        world.reverted(&args, name);
    }
    let demand = ward.demand();
    let by_hash = |hash| [&demand[..demand.len() - 2], &["--evidence-hash", hash]].concat();
    let (zero, hash) = (format!("0x{}", "00".repeat(32)), format!("0x{}", "e1".repeat(32)));
    world.reverted(&by_hash(&zero), "MissingEvidence");
    let (code, error, _) = world.refused(&[&demand[..], &["--evidence-hash", &hash]].concat());
    assert_eq!((code, error.as_str()), (2, "usage"));
    let kept = fs::read_dir(world.user.path(".local/share/salus/openings")).unwrap();
    assert_eq!(kept.count(), 2, "of two licences, and of no evidence");
    let broken = world.done(&by_hash(&hash));
    assert_eq!((&broken["evidence"], broken.get("opening")), (&json!(hash), None));
}
