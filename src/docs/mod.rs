//! The documentation of findings, made from the rules: what `byokc explain` prints, and `docs/findings.md`.

mod page;
mod reference;

use crate::checks::rules;
use crate::diagnostic::{Grade, Rule, Severities};
use crate::text::{self, Table};

pub use page::page;
pub use reference::reference;

/// The rule of a code (`BYOK202`, `byok202`, `202`) or a name (`target-not-allowed`).
pub fn find(word: &str) -> Option<&'static Rule> {
    let word = word.to_ascii_lowercase();
    let number = word.strip_prefix("byok").unwrap_or(&word);
    let code = number.parse::<u16>().ok().filter(|_| number.len() == 3 && number.bytes().all(|byte| byte.is_ascii_digit()));
    rules().into_iter().find(|rule| Some(rule.code.0) == code || rule.name == word.replace('_', "-"))
}

/// The rule that was probably meant.
pub fn nearest(word: &str) -> Option<&'static Rule> {
    let codes: Vec<String> = rules().into_iter().map(|rule| rule.code.to_string()).collect();
    let names = rules().into_iter().map(|rule| rule.name);
    text::nearest(word, codes.iter().map(String::as_str).chain(names)).and_then(find)
}

/// Every rule on one line each.
pub fn list() -> String {
    let mut table = Table::new(&["code", "name", "severity", "finds"]);
    for rule in rules() {
        table.row([rule.code.to_string(), rule.name.to_owned(), severity(rule).to_owned(), rule.summary.to_owned()]);
    }
    table.render(0)
}

fn severity(rule: &Rule) -> &'static str {
    match rule.severities {
        Severities::Error => "error",
        Severities::Warning => "warning",
        Severities::Either => "error or warning",
    }
}

fn fix(rule: &Rule) -> &'static str {
    match rule.fix {
        None => "no",
        Some(Grade::Safe) => "safe",
        Some(Grade::Review) => "to be reviewed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_has_many_spellings() {
        for word in ["BYOK202", "byok202", "202", "target-not-allowed", "Target_Not_Allowed"] {
            assert_eq!(find(word).map(|rule| rule.code.0), Some(202), "{word}");
        }
        for word in ["", "2020", "+202", "BYOK", "00202", "0202", "nonsense"] {
            assert!(find(word).is_none(), "{word}");
        }
        assert_eq!(nearest("target-not-alowed").map(|rule| rule.code.0), Some(202));
        assert!(nearest("something else entirely").is_none());
    }
}
