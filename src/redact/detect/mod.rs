//! One pass over a text that hands what may be something to the detector of it.

mod bytes;
mod context;
mod credit_card;
mod digits;
mod email;
mod iban;
mod ip_address;
mod overlap;
mod phone;
mod secret;
mod ssn;
#[cfg(test)]
mod tests;

use std::ops::Range;

use self::bytes::Bytes;
use self::digits::Digits;
use super::{Detector, Detectors, Found};

/// So many bytes at once are looked at for anything that begins something.
const BLOCK: usize = 32;

/// What these detectors find in a text of plain letters: in order, none overlapping another.
pub(super) fn find(text: &str, wanted: Detectors) -> Vec<Found> {
    let mut search = Search { bytes: Bytes(text.as_bytes()), wanted, found: Vec::new(), numbers: wants_numbers(wanted) };
    search.blocks();
    if wanted.contains(Detector::Secret) {
        secret::find(text, &mut search.found);
    }
    overlap::resolve(search.found)
}

/// Which of eight bytes lie between `0` and `@`: the highest bit of each that does.
fn signs(bytes: [u8; 8]) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * ONES;
    let eight = u64::from_le_bytes(bytes);
    let low = eight & !HIGH;
    // A byte below 0x80 plus what is missing to 0x80 has its highest bit set from that byte on.
    let from_nought = low + (0x80 - 0x30) * ONES;
    let past_at = low + (0x80 - 0x41) * ONES;
    from_nought & !past_at & !eight & HIGH
}

fn wants_numbers(wanted: Detectors) -> bool {
    wanted.iter().any(|detector| !matches!(detector, Detector::Email | Detector::Secret))
}

struct Search<'t> {
    bytes: Bytes<'t>,
    wanted: Detectors,
    found: Vec<Found>,
    /// Whether digits matter.
    numbers: bool,
}

impl Search<'_> {
    fn blocks(&mut self) {
        let (blocks, rest) = self.bytes.0.as_chunks::<BLOCK>();
        let mut done = 0;
        for (number, block) in blocks.iter().enumerate() {
            self.block(block, number * BLOCK, &mut done);
        }
        let mut last = [0; BLOCK];
        if let Some(place) = last.get_mut(..rest.len()) {
            place.copy_from_slice(rest);
        }
        self.block(&last, blocks.len() * BLOCK, &mut done);
    }

    /// Looks at the bytes from `start` on. Digits before `done` belong to a number that has been looked at.
    fn block(&mut self, block: &[u8; BLOCK], start: usize, done: &mut usize) {
        // Everything begins with a byte between `0` and `@`; written so that the compiler compares many at once.
        if !block.iter().fold(false, |any, byte| any | (byte.wrapping_sub(b'0') <= b'@' - b'0')) {
            return;
        }
        for (number, word) in block.as_chunks::<8>().0.iter().enumerate() {
            let start = start + number * 8;
            let mut signs = signs(*word);
            while signs != 0 {
                let at = start + signs.trailing_zeros() as usize / 8;
                signs &= signs - 1;
                match self.bytes.at(at) {
                    b'0'..=b'9' if self.numbers && at >= *done => {
                        *done = self.number(at);
                        let behind = done.saturating_sub(start).min(8) * 8;
                        signs = u32::try_from(behind).ok().and_then(|bits| u64::MAX.checked_shl(bits)).map_or(0, |rest| signs & rest);
                    }
                    b':' => self.colon(at),
                    b'=' => self.assigned(at),
                    b'@' => self.at_sign(at),
                    _ => {}
                }
            }
        }
    }

    fn add(&mut self, detector: Detector, find: impl Fn(Bytes<'_>) -> Option<Range<usize>>) -> Option<usize> {
        let range = if self.wanted.contains(detector) { find(self.bytes)? } else { return None };
        let end = range.end;
        self.found.push(Found { range, detector });
        Some(end)
    }
}

impl Search<'_> {
    /// Looks at digits of which this is the first; says up to where there is nothing more to see.
    fn number(&mut self, at: usize) -> usize {
        let end = self.bytes.end_of(at, usize::MAX, |byte| byte.is_ascii_digit());
        if self.bytes.before(at).is_ascii_alphabetic() {
            return self.add(Detector::Iban, |bytes| iban::find(bytes, at)).unwrap_or(end).max(end);
        }
        if end - at > 19 || (end - at < 7 && !self.goes_on(at, end)) {
            return end;
        }
        let digits = Digits::read(self.bytes, at, end);
        let found = [
            self.add(Detector::IpAddress, |_| ip_address::find_v4(&digits)),
            self.add(Detector::CreditCard, |_| credit_card::find(&digits)),
            self.add(Detector::Ssn, |_| ssn::find(&digits)),
            self.add(Detector::Phone, |_| phone::find(&digits)),
        ];
        found.into_iter().flatten().max().unwrap_or(end)
    }

    /// Whether a short group of digits may be the first of a number. Most are not.
    fn goes_on(&self, at: usize, end: usize) -> bool {
        let (gap, next) = (self.bytes.at(end), self.bytes.at(end + 1));
        let is_gap = |byte: u8| matches!(byte, b' ' | b'-' | b'.' | b'/' | b'(' | b')');
        // `2026-11-24`.
        let date = end - at == 4 && gap == b'-' && matches!(self.bytes.get(at..at + 2), b"19" | b"20") && self.bytes.at(end + 3) == b'-';
        is_gap(gap) && (next.is_ascii_digit() || (is_gap(next) && is_gap_end(self.bytes, end + 2))) && !date
    }

    fn colon(&mut self, at: usize) {
        self.add(Detector::IpAddress, |bytes| ip_address::find_v6(bytes, at));
        if self.bytes.get(at + 1..at + 3) == b"//" {
            self.add(Detector::Secret, |bytes| secret::login(bytes, at + 3));
        } else {
            self.assigned(at);
        }
    }

    fn at_sign(&mut self, at: usize) {
        self.add(Detector::Email, |bytes| email::find(bytes, at));
    }

    fn assigned(&mut self, at: usize) {
        self.add(Detector::Secret, |bytes| secret::assigned(bytes, at));
    }
}

/// Whether a gap between groups of digits ends here or one byte later.
fn is_gap_end(bytes: Bytes<'_>, at: usize) -> bool {
    bytes.at(at).is_ascii_digit() || bytes.at(at + 1).is_ascii_digit()
}
