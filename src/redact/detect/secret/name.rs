//! What the name of a field or variable says about its value.

use crate::catalogue::keys::variable_vendor;

/// What a value must be like to be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A password: chosen by a person, so anything that is no plain word.
    Password,
    /// A key or token: random.
    Token,
    /// A key of some kind, most likely no secret: long and random.
    Key,
}

/// The longest name that is looked at.
pub(super) const LONGEST: usize = 64;

/// Names that hold one of these words hold a password.
const PASSWORDS: &[&str] = &[
    "password",
    "passwd",
    "passwort",
    "passphrase",
    "passcode",
    "pwd",
    "kennwort",
    "contraseña",
    "contrasena",
    "senha",
    "motdepasse",
    "wachtwoord",
    "hasło",
    "haslo",
    "parola",
    "salasana",
    "lösenord",
    "adgangskode",
    "heslo",
    "пароль",
    "密码",
    "密碼",
    "パスワード",
    "비밀번호",
];

/// Names that hold one of these words hold a key or token.
const TOKENS: &[&str] = &[
    "secret",
    "token",
    "apikey",
    "accesskey",
    "privatekey",
    "authkey",
    "signingkey",
    "encryptionkey",
    "accountkey",
    "sharedkey",
    "masterkey",
    "subscriptionkey",
    "servicekey",
    "webhookkey",
    "licensekey",
    "credential",
    "authorization",
    "bearer",
    "sessionid",
    "sessid",
    "xamzsignature",
    "functionskey",
];

/// Names that end with one of these say something about a secret.
const ABOUT: &[&str] = &[
    "name",
    "id",
    "ids",
    "file",
    "path",
    "url",
    "uri",
    "type",
    "count",
    "length",
    "len",
    "size",
    "limit",
    "expiry",
    "expires",
    "expiresat",
    "expiresin",
    "at",
    "ref",
    "arn",
    "version",
    "policy",
    "label",
    "hint",
    "field",
    "prefix",
    "tokens",
    "env",
    "var",
    "usage",
    "kind",
    "format",
    "endpoint",
    "class",
    "ttl",
    "hash",
    "digest",
    "placeholder",
    "manager",
    "provider",
];

/// What a name says; `None`: nothing.
pub(super) fn judge(name: &[u8]) -> Option<Kind> {
    if !matters(name) {
        return None;
    }
    let name = std::str::from_utf8(name).ok()?;
    let plain: String = name.chars().filter(|letter| !matches!(letter, '_' | '-' | '.')).collect::<String>().to_lowercase();
    let last = last_word(name).to_lowercase();
    // `session_id` is the exception.
    if ABOUT.contains(&last.as_str()) && !plain.ends_with("sessionid") {
        return None;
    }
    if PASSWORDS.iter().any(|word| plain.contains(word)) || matches!(last.as_str(), "pass" | "pw" | "passe") {
        return Some(Kind::Password);
    }
    if TOKENS.iter().any(|word| plain.contains(word)) || last == "session" || variable_vendor(name).is_some() || plain == "sig" {
        return Some(Kind::Token);
    }
    matches!(last.as_str(), "key" | "auth").then_some(Kind::Key)
}

/// The quick way out of nearly all names: without one of these beginnings there is no word of the lists in them.
fn matters(name: &[u8]) -> bool {
    const FIRST: u32 = letters(b"pstkacbwmhl");
    let is_first = |byte: u8| byte >= 0x80 || (byte >= b'A' && FIRST >> (byte & 31) & 1 == 1);
    name.iter().enumerate().any(|(at, byte)| is_first(*byte) && (*byte >= 0x80 || begins(name.get(at..).unwrap_or_default())))
}

fn begins(rest: &[u8]) -> bool {
    let letter = |at: usize| rest.get(at).map_or(0, |byte| byte | 0x20);
    // Byte by byte: compared as texts this takes many times as long.
    let next = (letter(1), letter(2));
    match letter(0) {
        b'p' => matches!(next, (b'w', _) | (b'a', b's' | b'r')),
        b's' => match next {
            (b'i', b'g') => rest.len() == 3 || letter(3) == b'n',
            next => matches!(next, (b'e', b'c' | b's' | b'n') | (b'a', b'l')),
        },
        b't' => next == (b'o', b'k'),
        b'k' => matches!(next, (b'e', b'y' | b'n')),
        b'a' => matches!(next, (b'u', b't') | (b'c', b'c') | (b'p', b'i') | (b'd', b'g')),
        b'c' => next == (b'o', b'n') || (next == (b'r', b'e') && letter(3) == b'd'),
        b'b' => next == (b'e', b'a'),
        b'w' => next == (b'a', b'c'),
        b'm' => next == (b'o', b't'),
        b'h' => matches!(next, (b'a' | b'e', b's')),
        b'l' => next == (b'o', b's'),
        _ => false,
    }
}

/// A set of letters, a bit for each.
const fn letters(mut of: &[u8]) -> u32 {
    let mut all = 0;
    while let [first, rest @ ..] = of {
        all |= 1 << (*first & 31);
        of = rest;
    }
    all
}

/// The last word of a name: `dbPassword` ends in `Password`, `DB_PASSWORD` too.
fn last_word(name: &str) -> &str {
    let part = name.trim_end_matches(|letter: char| letter.is_ascii_digit()).rsplit(['_', '-', '.']).next().unwrap_or_default();
    let hump = part.as_bytes().windows(2).rposition(|two| matches!(two, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase()));
    hump.and_then(|hump| part.get(hump + 1..)).unwrap_or(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_they_hold() {
        for (name, kind) in [
            ("password", Some(Kind::Password)),
            ("DB_PASSWORD_PROD", Some(Kind::Password)),
            ("dbPass", Some(Kind::Password)),
            ("bypass", None),
            ("MISTRAL_API_KEY", Some(Kind::Token)),
            ("apiKey", Some(Kind::Token)),
            ("X-Api-Key", Some(Kind::Token)),
            ("CO_API_KEY", Some(Kind::Token)),
            ("aws_secret_access_key", Some(Kind::Token)),
            ("accessKeyId", None),
            ("max_tokens", None),
            ("token_count", None),
            ("secretName", None),
            ("primary_key", Some(Kind::Key)),
            ("keyboard", None),
            ("Пароль", Some(Kind::Password)),
            ("name", None),
        ] {
            assert_eq!(judge(name.as_bytes()), kind, "{name}");
        }
    }
}
