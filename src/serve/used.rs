//! Approvals that were used, so that none is used twice: by this process, and by all that share a folder.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::task::spawn_blocking;

use crate::controls::approval::{Approved, NotApproved};

use super::audit::sync_folder;

/// The clocks of instances that share a folder may be so far apart, in seconds: what has run out for one may count for another.
const APART: u64 = 300;

/// Why an approval is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NotTaken {
    /// It does not count.
    Not(NotApproved),
    /// Whether it was used before cannot be told: the folder does not answer.
    Unknown,
}

/// The approvals that were used.
pub(super) struct Used {
    /// Shared with other instances: a file for each, created by who uses it first.
    folder: Option<PathBuf>,
    /// By id, with the second after which it counts no longer.
    here: Mutex<BTreeMap<String, u64>>,
}

impl Used {
    /// None yet, or those that a folder holds.
    pub(super) fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, here: Mutex::default() }
    }

    /// Uses one, if nobody did. Where instances share a folder, that is on its disk before.
    pub(super) async fn take(&self, approved: &Approved, now: u64) -> Result<(), NotTaken> {
        let some_ran_out = self.note(approved, now)?;
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        let (id, expires) = (approved.id.clone(), approved.expires);
        let noted = spawn_blocking(move || {
            if some_ran_out {
                clear(&folder, now);
            }
            create(&folder, &id, expires)
        });
        let noted = noted.await.unwrap_or(Err(NotTaken::Unknown));
        if noted == Err(NotTaken::Unknown) {
            self.here().remove(&approved.id);
        }
        noted
    }

    /// Notes one here, and forgets those that ran out. Whether there were any.
    fn note(&self, approved: &Approved, now: u64) -> Result<bool, NotTaken> {
        let mut here = self.here();
        let before = here.len();
        here.retain(|_, expires| !ran_out(*expires, now));
        let some_ran_out = here.len() < before;
        if here.insert(approved.id.clone(), approved.expires).is_some() {
            return Err(NotTaken::Not(NotApproved::Reused));
        }
        Ok(some_ran_out)
    }

    fn here(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether no instance takes an approval any more, whatever its clock says.
fn ran_out(expires: u64, now: u64) -> bool {
    expires.saturating_add(APART) < now
}

/// Makes the file of an approval. One that is not known to be on the disk could be used again after a failure of the machine.
fn create(folder: &Path, id: &str, expires: u64) -> Result<(), NotTaken> {
    let path = folder.join(id);
    let mut file = OpenOptions::new().write(true).create_new(true).open(&path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => NotTaken::Not(NotApproved::Reused),
        _ => NotTaken::Unknown,
    })?;
    let written = file.write_all(expires.to_string().as_bytes()).and_then(|()| file.sync_all()).and_then(|()| sync_folder(folder));
    written.map_err(|_| {
        // It is refused, so it was not used.
        let _ = fs::remove_file(&path);
        NotTaken::Unknown
    })
}

/// Removes the files of approvals that count no longer. What is no such file stays.
fn clear(folder: &Path, now: u64) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        let named =
            path.file_name().is_some_and(|name| name.len() == 32 && name.to_string_lossy().bytes().all(|byte| byte.is_ascii_hexdigit()));
        if named && fs::read_to_string(&path).ok().and_then(|text| text.parse().ok()).is_some_and(|expires: u64| ran_out(expires, now)) {
            let _ = fs::remove_file(&path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn approved(id: &str, expires: u64) -> Approved {
        Approved { approver: "ada".to_owned(), role: "lead".to_owned(), id: id.repeat(32), expires, shown: String::new() }
    }

    const REUSED: Result<(), NotTaken> = Err(NotTaken::Not(NotApproved::Reused));

    #[tokio::test]
    async fn an_approval_is_used_once() {
        let used = Used::new(None);
        assert_eq!(used.take(&approved("a", 50), 10).await, Ok(()));
        assert_eq!(used.take(&approved("a", 50), 50).await, REUSED);
        assert_eq!(used.take(&approved("b", 50), 10).await, Ok(()));
        // A clock that goes back does not bring it back.
        assert_eq!(used.take(&approved("c", 90), 51).await, Ok(()));
        assert_eq!(used.take(&approved("a", 50), 49).await, REUSED);
        // Nobody takes it any more, so it need not be known.
        assert_eq!(used.take(&approved("d", 900), 380).await, Ok(()));
        assert_eq!(used.here().keys().map(|id| &id[..1]).collect::<String>(), "cd");
    }

    #[tokio::test]
    async fn instances_that_share_a_folder_share_what_was_used() {
        let folder = tempfile::tempdir().unwrap();
        let [one, other] = [(); 2].map(|()| Used::new(Some(folder.path().to_owned())));
        assert_eq!(one.take(&approved("a", 50), 10).await, Ok(()));
        assert_eq!(other.take(&approved("a", 50), 10).await, REUSED);
        // A start later it still holds.
        assert_eq!(Used::new(Some(folder.path().to_owned())).take(&approved("a", 50), 10).await, REUSED);
        fs::write(folder.path().join("README"), "1").unwrap();
        // It has run out here; for an instance whose clock is behind it counts.
        assert_eq!(one.take(&approved("b", 900), 60).await, Ok(()));
        assert_eq!(other.take(&approved("a", 50), 49).await, REUSED);
        assert_eq!(one.take(&approved("c", 900), 360).await, Ok(()), "and what ran out long ago is cleared away");
        let mut left: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        left.sort();
        assert_eq!(left, ["README".to_owned(), "b".repeat(32), "c".repeat(32)]);
    }

    #[tokio::test]
    async fn of_many_at_once_one_uses_an_approval() {
        let folder = tempfile::tempdir().unwrap();
        for shared in [None, Some(folder.path().to_owned())] {
            let used = [(); 2].map(|()| std::sync::Arc::new(Used::new(shared.clone())));
            // Without a folder each instance knows its own.
            let instances = if shared.is_some() { 2 } else { 1 };
            let takes = (0..20).map(|at| {
                let used = std::sync::Arc::clone(&used[at % instances]);
                tokio::spawn(async move { used.take(&approved("a", 50), 10).await })
            });
            let mut taken = 0;
            for take in takes.collect::<Vec<_>>() {
                taken += usize::from(take.await.unwrap() == Ok(()));
            }
            assert_eq!(taken, 1);
        }
    }

    #[tokio::test]
    async fn a_folder_that_does_not_answer_lets_nothing_pass() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("later");
        let used = Used::new(Some(path.clone()));
        assert_eq!(used.take(&approved("a", 50), 10).await, Err(NotTaken::Unknown));
        // Nor is an approval lost that could not be noted.
        fs::create_dir(&path).unwrap();
        assert_eq!(used.take(&approved("a", 50), 10).await, Ok(()));
    }
}
