use proptest::prelude::*;

use crate::redact::{Detector, Detectors, find};

/// What is found, as `detector:text`.
fn found(text: &str) -> Vec<String> {
    find(text, Detectors::ALL).into_iter().map(|found| format!("{}:{}", found.detector.as_str(), &text[found.range])).collect()
}

fn nothing(texts: &[&str]) {
    for text in texts {
        assert!(found(text).is_empty(), "{text}: {:?}", found(text));
    }
}

fn exactly(detector: Detector, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(found(text), [format!("{}:{expected}", detector.as_str())], "{text}");
    }
}

/// So many characters with no pattern to them. No real key is written in this file.
fn random(length: usize) -> String {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut state: usize = 777;
    (0..length)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            char::from(letters[(state >> 33) % letters.len()])
        })
        .collect()
}

#[test]
fn addresses_of_mail() {
    exactly(
        Detector::Email,
        &[
            ("ann@example.com", "ann@example.com"),
            ("<ann.lee+x@mail.example.co.uk>.", "ann.lee+x@mail.example.co.uk"),
            ("at ann@example.com, and", "ann@example.com"),
            ("a\\nann@example.com\\n", "ann@example.com"),
            ("a\\u00e9ann@example.com", "ann@example.com"),
            ("请联系ann@example.com谢谢", "ann@example.com"),
            ("jürgen@bücher.example!", "jürgen@bücher.example"),
            ("user='ann@example.com'", "ann@example.com"),
            ("ann@example.com-old", "ann@example.com"),
        ],
    );
    nothing(&[
        "ann@localhost",
        "@ann",
        "ann@",
        "react@18.2.0",
        "git@example.com:a/b.git",
        "icon@2x.png",
        "ssh://me@host.example.com/a",
        "a@b.c",
        "a@.com",
        "a.@b.com",
    ]);
}

#[test]
fn telephone_numbers() {
    exactly(
        Detector::Phone,
        &[
            ("+1 415 555 0132", "+1 415 555 0132"),
            ("(+49) 30 23125042", "(+49) 30 23125042"),
            ("+49 (0)30 23125-042.", "+49 (0)30 23125-042"),
            ("(0044 20 7946 0958)", "0044 20 7946 0958"),
            ("x (415) 555-0132 y", "(415) 555-0132"),
            ("415-555-0132", "415-555-0132"),
            ("1-800-555-0199", "1-800-555-0199"),
            ("Tel. 030 23125 042", "030 23125 042"),
            ("\"phone\": \"4155550132\"", "4155550132"),
            ("06 39 98 12 34", "06 39 98 12 34"),
        ],
    );
    nothing(&[
        "+0100",
        "+1234567",
        "4155550132",
        "2026-11-24 08:15",
        "555-01-32",
        "+40.7128-074.0060",
        "123 456 7890",
        "0012345678",
        "1415-555-0132-9",
        "a+493012345678",
        "115-555-0132",
    ]);
}

#[test]
fn numbers_of_cards() {
    exactly(
        Detector::CreditCard,
        &[
            ("4111 1111 1111 1111 12/27", "4111 1111 1111 1111"),
            ("card-4111111111111111.", "4111111111111111"),
            ("3782-822463-10005", "3782-822463-10005"),
            ("card 4222222222222", "4222222222222"),
            ("a\\n4111111111111111", "4111111111111111"),
        ],
    );
    nothing(&[
        "4111 1111 1111 1112",
        "1111111111111117",
        "0.4111111111111111",
        "x4111111111111111",
        "4111111111111111x",
        "41111111111111111111",
        "a7-4111111111111111",
        "4006381333931",
        "411 1-1111 1111 1111",
    ]);
}

#[test]
fn bank_accounts() {
    exactly(
        Detector::Iban,
        &[
            ("DE89 3704 0044 0532 0130 00.", "DE89 3704 0044 0532 0130 00"),
            ("gb82west12345698765432", "gb82west12345698765432"),
            ("iban:BE68-5390-0754-7034,", "BE68-5390-0754-7034"),
        ],
    );
    nothing(&["DE88 3704 0044 0532 0130 00", "DE893704004405320130001", "XDE89370400440532013000", "XX89370400440532013000", "DE89"]);
}

#[test]
fn addresses_of_the_internet() {
    exactly(
        Detector::IpAddress,
        &[
            ("at 203.0.113.7.", "203.0.113.7"),
            ("http://10.1.2.3:80/", "10.1.2.3"),
            ("deploy@198.51.100.23 'ls'", "198.51.100.23"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("fe80::1%eth0 up", "fe80::1%eth0"),
            ("2001:db8::1: timed out", "2001:db8::1"),
            ("from ::ffff:192.0.2.128,", "::ffff:192.0.2.128"),
            ("IPv6:2001:db8::25", "2001:db8::25"),
        ],
    );
    nothing(&[
        "1.2.3",
        "1.2.3.4.5",
        "v1.2.3.4",
        "version 1.2.3.4",
        "foo==1.2.3.4",
        "Chrome/120.0.0.0",
        "256.1.1.1",
        "01.2.3.4",
        "127.0.0.1",
        "::1",
        "a::b",
        "dead::beef",
        "12:34:56",
        "00:1b:44:11:3a:b7",
        "std::fmt",
        "§1.2.3.4",
        "2001:db8",
    ]);
}

#[test]
fn social_security_numbers() {
    exactly(
        Detector::Ssn,
        &[
            ("123-45-6789", "123-45-6789"),
            ("(078 05 1120)", "078 05 1120"),
            ("SSN: 123456789", "123456789"),
            ("social security number 123456789", "123456789"),
        ],
    );
    nothing(&[
        "000-45-6789",
        "666-45-6789",
        "912-45-6789",
        "123-00-6789",
        "123-45-0000",
        "123456789",
        "123-45-67890",
        "1-123-45-6789",
        "123 45-6789",
    ]);
}

#[test]
fn secrets_behind_a_name() {
    let key = random(32);
    let long = random(900);
    for (text, expected) in [
        (format!("MISTRAL_API_KEY={key}"), &*key),
        (format!("{{\"apiKey\": \"{key}\"}}"), &key),
        (format!("{{\\\"apiKey\\\": \\\"{key}\\\"}}"), &key),
        (format!("Authorization: Bearer {key}"), &key),
        (format!("?token={key}&user=1"), &key),
        (format!("AWS_SESSION_TOKEN={long} x"), &long),
        (format!("tool --api-key {key} -v"), &key),
        (format!("name: API_TOKEN\n  value: {key}"), &key),
        ("password = \"h\"unter2!\"".to_owned(), "h\"unter2!"),
        ("pwd=S3cr&t12;Encrypt=true".to_owned(), "S3cr&t12"),
        ("postgres://app:pa@ss1@db.example.com/x".to_owned(), "pa@ss1"),
        ("Das Passwort lautet Gl4sF4ser!".to_owned(), "Gl4sF4ser!"),
        ("Пароль: Zima2026!".to_owned(), "Zima2026!"),
    ] {
        assert_eq!(found(&text), [format!("secret:{expected}")], "{text}");
    }
    nothing(&[
        "password: str",
        "password: required",
        "password = config.get('db', 'pw1')",
        "password == password2",
        "password: ${DB_PASSWORD_1}",
        "token: ${{ secrets.TOKEN_1 }}",
        "max_tokens: 123456",
        "secret_name: prod-db-2024-abc123",
        "api_key=os.environ[\"KEY1\"]",
        "cache_key = user-profile-v2",
        "postgres://u:password@localhost",
        "sk-...",
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a1b2c3",
    ]);
}

#[test]
fn keys_by_their_form() {
    let key = |prefix: &str, length| format!("{prefix}{}", random(length));
    for key in [
        key("gsk_", 52),
        key("sk-ant-", 93),
        key("ghp_", 36),
        key("hf_", 34),
        key("sk_live_", 24),
        format!("SG.{}.{}", random(22), random(43)),
        key("sk-ant-", 700),
    ] {
        assert_eq!(found(&format!("x ({key}) y")), [format!("secret:{key}")]);
    }
    // What a stand-in in a policy would be can be a real key here.
    let lucky = format!("sk-ant-{}xxxx{}", random(40), random(40));
    assert_eq!(found(&lucky), [format!("secret:{lucky}")]);
    let token = format!("eyJ{}.eyJ{}.{}", random(30), random(2000), random(43));
    assert_eq!(found(&format!("Bearer {token}.")), [format!("secret:{token}")]);
    let (id, aws) = (["AKIA", "Q7R2M5XZK3PWT6YB"].concat(), random(40));
    assert_eq!(found(&format!("{id},{aws}")), [format!("secret:{id}"), format!("secret:{aws}")]);
    nothing(&[&aws, &random(64)]);
}

#[test]
fn a_private_key_is_found_to_its_end() {
    let dashes = "-----";
    let of = |kind: &str, newline: &str| {
        let lines = [random(64), random(64), format!("{}==", random(20))].join(newline);
        format!("{dashes}BEGIN {kind}{dashes}{newline}{lines}{newline}{dashes}END {kind}{dashes}")
    };
    for kind in [
        ["PRIVATE", " KEY"].concat(),
        ["RSA PRIVATE", " KEY"].concat(),
        ["OPENSSH PRIVATE", " KEY"].concat(),
        ["PGP PRIVATE", " KEY BLOCK"].concat(),
    ] {
        for newline in ["\n", "\r\n", "\\n"] {
            let key = of(&kind, newline);
            assert_eq!(found(&format!("a {key}{newline}b")), [format!("secret:{key}")]);
            // Cut off: everything that may be of the key.
            let cut = key.split("-----END").next().unwrap().trim_end_matches(newline);
            assert_eq!(found(&format!("{cut}{newline}And then words follow.")), [format!("secret:{cut}")]);
        }
    }
    nothing(&[&of("PUBLIC KEY", "\n"), &of("CERTIFICATE", "\n")]);
}

#[test]
fn hostile_texts_take_linear_time() {
    for (piece, some) in [
        ("4", false),
        ("4111 ", false),
        ("411-", false),
        ("1.2.", false),
        ("a@a.", false),
        ("@", false),
        ("password=", true),
        ("password=\"", true),
        ("http://a:", false),
        ("sk-ant-", false),
        ("eyJhbGciOiJIUzI1NiJ9.", true),
        ("2001:", false),
        ("::", false),
        ("\\\"(+1-", false),
        ("token:a1b2c3d4e5f6&", false),
        ("\u{200b}4", false),
        ("-----BEGIN ", false),
        ("DE89", false),
        ("\\", false),
        ("'", false),
        ("passwd ", false),
        ("&a", false),
        ("password=&a", false),
    ] {
        // Were it quadratic, this would take hours.
        let text = piece.repeat((1 << 18) / piece.len());
        assert_eq!(!find(&text, Detectors::ALL).is_empty(), some, "{piece}");
    }
}

/// Texts made of what the detectors look for, cut and joined at random.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "ann@example.com",
            "+49 30 1234567",
            "4111 1111 1111 1111",
            "DE89370400440532013000",
            "203.0.113.7",
            "fe80::1%e",
            "123-45-6789",
            "password=",
            "Bearer ",
            "hunter2!x",
            "-----BEGIN PRIVATE KEY-----",
            "-----END PRIVATE KEY-----",
            "\\n",
            "\\u00e9",
            "\u{200b}",
            "\u{a0}",
            "４",
            "＠",
            "é",
            "请",
            "🎉",
            "://u:",
            "@",
            ":",
            "=",
            "\"",
            "'",
            ".",
            "-",
            " ",
            "+",
            "00",
            "eyJhbGciOiJIUzI1NiJ9.",
            "sk-ant-",
            "value:",
            "§",
            "\\",
            "(",
            ")",
            "[",
            "&a=",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,3}",
        "[0-9]{1,6}",
        "[a-zA-Z0-9]{1,30}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn finds_are_in_order_apart_and_whole_letters(text in texts(), mask in 0_u8..128) {
        let wanted: Detectors = Detector::ALL.into_iter().filter(|detector| mask >> *detector as u8 & 1 == 1).collect();
        let mut last = 0;
        for found in find(&text, wanted) {
            prop_assert!(wanted.contains(found.detector));
            prop_assert!(found.range.start >= last && found.range.start < found.range.end, "{found:?}");
            prop_assert!(text.get(found.range.clone()).is_some(), "{found:?} splits a letter");
            last = found.range.end;
        }
    }

    #[test]
    fn what_stands_by_itself_is_found_wherever_it_is(before in "([a-z]{1,8} ){0,9}", after in "( [a-z]{1,8}){0,9}") {
        for (detector, value) in [
            (Detector::Email, "ann@example.com"),
            (Detector::Phone, "+49 30 1234567"),
            (Detector::CreditCard, "4111 1111 1111 1111"),
            (Detector::Iban, "DE89370400440532013000"),
            (Detector::IpAddress, "203.0.113.7"),
            (Detector::Ssn, "123-45-6789"),
        ] {
            // Words that make it something else are few, and none of them is this long.
            prop_assume!(!["v", "ver", "sdk", "version", "build", "section", "release"].iter().any(|word| before.contains(word)));
            let text = format!("{before}{value}{after}");
            prop_assert_eq!(found(&text), vec![format!("{}:{value}", detector.as_str())]);
        }
    }
}
