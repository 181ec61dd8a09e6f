//! Social security numbers of the United States: nine digits that can have been given out.

use std::ops::Range;

use super::context;
use super::digits::Digits;

/// The words without which nine digits in one piece are no such number.
const WORDS: &[&str] = &["ssn", "social security", "soc sec", "social_security", "socialsecurity", "social-security"];

/// A number that begins with the first of these digits.
pub(super) fn find(digits: &Digits<'_>) -> Option<Range<usize>> {
    let (last, number) = if digits.shape(&[3, 2, 4], b"-") || digits.shape(&[3, 2, 4], b" ") {
        (2, [digits.group(0), digits.group(1), digits.group(2)])
    } else if digits.len(0) == 9 {
        let bare = digits.group(0);
        (0, [bare.get(..3)?, bare.get(3..5)?, bare.get(5..)?])
    } else {
        return None;
    };
    let possible = !matches!(number, [b"000" | b"666" | [b'9', ..], ..] | [_, b"00", _] | [_, _, b"0000"]);
    let whole = digits.begins() && digits.ends(last) && digits.bytes.at(digits.start().wrapping_sub(1)) != b'+';
    let said = last == 2 || context::says(digits.bytes, digits.start(), WORDS);
    (possible && whole && said).then(|| digits.start()..digits.end(last))
}
