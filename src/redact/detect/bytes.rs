//! A safe look at any place of a text.

use std::ops::Range;

/// The bytes of a text.
#[derive(Clone, Copy)]
pub(super) struct Bytes<'t>(pub(super) &'t [u8]);

impl<'t> Bytes<'t> {
    /// The byte at a place; 0 behind the end.
    #[inline]
    pub(super) fn at(self, place: usize) -> u8 {
        self.0.get(place).copied().unwrap_or(0)
    }

    /// The byte before a place, 0 before the start. A letter that is only the end of an escape (`\n`, `\u00e9`) counts as a line's end:
    /// texts often are JSON that nobody has read yet.
    pub(super) fn before(self, place: usize) -> u8 {
        let Some(last) = place.checked_sub(1) else { return 0 };
        let byte = self.at(last);
        let escape = |back: usize| last.checked_sub(back).is_some_and(|start| self.at(start) == b'\\' && self.slashes(start) % 2 == 1);
        if matches!(byte, b'n' | b'r' | b't' | b'b' | b'f') && escape(1) {
            return b'\n';
        }
        if byte.is_ascii_hexdigit() && last >= 5 && self.at(last - 4) == b'u' && escape(5) {
            return b'\n';
        }
        byte
    }

    /// How many backslashes end here, as far as it matters.
    fn slashes(self, last: usize) -> usize {
        (0..16).take_while(|back| last.checked_sub(*back).is_some_and(|place| self.at(place) == b'\\')).count()
    }

    /// A part of the text.
    pub(super) fn get(self, range: Range<usize>) -> &'t [u8] {
        self.0.get(range).unwrap_or_default()
    }

    /// Where bytes of a kind that begin here end, after `most` of them at the latest.
    pub(super) fn end_of(self, from: usize, most: usize, of: impl Fn(u8) -> bool) -> usize {
        let rest = self.get(from..self.0.len().min(from.saturating_add(most)));
        from + rest.iter().position(|byte| !of(*byte)).unwrap_or(rest.len())
    }

    /// Where bytes of a kind that end here begin, at most `most` of them.
    pub(super) fn start_of(self, to: usize, most: usize, of: impl Fn(u8) -> bool) -> usize {
        let rest = self.get(to.saturating_sub(most)..to);
        to - rest.iter().rev().position(|byte| !of(*byte)).unwrap_or(rest.len())
    }
}

/// Letters and digits of ASCII.
pub(super) fn is_alphanumeric(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_an_escape_is_no_letter() {
        for (text, expected) in [("\\n1", b'\n'), ("n1", b'n'), ("\\\\n1", b'n'), ("\\u00e91", b'\n'), ("u00e91", b'9'), ("1", 0)] {
            assert_eq!(Bytes(text.as_bytes()).before(text.len() - 1), expected, "{text}");
        }
    }
}
