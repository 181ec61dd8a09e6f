//! Digits and what stands between them: the shape that numbers of all kinds are told by.

use super::bytes::{Bytes, is_alphanumeric};

/// As many groups as any number has that is looked for.
const MOST: usize = 8;

/// Groups of digits that may be one number, from a first digit on.
pub(super) struct Digits<'t> {
    pub(super) bytes: Bytes<'t>,
    groups: [(usize, usize); MOST],
    count: usize,
}

impl<'t> Digits<'t> {
    /// The groups from a first digit on.
    pub(super) fn read(bytes: Bytes<'t>, start: usize, end: usize) -> Self {
        let mut digits = Self { bytes, groups: [(start, end); MOST], count: 1 };
        let (mut last, mut total) = (end, end - start);
        for group in digits.groups.iter_mut().skip(1) {
            let from = bytes.end_of(last, 3, |byte| matches!(byte, b' ' | b'-' | b'.' | b'/' | b'(' | b')'));
            if from == last
                || !bytes.at(from).is_ascii_digit()
                || bytes.get(last..from).windows(2).any(|two| matches!(two, b"  " | b"--" | b".." | b"//"))
            {
                break;
            }
            // No number has a longer group than this, and the time stays linear.
            last = bytes.end_of(from, 20, |byte| byte.is_ascii_digit());
            *group = (from, last);
            digits.count += 1;
            total += last - from;
            // No number has more than a card's digits.
            if total > 19 {
                break;
            }
        }
        digits
    }

    /// The groups.
    pub(super) fn groups(&self) -> &[(usize, usize)] {
        self.groups.get(..self.count).unwrap_or_default()
    }

    /// How many digits a group has; 0 where there is none.
    pub(super) fn len(&self, group: usize) -> usize {
        self.groups().get(group).map_or(0, |(start, end)| end - start)
    }

    /// The first digit's place.
    pub(super) fn start(&self) -> usize {
        self.groups().first().map_or(0, |group| group.0)
    }

    /// Where a group ends.
    pub(super) fn end(&self, group: usize) -> usize {
        self.groups().get(group).map_or(0, |group| group.1)
    }

    /// The digits of a group.
    pub(super) fn group(&self, group: usize) -> &'t [u8] {
        self.groups().get(group).map_or(&[], |(start, end)| self.bytes.get(*start..*end))
    }

    /// What stands between a group and the next; empty behind the last.
    pub(super) fn gap(&self, group: usize) -> &'t [u8] {
        match (self.groups().get(group), self.groups().get(group + 1)) {
            (Some(this), Some(next)) => self.bytes.get(this.1..next.0),
            _ => &[],
        }
    }

    /// Whether these are the lengths of the first groups, with one and the same gap between them.
    pub(super) fn shape(&self, lengths: &[usize], gap: &[u8]) -> bool {
        lengths.len() <= self.count
            && lengths.iter().enumerate().all(|(group, length)| self.len(group) == *length && (group == 0 || self.gap(group - 1) == gap))
    }

    /// Whether nothing before the first digit makes it part of a longer number or word.
    pub(super) fn begins(&self) -> bool {
        begins(self.bytes, self.start())
    }

    /// Whether nothing after a group makes it part of a longer number or word.
    pub(super) fn ends(&self, group: usize) -> bool {
        ends(self.bytes, self.end(group))
    }
}

/// Whether a number can begin here: not within a word, behind a decimal point, or behind digits and a hyphen.
pub(super) fn begins(bytes: Bytes<'_>, start: usize) -> bool {
    let last = bytes.before(start);
    if is_alphanumeric(last) || (last >= 0x80 && is_letter_before(bytes, start)) {
        return false;
    }
    let (Some(joint), true) = (start.checked_sub(1), matches!(last, b'.' | b'-' | b'/' | b'_' | b'+')) else { return true };
    match last {
        b'.' | b'/' | b'+' => !bytes.before(joint).is_ascii_digit(),
        // `a716-446655440000` is a part of a longer id, `card-4111…` is not.
        _ => {
            let word = bytes.start_of(joint, 40, is_alphanumeric);
            !bytes.get(word..joint).iter().any(u8::is_ascii_digit)
        }
    }
}

/// Whether a number can end here.
pub(super) fn ends(bytes: Bytes<'_>, end: usize) -> bool {
    let second = bytes.at(end + 1);
    match bytes.at(end) {
        b'_' => false,
        b'-' => !is_alphanumeric(second),
        b'.' => !second.is_ascii_digit(),
        next => !is_alphanumeric(next),
    }
}

/// Whether a letter of an alphabet that joins words to numbers ends here (`é1`); those of scripts without spaces do not.
fn is_letter_before(bytes: Bytes<'_>, place: usize) -> bool {
    // Two bytes: Latin, Greek, Cyrillic.
    place.checked_sub(2).is_some_and(|lead| matches!(bytes.at(lead), 0xc3..=0xd3))
}
