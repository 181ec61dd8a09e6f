//! Turns records into lines at the end of a file: whole ones only. A file that gets too long is put aside, and another goes on.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::audit::{Entry, Head, Opened};
use crate::serve::{Refusal, Why};

use super::Auditing;
use super::disk::{Disk, Wrap, sync_folder, write_whole};
use super::files::{Files, open};
use super::found::{self, Found};
use super::stamp::Stamp;

/// Room that is kept behind the last line, in bytes, before anything begins: for the ends of all that is under way, 4 KiB for each of 1024 requests.
const KEEP: u64 = 4 << 20;
/// A line is longer than its entry by no more than this, in bytes.
const MEMBERS: u64 = 160;

/// Is given each line that was written.
pub(super) type Copies = Box<dyn Fn(&[u8]) + Send + Sync>;

pub(super) struct Writer {
    files: Files,
    copies: Option<Copies>,
    wrap: Wrap,
    disk: Arc<dyn Disk>,
    head: Head,
    stamp: Stamp,
    /// What stands at the start of each file.
    opened: Opened<'static>,
    /// Of the file, in bytes: its whole lines.
    length: u64,
    /// Behind them there may be a piece of another.
    torn: bool,
    /// The disk did not take what was written.
    unsynced: bool,
    /// Up to here, in bytes, there is room. `None` where none can be reserved.
    reserved: Option<u64>,
    rotate: u64,
    /// The length at which the file is put aside; it is later where that failed.
    full: u64,
}

impl Writer {
    /// Opens the log, or goes on with it.
    pub(super) fn open(auditing: &Auditing, opened: Opened<'static>, wrap: Wrap, copies: Option<Copies>) -> Result<Self, Refusal> {
        let shown = auditing.file.display();
        let files = Files::lock(&auditing.file)?;
        let cannot = |error: io::Error| {
            Refusal::new(Why::Unreadable, format!("the audit log {shown} cannot be written: {}", error.kind()))
                .help("make room for it, or name another file with --audit")
        };
        let (file, found, before) = end_of_log(&files).map_err(|stands| match stands {
            Stands::Error(error) => cannot(error),
            Stands::NoLog(name) => {
                let what = format!("the last line of {name} is no record of byokc: it may be something else, and is left as it is");
                Refusal::new(Why::Usage, what).help("name another file with --audit, or move that one away")
            }
        })?;
        let torn = Some(found.torn).filter(|torn| *torn > 0);
        if let Some(bytes) = torn {
            tracing::warn!(bytes, "the last line of the audit log was torn, and is cut off");
        }
        let mut writer = Self {
            disk: wrap(file),
            files,
            copies,
            wrap,
            head: found.head,
            stamp: Stamp::default(),
            opened,
            length: found.length,
            torn: false,
            unsynced: false,
            reserved: Some(0),
            rotate: auditing.rotate,
            full: auditing.rotate,
        };
        if writer.length >= writer.full {
            match writer.put_aside(torn) {
                Ok(()) => return Ok(writer),
                Err(error) => writer.stays_too_long(&error),
            }
        }
        let entry =
            serde_json::to_vec(&Entry::Opened(Opened { continues: before.map(Into::into), torn_bytes: torn, ..writer.opened.clone() }));
        let entry = entry.map_err(|_| cannot(io::ErrorKind::InvalidData.into()))?;
        let written = writer.make_room(&entry).and_then(|()| writer.write(&entry));
        written.and_then(|()| sync_folder(writer.files.folder())).map_err(cannot)?;
        Ok(writer)
    }

    /// Another plan is in service.
    pub(super) fn planned(&mut self, plan: &str) {
        self.opened.plan = plan.to_owned().into();
    }

    /// The file that is written now.
    pub(super) fn disk(&self) -> &Arc<dyn Disk> {
        &self.disk
    }

    /// The disk did not take what was written: nothing begins until it does.
    pub(super) fn not_synced(&mut self) {
        self.unsynced = true;
    }

    /// Writes a record of what is about to happen: as `append`, where the disk is sound and there will be room for the end of it.
    pub(super) fn begin(&mut self, entry: &[u8]) -> io::Result<()> {
        if self.unsynced {
            self.disk.sync()?;
            self.unsynced = false;
        }
        self.make_room(entry)?;
        self.append(entry)
    }

    /// Makes sure of room for a record, and for the ends of what is under way.
    fn make_room(&mut self, entry: &[u8]) -> io::Result<()> {
        let least = self.length + entry.len() as u64 + MEMBERS + KEEP;
        if self.reserved.is_none_or(|reserved| reserved >= least) {
            return Ok(());
        }
        self.mend()?;
        self.reserved = reserve(&*self.disk, self.length, least)?;
        Ok(())
    }

    /// Writes a record as the last line of the log. If it cannot be, nothing of it stays.
    pub(super) fn append(&mut self, entry: &[u8]) -> io::Result<()> {
        self.mend()?;
        if self.length + entry.len() as u64 + MEMBERS > self.full
            && let Err(error) = self.put_aside(None)
        {
            self.stays_too_long(&error);
        }
        self.write(entry)
    }

    /// The log ends here.
    pub(super) fn close(mut self) -> io::Result<()> {
        self.mend()?;
        self.disk.truncate(self.length)?;
        self.disk.sync()
    }

    fn write(&mut self, entry: &[u8]) -> io::Result<()> {
        let mut head = self.head;
        let line = head.append(&self.stamp.now(), entry);
        if let Err(error) = write_whole(&*self.disk, &line) {
            self.torn = true;
            // Where this fails too it is tried again before anything else is written.
            let _ = self.mend();
            return Err(error);
        }
        self.head = head;
        self.length += line.len() as u64;
        self.copy(&line);
        Ok(())
    }

    fn copy(&self, line: &[u8]) {
        if let Some(copies) = &self.copies {
            copies(line);
        }
    }

    /// Cuts off a piece of a line that could not be written.
    fn mend(&mut self) -> io::Result<()> {
        if self.torn {
            self.disk.truncate(self.length)?;
            self.torn = false;
            self.reserved = self.reserved.map(|_| 0);
        }
        Ok(())
    }

    /// Begins another file and gives it the log's name. It is whole, and on the disk, before that.
    fn put_aside(&mut self, torn_bytes: Option<u64>) -> io::Result<()> {
        let (path, next, aside) = (self.files.path(), self.files.next(), self.files.free()?);
        self.disk.sync()?;
        let _ = std::fs::remove_file(&next);
        let opened = Opened { continues: Some(aside.to_string_lossy().into_owned().into()), torn_bytes, ..self.opened.clone() };
        let mut head = self.head;
        let line = head.append(&self.stamp.now(), &serde_json::to_vec(&Entry::Opened(opened))?);
        let disk = (self.wrap)(open(&next, OpenOptions::new().create_new(true).read(true).append(true))?);
        let length = line.len() as u64;
        let aside = self.files.folder().join(aside);
        let named = reserve(&*disk, 0, length + KEEP).and_then(|reserved| {
            write_whole(&*disk, &line)?;
            disk.sync()?;
            std::fs::rename(&path, &aside)?;
            std::fs::rename(&next, &path).inspect_err(|_| drop(std::fs::rename(&aside, &path)))?;
            Ok(reserved)
        });
        let reserved = named.inspect_err(|_| drop(std::fs::remove_file(&next)))?;
        let old = std::mem::replace(&mut self.disk, disk);
        // It gives back what was reserved; it would do no harm.
        let _ = old.truncate(self.length);
        (self.head, self.length, self.reserved) = (head, length, reserved);
        self.full = self.rotate;
        self.copy(&line);
        sync_folder(self.files.folder())
    }

    /// Rather a file that is too long than a record that is lost.
    fn stays_too_long(&mut self, error: &io::Error) {
        tracing::error!(kind = %error.kind(), "the audit log could not be put aside, and goes on in the same file");
        self.full = self.length + self.rotate.clamp(64 << 10, 1 << 20);
    }
}

/// Reserves to this place, and beyond it if there is room, so that it need not be done each time. The place up to which there is room.
fn reserve(disk: &dyn Disk, from: u64, least: u64) -> io::Result<Option<u64>> {
    let to = |to| disk.reserve(from, to).map(|()| Some(to));
    match to(least + KEEP).or_else(|_| to(least)) {
        Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(None),
        reserved => reserved,
    }
}

/// Why a log does not go on.
enum Stands {
    Error(io::Error),
    /// A file of this name is something else.
    NoLog(String),
}

impl From<io::Error> for Stands {
    fn from(error: io::Error) -> Self {
        Self::Error(error)
    }
}

/// The file to write, where it ends, and the name of the file before it if it is empty. What is torn is cut off.
fn end_of_log(files: &Files) -> Result<(File, Found, Option<String>), Stands> {
    let path = files.path();
    // A process was killed before this took the name of the log: nothing depends on it.
    match std::fs::remove_file(files.next()) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let (file, mut found) = mended(&path, true)?;
    if found.length > 0 {
        return Ok((file, found, None));
    }
    for (_, name) in files.aside()? {
        let (_, last) = mended(&files.folder().join(&name), false)?;
        found.torn += last.torn;
        if last.length > 0 {
            found.head = last.head;
            return Ok((file, found, Some(name.to_string_lossy().into_owned())));
        }
    }
    Ok((file, found, None))
}

fn mended(path: &Path, create: bool) -> Result<(File, Found), Stands> {
    let file = open(path, OpenOptions::new().create(create).read(true).append(true))?;
    let Some(found) = found::read(&file)? else { return Err(Stands::NoLog(path.display().to_string())) };
    if found.torn > 0 {
        file.set_len(found.length)?;
    }
    Ok((file, found))
}
