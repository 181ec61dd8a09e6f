//! Hangs records together: each line begins with the SHA-256 of the line before it, so that none can be altered, removed or moved unseen.

use sha2::{Digest, Sha256};

/// The end of a log: its last line, by number and hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The number of records.
    pub records: u64,
    /// The SHA-256 of the last line, without its newline; zeros where there is none.
    pub hash: [u8; 32],
}

impl Head {
    /// The line, newline included, of the next record, which is `entry` (a JSON object with at least one member) at this time (RFC 3339, UTC); the log then ends in it.
    pub fn append(&mut self, time: &str, entry: &[u8]) -> Vec<u8> {
        let mut line = Vec::with_capacity(entry.len() + 160);
        line.extend_from_slice(br#"{"byokc.prev":""#);
        line.extend_from_slice(self.text().as_bytes());
        line.extend_from_slice(br#"","byokc.seq":"#);
        line.extend_from_slice((self.records + 1).to_string().as_bytes());
        line.extend_from_slice(br#","byokc.time":""#);
        line.extend_from_slice(time.as_bytes());
        line.extend_from_slice(br#"","#);
        line.extend_from_slice(entry.strip_prefix(b"{").unwrap_or_default());
        *self = self.after(&line);
        line.push(b'\n');
        line
    }

    /// The head of a log that goes on with this line, without its newline.
    #[must_use]
    pub fn after(&self, line: &[u8]) -> Self {
        Self { records: self.records + 1, hash: Sha256::digest(line).into() }
    }

    /// The hash in hexadecimal digits.
    pub fn text(&self) -> String {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digit = |value: u8| DIGITS.get(usize::from(value)).copied().map_or('0', char::from);
        let mut text = String::with_capacity(2 * self.hash.len());
        for byte in self.hash {
            text.push(digit(byte >> 4));
            text.push(digit(byte & 15));
        }
        text
    }
}
