//! Lists and numbers as a sentence says them.

/// `a`, `a and b`, `a, b and c`.
pub(super) fn and<S: AsRef<str>>(words: &[S]) -> String {
    let mut out = String::new();
    for (index, word) in words.iter().enumerate() {
        out.push_str(match words.len() - index {
            _ if index == 0 => "",
            1 => " and ",
            _ => ", ",
        });
        out.push_str(word.as_ref());
    }
    out
}

/// A name of the user's, in backticks.
pub(super) fn tick(name: impl std::fmt::Display) -> String {
    format!("`{name}`")
}

/// A number with a comma between its thousands: `400,000`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_as_sentences() {
        assert_eq!(and::<&str>(&[]), "");
        assert_eq!(and(&["a"]), "a");
        assert_eq!(and(&["a", "b"]), "a and b");
        assert_eq!(and(&["a", "b", "c"]), "a, b and c");
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([0, 999, 1000, 400_000, 1_050_000].map(grouped), ["0", "999", "1,000", "400,000", "1,050,000"]);
    }
}
