//! The words that stand before a number and say what it is.

use super::bytes::Bytes;

/// How far back a word is looked for, in bytes.
const REACH: usize = 40;

/// Whether one of `words` (in small letters) stands shortly before a place, in the same line and with no other number between.
pub(super) fn says(bytes: Bytes<'_>, place: usize, words: &[&str]) -> bool {
    let from = bytes.start_of(place, REACH, |byte| byte != b'\n' && !byte.is_ascii_digit());
    let mut small = [0; REACH];
    let before = bytes.get(from..place);
    let Some(small) = small.get_mut(..before.len()) else { return false };
    small.copy_from_slice(before);
    small.make_ascii_lowercase();
    // `mobilePhone` and `user_phone` end in the word, `hotel` does not.
    let starts = |at: usize| {
        let (first, last) =
            (before.get(at).copied().unwrap_or(0), at.checked_sub(1).and_then(|last| before.get(last)).copied().unwrap_or(0));
        !last.is_ascii_alphabetic() || (last.is_ascii_lowercase() && first.is_ascii_uppercase())
    };
    let whole = |at: usize, word: &str| {
        let next = small.get(at + word.len()).copied().unwrap_or(0);
        starts(at) && (!next.is_ascii_lowercase() || matches!(small.get(at + word.len()..at + word.len() + 2), Some(b"nr" | b"nu" | b"no")))
    };
    words.iter().any(|word| {
        let word_bytes = word.as_bytes();
        small.windows(word_bytes.len()).enumerate().any(|(at, window)| window == word_bytes && (!word.is_ascii() || whole(at, word)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stands_by_itself_and_near() {
        let words = ["tel", "phone", "телефон"];
        for (text, expected) in [
            ("Tel: ", true),
            ("hotel ", false),
            ("userPhone=", true),
            ("\"user_phone\": \"", true),
            ("phones ", false),
            ("phone number is ", true),
            ("phone 12, ", false),
            ("phone\n", false),
            ("Телефон ", false),
            ("телефон: ", true),
            ("Telnr. ", true),
            ("", false),
        ] {
            assert_eq!(says(Bytes(text.as_bytes()), text.len(), &words), expected, "{text}");
        }
    }
}
