//! Names, slugs, reasons, and words that are chosen from a list.

use std::borrow::Cow;

use super::about::{About, Spot};
use super::findings::Findings;
use super::nearest::Nearest;
use crate::diagnostic::Diagnostic;
use crate::policy::model::At;
use crate::policy::rules;
use crate::syntax::ast::{Text, Value, Word};

/// The most characters of a NAME.
const LONGEST: usize = 64;

/// What is wrong with a NAME, and what to do.
fn name_fault(text: &str) -> Option<(&'static str, &'static str)> {
    let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-');
    let first = text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    let last = text.bytes().next_back().is_some_and(|byte| !matches!(byte, b'_' | b'-'));
    if matches!(text, "all" | "none") {
        Some(("is reserved", "choose another name"))
    } else if !(first && last && text.bytes().all(good)) {
        Some((
            "is not a name",
            "a name is made of lower-case letters, digits, `_` and `-`, begins with a letter and ends in a letter or digit, such as `policy_review`",
        ))
    } else if text.len() > LONGEST {
        Some(("is too long", "a name has at most 64 characters"))
    } else {
        None
    }
}

/// Whether a text is a SLUG: parts of lower-case letters, digits and `-`, joined by `/`.
fn is_slug(text: &str) -> bool {
    text.split('/').all(|part| {
        let first = part.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        first && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    })
}

/// The words of a field, one or many.
pub(super) fn words<'t, 's>(value: &'t Value<'s>) -> &'t [Word<'s>] {
    match value {
        Value::Word(word) => std::slice::from_ref(word),
        Value::Words(words) => words,
        _ => &[],
    }
}

impl<'s> Findings<'s> {
    /// Judges the name of a declaration.
    pub(super) fn declared_name(&mut self, word: Word<'s>, about: About<'s>) {
        if let Some((problem, help)) = name_fault(word.text) {
            let message = format!("the name of {about} {problem}");
            let label = problem.strip_prefix("is ").unwrap_or(problem);
            self.add(about, Diagnostic::new(&rules::BAD_VALUE, word.span, message).label(label).help(help));
        }
    }

    /// A name that is declared nowhere: a role, a vendor.
    pub(super) fn free_name(&mut self, word: Word<'s>, spot: Spot<'s>) -> Option<Word<'s>> {
        let fault = name_fault(word.text);
        if let Some((problem, help)) = fault {
            self.wrong(spot, word, problem, help);
        }
        fault.is_none().then_some(word)
    }

    /// Regions or upstreams; those that are none are left out.
    pub(super) fn slugs(&mut self, words: &[Word<'s>], spot: Spot<'s>) -> Vec<Word<'s>> {
        let mut slug = |word: &Word<'s>| {
            let good = is_slug(word.text);
            let lower = word.text.to_ascii_lowercase().replace('_', "-");
            if !good && is_slug(&lower) {
                self.misspelled(spot, *word, "is not spelled as a region or upstream is", &lower);
            } else if !good {
                let help = "write lower-case letters, digits and `-`, in parts joined by `/`, such as `eu` or `us/east-1`";
                self.wrong(spot, *word, "is not the name of a region or upstream", help);
            }
            good.then_some(*word)
        };
        words.iter().filter_map(&mut slug).collect()
    }

    /// One word of a fixed list.
    pub(super) fn choice<T: Copy>(&mut self, word: Word<'s>, choices: &[(&'static str, T)], spot: Spot<'s>) -> Option<T> {
        let found = choices.iter().find(|(name, _)| *name == word.text).map(|(_, value)| *value);
        if found.is_none() {
            let names = || choices.iter().map(|(name, _)| *name);
            let list: Vec<String> = names().map(|name| format!("`{name}`")).collect();
            let problem = match list.as_slice() {
                [only] => format!("is not {only}"),
                _ => format!("is none of {}", list.join(", ")),
            };
            match Nearest::default().find(word.text, names()) {
                Some(meant) => self.misspelled(spot, word, &problem, meant),
                None => self.wrong(spot, word, &problem, format!("write {}", list.join(" or "))),
            }
        }
        found
    }

    /// The value of a string that must say something.
    pub(super) fn text(&mut self, text: &Text<'s>, spot: Spot<'s>) -> Option<At<Cow<'s, str>>> {
        let value = text.value();
        let problem = if value.trim().is_empty() {
            Some("is empty")
        } else if value.chars().any(char::is_control) {
            Some("holds a line break or another control character")
        } else {
            None
        };
        if let Some(problem) = problem {
            let label = problem.strip_prefix("is ").unwrap_or(problem);
            let finding = Diagnostic::new(&rules::BAD_VALUE, text.span, format!("{spot} {problem}")).label(label);
            self.add(spot.about, finding.help("write a short text on one line, or leave it out"));
            return None;
        }
        Some(At { value, span: text.span })
    }

    /// The value of a reason: it must say something, in as many lines as it likes.
    pub(super) fn reason(&mut self, text: &Text<'s>, spot: Spot<'s>) -> Cow<'s, str> {
        let value = text.value();
        if value.trim().is_empty() {
            let finding = Diagnostic::new(&rules::BAD_VALUE, text.span, format!("{spot} gives an empty reason")).label("says nothing");
            self.add(spot.about, finding.help("say why, for those who read the policy after you"));
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_slugs_are_told_apart_from_what_only_looks_like_them() {
        for good in ["a", "gpt-4o", "policy_review", "accepts", &"a".repeat(64)] {
            assert_eq!(name_fault(good), None, "{good}");
        }
        for bad in ["", "A", "4o", "a_", "a-", "_a", "é", "a b", "all", "none", "a.b", &"a".repeat(65)] {
            assert!(name_fault(bad).is_some(), "{bad}");
        }
        for (slug, good) in
            [("eu", true), ("us/east-1", true), ("google-vertex", true), ("3", true), ("EU", false), ("eu/", false), ("-eu", false)]
        {
            assert_eq!(is_slug(slug), good, "{slug}");
        }
    }
}
