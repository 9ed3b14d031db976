//! Wallets from the command line.

use std::{
    fs::{self, File},
    io::Write as _,
    process::Stdio,
};

use serde_json::{Value, json};

use crate::{
    decide::{bundle, consent},
    node::Node,
    user::User,
};

/// A mnemonic of BIP-39's test vectors.
const PHRASE: &str = "legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth useful legal \
    winner thank year wave sausage worth title";

/// A user with a password, and wallets under it.
struct Owner {
    user: User,
    password: String,
}

impl Owner {
    fn new() -> Self {
        let user = User::new();
        let password = user.file("password", "correct horse\n");
        Self { user, password }
    }

    fn args<'a>(&'a self, args: &[&'a str]) -> Vec<&'a str> {
        [args, &["--password-file", &self.password]].concat()
    }

    fn done(&self, args: &[&str]) -> Value {
        self.user.done(&self.args(args))
    }

    fn refused(&self, args: &[&str]) -> (i32, String, String) {
        self.user.refused(&self.args(args))
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.user.path(&format!(".local/share/salus/wallets/{name}.json"))
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[test]
fn a_new_wallet_gives_its_mnemonic_to_a_private_file_and_to_nothing_else() {
    let owner = Owner::new();
    let words = owner.user.path("words");
    let made = owner.done(&["wallet", "new", "me", "--mnemonic-file", words.to_str().unwrap()]);
    let mnemonic = fs::read_to_string(&words).unwrap();
    assert_eq!(mnemonic.split_whitespace().count(), 24);
    let phrase = mnemonic.trim();
    assert!(!made.to_string().contains(phrase));
    assert!(!fs::read_to_string(owner.file("me")).unwrap().contains(phrase));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for path in [&words, &owner.file("me")] {
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
    let (code, error, _) = owner.refused(&["wallet", "new", "me", "--mnemonic-file", "other"]);
    assert_eq!((code, error.as_str()), (5, "wallet_exists"));
    // A file that is there is not replaced, and no wallet is made whose words would be lost.
    let (code, error, _) = owner.refused(&["wallet", "new", "other", "--mnemonic-file", words.to_str().unwrap()]);
    assert_eq!((code, error.as_str()), (5, "wallet_io"));
    assert_eq!(fs::read_to_string(&words).unwrap(), mnemonic);
    let listed = owner.user.done(&["wallet", "list"]);
    let names: Vec<&str> = listed["wallets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|wallet| text(&wallet["name"]))
        .collect();
    assert_eq!(names, ["me"]);
}

#[test]
fn without_a_terminal_and_a_file_no_wallet_is_made() {
    let owner = Owner::new();
    let (code, error, message) = owner.refused(&["wallet", "new", "me"]);
    assert_eq!((code, error.as_str()), (2, "usage"));
    assert!(message.contains("--mnemonic-file"), "{message}");
    assert!(!owner.file("me").exists());
}

#[test]
fn a_mnemonic_is_imported_from_standard_input_and_a_bad_one_is_not_repeated() {
    let owner = Owner::new();
    let import = |words: &str| {
        let mut child = owner
            .user
            .command(&owner.args(&["--json", "wallet", "import", "me", "--mnemonic-fd", "0"]))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(words.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (output.status.code().unwrap(), said)
    };
    let (code, said) = import(&PHRASE.replacen("winner", "hunter2", 1));
    assert_eq!(code, 5);
    assert!(said.contains("word 2") && !said.contains("hunter2"), "{said}");
    assert!(!owner.file("me").exists());
    let (code, said) = import(PHRASE);
    assert_eq!(code, 0, "{said}");
    assert!(!said.contains("sausage"), "{said}");
    // Which numbers are used is not known: none is given before that is.
    let (code, error, _) = owner.refused(&["wallet", "relationship", "me", "--new"]);
    assert_eq!((code, error.as_str()), (5, "wallet_not_recovered"));
}

#[test]
fn relationships_are_begun_shown_and_named_by_number_or_label() {
    let owner = Owner::new();
    owner.done(&["wallet", "new", "me", "--mnemonic-file", "words"]);
    let shown = |args: &[&str]| {
        let mut shown = owner.done(&[&["wallet", "relationship", "me"], args].concat());
        shown["relationships"].take()
    };
    assert_eq!(shown(&[]), json!([]));
    let first = shown(&["--new"]);
    let second = shown(&["--new", "--label", "Dr. House"]);
    assert_eq!((&first[0]["index"], &second[0]["index"]), (&json!(0), &json!(1)));
    assert_eq!(second[0]["name"], "wallet:me/1");
    assert_eq!(shown(&["1"]), second);
    assert_eq!(shown(&["--label", "Dr. House"]), second);
    assert_eq!(shown(&[]), json!([first[0], second[0]]));
    for field in ["subject", "controller", "encryption_key"] {
        assert_ne!(first[0][field], second[0][field]);
    }
    assert!(!fs::read_to_string(owner.file("me")).unwrap().contains("House"));

    for (args, expected) in [
        (&["2"][..], "relationship_unused"),
        (&["--label", "Dr. Who"], "label"),
        (&["--new", "--label", "Dr. House"], "label"),
    ] {
        let (code, error, _) = owner.refused(&[&["wallet", "relationship", "me"], args].concat());
        assert_eq!((code, error.as_str()), (2, expected), "{args:?}");
    }
    assert_eq!(shown(&[]), json!([first[0], second[0]]), "a refusal begins nothing");
}

#[test]
fn a_wrong_password_or_a_missing_wallet_exits_with_5() {
    let owner = Owner::new();
    owner.done(&["wallet", "new", "me", "--mnemonic-file", "words"]);
    let wrong = owner.user.file("wrong", "wrong\n");
    for name in ["wallet", "account"] {
        let args = if name == "wallet" {
            &["wallet", "relationship", "me"][..]
        } else {
            &["account", "show", "wallet:me/0"]
        };
        let (code, error, _) = owner.user.refused(&[args, &["--password-file", &wrong]].concat());
        assert_eq!((code, error.as_str()), (5, "wrong_password"), "{name}");
    }
    let (code, error, _) = owner.refused(&["wallet", "relationship", "you"]);
    assert_eq!((code, error.as_str()), (5, "wallet_not_found"));
    let (code, error, _) = owner.refused(&["account", "show", "wallet:me"]);
    assert_eq!((code, error.as_str()), (2, "relationship_name"));
    File::options()
        .write(true)
        .open(owner.file("me"))
        .unwrap()
        .set_len(100)
        .unwrap();
    let (code, error, _) = owner.refused(&["wallet", "relationship", "me"]);
    assert_eq!((code, error.as_str()), (5, "wallet_malformed"));
    let listed = owner.user.done(&["wallet", "list"]);
    assert_eq!(listed["unusable"][0]["name"], "me");
}

#[test]
fn a_wallet_signs_for_its_subjects_and_is_recovered_from_the_mnemonic_alone() {
    let owner = Owner::new();
    let node = Node::start(&owner.user, &[]);
    let done = |args: &[&str]| owner.done(&[&["--network", node.url()], args].concat());
    let words = owner.user.file("words-in", PHRASE);
    owner.done(&["wallet", "import", "me", "--mnemonic-file", &words]);
    let nothing = done(&["wallet", "recover", "me"]);
    assert_eq!((&nothing["next"], &nothing["searched"]), (&json!(0), &json!(20)));

    for _ in 0..3 {
        owner.done(&["wallet", "relationship", "me", "--new"]);
    }
    let relationships = owner.done(&["wallet", "relationship", "me"])["relationships"].take();
    // The middle one is never registered.
    for index in [0, 2] {
        let (name, relationship) = (format!("wallet:me/{index}"), &relationships[index]);
        done(&[
            "account",
            "send",
            text(&relationship["controller"]),
            "10",
            "--from",
            "dev:alice",
        ]);
        let registered = done(&["consent", "register", "--from", &name]);
        assert_eq!(registered["subject"], relationship["subject"]);
        assert_eq!(registered["controller"], relationship["controller"]);
        let grant = [
            "consent",
            "grant",
            "--subject",
            text(&relationship["subject"]),
            "--to",
            "dev:bob",
        ];
        done(&[&grant[..], &["--purpose", "TREAT", "--from", &name]].concat());
    }
    let (code, error, _) = owner.refused(&["--network", node.url(), "consent", "register", "--from", "wallet:me/3"]);
    assert_eq!((code, error.as_str()), (2, "relationship_unused"));

    // On another machine, with the words and nothing else.
    owner.done(&["wallet", "import", "again", "--mnemonic-file", &words]);
    let recovered = done(&["wallet", "recover", "again"]);
    assert_eq!((&recovered["next"], &recovered["searched"]), (&json!(3), &json!(23)));
    let found = recovered["relationships"].as_array().unwrap();
    let subjects: Vec<&Value> = found.iter().map(|relationship| &relationship["subject"]).collect();
    assert_eq!(subjects, [&relationships[0]["subject"], &relationships[2]["subject"]]);
    let next = owner.done(&["wallet", "relationship", "again", "--new"]);
    assert_eq!(next["relationships"][0]["index"], 3);
    // Nothing that was sent says which numbers the wallet gave, or that the two are of one.
    let log = node.ethereum("eth_getLogs", &json!([{"fromBlock": "0x0"}])).to_string();
    assert!(log.contains(text(&relationships[0]["subject"])));
    assert!(!log.contains(text(&relationships[1]["subject"])));

    // Whoever learns a subject before it is registered can take it: that is told.
    let taken = text(&relationships[1]["subject"]);
    let registered = done(&["consent", "register", "--subject", taken, "--from", "dev:charlie"]);
    let recovered = done(&["wallet", "recover", "me"])["relationships"].take();
    assert_eq!(recovered[1]["controlled_by"], registered["controller"]);
    assert_eq!(recovered[0].get("controlled_by"), None);
}

#[test]
fn several_consents_are_not_granted_as_one_relationship() {
    let owner = Owner::new();
    let file = owner
        .user
        .file("consents.json", &bundle(&[consent(), consent()]).to_string());
    let import = ["consent", "import", &file, "--to", "dev:bob", "--from", "wallet:me/0"];
    let (code, error, message) = owner.refused(&import);
    assert_eq!((code, error.as_str()), (2, "usage"));
    assert!(message.contains("2 consents are active"), "{message}");
    assert!(!owner.user.path(".local/share/salus/openings").exists());
}
