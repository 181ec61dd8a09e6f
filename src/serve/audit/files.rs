//! The files of a log: the one that is written, those that were put aside, and the lock.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::serve::{Refusal, Why};

/// Where they are: `NAME`, `NAME.000001`, …, `NAME.lock`, and while a file is put aside `NAME.next`.
pub(super) struct Files {
    folder: PathBuf,
    name: OsString,
    /// Held as long as the log is written. A file of its own: the others change their names.
    _lock: File,
}

impl Files {
    /// Finds them, a link followed, and locks them: no two processes write one log.
    pub(super) fn lock(path: &Path) -> Result<Self, Refusal> {
        let shown = path.display();
        let cannot = |error: &io::Error| {
            Refusal::new(Why::Unreadable, format!("the audit log {shown} cannot be opened: {}", error.kind()))
                .help("name another file with --audit")
        };
        if std::fs::metadata(path).is_ok_and(|about| !about.is_file()) {
            let what = format!("the audit log {shown} is not a plain file, so it could not be read back, mended and locked");
            return Err(Refusal::new(Why::Usage, what).help("name a file with --audit"));
        }
        let (folder, name) = place(path).map_err(|error| cannot(&error))?;
        let lock = open(&folder.join(with(&name, "lock")), OpenOptions::new().write(true).create(true)).map_err(|error| cannot(&error))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { folder, name, _lock: lock }),
            Err(TryLockError::WouldBlock) => {
                let what = format!("another process writes the audit log {shown}");
                Err(Refusal::new(Why::Unreadable, what).help("name another file with --audit: each process has a log of its own"))
            }
            Err(TryLockError::Error(error)) => Err(cannot(&error)),
        }
    }

    /// The file that is written.
    pub(super) fn path(&self) -> PathBuf {
        self.folder.join(&self.name)
    }

    /// The file that will be.
    pub(super) fn next(&self) -> PathBuf {
        self.folder.join(with(&self.name, "next"))
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The name under which the file that is written is put aside.
    pub(super) fn free(&self) -> io::Result<OsString> {
        let last = self.aside()?.first().map_or(0, |(number, _)| *number);
        Ok(with(&self.name, &format!("{:06}", last.saturating_add(1))))
    }

    /// The files that were put aside, newest first.
    pub(super) fn aside(&self) -> io::Result<Vec<(u64, OsString)>> {
        let mut aside = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            let name = entry?.file_name();
            aside.extend(self.number(&name).map(|number| (number, name)));
        }
        aside.sort_unstable_by(|one, other| other.cmp(one));
        Ok(aside)
    }

    /// The number of a file that was put aside.
    fn number(&self, name: &OsString) -> Option<u64> {
        let number = name.as_encoded_bytes().strip_prefix(self.name.as_encoded_bytes())?.strip_prefix(b".")?;
        let digits = number.len() >= 6 && number.iter().all(u8::is_ascii_digit);
        std::str::from_utf8(number).ok().filter(|_| digits)?.parse().ok()
    }
}

/// Opens a file; one that is made is its owner's alone.
pub(super) fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.open(path)
}

fn with(name: &OsString, end: &str) -> OsString {
    let mut name = name.clone();
    name.push(".");
    name.push(end);
    name
}

/// The folder and the name of a file that may not be there yet.
fn place(path: &Path) -> io::Result<(PathBuf, OsString)> {
    // A link that leads nowhere is an error, not a place for a log.
    let whole = if std::fs::symlink_metadata(path).is_ok() {
        std::fs::canonicalize(path)?
    } else {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::canonicalize(folder)?.join(path.file_name().ok_or(io::ErrorKind::InvalidFilename)?)
    };
    match (whole.parent(), whole.file_name()) {
        (Some(folder), Some(name)) => Ok((folder.to_owned(), name.to_owned())),
        _ => Err(io::ErrorKind::IsADirectory.into()),
    }
}
