//! Which known name was probably meant.

use crate::text::{alike, slips};

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
        let allowed = slips(word);
        let mut best: Option<(usize, &str)> = None;
        for name in names {
            let near = name.len().abs_diff(word.len()) <= allowed;
            self.left = self.left.checked_sub(if near { 1 + name.len() * word.len() } else { 1 })?;
            let found = alike(word, name, allowed).filter(|_| near).map(|distance| (distance, name));
            best = best.into_iter().chain(found).min();
        }
        best.map(|(_, name)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_gives_up_in_time() {
        let names: Vec<String> = (0..10_000).map(|number| format!("name-{number:06}")).collect();
        let mut nearest = Nearest::default();
        let found = (0..10_000).filter(|_| nearest.find("name-00000x", names.iter().map(String::as_str)).is_some()).count();
        assert!(found < 10);
    }
}
