//! Writes the audit log: one line after the other, each on its way to the disk before what it records goes on.

mod disk;
mod files;
mod found;
#[cfg(feature = "otlp")]
pub(super) mod otlp;
mod stamp;
mod syncing;
#[cfg(test)]
mod tests;
mod writer;

use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use crate::audit::{Entry, Opened};
use crate::runtime::Denied;

use super::{Refusal, Why};
pub(super) use disk::sync_folder;

use disk::Wrap;
use writer::Writer;

/// How the audit log is written.
#[derive(Clone, Debug)]
pub struct Auditing {
    /// The file; others beside it, with a number behind its name, hold what came before.
    pub file: PathBuf,
    /// When the disk has it.
    pub sync: Sync,
    /// A file of more than so many bytes is put aside, and another begun.
    pub rotate: u64,
    /// Where a collector is that gets a copy of each record. Only with the feature `otlp`.
    pub collector: Option<String>,
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

/// Most records are shorter, in bytes.
const USUAL: usize = 1024;

/// The audit log of this process.
pub(super) struct Log {
    shared: Arc<Shared>,
    sync: Sync,
    /// Has the disk take what is written, now and then.
    syncing: Mutex<Option<JoinHandle<()>>>,
}

/// What the callers and the thread that syncs share.
struct Shared {
    state: Mutex<State>,
    /// There is something to sync, or the log ends.
    changed: Condvar,
}

struct State {
    /// `None` when the log is closed.
    writer: Option<Writer>,
    /// Who waits for the disk; told when it has what was written before, dropped when it has not.
    waiting: Vec<oneshot::Sender<()>>,
    /// Something was written that the disk may not have.
    dirty: bool,
    /// The log cannot be written, and that has been said.
    failing: bool,
    ending: bool,
}

impl Log {
    /// Opens the log, or goes on with it: it is locked, a torn last line is cut off, and that a process begins here is recorded.
    pub(super) fn open(auditing: &Auditing, plan: &str) -> Result<Self, Refusal> {
        Self::open_on(auditing, plan, Box::new(|file| Arc::new(file)))
    }

    /// The same on another kind of disk.
    fn open_on(auditing: &Auditing, plan: &str, wrap: Wrap) -> Result<Self, Refusal> {
        let opened = Opened {
            version: env!("CARGO_PKG_VERSION").into(),
            instance: super::new_id().into(),
            plan: plan.to_owned().into(),
            ..Opened::default()
        };
        #[cfg(feature = "otlp")]
        let copies = auditing.collector.as_deref().map(otlp::start).transpose()?;
        #[cfg(not(feature = "otlp"))]
        let copies = None;
        let writer = Writer::open(auditing, opened, wrap, copies)?;
        let state = State { writer: Some(writer), waiting: Vec::new(), dirty: true, failing: false, ending: false };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
        let syncing = (auditing.sync != Sync::Never)
            .then(|| syncing::start(Arc::clone(&shared), auditing.sync))
            .transpose()
            .map_err(|error| Refusal::new(Why::Unreadable, format!("cannot start: {}", error.kind())))?;
        Ok(Self { shared, sync: auditing.sync, syncing: Mutex::new(syncing) })
    }

    /// Records what is about to happen. That there will be room for its end is made sure of before: a disk that fills up stops new calls first.
    pub(super) fn begin(&self, entry: &Entry<'_>) -> Result<Written, Lost> {
        self.put(entry, true)
    }

    /// Records what has happened, or was decided. It may use the room that was kept.
    pub(super) fn record(&self, entry: &Entry<'_>) -> Result<Written, Lost> {
        self.put(entry, false)
    }

    fn put(&self, entry: &Entry<'_>, begins: bool) -> Result<Written, Lost> {
        let mut bytes = Vec::with_capacity(USUAL);
        serde_json::to_writer(&mut bytes, entry).map_err(|_| Lost)?;
        let mut state = self.shared.lock();
        if state.ending {
            return Err(Lost);
        }
        let written = state.write(&bytes, begins);
        state.tell(written, begins)?;
        if let (Entry::Planned(planned), Some(writer)) = (entry, &mut state.writer) {
            writer.planned(&planned.plan);
        }
        let was_dirty = std::mem::replace(&mut state.dirty, true);
        let waits = (self.sync == Sync::Always).then(|| {
            let (synced, waits) = oneshot::channel();
            state.waiting.push(synced);
            waits
        });
        drop(state);
        if !was_dirty {
            self.shared.changed.notify_one();
        }
        Ok(Written(waits))
    }

    /// The process ends in order: that is recorded, the disk has everything, and another process may write here. Afterwards nothing is recorded any more.
    pub(super) fn close(&self) {
        let closed = serde_json::to_vec(&Entry::Closed {}).unwrap_or_default();
        let mut state = self.shared.lock();
        if std::mem::replace(&mut state.ending, true) {
            return;
        }
        let written = state.write(&closed, false);
        let _ = state.tell(written, false);
        drop(state);
        self.shared.changed.notify_all();
        if let Some(syncing) = self.syncing.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = syncing.join();
        }
        let mut state = self.shared.lock();
        let waiting = std::mem::take(&mut state.waiting);
        match state.writer.take().map(Writer::close) {
            Some(Err(error)) => tracing::error!(kind = %error.kind(), "the end of the audit log may not be on the disk"),
            _ => tell_all(waiting),
        }
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The disk has what these wait for. One that waits no longer does not mind.
fn tell_all(waiting: Vec<oneshot::Sender<()>>) {
    for waits in waiting {
        let _ = waits.send(());
    }
}

impl State {
    fn write(&mut self, entry: &[u8], begins: bool) -> io::Result<()> {
        let Some(writer) = &mut self.writer else { return Err(io::ErrorKind::NotConnected.into()) };
        if begins { writer.begin(entry) } else { writer.append(entry) }
    }

    /// Says once that the log cannot be written, and once that it can again: that the next call may begin.
    fn tell(&mut self, written: io::Result<()>, begins: bool) -> Result<(), Lost> {
        match written {
            Ok(()) => {
                if begins && std::mem::take(&mut self.failing) {
                    tracing::info!("the audit log can be written again: calls are taken");
                }
                Ok(())
            }
            Err(error) => {
                if !std::mem::replace(&mut self.failing, true) {
                    tracing::error!(kind = %error.kind(), "the audit log cannot be written: calls are refused until it can");
                }
                Err(Lost)
            }
        }
    }
}

/// A record that is written; ready when it is as safe as was asked for.
#[must_use]
pub(super) struct Written(Option<oneshot::Receiver<()>>);

impl Written {
    /// Of nothing that had to be written.
    pub(super) fn nothing() -> Self {
        Self(None)
    }
}

impl Future for Written {
    type Output = Result<(), Lost>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(waits) = &mut self.0 else { return Poll::Ready(Ok(())) };
        let synced = ready!(Pin::new(waits).poll(context)).map_err(|_| Lost);
        self.0 = None;
        Poll::Ready(synced)
    }
}
