//! Numbers of payment cards: 13 to 19 digits of an issuer that exists, whose check digit is right.

use std::ops::Range;

use super::context;
use super::digits::Digits;

/// The longest number.
const LONGEST: usize = 19;

/// A card's number that begins with the first of these digits.
pub(super) fn find(digits: &Digits<'_>) -> Option<Range<usize>> {
    // The quick way out of nearly all numbers.
    if !matches!(digits.len(0), 3..=LONGEST) || !digits.begins() {
        return None;
    }
    let mut number = [0; LONGEST];
    let (mut length, mut found) = (0, None);
    for group in 0..digits.groups().len() {
        let one = digits.group(group);
        // Groups of one or two digits are years, amounts and the like, unless the number ends with them.
        let gap = if group == 0 { &[][..] } else { digits.gap(group - 1) };
        if group > 0 && (!matches!(gap, b" " | b"-") || gap != digits.gap(0)) {
            break;
        }
        let Some(place) = number.get_mut(length..length + one.len()) else { break };
        place.copy_from_slice(one);
        length += one.len();
        if length >= 13 && digits.ends(group) && is_card(number.get(..length).unwrap_or_default()) && !is_article(digits, length) {
            found = Some(digits.start()..digits.end(group));
        }
        if one.len() < 3 {
            break;
        }
    }
    found
}

/// An article's number (EAN) has 13 digits and a check digit of its own: without a word for cards it is taken for that.
fn is_article(digits: &Digits<'_>, length: usize) -> bool {
    let weigh = |(place, digit): (usize, &u8)| u32::from(digit - b'0') * if place % 2 == 0 { 1 } else { 3 };
    length == 13
        && digits.len(0) == 13
        && digits.group(0).iter().enumerate().map(weigh).sum::<u32>() % 10 == 0
        && !context::says(digits.bytes, digits.start(), &["card", "cc", "visa", "pan", "karte", "carte", "tarjeta"])
}

fn is_card(number: &[u8]) -> bool {
    issued(number) && luhn(number)
}

/// Whether some issuer's numbers begin like this and are that long.
fn issued(number: &[u8]) -> bool {
    let first = |digits: usize| number.iter().take(digits).fold(0, |all, digit| all * 10 + u32::from(digit - b'0'));
    let length = number.len();
    match (first(1), first(2), first(3), first(4)) {
        // Visa; 13 digits on old cards.
        (4, ..) => matches!(length, 13 | 16 | 18 | 19),
        // American Express.
        (_, 34 | 37, ..) => length == 15,
        // Mastercard, Mir.
        (_, 51..=55, ..) | (.., 2200..=2204 | 2221..=2720) => length == 16,
        // Diners Club.
        (.., 300..=305, _) | (_, 36 | 38 | 39, ..) => matches!(length, 14..=19),
        // JCB; UnionPay; Discover, RuPay; Troy.
        (_, 60 | 62 | 65 | 81 | 82, ..) | (.., 644..=649, _) | (.., 3528..=3589 | 9792) => (16..=19).contains(&length),
        // Maestro, Verve, Elo and others of theirs.
        (_, 50 | 56..=58 | 61 | 63 | 66 | 67, ..) => (13..=19).contains(&length),
        _ => false,
    }
}

fn luhn(number: &[u8]) -> bool {
    let double = |digit: u32| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
    let weigh = |(place, digit): (usize, &u8)| {
        let digit = u32::from(digit - b'0');
        if place % 2 == 1 { double(digit) } else { digit }
    };
    number.iter().rev().enumerate().map(weigh).sum::<u32>() % 10 == 0
}
