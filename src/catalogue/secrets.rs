//! Finds text that has the shape of a key.
//!
//! A literal is found by its prefix and then judged by its length and alphabet, so that `sk-...`, `sk-ant-xxxx` and other
//! stand-ins in documentation are left alone. Vendors change their prefixes: a text in which nothing is found may still hold a key.

use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

/// How far past its prefix a literal is looked at.
const LONGEST: usize = 512;

/// Where in a text key-shaped literals stand, in order, and whose they are (a vendor's name or a kind such as `private key`).
pub fn literal_secrets(text: &str) -> Vec<(Range<usize>, &'static str)> {
    all_secrets(text, is_placeholder)
}

/// The same for text in which a key must not be overlooked: only what has few different characters is left as a stand-in, for a real
/// key can hold `xxxx` by chance.
pub fn possible_secrets(text: &str) -> Vec<(Range<usize>, &'static str)> {
    all_secrets(text, |literal| different(literal) < 8)
}

fn all_secrets(text: &str, is_stand_in: fn(&[u8]) -> bool) -> Vec<(Range<usize>, &'static str)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut from = 0;
    while let Some((range, owner)) = next_secret(bytes, from, is_stand_in) {
        from = range.end;
        found.push((range, owner));
    }
    found
}

/// Whose key a value is by its shape (a vendor's name or a kind); for values written where the *source* of a key belongs, so a long
/// random token of no known form counts too, as `token`.
pub fn looks_secret(value: &str) -> Option<&'static str> {
    next_secret(value.as_bytes(), 0, is_placeholder).map(|(_, owner)| owner).or_else(|| is_random(value).then_some("token"))
}

/// The same where the vendor is known: its keys without a prefix are told by their length and alphabet.
pub fn looks_secret_of(vendor: &str, value: &str) -> Option<&'static str> {
    let all = |of: fn(&u8) -> bool| value.bytes().all(|byte| of(&byte));
    let hex = |byte: &u8| byte.is_ascii_hexdigit();
    let owner = match (vendor, value.len()) {
        ("mistral", 32) if all(u8::is_ascii_alphanumeric) => Some("mistral"),
        ("cohere", 40) if all(u8::is_ascii_alphanumeric) => Some("cohere"),
        ("azure", 32) if all(hex) => Some("azure"),
        ("azure", 84) if all(u8::is_ascii_alphanumeric) => Some("azure"),
        _ => None,
    };
    owner.filter(|_| !is_placeholder(value.as_bytes())).or_else(|| looks_secret(value))
}

fn next_secret(bytes: &[u8], from: usize, is_stand_in: fn(&[u8]) -> bool) -> Option<(Range<usize>, &'static str)> {
    for prefix in prefixes()?.find_iter(bytes.get(from..)?) {
        let start = from + prefix.start();
        let Some(form) = FORMS.get(prefix.pattern().as_usize()) else { continue };
        let before = start.checked_sub(1).and_then(|place| bytes.get(place));
        if !form.anywhere && before.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')) {
            continue;
        }
        let rest = bytes.get(from + prefix.end()..).unwrap_or_default();
        if let Some(length) = form.shape.matches(rest, is_stand_in) {
            return Some((start..from + prefix.end() + length, form.owner));
        }
    }
    None
}

fn prefixes() -> Option<&'static AhoCorasick> {
    static PREFIXES: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    // This kind is the quickest to build (some 75 µs), and no other searches faster: the time goes to its prefilter.
    let kind = Some(AhoCorasickKind::NoncontiguousNFA);
    let build =
        || AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).kind(kind).build(FORMS.iter().map(|form| form.prefix)).ok();
    PREFIXES.get_or_init(build).as_ref()
}

/// What follows a prefix.
enum Shape {
    /// So many characters or more of `A–Z a–z 0–9 _ -`.
    Word(usize),
    /// So many letters and digits or more.
    Alphanumeric(usize),
    /// So many capitals and digits, and then none.
    Capitals(usize),
    /// So many hexadecimal digits or more.
    Hex(usize),
    /// So many characters or more of base64.
    Base64(usize),
    /// The rest of a PEM header, ending in `PRIVATE KEY-----`.
    Pem,
    /// So many characters of a word, a full stop, and so many more.
    Pair(usize, usize),
    /// Two more parts after a first one, as in a JSON web token.
    WebToken,
}

impl Shape {
    /// The length of the literal after its prefix, if it is one.
    fn matches(&self, rest: &[u8], is_stand_in: fn(&[u8]) -> bool) -> Option<usize> {
        let rest = rest.get(..LONGEST).unwrap_or(rest);
        let run = |of: fn(u8) -> bool| rest.iter().position(|byte| !of(*byte)).unwrap_or(rest.len());
        let (length, least) = match self {
            Self::Word(least) => (run(is_word), *least),
            Self::Alphanumeric(least) => (run(|byte| byte.is_ascii_alphanumeric()), *least),
            Self::Capitals(exactly) => {
                let length = run(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
                (length, if length > *exactly { usize::MAX } else { *exactly })
            }
            Self::Hex(least) => (run(|byte| byte.is_ascii_hexdigit()), *least),
            Self::Base64(least) => (run(|byte| is_word(byte) || matches!(byte, b'+' | b'/' | b'=')), *least),
            Self::Pair(first, second) => {
                let tail = run(is_word) + 1;
                let length = rest.iter().skip(tail).position(|byte| !is_word(*byte)).map_or(rest.len(), |end| tail + end);
                let whole = tail > *first && rest.get(tail - 1) == Some(&b'.') && length - tail >= *second;
                (length, if whole { 0 } else { usize::MAX })
            }
            Self::Pem => return pem_header(rest),
            Self::WebToken => return web_token(rest),
        };
        let literal = rest.get(..length)?;
        (length >= least && !is_stand_in(literal)).then_some(length)
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

fn pem_header(rest: &[u8]) -> Option<usize> {
    const END: &[u8] = b"PRIVATE KEY-----";
    let line = rest.get(..40).unwrap_or(rest);
    let kind = line.windows(END.len()).position(|window| window == END)?;
    let plain = line.get(..kind)?.iter().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b' ' | b'0'..=b'9'));
    plain.then_some(kind + END.len())
}

fn web_token(rest: &[u8]) -> Option<usize> {
    let mut parts = rest.splitn(3, |byte| *byte == b'.');
    let (head, body, tail) = (parts.next()?, parts.next()?, parts.next()?);
    let signature = tail.iter().position(|byte| !is_word(*byte)).unwrap_or(tail.len());
    let whole = |part: &[u8], least: usize| part.len() >= least && part.iter().all(|byte| is_word(*byte));
    let token = whole(head, 8) && whole(body, 8) && body.starts_with(b"eyJ") && signature >= 20;
    token.then_some(head.len() + 1 + body.len() + 1 + signature)
}

/// How many different characters a literal has.
fn different(literal: &[u8]) -> usize {
    let mut seen = [false; 256];
    for byte in literal {
        if let Some(seen) = seen.get_mut(usize::from(*byte)) {
            *seen = true;
        }
    }
    seen.iter().filter(|seen| **seen).count()
}

/// Whether a literal stands in for a key: few different characters, or a word that says so.
fn is_placeholder(literal: &[u8]) -> bool {
    let says = |word: &[u8]| literal.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word));
    different(literal) < 8
        || ["xxxx", "0000000", "example", "placeholder", "redacted", "your-", "your_", "yourkey", "dummy"]
            .iter()
            .any(|word| says(word.as_bytes()))
}

/// Whether a value is one long run of letters and digits with no words in it.
fn is_random(value: &str) -> bool {
    let token = value.strip_prefix("Bearer ").unwrap_or(value);
    if token.len() < 32
        || !token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+' | b'/' | b'=' | b'.'))
    {
        return false;
    }
    let longest = token.split(|letter: char| !letter.is_ascii_alphanumeric()).max_by_key(|part| part.len()).unwrap_or_default();
    let count = |of: fn(&u8) -> bool| longest.bytes().filter(of).count();
    let (digits, small, large) = (count(u8::is_ascii_digit), count(u8::is_ascii_lowercase), count(u8::is_ascii_uppercase));
    let mixed = longest.len() >= 16 && digits >= 3 && small >= 3 && large >= 3;
    let hex = longest.len() >= 32 && longest.bytes().all(|byte| byte.is_ascii_hexdigit()) && digits >= 6 && small + large >= 6;
    let one_case = longest.len() >= 32 && digits >= 5 && small + large >= 10;
    (mixed || hex || one_case) && !is_placeholder(token.as_bytes())
}

struct Form {
    prefix: &'static str,
    shape: Shape,
    owner: &'static str,
    /// Whether the prefix tells enough to count inside a longer word.
    anywhere: bool,
}

const fn form(prefix: &'static str, shape: Shape, owner: &'static str) -> Form {
    Form { prefix, shape, owner, anywhere: true }
}

const fn whole(prefix: &'static str, shape: Shape, owner: &'static str) -> Form {
    Form { prefix, shape, owner, anywhere: false }
}

use Shape::{Alphanumeric, Base64, Capitals, Hex, Pair, Pem, WebToken, Word};

/// The forms; of two prefixes that fit, the longer one counts.
static FORMS: &[Form] = &[
    form("sk-proj-", Word(40), "openai"),
    form("sk-svcacct-", Word(40), "openai"),
    form("sk-admin-", Word(40), "openai"),
    form("sk-ant-", Word(48), "anthropic"),
    form("sk-or-v1-", Hex(64), "openrouter"),
    // OpenAI's old user keys, DeepSeek's, and those of the many servers that took after them.
    whole("sk-", Alphanumeric(32), "sk- API"),
    form("AQ.Ab8RN6", Word(44), "gemini"),
    form("AIza", Word(35), "google"),
    form("gsk_", Alphanumeric(52), "groq"),
    whole("xai-", Alphanumeric(70), "xai"),
    whole("ABSK", Base64(100), "bedrock"),
    form("bedrock-api-key-", Base64(100), "bedrock"),
    whole("AKIA", Capitals(16), "aws"),
    whole("ASIA", Capitals(16), "aws"),
    form("glpat-", Word(20), "gitlab"),
    form("xoxb-", Word(40), "slack"),
    form("xoxp-", Word(40), "slack"),
    whole("hf_", Alphanumeric(34), "huggingface"),
    whole("api_org_", Alphanumeric(34), "huggingface"),
    form("tgp_v1_", Word(43), "together"),
    whole("csk-", Alphanumeric(48), "cerebras"),
    whole("pplx-", Alphanumeric(48), "perplexity"),
    whole("r8_", Alphanumeric(37), "replicate"),
    form("nvapi-", Word(60), "nvidia"),
    form("github_pat_", Word(60), "github"),
    whole("ghp_", Alphanumeric(36), "github"),
    whole("gho_", Alphanumeric(36), "github"),
    whole("ghs_", Alphanumeric(36), "github"),
    whole("ghu_", Alphanumeric(36), "github"),
    whole("ghr_", Alphanumeric(36), "github"),
    whole("xoxa-", Word(40), "slack"),
    whole("xoxs-", Word(40), "slack"),
    whole("xapp-", Word(40), "slack"),
    whole("sk_live_", Alphanumeric(24), "stripe"),
    whole("sk_test_", Alphanumeric(24), "stripe"),
    whole("rk_live_", Alphanumeric(24), "stripe"),
    whole("whsec_", Base64(32), "webhook"),
    whole("SG.", Pair(22, 43), "sendgrid"),
    whole("npm_", Alphanumeric(36), "npm"),
    whole("pypi-AgE", Word(60), "pypi"),
    whole("ya29.", Word(40), "google"),
    whole("GOCSPX-", Word(28), "google"),
    whole("dop_v1_", Hex(64), "digitalocean"),
    whole("shpat_", Hex(32), "shopify"),
    whole("lin_api_", Alphanumeric(40), "linear"),
    whole("hvs.", Word(24), "vault"),
    whole("AGE-SECRET-KEY-1", Capitals(58), "age"),
    form("-----BEGIN ", Pem, "private key"),
    whole("eyJ", WebToken, "web token"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// So many characters with no pattern to them. No real key is written in this file.
    fn random(length: usize, alphabet: &str) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        let mut state: usize = 12345;
        (0..length)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                letters[(state >> 33) % letters.len()]
            })
            .collect()
    }

    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    const HEX: &str = "0123456789abcdef";

    #[test]
    fn each_form_is_found_whole() {
        let part = |length| random(length, LETTERS);
        let openai = format!("{}T3BlbkFJ{}", part(58), part(58));
        for (key, owner) in [
            (format!("sk-proj-{openai}"), "openai"),
            (format!("sk-svcacct-{openai}"), "openai"),
            (format!("sk-{}T3BlbkFJ{}", part(20), part(20)), "sk- API"),
            (format!("sk-ant-api03-{}AA", part(93)), "anthropic"),
            (format!("sk-ant-admin01-{}AA", part(93)), "anthropic"),
            (format!("sk-or-v1-{}", random(64, HEX)), "openrouter"),
            (format!("sk-{}", random(32, HEX)), "sk- API"),
            (format!("AQ.Ab8RN6{}", part(44)), "gemini"),
            (format!("AIza{}", part(35)), "google"),
            (format!("gsk_{}", part(52)), "groq"),
            (format!("xai-{}", part(80)), "xai"),
            (format!("ABSK{}", part(128)), "bedrock"),
            (format!("AKIA{}", random(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")), "aws"),
            (format!("hf_{}", part(34)), "huggingface"),
            (format!("tgp_v1_{}", part(43)), "together"),
            (format!("pplx-{}", part(48)), "perplexity"),
            (format!("nvapi-{}", part(64)), "nvidia"),
            (format!("eyJ{}.eyJ{}.{}", part(20), part(80), part(43)), "web token"),
        ] {
            let text = format!("# é\nheader \"x-key\" \"{key}\" # {key}\n");
            let found = literal_secrets(&text);
            assert_eq!(found.len(), 2, "{key}");
            for (range, whose) in found {
                assert_eq!((&text[range], whose), (key.as_str(), owner));
            }
            assert_eq!(looks_secret(&key), Some(owner));
        }
        let pem = ["-----BEGIN RSA PRI", "VATE KEY-----"].concat();
        assert_eq!(literal_secrets(&pem), [(0..pem.len(), "private key")]);
    }

    #[test]
    fn stand_ins_and_ordinary_text_are_left_alone() {
        for text in [
            "sk-...",
            "sk-ant-xxxx",
            "sk-ant-api03-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "sk-proj-your-key-goes-here-and-it-is-quite-long-so-mind-the-length-of-it",
            "sk-or-v1-<key>",
            "AKIAIOSFODNN7EXAMPLE",
            "task-0123456789abcdef0123456789abcdef",
            "risk-assessment, desk-top, ask-me",
            "gsk_short",
            "-----BEGIN PUBLIC KEY-----",
            "eyJhbGciOiJIUzI1NiJ9",
            "key env OPENAI_API_KEY",
        ] {
            assert_eq!(literal_secrets(text), [], "{text}");
        }
    }

    #[test]
    fn sources_of_keys_do_not_look_secret() {
        for value in [
            "OPENAI_API_KEY_PRODUCTION_EUROPE_WEST_2026",
            "/run/secrets/openai-production/api-key-2026-11",
            "op://Engineering/OpenAI-Production-Key/credential",
            "projects/support-prod-4711/secrets/openai-api-key/versions/12",
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:openai",
            "6f1c2a34-9d1e-4b7a-8c55-0a1b2c3d4e5f",
            "com.example.SupportAgent.Production.OpenAI",
            "short",
        ] {
            assert_eq!(looks_secret(value), None, "{value}");
        }
        assert_eq!(looks_secret(&random(43, LETTERS)), Some("token"));
        assert_eq!(looks_secret(&random(32, HEX)), Some("token"));
    }

    #[test]
    fn a_known_vendor_tells_keys_without_a_prefix() {
        let key = random(32, LETTERS);
        assert_eq!(looks_secret_of("mistral", &key), Some("mistral"));
        assert_eq!(looks_secret_of("azure", &random(32, HEX)), Some("azure"));
        assert_eq!(looks_secret_of("mistral", "MISTRAL_API_KEY"), None);
        assert_eq!(looks_secret_of("mistral", &"x".repeat(32)), None);
    }

    #[test]
    fn a_hostile_text_takes_linear_time() {
        let text = "sk-ant-".repeat(20_000) + " " + &"eyJ.".repeat(20_000);
        assert_eq!(literal_secrets(&text), []);
    }
}
