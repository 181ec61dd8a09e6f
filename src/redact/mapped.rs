//! A text written anew (letters folded, escapes resolved), with the way back from its places to those of the text that it comes from.

use std::ops::Range;

/// A text and where its bytes come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Mapped {
    pub(super) text: String,
    jumps: Vec<Jump>,
}

/// From here on the texts run side by side again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Jump {
    /// The place in the new text.
    at: usize,
    /// Where in the old text what stands before it ends.
    end: usize,
    /// Where in the old text what follows begins.
    start: usize,
}

impl Mapped {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), jumps: Vec::new() }
    }

    /// Takes over a piece of the old text that begins at `from`.
    pub(super) fn keep(&mut self, piece: &str) {
        self.text.push_str(piece);
    }

    /// Writes `new` for what stands at `old` in the old text; an empty `new` leaves it out.
    pub(super) fn replace(&mut self, old: Range<usize>, new: &str) {
        self.jump(old.start, old.start);
        if new.is_empty() {
            if let Some(last) = self.jumps.last_mut() {
                last.start = old.end;
            }
            return;
        }
        self.text.push_str(new);
        self.jump(old.end, old.end);
    }

    fn jump(&mut self, end: usize, start: usize) {
        let at = self.text.len();
        match self.jumps.last_mut() {
            Some(last) if last.at == at => last.start = start,
            _ => self.jumps.push(Jump { at, end, start }),
        }
    }

    /// Where in the old text a part of the new one stands. What was left out at its ends is no part of it.
    pub(super) fn old(&self, new: Range<usize>) -> Range<usize> {
        self.start(new.start)..self.end(new.end)
    }

    /// Where in the old text what begins here in the new one begins.
    pub(super) fn start(&self, at: usize) -> usize {
        let after = self.jumps.partition_point(|jump| jump.at <= at);
        self.before(after).map_or(at, |jump| jump.start + (at - jump.at))
    }

    /// Where in the old text what ends here in the new one ends.
    pub(super) fn end(&self, at: usize) -> usize {
        let after = self.jumps.partition_point(|jump| jump.at < at);
        match self.jumps.get(after) {
            Some(jump) if jump.at == at => jump.end,
            _ => self.before(after).map_or(at, |jump| jump.start + (at - jump.at)),
        }
    }

    fn before(&self, jump: usize) -> Option<&Jump> {
        jump.checked_sub(1).and_then(|last| self.jumps.get(last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_lead_back() {
        let old = "ab\u{a0}cd\u{200b}\u{200b}ef";
        let mut mapped = Mapped::default();
        mapped.keep("ab");
        mapped.replace(2..4, " ");
        mapped.keep("cd");
        mapped.replace(6..9, "");
        mapped.replace(9..12, "");
        mapped.keep("ef");
        assert_eq!(mapped.text, "ab cdef");
        for (new, expected) in [(0..2, "ab"), (2..3, "\u{a0}"), (3..5, "cd"), (5..7, "ef"), (4..6, "d\u{200b}\u{200b}e"), (0..7, old)] {
            assert_eq!(&old[mapped.old(new.clone())], expected, "{new:?}");
        }
    }
}
