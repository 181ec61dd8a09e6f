//! Which known name was probably meant.

/// The closest of these names, if one is close: a third of its letters may differ. Letter case counts for nothing.
pub fn nearest<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let allowed = slips(word);
    let near = names.into_iter().filter_map(|name| Some((alike(word, name, allowed)?, name)));
    near.min().map(|(_, name)| name)
}

/// How many letters of a word may differ from what was meant.
pub fn slips(word: &str) -> usize {
    (word.chars().count() / 3).max(1)
}

/// In how many letters a name differs from a word; `None` where these are more than are allowed, where it is the same, and where nothing is left of the word.
pub fn alike(word: &str, name: &str, allowed: usize) -> Option<usize> {
    let letters = word.chars().count();
    if name == word || name.chars().count().abs_diff(letters) > allowed {
        return None;
    }
    let distance = strsim::osa_distance(&word.to_lowercase(), &name.to_lowercase());
    (distance <= allowed && distance < letters).then_some(distance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_finds_what_was_meant_and_nothing_far_away() {
        let find = |word| nearest(word, ["openai", "anthropic", "gemini"]);
        assert_eq!(find("opnai"), Some("openai"));
        assert_eq!(find("OpenAI"), Some("openai"));
        assert_eq!(find("antropic"), Some("anthropic"));
        assert_eq!(find("mistral"), None);
        assert_eq!(find("x"), None);
    }
}
