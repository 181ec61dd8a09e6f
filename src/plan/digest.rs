//! The digest of a plan's routing part: the SHA-256 of its canonical form (RFC 8785).
//!
//! The members of every struct of a plan stand in sorted order and so do the keys of every map, so what `serde_json` writes without spaces is the
//! canonical form already, but for two things: RFC 8785 sorts by UTF-16 code units, which differs from the order of characters from U+E000 on,
//! and it knows no integers above 2^53. Where either turns up a library that follows the whole RFC is asked.

use std::cell::Cell;
use std::io::{self, BufWriter, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;
use sha2::{Digest, Sha256};

/// `sha256:` and the digest, hexadecimal.
pub(super) fn of(routing: &impl Serialize) -> String {
    let hash = plain(routing).unwrap_or_else(|| {
        // Strings, integers and maps with text keys always serialise.
        Sha256::digest(serde_json_canonicalizer::to_vec(routing).unwrap_or_default()).into()
    });
    hash.iter().fold(String::from("sha256:"), |text, byte| text + &format!("{byte:02x}"))
}

/// The hash of what `serde_json` writes, where that is the canonical form.
fn plain(routing: &impl Serialize) -> Option<[u8; 32]> {
    let odd = Cell::new(false);
    let mut out = BufWriter::with_capacity(16 << 10, Hashing(Sha256::new()));
    routing.serialize(&mut Serializer::with_formatter(&mut out, Plain { odd: &odd })).ok()?;
    let Hashing(hash) = out.into_inner().ok()?;
    (!odd.get()).then(|| hash.finalize().into())
}

struct Hashing(Sha256);

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes without spaces, and notes where that may not be the canonical form.
struct Plain<'o> {
    odd: &'o Cell<bool>,
}

impl Formatter for Plain<'_> {
    fn write_u64<W: ?Sized + Write>(&mut self, writer: &mut W, value: u64) -> io::Result<()> {
        if value > 1 << 53 {
            self.odd.set(true);
        }
        serde_json::ser::CompactFormatter.write_u64(writer, value)
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        if !fragment.is_ascii() && fragment.chars().any(|character| character >= '\u{e000}') {
            self.odd.set(true);
        }
        writer.write_all(fragment.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn reference(value: &impl Serialize) -> String {
        let canonical = serde_json_canonicalizer::to_vec(value).unwrap();
        Sha256::digest(canonical).iter().fold(String::from("sha256:"), |text, byte| text + &format!("{byte:02x}"))
    }

    #[test]
    fn the_plain_form_is_the_canonical_one() {
        let value =
            BTreeMap::from([("a\u{7f}\u{8}\"\\\n\u{1}/", vec![0u64, 1 << 53]), ("z", vec![]), ("\u{e9}", vec![30]), ("\u{d7ff}", vec![])]);
        assert_eq!(of(&value), reference(&value));
        assert!(plain(&value).is_some());
    }

    #[test]
    fn keys_are_sorted_by_utf_16() {
        let value = BTreeMap::from([("\u{ff5e}", 1u64), ("\u{1f600}", 2)]);
        assert_eq!(of(&value), reference(&value));
        assert!(plain(&value).is_none(), "in UTF-16 the second comes first");
    }

    #[test]
    fn large_integers_are_left_to_the_library() {
        let value = BTreeMap::from([("a", (1u64 << 53) + 1)]);
        assert_eq!(of(&value), reference(&value));
        assert!(plain(&value).is_none());
    }
}
