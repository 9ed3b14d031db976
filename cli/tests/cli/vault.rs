//! Openings that are shared, sealed at rest, and destroyed.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use salus_client::{
    fhir::Salt,
    keystore::password::PasswordSource,
    openings::{Openings, RecordOpening},
};
use serde_json::{Value, json};

use crate::{node::Node, user::User};

/// A chain, a patient `dev:charlie`, and a clinic `dev:bob` on another machine with a wallet for its encryption key.
struct World {
    patient: User,
    clinic: User,
    node: Node,
    deployments: String,
    consent: String,
    key: String,
}

impl World {
    fn new() -> Self {
        let (patient, clinic) = (User::new(), User::new());
        let node = Node::start(&patient, &[]);
        let network = ["--network", node.url()];
        let registered = patient.done(&[&network[..], &["consent", "register", "--from", "dev:charlie"]].concat());
        let subject = text(&registered["subject"]);
        let grant = [
            "consent",
            "grant",
            "--subject",
            subject,
            "--to",
            "dev:bob",
            "--from",
            "dev:charlie",
        ];
        let granted = patient.done(&[&network[..], &grant, &["--purpose", "TREAT"]].concat());
        let deployments = patient
            .path(".local/share/salus/deployments")
            .to_str()
            .unwrap()
            .to_owned();

        clinic.file("password", "clinic\n");
        let own = |args: &[&str]| clinic.done(&[args, &["--password-file", "password"]].concat());
        own(&["wallet", "new", "clinic", "--mnemonic-file", "words"]);
        own(&["wallet", "relationship", "clinic", "--new"]);
        let second = own(&["wallet", "relationship", "clinic", "--new"]);
        Self {
            key: text(&second["relationships"][0]["encryption_key"]).into(),
            consent: text(&granted["consent"]).into(),
            patient,
            clinic,
            node,
            deployments,
        }
    }

    fn share(&self) -> String {
        let args = [
            "--network",
            self.node.url(),
            "consent",
            "share",
            &self.consent,
            "--to-key",
            &self.key,
        ];
        let output = self.patient.salus(&args);
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    }

    fn at_clinic<'a>(&'a self, args: &[&'a str]) -> Vec<&'a str> {
        let network = ["--network", self.node.url(), "--deployments", &self.deployments];
        [&network, args, &["--password-file", "password"]].concat()
    }

    fn receive(&self, envelope: &str, key: &str) -> (i32, String, String) {
        let file = self.clinic.file("envelope.json", envelope);
        self.clinic
            .refused(&self.at_clinic(&["consent", "receive", &file, "--key", key]))
    }

    fn ask(&self) -> Vec<&str> {
        let class = ["--purpose", "TREAT", "--class", "Observation"];
        self.at_clinic(&[&["consent", "evaluate", &self.consent], &class[..]].concat())
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// All files of a directory, by their names, but for those that go while it is read.
fn files(directory: &Path) -> BTreeMap<PathBuf, String> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries
        .filter_map(|path| Some((path.clone(), fs::read_to_string(path).ok()?)))
        .collect()
}

#[test]
fn what_is_shared_with_the_grantee_lets_it_ask_the_contract() {
    let world = World::new();
    assert_eq!(world.clinic.refused(&world.ask()).1, "no_opening");
    let envelope = world.share();
    let opening = files(&world.patient.path(".local/share/salus/openings"));
    let opening: Value = serde_json::from_str(opening.values().next().unwrap()).unwrap();
    for private in ["salt", "policy", "subject"] {
        let value = text(&opening["opening"][private]).trim_start_matches("0x");
        assert!(!envelope.contains(value), "{private}");
    }
    let file = world.clinic.file("envelope.json", &envelope);
    let receive = ["consent", "receive", &file, "--key", "wallet:clinic/1"];
    let received = world.clinic.done(&world.at_clinic(&receive));
    assert_eq!(received["consent"], world.consent.as_str());
    assert_eq!(world.clinic.done(&world.ask())["answer"], "PERMIT");
    // Twice is once.
    world.clinic.done(&world.at_clinic(&receive));
    assert_eq!(files(&world.clinic.path(".local/share/salus/openings")).len(), 1);
}

#[test]
fn an_envelope_that_is_not_for_this_key_chain_or_consent_is_refused_and_nothing_kept() {
    let world = World::new();
    let envelope = world.share();
    let parsed: Value = serde_json::from_str(&envelope).unwrap();
    let changed = |pointer: &str, value: Value| {
        let mut changed = parsed.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        changed.to_string()
    };
    let ciphertext = text(&parsed["envelope"]["ciphertext"]);
    let first = if ciphertext.starts_with('0') { "1" } else { "0" };
    let tampered = format!("{first}{}", &ciphertext[1..]);
    let nobodys = format!("0x{}", "11".repeat(32));
    for (envelope, key, code, error) in [
        (envelope.clone(), "wallet:clinic/0", 7, "envelope_not_opened"),
        (
            changed("/envelope/ciphertext", json!(tampered)),
            "wallet:clinic/1",
            7,
            "envelope_not_opened",
        ),
        (
            changed("/envelope/aead", json!("AES-256-GCM")),
            "wallet:clinic/1",
            7,
            "envelope_algorithm",
        ),
        (
            changed("/place/chain_id", json!(1)),
            "wallet:clinic/1",
            4,
            "envelope_elsewhere",
        ),
        (
            changed("/place/genesis", json!(nobodys)),
            "wallet:clinic/1",
            4,
            "envelope_elsewhere",
        ),
        (
            changed("/consent", json!(nobodys)),
            "wallet:clinic/1",
            1,
            "unknown_consent",
        ),
        (
            changed("/schema_version", json!(2)),
            "wallet:clinic/1",
            7,
            "envelope_malformed",
        ),
        (
            envelope[..envelope.len() / 2].to_owned(),
            "wallet:clinic/1",
            7,
            "envelope_malformed",
        ),
        (envelope.clone(), "wallet:clinic/2", 2, "relationship_unused"),
        (envelope.clone(), "clinic", 2, "usage"),
    ] {
        let (found, name, message) = world.receive(&envelope, key);
        assert_eq!((found, name.as_str()), (code, error), "{message}");
    }
    assert!(!world.clinic.path(".local/share/salus/openings").exists());

    // Another consent of the same patient for the same clinic: the opening is not that one's.
    let next = [
        "consent",
        "supersede",
        &world.consent,
        "--purpose",
        "TREAT",
        "--from",
        "dev:charlie",
    ];
    let second = world
        .patient
        .done(&[&["--network", world.node.url()], &next[..]].concat());
    let (_, error, _) = world.receive(&changed("/consent", second["consent"].clone()), "wallet:clinic/1");
    assert_eq!(error, "envelope_not_opened");
    // What is no key, and a consent whose opening is not here.
    let share = |user: &User, key: &str| {
        let network = ["--network", world.node.url(), "--deployments", &world.deployments];
        user.refused(&[&network[..], &["consent", "share", &world.consent, "--to-key", key]].concat())
    };
    assert_eq!(share(&world.patient, "0x12").1, "encryption_key");
    assert_eq!(
        share(&world.patient, &format!("0x{}", "00".repeat(32))).1,
        "encryption_key"
    );
    assert_eq!(share(&world.clinic, &world.key).1, "no_opening");
}

#[test]
fn a_vault_seals_what_is_there_and_what_comes_and_is_read_with_its_password() {
    let world = World::new();
    let patient = &world.patient;
    let directory = patient.path(".local/share/salus/openings");
    let salt = {
        let before = files(&directory);
        let opening: Value = serde_json::from_str(before.values().next().unwrap()).unwrap();
        text(&opening["opening"]["salt"]).to_owned()
    };
    patient.file("vault-password", "vault\n");
    patient.file("wrong", "wrong\n");
    let with = |args: &[&str], password: &str| {
        let all = [
            &["--network", world.node.url(), "--vault-password-file", password],
            args,
        ]
        .concat();
        patient.json(&all)
    };
    let (code, made) = with(&["vault", "init"], "vault-password");
    assert_eq!((code, &made["result"]["sealed"]), (0, &json!(1)), "{made}");
    assert!(files(&directory).values().all(|content| !content.contains(&salt)));

    // Writing needs no password, reading does.
    let next = [
        "consent",
        "supersede",
        &world.consent,
        "--purpose",
        "TREAT",
        "--from",
        "dev:charlie",
    ];
    let (code, next) = with(&next, "/nonexistent/password");
    assert_eq!(code, 0, "{next}");
    assert!(
        files(&directory)
            .values()
            .all(|content| !content.contains("\"opening\""))
    );
    let id = text(&next["result"]["consent"]);
    let ask = [
        "consent",
        "evaluate",
        id,
        "--purpose",
        "TREAT",
        "--class",
        "Observation",
    ];
    assert_eq!(with(&ask, "vault-password").1["result"]["answer"], "PERMIT");
    for (password, error) in [("wrong", "wrong_password"), ("/nonexistent/password", "no_password")] {
        let (code, refused) = with(&ask, password);
        assert_eq!((code, text(&refused["error"]["code"])), (5, error));
    }
    let (code, again) = with(&["vault", "init"], "wrong");
    assert_eq!((code, &again["result"]["is_new"]), (0, &json!(false)));

    let commitment = text(&next["result"]["commitment"]);
    let receipt = patient.done(&["vault", "destroy", commitment]);
    assert_eq!(receipt["commitment"], commitment);
    assert_eq!(receipt["destroyed"], json!(["policy"]));
    assert!(receipt["at"].as_u64().unwrap() > 1_700_000_000);
    assert!(
        receipt["remains_on_chain"]
            .as_array()
            .unwrap()
            .contains(&json!("commitment"))
    );
    let (code, refused) = with(&ask, "vault-password");
    assert_eq!((code, text(&refused["error"]["code"])), (1, "no_opening"));
    assert_eq!(patient.refused(&["vault", "destroy", commitment]).1, "no_opening");
}

/// A user with openings in clear, and the library's view of them.
fn with_openings(count: u8) -> (User, PathBuf, Openings) {
    let user = User::new();
    let password = user.file("password", "p\n");
    let directory = user.path(".local/share/salus/openings");
    let openings = Openings::new(&directory).with_password(PasswordSource::File(password.into()));
    for number in 0..count {
        let opening = RecordOpening {
            commitment: [number; 32].into(),
            salt: Salt::from_bytes([number; 32]),
            record_id: [7; 32].into(),
            resource: "Observation/1".into(),
        };
        openings.save(&opening).unwrap();
    }
    (user, directory, openings)
}

const INIT: [&str; 4] = ["vault", "init", "--vault-password-file", "password"];

#[test]
fn killed_at_any_time_making_a_vault_loses_no_opening() {
    const COUNT: u8 = 120;
    let (user, directory, openings) = with_openings(COUNT);
    let sealed = || {
        files(&directory)
            .values()
            .filter(|content| content.contains("\"envelope\""))
            .count()
    };
    let mut interrupted = 0;
    for _ in 0..8 {
        let before = sealed();
        let mut child = user
            .command(&INIT)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while sealed() <= before && child.try_wait().unwrap().is_none() {}
        child.kill().unwrap();
        child.wait().unwrap();
        interrupted += u32::from(sealed() < usize::from(COUNT));
        let all: Vec<RecordOpening> = openings.all().unwrap();
        assert_eq!(all.len(), usize::from(COUNT));
        assert!(
            all.iter()
                .all(|opening| opening.salt.as_bytes() == opening.commitment.as_slice())
        );
    }
    assert!(interrupted > 0, "every run was done before it was killed");
    user.done(&INIT);
    // The key, and the openings: no temporary file is left, and nothing in clear.
    assert_eq!(
        (files(&directory).len(), sealed()),
        (usize::from(COUNT) + 1, usize::from(COUNT))
    );
    assert_eq!(openings.all::<RecordOpening>().unwrap().len(), usize::from(COUNT));
}

#[cfg(unix)]
#[test]
fn a_full_disk_or_an_unwritable_directory_changes_nothing() {
    let (user, directory, openings) = with_openings(3);
    // No file may grow: writing fails as on a full disk.
    let full = |args: &[&str]| {
        let salus = user.command(&[]);
        let mut shell = Command::new("sh");
        shell
            .args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$@\"", "sh"])
            .arg(salus.get_program())
            .args([&["--json"], args].concat())
            .env_clear()
            .env("HOME", user.path(""))
            .current_dir(user.path(""));
        let output = shell.output().unwrap();
        let envelope: Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), envelope)
    };
    let before = files(&directory);
    let (code, refused) = full(&INIT);
    assert_eq!(
        (code, text(&refused["error"]["code"])),
        (Some(1), "vault_io"),
        "{refused}"
    );
    assert_eq!(files(&directory), before);

    // The same with the key made, and openings that lie in clear.
    let aside = user.path("aside");
    fs::rename(&directory, &aside).unwrap();
    user.done(&INIT);
    for (path, content) in files(&aside) {
        fs::write(directory.join(path.file_name().unwrap()), content).unwrap();
    }
    let before = files(&directory);
    let (code, refused) = full(&INIT);
    assert_eq!(
        (code, text(&refused["error"]["code"])),
        (Some(1), "opening_io"),
        "{refused}"
    );
    assert_eq!(files(&directory), before);
    assert_eq!(openings.all::<RecordOpening>().unwrap().len(), 3);
    assert_eq!(user.done(&INIT)["sealed"], 3);

    let file = user.file("in-the-way", "");
    let (code, error, _) = user.refused(&[&INIT[..], &["--openings", &file]].concat());
    assert_eq!(code, 1, "{error}");
}
