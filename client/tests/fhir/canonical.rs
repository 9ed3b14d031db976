//! The strict reader, the canonical form by RFC 8785, and the commitment to it.

use alloy_core::primitives::keccak256;
use proptest::prelude::*;
use salus_client::fhir::{
    Bundle, Canonical, Limits, Salt,
    json::{self, JsonErrorKind},
};

fn canonical(json: &str) -> String {
    let canonical = Canonical::of_json(json.as_bytes(), &Limits::default()).unwrap();
    String::from_utf8(canonical.as_bytes().to_vec()).unwrap()
}

fn refusal(json: impl AsRef<[u8]>) -> (JsonErrorKind, String) {
    let error = json::parse(json.as_ref(), &Limits::default()).unwrap_err();
    (error.kind, error.path)
}

/// RFC 8785, sections 3.2.2 and 3.2.4, but for the one number that no double holds (see the next test).
#[test]
fn the_example_of_rfc_8785_has_the_canonical_form_that_it_names() {
    let input = r#"{
        "numbers": [333333333.3333333, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
        "literals": [null, true, false]
    }"#;
    let output = "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
                  \"string\":\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
    assert_eq!(canonical(input), output);
}

/// RFC 8785 rounds it; here it is refused, since whoever reads it exactly reads another number.
#[test]
fn the_rounded_number_of_rfc_8785s_example_is_refused() {
    assert_eq!(
        refusal(r#"{"numbers": [333333333.33333329]}"#),
        (JsonErrorKind::InexactNumber, "numbers[0]".to_owned())
    );
    // The canonicaliser itself, given the double, writes what the RFC writes.
    let value = serde_json::json!(["333333333.33333329".parse::<f64>().unwrap()]);
    assert_eq!(Canonical::of(&value).unwrap().as_bytes(), b"[333333333.3333333]");
}

/// RFC 8785, section 3.2.3: by UTF-16 code units, so that U+1F600 comes before U+FB33.
#[test]
fn names_are_sorted_as_rfc_8785_sorts_them() {
    let input = r#"{"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
        "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"}"#;
    assert_eq!(
        canonical(input),
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\"\u{f6}\":\"Latin Small Letter O With Diaeresis\",\
         \"\u{20ac}\":\"Euro Sign\",\"\u{1f600}\":\"Emoji: Grinning Face\",\"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}"
    );
}

/// RFC 8785, appendix B: the bits of a double and how it is written.
#[test]
fn doubles_are_written_as_in_appendix_b_of_rfc_8785() {
    for (bits, text) in [
        (0x0000_0000_0000_0000_u64, "0"),
        (0x8000_0000_0000_0000, "0"),
        (0x0000_0000_0000_0001, "5e-324"),
        (0x8000_0000_0000_0001, "-5e-324"),
        (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
        (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
        (0x4340_0000_0000_0000, "9007199254740992"),
        (0xc340_0000_0000_0000, "-9007199254740992"),
        (0x4430_0000_0000_0000, "295147905179352830000"),
        (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
        (0x44b5_2d02_c7e1_4af6, "1e+23"),
        (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
        (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
        (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
        (0x444b_1ae4_d6e2_ef50, "1e+21"),
        (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
        (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
        (0x41b3_de43_5555_5553, "333333333.3333332"),
        (0x41b3_de43_5555_5554, "333333333.33333325"),
        (0x41b3_de43_5555_5555, "333333333.3333333"),
        (0x41b3_de43_5555_5556, "333333333.3333334"),
        (0x41b3_de43_5555_5557, "333333333.33333343"),
        (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
        (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
    ] {
        let value = serde_json::json!(f64::from_bits(bits));
        let written = Canonical::of(&value).unwrap();
        assert_eq!(std::str::from_utf8(written.as_bytes()).unwrap(), text);
        // And what is written is read again as the same double.
        assert_eq!(canonical(text), text);
    }
}

#[test]
fn whitespace_order_escapes_and_trailing_zeros_do_not_change_the_canonical_form() {
    let one = r#"{"value":1.5,"unit":"mg/dL","text":"a/b"}"#;
    let other = "{ \"unit\" : \"\\u006dg\\/dL\",\r\n\t\"text\": \"a\\/b\", \"value\": 1.50e0 }";
    assert_eq!(canonical(one), canonical(other));
    assert_ne!(canonical(one), canonical(&one.replace("1.5", "1.51")));
}

#[test]
fn strings_are_not_normalised() {
    assert_ne!(canonical(r#""\u00e9""#), canonical(r#""e\u0301""#));
}

#[test]
fn a_name_that_occurs_twice_is_refused_where_it_is() {
    let (kind, path) = refusal(r#"{"a": [{"b": 1, "c": 2, "b": 3}]}"#);
    assert_eq!((kind, path.as_str()), (JsonErrorKind::DuplicateName, "a[0].b"));
    // Also if it is written in another way.
    assert_eq!(refusal(r#"{"ab": 1, "\u0061b": 1}"#).0, JsonErrorKind::DuplicateName);
    // serde_json, which takes the last one, shows why the strict reader is needed.
    let lenient: serde_json::Value = serde_json::from_str(r#"{"b": 1, "b": 3}"#).unwrap();
    assert_eq!(lenient["b"], 3);
}

#[test]
fn what_is_not_i_json_is_refused() {
    use JsonErrorKind::*;
    let cases: [(&[u8], JsonErrorKind); 30] = [
        (br#""\ud800""#, LoneSurrogate),
        (br#""\udc00\ud800""#, LoneSurrogate),
        (br#""\ud83dx""#, LoneSurrogate),
        (br#""\ud83d\n""#, LoneSurrogate),
        (br#""\uffff""#, Noncharacter),
        (br#""\ud83f\udffe""#, Noncharacter),
        ("\"\u{fdd0}\"".as_bytes(), Noncharacter),
        (b"\"\xff\"", NotUtf8),
        (b"\xef\xbb\xbf{}", UnexpectedCharacter),
        (b"", UnexpectedEnd),
        (b"  ", UnexpectedEnd),
        (b"[1,", UnexpectedEnd),
        (b"\"abc", UnexpectedEnd),
        (b"\"a\nb\"", UnexpectedCharacter),
        (br#""\x""#, UnexpectedCharacter),
        (br#""\u12g4""#, UnexpectedCharacter),
        (b"[1,]", UnexpectedCharacter),
        (b"{\"a\":1,}", UnexpectedCharacter),
        (b"{a:1}", UnexpectedCharacter),
        (b"+1", UnexpectedCharacter),
        (b".5", UnexpectedCharacter),
        (b"1.", UnexpectedEnd),
        (b"1e", UnexpectedEnd),
        (b"-", UnexpectedEnd),
        (b"01", TrailingCharacters),
        (b"NaN", UnexpectedCharacter),
        (b"nul", UnexpectedEnd),
        (b"{} {}", TrailingCharacters),
        (b"9007199254740993", InexactNumber),
        (b"1e999", InexactNumber),
    ];
    for (json, kind) in cases {
        assert_eq!(refusal(json).0, kind, "{}", String::from_utf8_lossy(json));
    }
}

#[test]
fn nesting_beyond_the_limit_is_refused_and_does_not_exhaust_the_stack() {
    let limit = usize::from(Limits::default().depth);
    let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(json::parse(nested(limit).as_bytes(), &Limits::default()).is_ok());
    assert_eq!(refusal(nested(limit + 1)).0, JsonErrorKind::TooDeep);
    let most = Limits {
        depth: u8::MAX,
        ..Limits::default()
    };
    let error = json::parse("[".repeat(1_000_000).as_bytes(), &most).unwrap_err();
    assert_eq!(error.kind, JsonErrorKind::TooDeep);
}

#[test]
fn an_error_says_line_and_column() {
    let error = json::parse("{\n  \"é\": \"ü\", x".as_bytes(), &Limits::default()).unwrap_err();
    assert_eq!((error.line, error.column), (2, 13));
    assert_eq!(error.to_string(), "unexpected character (line 2, column 13)");
}

#[test]
fn a_commitment_is_the_hash_of_domain_version_salt_and_canonical_bytes() {
    let record = Canonical::of_json(br#"{"resourceType": "Patient", "id": "p"}"#, &Limits::default()).unwrap();
    let salt = Salt::from_bytes([0xab; 32]);
    let mut preimage = b"salus/record\0\0\0\0\x01".to_vec();
    preimage.extend([0xab; 32]);
    preimage.extend(br#"{"id":"p","resourceType":"Patient"}"#);
    assert_eq!(record.commit(&salt), keccak256(preimage).0);
    assert_ne!(record.commit(&salt), record.commit(&Salt::random()));
}

#[test]
fn neither_salts_nor_records_are_printed() {
    let salt = Salt::from_bytes([0xab; 32]);
    let record = Canonical::of_json(br#"{"name": "Ashli"}"#, &Limits::default()).unwrap();
    assert_eq!(format!("{salt:?} {record:?}"), "Salt(..) Canonical(16 bytes)");
}

#[test]
fn random_salts_differ() {
    assert_ne!(Salt::random().as_bytes(), Salt::random().as_bytes());
}

/// Any JSON value, with numbers that doubles hold.
fn any_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i32>().prop_map(serde_json::Value::from),
        any::<f64>()
            .prop_filter("finite", |double| double.is_finite())
            .prop_map(serde_json::Value::from),
        "[a-zé\u{1f600}\"\\\\/\n]{0,8}".prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(serde_json::Value::from),
            prop::collection::btree_map("[a-c\u{e9}\u{fb33}\u{1f600}]{0,3}", inner, 0..5)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_input_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = json::parse(&bytes, &Limits::default());
        let _ = Bundle::from_json(&bytes, &Limits::default());
    }

    #[test]
    fn no_text_of_json_pieces_panics(pieces in prop::collection::vec(prop::sample::select(vec![
        "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u", "d83d", "\"a\"", "\"entry\":", "\"resource\":", "\"type\":\"batch\"",
        "\"resourceType\":\"Bundle\"", "1", "-", ".", "e", "0", "null", "true", " ", "é", "\u{fffe}",
    ]), 0..40)) {
        let text = pieces.concat();
        let _ = Bundle::from_json(text.as_bytes(), &Limits::default());
        // What the strict reader accepts, serde_json reads as well, and both have the same canonical form.
        if let Ok(value) = json::parse(text.as_bytes(), &Limits::default()) {
            let lenient: serde_json::Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(Canonical::of(&value).unwrap(), Canonical::of(&lenient).unwrap());
        }
    }

    #[test]
    fn the_canonical_form_is_a_fixed_point_however_the_value_was_written(value in any_value()) {
        let compact = serde_json::to_string(&value).unwrap();
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        let once = canonical(&compact);
        prop_assert_eq!(&once, &canonical(&pretty));
        prop_assert_eq!(&once, &canonical(&once));
    }
}
