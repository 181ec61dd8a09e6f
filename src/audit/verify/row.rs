//! A line of the log, with all that the checks ask of it.

use super::fault::Fault;
use crate::audit::{Head, Line, Read, parse};

/// A line of the log.
pub(super) struct Row {
    pub(super) file: String,
    pub(super) line: u64,
    /// Its SHA-256, in hexadecimal digits.
    pub(super) hash: String,
    /// What it says, or why it is no record.
    pub(super) said: Result<Line, String>,
}

impl Row {
    pub(super) fn new(file: &str, read: &Read) -> Self {
        Self { file: file.to_owned(), line: read.number, hash: Head::default().after(&read.bytes).text(), said: parse(&read.bytes) }
    }

    pub(super) fn line(&self) -> Option<&Line> {
        self.said.as_ref().ok()
    }

    /// Where it is: `at record 7 (audit.jsonl:7)`.
    pub(super) fn place(&self) -> String {
        let place = format!("{}:{}", self.file, self.line);
        self.line().map_or_else(|| format!("at {place}"), |line| format!("at record {} ({place})", line.seq))
    }

    pub(super) fn fault(&self, message: String) -> Fault {
        Fault { file: self.file.clone(), line: self.line, message, record: self.line().map(|line| line.seq) }
    }
}
