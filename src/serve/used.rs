//! Approvals that were used, so that none is used twice: by this process, and by all that share a folder.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::controls::approval::{Approved, NotApproved};

/// Why an approval is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NotTaken {
    /// It does not count.
    Not(NotApproved),
    /// Whether it was used before cannot be told: the folder does not answer.
    Unknown,
}

/// So far the clocks of two instances may be apart, in seconds: for the other one an approval may count that has run out here.
const APART: u64 = 120;

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

    /// Uses one, if nobody did.
    pub(super) fn take(&self, approved: &Approved, now: u64) -> Result<(), NotTaken> {
        let mut here = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        let before = here.len();
        here.retain(|_, expires| *expires >= now);
        let some_ran_out = here.len() < before;
        if here.contains_key(&approved.id) {
            return Err(NotTaken::Not(NotApproved::Reused));
        }
        if let Some(folder) = &self.folder {
            if some_ran_out {
                clear(folder, now);
            }
            let mut file =
                OpenOptions::new().write(true).create_new(true).open(folder.join(&approved.id)).map_err(|error| match error.kind() {
                    std::io::ErrorKind::AlreadyExists => NotTaken::Not(NotApproved::Reused),
                    _ => NotTaken::Unknown,
                })?;
            // An approval that is not known to be used on the disk could be used again after a failure of the machine.
            file.write_all(approved.expires.to_string().as_bytes()).and_then(|()| file.sync_all()).map_err(|_| NotTaken::Unknown)?;
        }
        here.insert(approved.id.clone(), approved.expires);
        Ok(())
    }
}

/// Removes the files of approvals that count no longer. What is no such file stays.
fn clear(folder: &PathBuf, now: u64) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        let named =
            path.file_name().is_some_and(|name| name.len() == 32 && name.to_string_lossy().bytes().all(|byte| byte.is_ascii_hexdigit()));
        if named
            && fs::read_to_string(&path)
                .ok()
                .and_then(|text| text.parse().ok())
                .is_some_and(|expires: u64| expires.saturating_add(APART) < now)
        {
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

    #[test]
    fn an_approval_is_used_once() {
        let used = Used::new(None);
        assert_eq!(used.take(&approved("a", 50), 10), Ok(()));
        assert_eq!(used.take(&approved("a", 50), 50), REUSED);
        assert_eq!(used.take(&approved("b", 50), 10), Ok(()));
        // It has run out: nobody takes it any more, so it need not be known.
        assert_eq!(used.take(&approved("c", 90), 51), Ok(()));
        assert_eq!(used.here.lock().unwrap().len(), 1);
    }

    #[test]
    fn instances_that_share_a_folder_share_what_was_used() {
        let folder = tempfile::tempdir().unwrap();
        let [one, other] = [(); 2].map(|()| Used::new(Some(folder.path().to_owned())));
        assert_eq!(one.take(&approved("a", 50), 10), Ok(()));
        assert_eq!(other.take(&approved("a", 50), 10), REUSED);
        // A start later it still holds.
        assert_eq!(Used::new(Some(folder.path().to_owned())).take(&approved("a", 50), 10), REUSED);
        fs::write(folder.path().join("README"), "1").unwrap();
        assert_eq!(one.take(&approved("c", 90), 60), Ok(()));
        assert_eq!(other.take(&approved("a", 50), 49), REUSED, "to one whose clock is behind it counts, and is known");
        assert_eq!(one.take(&approved("b", 990), 900), Ok(()), "and what ran out is cleared away");
        let mut left: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        left.sort();
        assert_eq!(left, ["README".to_owned(), "b".repeat(32)]);
    }

    #[test]
    fn a_folder_that_does_not_answer_lets_nothing_pass() {
        let folder = tempfile::tempdir().unwrap();
        let used = Used::new(Some(folder.path().join("gone")));
        assert_eq!(used.take(&approved("a", 50), 10), Err(NotTaken::Unknown));
    }
}
