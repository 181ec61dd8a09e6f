//! Has the disk take what was written: a thread, since that blocks. All that came while the disk was at work is taken together the next time.

use std::io;
use std::sync::{Arc, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use super::{Shared, Sync, tell_all};

/// Starts the thread. It ends when the log does, and then leaves what is left to that.
pub(super) fn start(shared: Arc<Shared>, sync: Sync) -> io::Result<JoinHandle<()>> {
    let pause = if sync == Sync::Always { Duration::ZERO } else { Duration::from_secs(1) };
    Builder::new().name("audit".to_owned()).spawn(move || while shared.sync(pause) {})
}

impl Shared {
    /// Waits until there is something to sync, and this long for more of it, then has the disk take it. Whether there may be more.
    fn sync(&self, pause: Duration) -> bool {
        let state = self.changed.wait_while(self.lock(), |state| !state.dirty && !state.ending).unwrap_or_else(PoisonError::into_inner);
        let mut state = match self.changed.wait_timeout_while(state, pause, |state| !state.ending) {
            Ok((state, _)) => state,
            Err(poisoned) => poisoned.into_inner().0,
        };
        let Some(writer) = state.writer.as_ref().filter(|_| !state.ending) else { return false };
        let disk = Arc::clone(writer.disk());
        let waiting = std::mem::take(&mut state.waiting);
        state.dirty = false;
        drop(state);
        match disk.sync() {
            Ok(()) => tell_all(waiting),
            Err(error) => {
                let mut state = self.lock();
                if let Some(writer) = &mut state.writer {
                    writer.not_synced();
                }
                let _ = state.tell(Err(error), false);
            }
        }
        true
    }
}
