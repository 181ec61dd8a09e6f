//! Whether a pattern's id matches a model's id, where `*` stands for any run of characters but `:`; and whether a region lies within another.

/// Whether an id matches exactly, as `allow` asks.
///
/// ```
/// use byokc::policy::matching::matches;
/// assert!(matches("gpt-6-*", "gpt-6-luna"));
/// assert!(!matches("gpt-6-*", "gpt-6-luna:free"));
/// ```
pub fn matches(pattern: &str, id: &str) -> bool {
    glob(pattern.as_bytes(), id.as_bytes(), Some(b':'), |one, other| one == other)
}

/// Whether `deny` covers an id: whatever the letter case, and `*` stands for any run of characters at all, so that what is forbidden is never too little.
pub fn covers(pattern: &str, id: &str) -> bool {
    if pattern.is_ascii() && id.is_ascii() {
        glob(pattern.as_bytes(), id.as_bytes(), None, |one, other| one.eq_ignore_ascii_case(&other))
    } else {
        let (pattern, id) = (pattern.to_lowercase(), id.to_lowercase());
        glob(pattern.as_bytes(), id.as_bytes(), None, |one, other| one == other)
    }
}

/// Goes through both once. Where they part, the last star takes one byte more: an earlier star never has to, for what stood between the two
/// was found at its first place. No star crosses the fence, so the parts between them meet pair by pair.
fn glob(pattern: &[u8], id: &[u8], fence: Option<u8>, same: impl Fn(u8, u8) -> bool) -> bool {
    let (mut at, mut to) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(&byte) = id.get(to) {
        match pattern.get(at) {
            Some(b'*') => {
                at += 1;
                star = Some((at, to));
            }
            Some(&wanted) if same(wanted, byte) => {
                at += 1;
                to += 1;
            }
            _ => match star {
                Some((behind, taken)) if id.get(taken).is_some_and(|byte| fence != Some(*byte)) => {
                    star = Some((behind, taken + 1));
                    (at, to) = (behind, taken + 1);
                }
                _ => return false,
            },
        }
    }
    pattern.get(at..).unwrap_or_default().iter().all(|byte| *byte == b'*')
}

/// Whether a region lies within another: `eu/west-1` within `eu`.
pub fn region_within(region: &str, wider: &str) -> bool {
    region.strip_prefix(wider).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether two regions may have a place in common: one lies within the other, or is so wide that it may hold the other. `apac` may hold all but what is known
/// to lie elsewhere.
pub fn regions_meet(one: &str, other: &str) -> bool {
    const ELSEWHERE: [&str; 7] = ["us", "us-gov", "ca", "sa", "eu", "uk", "af"];
    let wide = |one: &str, other: &str| match one.split('/').next() {
        Some("global") => true,
        Some("apac") => !ELSEWHERE.iter().any(|place| region_within(other, place)),
        _ => false,
    };
    region_within(one, other) || region_within(other, one) || wide(one, other) || wide(other, one)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Follows the definition, trying everything.
    fn naive(pattern: &[u8], id: &[u8]) -> bool {
        match (pattern.split_first(), id.split_first()) {
            (None, None) => true,
            (Some((b'*', rest)), _) if naive(rest, id) => true,
            (Some((b'*', _)), Some((byte, rest))) => *byte != b':' && naive(pattern, rest),
            (Some((wanted, pattern)), Some((byte, id))) => wanted == byte && naive(pattern, id),
            _ => false,
        }
    }

    fn words(alphabet: &[u8], longest: usize) -> Vec<String> {
        let mut all = vec![String::new()];
        let mut from = 0;
        for _ in 0..longest {
            let until = all.len();
            for place in from..until {
                for byte in alphabet {
                    let word = format!("{}{}", all[place], char::from(*byte));
                    all.push(word);
                }
            }
            from = until;
        }
        all
    }

    #[test]
    fn it_agrees_with_the_definition_on_every_short_pair() {
        for pattern in words(b"ab*:", 5) {
            for id in words(b"ab:", 5) {
                assert_eq!(matches(&pattern, &id), naive(pattern.as_bytes(), id.as_bytes()), "{pattern} {id}");
            }
        }
    }

    #[test]
    fn a_thousand_stars_take_no_time() {
        let pattern = "*a".repeat(1_000);
        assert!(matches(&pattern, &"ab".repeat(999).replace('b', "ba").repeat(2)));
        assert!(!matches(&format!("{pattern}x"), &"a".repeat(10_000)));
        assert!(!matches(&format!("{}b", "*".repeat(1_000)), &"a".repeat(10_000)));
    }

    #[test]
    fn a_star_stops_at_a_colon() {
        assert!(matches("mistralai/*", "mistralai/mistral-small"));
        assert!(!matches("mistralai/*", "mistralai/mistral-small:free"));
        assert!(matches("*:free", "mistralai/mistral-small:free"));
        assert!(!matches("*", "a:b") && matches("*", "") && matches("*:*", "a:b"));
    }

    #[test]
    fn letter_case_matters_to_allow_only() {
        assert!(!matches("GPT-*", "gpt-6") && covers("GPT-*", "gpt-6-Luna"));
        assert!(covers("é*", "Éa") && !matches("é*", "Éa"));
        assert!(covers("gpt-*", "GPT-6:FREE"), "what is forbidden is never too little");
    }
}
