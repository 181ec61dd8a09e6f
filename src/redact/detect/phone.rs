//! Telephone numbers: international ones, national ones of a shape that nothing else has, and others behind a word that says so.

use std::ops::Range;

use super::bytes::is_alphanumeric;
use super::context;
use super::digits::Digits;

/// The longest number, in digits (E.164).
const LONGEST: usize = 15;

/// Words that a number of a national shape follows.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "phone", "tel", "telephone", "telefon", "telefone", "telefono", "mobile", "mobil", "handy", "cell", "cellphone", "fax", "telefax", "whatsapp", "hotline",
    "sms", "call me", "text me", "reach me", "ring me", "rückruf", "téléphone", "tél", "teléfono", "celular", "cellulare", "móvil", "portable", "numer telefonu",
    "telefoon", "тел", "телефон", "Телефон", "电话", "電話", "手机", "手機", "携帯", "전화",
];

/// A number that begins with the first of these digits, or with what stands before them.
pub(super) fn find(digits: &Digits<'_>) -> Option<Range<usize>> {
    let last = digits.bytes.at(digits.start().wrapping_sub(1));
    let length = digits.len(0);
    // The quick way out of nearly all numbers.
    let alone = digits.groups().len() == 1;
    if alone && last != b'+' && !(7..=LONGEST).contains(&length) {
        return None;
    }
    if last == b'+' {
        return international(digits, 0);
    }
    if digits.group(0).starts_with(b"00") {
        return international(digits, 2);
    }
    // `AB-415-555-2671` is somebody's number for something else.
    let second = digits.bytes.before(digits.start().saturating_sub(1));
    if !digits.begins() || (last == b'-' && is_alphanumeric(second)) {
        return None;
    }
    american(digits).or_else(|| distinctive(digits)).or_else(|| said(digits))
}

/// Behind `+` or `00`: as many groups as can belong to it.
fn international(digits: &Digits<'_>, skipped: usize) -> Option<Range<usize>> {
    let bytes = digits.bytes;
    let plus = if skipped == 0 { digits.start().checked_sub(1)? } else { digits.start() };
    let before = bytes.before(plus);
    let second = bytes.before(plus.saturating_sub(1));
    // `1+49…`, base64, and groups of a longer number.
    let joined = matches!(before, b'+' | b'/' | b'.' | b'_' | b'-') && is_alphanumeric(second);
    if is_alphanumeric(before) || joined || (skipped == 2 && before == b' ' && second.is_ascii_digit()) {
        return None;
    }
    let dotted = digits.gap(0) == b".";
    let (mut total, mut end, mut dots) = (0, None, 0);
    let mut number = [0; LONGEST];
    for group in 0..digits.groups().len() {
        let gap = if group == 0 { &[][..] } else { digits.gap(group - 1) };
        if group > 0 && dotted != gap.contains(&b'.') {
            break;
        }
        dots += usize::from(gap == b".");
        let one = digits.group(group).get(if group == 0 { skipped } else { 0 }..).unwrap_or_default();
        // What follows a number that is already complete is another one.
        if total >= 11 && total + one.len() > 13 || total >= 7 && gap.len() > 1 && !gap.contains(&b')') && gap != b" - " {
            break;
        }
        let Some(place) = number.get_mut(total..total + one.len()) else { break };
        place.copy_from_slice(one);
        total += one.len();
        if total >= 7 && digits.ends(group) {
            end = Some((digits.end(group), total, group, dots));
        }
        if number.first() == Some(&b'1') && total == 11 {
            break;
        }
    }
    let (end, total, group, dots) = end?;
    let number = number.get(..total)?;
    // One dot alone is a decimal point, unless the number is a long one (`+49.301234567`).
    let decimal = dots == 1 && group == 1 && total < 10;
    // Digits in one piece behind `00` are a counter with leading noughts more often than a short number.
    let counter = skipped == 2 && group == 0 && total < 10;
    (is_dialled(number) && !decimal && !counter).then(|| opened(digits, plus, end))
}

/// A bracket that opens right before a number and is closed in it is a part of it.
fn opened(digits: &Digits<'_>, start: usize, end: usize) -> Range<usize> {
    let bytes = digits.bytes;
    let bracket = start.checked_sub(1).filter(|place| bytes.at(*place) == b'(');
    let (closed, open) = (bytes.get(start..end).contains(&b')'), bytes.get(start..end).contains(&b'('));
    bracket.filter(|_| closed && !open).unwrap_or(start)..end
}

/// Whether some country's numbers begin like this, and, where all numbers of a country are equally long, this is one.
fn is_dialled(number: &[u8]) -> bool {
    match number {
        [b'1', area, _, _, exchange, ..] => number.len() == 11 && *area >= b'2' && *exchange >= b'2',
        [b'7', ..] => number.len() == 11,
        [first, second, third, ..] => {
            let one = |digit: &u8| u16::from(digit - b'0');
            let two = one(first) * 10 + one(second);
            (LONG.contains(&two) && number.len() >= 8) || (SHORT.contains(&(two * 10 + one(third))) && number.len() >= 7)
        }
        _ => false,
    }
}

/// The countries' codes of two digits (E.164).
#[rustfmt::skip]
static LONG: &[u16] = &[
    20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58, 60, 61, 62, 63, 64, 65, 66, 81, 82, 84, 86,
    90, 91, 92, 93, 94, 95, 98,
];

/// The countries' codes of three digits.
#[rustfmt::skip]
static SHORT: &[u16] = &[
    211, 212, 213, 216, 218, 220, 221, 222, 223, 224, 225, 226, 227, 228, 229, 230, 231, 232, 233, 234, 235, 236, 237, 238, 239, 240, 241, 242, 243,
    244, 245, 246, 247, 248, 249, 250, 251, 252, 253, 254, 255, 256, 257, 258, 260, 261, 262, 263, 264, 265, 266, 267, 268, 269, 290, 291, 297, 298,
    299, 350, 351, 352, 353, 354, 355, 356, 357, 358, 359, 370, 371, 372, 373, 374, 375, 376, 377, 378, 380, 381, 382, 383, 385, 386, 387, 389, 420,
    421, 423, 500, 501, 502, 503, 504, 505, 506, 507, 508, 509, 590, 591, 592, 593, 594, 595, 596, 597, 598, 599, 670, 672, 673, 674, 675, 676, 677,
    678, 679, 680, 681, 682, 683, 685, 686, 687, 688, 689, 690, 691, 692, 800, 808, 850, 852, 853, 855, 856, 870, 880, 881, 882, 883, 886, 888, 960,
    961, 962, 963, 964, 965, 966, 967, 968, 970, 971, 972, 973, 974, 975, 976, 977, 979, 992, 993, 994, 995, 996, 998,
];

/// `(415) 555-2671`, `415-555-2671`, `1-800-555-0199`; with blanks only behind a word.
fn american(digits: &Digits<'_>) -> Option<Range<usize>> {
    let first = usize::from(digits.group(0) == b"1");
    let groups = [digits.group(first), digits.group(first + 1), digits.group(first + 2)];
    let [[area, _, _], [exchange, _, _], [_, _, _, _]] = groups else { return None };
    if !(b'2'..=b'9').contains(area) || !(b'2'..=b'9').contains(exchange) || !digits.ends(first + 2) {
        return None;
    }
    let (start, end) = (digits.start(), digits.end(first + 2));
    let gaps = [digits.gap(first), digits.gap(first + 1)];
    let bracket = start.checked_sub(1).filter(|place| digits.bytes.at(*place) == b'(');
    let opened = bracket.is_some() && first == 0 || first == 1 && digits.gap(0).ends_with(b"(");
    let start = if first == 0 { bracket.filter(|_| gaps[0].starts_with(b")")).unwrap_or(start) } else { start };
    let shaped = match gaps {
        [b") " | b")" | b")-", b"-" | b" " | b"."] => opened,
        [b"-", b"-"] | [b".", b"."] => true,
        [b" ", b" " | b"-"] => context::says(digits.bytes, digits.start(), WORDS),
        _ => false,
    };
    shaped.then_some(start..end)
}

/// `06 12 34 56 78`, `0171/1234567`, `07700 900123`.
fn distinctive(digits: &Digits<'_>) -> Option<Range<usize>> {
    let first = digits.group(0);
    let gap = digits.gap(0);
    let [b'0', b'1'..=b'9', ..] = first else { return None };
    let french =
        matches!(gap, b" " | b"." | b"-") && digits.shape(&[2, 2, 2, 2, 2], gap) && (digits.groups().len() == 5 || digits.gap(4) != gap);
    let german =
        gap == b"/" && (3..=5).contains(&first.len()) && (9..=12).contains(&(first.len() + digits.len(1))) && digits.gap(1) != b"/";
    let british = first.starts_with(b"07") && digits.shape(&[5, 6], b" ");
    let last = if french { 4 } else { 1 };
    ((french || german || british) && digits.ends(last)).then(|| digits.start()..digits.end(last))
}

/// Seven digits or more behind a word for telephones, in groups of any lengths.
fn said(digits: &Digits<'_>) -> Option<Range<usize>> {
    let (mut total, mut end) = (0, None);
    for group in 0..digits.groups().len() {
        let length = digits.len(group);
        if total + length > LONGEST || (total >= 10 && length > 5) {
            break;
        }
        total += length;
        if total >= 7 && digits.ends(group) {
            end = Some(digits.end(group));
        }
        if total >= 11 {
            break;
        }
    }
    let date = (digits.len(0) == 4 && digits.len(1) == 2 && digits.len(2) == 2)
        || (digits.len(0) == 2 && digits.len(1) == 2 && digits.len(2) == 4);
    let end = end.filter(|_| !date && context::says(digits.bytes, digits.start(), WORDS))?;
    Some(opened(digits, digits.start(), end))
}
