//! From what is to be named for good to its digest: every part with its length before it, so that no two things have the same bytes.

use sha2::{Digest as _, Sha256};

/// A digest that is being made.
pub(super) struct Digest(Sha256);

impl Digest {
    /// Of a kind of thing.
    pub(super) fn of(kind: &str) -> Self {
        Self(Sha256::new()).part(kind.as_bytes())
    }

    /// With this.
    pub(super) fn part(mut self, bytes: &[u8]) -> Self {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
        self
    }

    /// With this text.
    pub(super) fn text(self, text: &str) -> Self {
        self.part(text.as_bytes())
    }

    /// With what may not be there: nothing is not the same as an empty text.
    pub(super) fn option(self, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.part(&[1]).text(text),
            None => self.part(&[0]),
        }
    }

    /// With so many texts.
    pub(super) fn list(self, texts: &[&str]) -> Self {
        let counted = self.part(&(texts.len() as u64).to_be_bytes());
        texts.iter().fold(counted, |digest, text| digest.text(text))
    }

    /// `sha256:` and the digest, hexadecimal.
    pub(super) fn end(self) -> String {
        hex("sha256:", &self.0.finalize())
    }
}

/// Bytes as hexadecimal digits, behind a prefix.
pub(super) fn hex(prefix: &str, bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |value: u8| DIGITS.get(usize::from(value & 15)).copied().unwrap_or_default();
    let digits = bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]);
    prefix.chars().chain(digits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_can_be_moved_from_one_part_to_the_next() {
        let all = [
            Digest::of("a").text("bc").end(),
            Digest::of("a").text("b").text("c").end(),
            Digest::of("ab").text("c").end(),
            Digest::of("a").text("bc").text("").end(),
            Digest::of("a").option(None).text("bc").end(),
            Digest::of("a").option(Some("")).text("bc").end(),
            Digest::of("a").list(&["b", "c"]).end(),
            Digest::of("a").list(&["bc"]).end(),
            Digest::of("a").list(&["b"]).text("c").end(),
        ];
        let different: std::collections::BTreeSet<&String> = all.iter().collect();
        assert_eq!(different.len(), all.len());
        assert_eq!(hex("x", &[0, 9, 0xaf, 255]), "x0009afff");
    }
}
