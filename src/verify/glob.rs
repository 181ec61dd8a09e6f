//! Whether a pattern's id names a model's id (language reference, sections 2 and 3).

/// As a permission is read: exactly, and `*` stands for any run of characters but `:`.
pub(super) fn matches(pattern: &str, id: &str) -> bool {
    // No star goes beyond a colon, so what stands between two colons is matched by itself.
    pattern.split(':').count() == id.split(':').count() && pattern.split(':').zip(id.split(':')).all(|(pattern, id)| fits(pattern, id))
}

/// As a prohibition is read: whatever the letter case, and `*` stands for any run of characters at all.
pub(super) fn covers(pattern: &str, id: &str) -> bool {
    fits(&pattern.to_lowercase(), &id.to_lowercase())
}

/// Each part between two stars is looked for at its first place.
fn fits(pattern: &str, id: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == id };
    let Some(mut id) = id.strip_prefix(head) else { return false };
    let (middle, tail) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*').filter(|part| !part.is_empty()) {
        let Some((_, behind)) = id.split_once(part) else { return false };
        id = behind;
    }
    id.ends_with(tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_is_exact_and_a_star_stops_at_a_colon() {
        assert!(matches("gpt-6-*", "gpt-6-luna") && matches("*", "") && matches("a*b*c", "aXbYbc") && matches("*:free", "m:free"));
        assert!(!matches("gpt-6-*", "gpt-6-luna:free") && !matches("GPT-*", "gpt-6") && !matches("a*a", "a") && !matches("a*bc*c", "abc"));
    }

    #[test]
    fn a_prohibition_is_not() {
        assert!(covers("GPT-*", "gpt-6:FREE") && covers("é*", "Éa") && covers("**", "x"));
        assert!(!covers("gpt-5*", "gpt-6") && !covers("gpt", "gpt-6"));
    }
}
