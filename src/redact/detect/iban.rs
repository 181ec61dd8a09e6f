//! International bank account numbers: a country's length, and check digits that are right.

use std::ops::Range;

use super::bytes::{Bytes, is_alphanumeric};

/// An IBAN whose check digits begin here.
pub(super) fn find(bytes: Bytes<'_>, check: usize) -> Option<Range<usize>> {
    let start = check.checked_sub(2)?;
    let [first, second] = bytes.get(start..check) else { return None };
    if !first.is_ascii_alphabetic() || !second.is_ascii_alphabetic() || is_alphanumeric(bytes.before(start)) {
        return None;
    }
    let country = [first.to_ascii_uppercase(), second.to_ascii_uppercase()];
    let length = LENGTHS.iter().find(|(of, _)| of.as_bytes() == country)?.1;
    let (mut at, mut letters, mut rest, mut head) = (start, 0, 0_u32, [0_u8; 4]);
    while letters < length {
        let byte = bytes.at(at);
        if is_alphanumeric(byte) {
            match head.get_mut(letters) {
                Some(place) => *place = byte,
                None => rest = append(rest, byte),
            }
            letters += 1;
        } else if !matches!(byte, b' ' | b'-') || letters < 4 || !is_alphanumeric(bytes.at(at + 1)) {
            return None;
        }
        at += 1;
    }
    let checked = head.iter().fold(rest, |rest, byte| append(rest, *byte)) == 1;
    let digits = head.iter().skip(2).all(u8::is_ascii_digit);
    (checked && digits && !is_alphanumeric(bytes.at(at))).then_some(start..at)
}

/// The rest of the division by 97 with one more letter or digit: letters count from 10.
fn append(rest: u32, byte: u8) -> u32 {
    let value = char::from(byte).to_digit(36).unwrap_or(0);
    (rest * if value > 9 { 100 } else { 10 } + value) % 97
}

/// The countries of the registry (SWIFT) and how long their numbers are.
#[rustfmt::skip]
static LENGTHS: &[(&str, usize)] = &[
    ("AD", 24), ("AE", 23), ("AL", 28), ("AT", 20), ("AZ", 28), ("BA", 20), ("BE", 16), ("BG", 22), ("BH", 22), ("BI", 27), ("BR", 29),
    ("BY", 28), ("CH", 21), ("CR", 22), ("CY", 28), ("CZ", 24), ("DE", 22), ("DJ", 27), ("DK", 18), ("DO", 28), ("EE", 20), ("EG", 29),
    ("ES", 24), ("FI", 18), ("FK", 18), ("FO", 18), ("FR", 27), ("GB", 22), ("GE", 22), ("GI", 23), ("GL", 18), ("GR", 27), ("GT", 28),
    ("HN", 28), ("HR", 21), ("HU", 28), ("IE", 22), ("IL", 23), ("IQ", 23), ("IS", 26), ("IT", 27), ("JO", 30), ("KW", 30), ("KZ", 20),
    ("LB", 28), ("LC", 32), ("LI", 21), ("LT", 20), ("LU", 20), ("LV", 21), ("LY", 25), ("MC", 27), ("MD", 24), ("ME", 22), ("MK", 19),
    ("MN", 20), ("MR", 27), ("MT", 31), ("MU", 30), ("NI", 28), ("NL", 18), ("NO", 15), ("OM", 23), ("PK", 24), ("PL", 28), ("PS", 29),
    ("PT", 25), ("QA", 29), ("RO", 24), ("RS", 22), ("RU", 33), ("SA", 24), ("SC", 31), ("SD", 18), ("SE", 24), ("SI", 19), ("SK", 24),
    ("SM", 27), ("SO", 23), ("ST", 25), ("SV", 28), ("TL", 23), ("TN", 24), ("TR", 26), ("UA", 29), ("VA", 22), ("VG", 24), ("XK", 20),
    ("YE", 30),
];
