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
    // `phones` does not, `phonenr` does.
    let ends = |end: usize| {
        let next = small.get(end).copied().unwrap_or(0);
        !next.is_ascii_lowercase() || matches!(small.get(end..end + 2), Some(b"nr" | b"nu" | b"no"))
    };
    // Most places begin no word at all.
    let first = words.iter().filter_map(|word| word.as_bytes().first()).fold(0_u64, |all, byte| all | 1 << (byte & 63));
    let begins = |at: usize, byte: u8| first >> (byte & 63) & 1 == 1 && (byte >= 0x80 || starts(at));
    small.iter().enumerate().filter(|(at, byte)| begins(*at, **byte)).any(|(at, byte)| {
        let rest = small.get(at..).unwrap_or_default();
        let is_here = |word: &str| word.as_bytes().first() == Some(byte) && rest.starts_with(word.as_bytes());
        words.iter().any(|word| is_here(word) && (!word.is_ascii() || ends(at + word.len())))
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
