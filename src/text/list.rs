//! Names in a row, as a sentence says them.

use std::fmt::Display;

/// A name of the user's, in backticks.
pub fn tick(name: impl Display) -> String {
    format!("`{name}`")
}

/// `a`, `a and b`, `a, b and c`.
pub fn and<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> String {
    row(words, " and ")
}

/// `a`, `a or b`, `a, b or c`.
pub fn or<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> String {
    row(words, " or ")
}

fn row<S: AsRef<str>>(words: impl IntoIterator<Item = S>, last: &str) -> String {
    let words: Vec<S> = words.into_iter().collect();
    let mut out = String::new();
    for (index, word) in words.iter().enumerate() {
        out.push_str(match words.len() - index {
            _ if index == 0 => "",
            1 => last,
            _ => ", ",
        });
        out.push_str(word.as_ref());
    }
    out
}

/// So many names at most, then how many more: `a, b and 3 more`.
pub fn some_of<'a>(names: impl IntoIterator<Item = &'a str>, most: usize) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let more = names.len().saturating_sub(most);
    let shown = names.iter().take(most).copied().collect::<Vec<_>>().join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_as_sentences() {
        assert_eq!(and([""; 0]), "");
        assert_eq!(and(["a"]), "a");
        assert_eq!(and(["a", "b"]), "a and b");
        assert_eq!(or(["a", "b", "c"]), "a, b or c");
    }
}
