//! What a log needs of a file, and of the folder that it is in.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

/// A file that grows at its end.
pub(super) trait Disk: Send + Sync {
    /// Appends, with one call of the operating system. It may take less than all.
    fn write(&self, bytes: &[u8]) -> io::Result<usize>;

    /// Cuts off what is behind so many bytes, and gives back what was reserved there.
    fn truncate(&self, length: u64) -> io::Result<()>;

    /// Returns when the disk has all of it.
    fn sync(&self) -> io::Result<()>;

    /// Reserves room from the one place to the other, both in bytes, without a change of the length. An error of kind `Unsupported` where that is not done here.
    fn reserve(&self, from: u64, to: u64) -> io::Result<()>;
}

/// Makes one of a file that was opened to be appended to.
pub(super) type Wrap = Box<dyn Fn(File) -> Arc<dyn Disk> + Send + Sync>;

impl Disk for File {
    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        Write::write(&mut &*self, bytes)
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        // Whoever shortened it: what is gone is not made up for with zeros.
        if self.metadata()?.len() < length { Err(io::ErrorKind::UnexpectedEof.into()) } else { self.set_len(length) }
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }

    #[cfg(target_os = "linux")]
    fn reserve(&self, from: u64, to: u64) -> io::Result<()> {
        use rustix::fs::{FallocateFlags, fallocate};
        use rustix::process::{Resource, getrlimit};
        // A limit of the process counts when it writes, not when it reserves.
        if getrlimit(Resource::Fsize).current.is_some_and(|limit| limit < to) {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        fallocate(self, FallocateFlags::KEEP_SIZE, from, to.saturating_sub(from)).map_err(io::Error::from)
    }

    #[cfg(not(target_os = "linux"))]
    fn reserve(&self, _from: u64, _to: u64) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Appends all of it with one call, or says why not: some of it may be there then.
pub(super) fn write_whole(disk: &dyn Disk, bytes: &[u8]) -> io::Result<()> {
    loop {
        return match disk.write(bytes) {
            Ok(written) if written == bytes.len() => Ok(()),
            Ok(_) => Err(io::ErrorKind::StorageFull.into()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => Err(error),
        };
    }
}

/// Returns when the disk knows which files are in a folder.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
