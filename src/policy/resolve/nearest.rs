//! Which known name was probably meant.

/// Looks for names that are spelled much alike, as long as its allowance lasts: a file of nothing but mistakes must not take minutes.
#[derive(Debug)]
pub(super) struct Nearest {
    /// How many pairs of letters may still be compared.
    left: usize,
}

impl Default for Nearest {
    fn default() -> Self {
        Self { left: 4_000_000 }
    }
}

impl Nearest {
    /// The closest of these names, if one is close: a third of its letters may differ. Letter case counts for nothing.
    pub(super) fn find<'n>(&mut self, word: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
        const LONGEST: usize = 80;
        if word.len() > LONGEST {
            return None;
        }
        let wanted = word.to_lowercase();
        let allowed = (wanted.len() / 3).max(1);
        let mut best: Option<(usize, &str)> = None;
        for name in names {
            let near = name.len().abs_diff(wanted.len()) <= allowed && name != word;
            let cost = if near { 1 + name.len() * wanted.len() } else { 1 };
            self.left = self.left.checked_sub(cost)?;
            if near {
                let found = (strsim::osa_distance(&wanted, &name.to_lowercase()), name);
                let good = found.0 <= allowed && found.0 < wanted.chars().count();
                best = if good { Some(best.map_or(found, |best| best.min(found))) } else { best };
            }
        }
        best.map(|(_, name)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_finds_what_was_meant_and_nothing_far_away() {
        let mut nearest = Nearest::default();
        let mut find = |word| nearest.find(word, ["openai", "anthropic", "gemini"].into_iter());
        assert_eq!(find("opnai"), Some("openai"));
        assert_eq!(find("OpenAI"), Some("openai"));
        assert_eq!(find("antropic"), Some("anthropic"));
        assert_eq!(find("mistral"), None);
        assert_eq!(find("x"), None);
    }

    #[test]
    fn it_gives_up_in_time() {
        let names: Vec<String> = (0..10_000).map(|number| format!("name-{number:06}")).collect();
        let mut nearest = Nearest::default();
        let found = (0..10_000).filter(|_| nearest.find("name-00000x", names.iter().map(String::as_str)).is_some()).count();
        assert!(found < 10);
    }
}
