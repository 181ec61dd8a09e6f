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
        // Digits before it belong to a number that has been looked at.
        let mut done = 0;
        for (number, block) in self.bytes.0.chunks(BLOCK).enumerate() {
            // Everything begins with a byte between `0` and `@`; written so that the compiler compares many at once.
            if !block.iter().fold(false, |any, byte| any | (byte.wrapping_sub(b'0') <= b'@' - b'0')) {
                continue;
            }
            for (place, byte) in block.iter().enumerate() {
                let at = number * BLOCK + place;
                match byte {
                    b'0'..=b'9' if at >= done && self.numbers => done = self.number(at),
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
        // Most numbers are short and stand alone.
        let joined = matches!(self.bytes.at(end), b' ' | b'-' | b'.' | b'/' | b'(' | b')');
        if end - at > 19 || (end - at < 7 && !joined) {
            return end;
        }
        let digits = Digits::read(self.bytes, at, end);
        if digits.groups().len() == 1 && end - at < 7 {
            return end;
        }
        let found = [
            self.add(Detector::IpAddress, |_| ip_address::find_v4(&digits)),
            self.add(Detector::CreditCard, |_| credit_card::find(&digits)),
            self.add(Detector::Ssn, |_| ssn::find(&digits)),
            self.add(Detector::Phone, |_| phone::find(&digits)),
        ];
        found.into_iter().flatten().max().unwrap_or(end)
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
