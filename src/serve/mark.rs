//! What tells one version of a file from another.

use std::path::Path;
use std::time::SystemTime;

/// When a file was changed, its length, and which it is. A link is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    modified: Option<SystemTime>,
    length: u64,
    /// The file, and when anything about it last changed: that cannot be set back.
    #[cfg(unix)]
    node: (u64, i64, i64),
}

impl Mark {
    /// Of a file; `None` where there is none.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let about = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
        Some(Self {
            modified: about.modified().ok(),
            length: about.len(),
            #[cfg(unix)]
            node: {
                use std::os::unix::fs::MetadataExt;
                (about.ino(), about.ctime(), about.ctime_nsec())
            },
        })
    }
}
