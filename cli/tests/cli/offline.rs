//! What needs no chain: keys, networks, arguments, the envelope.

use crate::user::User;

#[test]
fn a_key_is_made_listed_shown_and_exported_without_showing_its_secret() {
    let user = User::new();
    let password = user.file("password", "correct horse\n");
    let (code, made) = user.json(&[
        "account",
        "new",
        "clinic",
        "--kind",
        "ethereum",
        "--password-file",
        &password,
    ]);
    assert_eq!(code, 0, "{made}");
    assert_eq!(made["schema_version"], 1);
    assert_eq!(made["command"], "account new");
    assert_eq!(made["ok"], true);
    let address = made["result"]["address"].as_str().unwrap();

    let (_, list) = user.json(&["account", "list"]);
    assert_eq!(list["result"]["accounts"][0]["name"], "clinic");
    assert_eq!(list["result"]["accounts"][0]["address"], address);
    let (_, shown) = user.json(&["account", "show", address]);
    assert_eq!(shown["result"]["address"], address);

    let copy = user.path("copy.json");
    assert_eq!(
        user.json(&["account", "export", "clinic", "--to", copy.to_str().unwrap()])
            .0,
        0
    );
    let (code, imported) = user.json(&[
        "account",
        "import",
        "again",
        "--key-file",
        copy.to_str().unwrap(),
        "--password-file",
        &password,
    ]);
    assert_eq!(code, 0, "{imported}");
    assert_eq!(imported["result"]["address"], address);
    assert_eq!(imported["result"]["public_key"], made["result"]["public_key"]);
}

#[test]
fn a_secret_is_imported_from_a_file_and_a_bad_one_is_not_repeated() {
    let user = User::new();
    let password = user.file("password", "p\n");
    let secret = user.file(
        "secret",
        "0x5fb92d6e98884f76de468fa3f6278f8807c48bebc13595d45af5bdc4da702133\n",
    );
    let (code, made) = user.json(&[
        "account",
        "import",
        "alith",
        "--secret-file",
        &secret,
        "--password-file",
        &password,
    ]);
    assert_eq!(code, 0, "{made}");
    assert_eq!(made["result"]["address"], "0xf24FF3a9CF04c71Dbc94D0b566f7A27B94566cac");

    let bad = user.file("bad", "hunter2hunter2\n");
    let (code, refused) = user.json(&[
        "account",
        "import",
        "x",
        "--secret-file",
        &bad,
        "--password-file",
        &password,
    ]);
    assert_eq!(
        (code, refused["error"]["code"].as_str().unwrap()),
        (5, "invalid_secret")
    );
    assert!(!refused.to_string().contains("hunter2"));
}

#[test]
fn a_wrong_password_exits_with_5() {
    let user = User::new();
    let right = user.file("right", "right\n");
    let wrong = user.file("wrong", "wrong\n");
    user.json(&["account", "new", "patient", "--password-file", &right]);
    let file = user.path(".local/share/salus/keystore/patient.json");
    let (code, refused) = user.json(&[
        "account",
        "import",
        "copy",
        "--key-file",
        file.to_str().unwrap(),
        "--password-file",
        &wrong,
    ]);
    assert_eq!(
        (code, refused["error"]["code"].as_str().unwrap()),
        (5, "wrong_password")
    );
    assert_eq!(refused["ok"], false);
}

#[test]
fn a_network_configuration_with_a_typo_exits_with_3() {
    let user = User::new();
    user.file(
        ".config/salus/networks.json",
        "{\"schema_version\":1,\"networks\":{}, \"typo\": 1}",
    );
    let (code, refused) = user.json(&["network"]);
    assert_eq!(
        (code, refused["error"]["code"].as_str().unwrap()),
        (3, "network_config")
    );
}

#[test]
fn networks_are_listed_with_those_of_the_user() {
    let user = User::new();
    user.file(
        ".config/salus/networks.json",
        r#"{"schema_version":1,"networks":{"staging":{"substrate_rpc":"wss://node.example.org","chain_id":7}}}"#,
    );
    let (_, list) = user.json(&["network"]);
    let names: Vec<_> = list["result"]["networks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|n| n["name"].clone())
        .collect();
    assert_eq!(names, ["local", "paseo", "polkadot-hub", "staging"]);
}

#[test]
fn wrong_arguments_exit_with_2_in_both_forms() {
    let user = User::new();
    let text = user.salus(&["account", "nwe"]);
    assert_eq!(text.status.code(), Some(2));
    assert!(text.stdout.is_empty());
    assert!(String::from_utf8_lossy(&text.stderr).contains("nwe"));

    let (code, envelope) = user.json(&["account", "nwe"]);
    assert_eq!((code, envelope["error"]["code"].as_str().unwrap()), (2, "usage"));
}

#[test]
fn help_is_a_result_and_states_the_exit_codes() {
    let help = User::new().salus(&["--help"]);
    assert_eq!(help.status.code(), Some(0));
    let text = String::from_utf8(help.stdout).unwrap();
    assert!(
        text.contains("Exit codes:") && text.contains("schema_version"),
        "{text}"
    );
}

#[test]
fn errors_leave_standard_output_empty_without_json() {
    let output = User::new().salus(&["account", "export", "nobody", "--to", "x.json"]);
    assert_eq!(output.status.code(), Some(5));
    assert!(output.stdout.is_empty());
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.starts_with("error: there is no account `nobody`"), "{stderr}");
    assert!(stderr.contains("hint: "), "{stderr}");
}
