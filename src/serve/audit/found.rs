//! Reads the end of a log that is there: its last record, and what a killed process left behind that. However long a line is, little of it is kept.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::audit::Head;

/// So many bytes are read at once.
const BLOCK: usize = 64 << 10;
/// How every record begins.
const BEGINS: &[u8] = br#"{"byokc.prev":""#;

/// The end of a file of a log.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Its last record; the default where there is none.
    pub(super) head: Head,
    /// Its length with that, in bytes.
    pub(super) length: u64,
    /// So many bytes come after it: a line that was not written to its end.
    pub(super) torn: u64,
}

/// What makes a line a record.
#[derive(Deserialize)]
struct Record {
    #[serde(rename = "byokc.prev")]
    prev: String,
    #[serde(rename = "byokc.seq")]
    seq: u64,
    #[serde(rename = "byokc.record")]
    _kind: String,
}

/// Reads it; `None` where the file is no log.
pub(super) fn read(file: &File) -> io::Result<Option<Found>> {
    let size = file.metadata()?.len();
    let length = after_last_newline(file, size)?;
    let torn = size - length;
    let Some(end) = length.checked_sub(1) else {
        let ours = begins_like_a_record(file)?;
        return Ok((torn == 0 || ours).then_some(Found { head: Head::default(), length, torn }));
    };
    let start = after_last_newline(file, end)?;
    let mut hash = Sha256::new();
    each_block(file, start, end, |block| hash.update(block))?;
    (&*file).seek(SeekFrom::Start(start))?;
    let record: Option<Record> = serde_json::from_reader(BufReader::with_capacity(BLOCK, file.take(end - start))).ok();
    let record = record.filter(|record| record.prev.len() == 64 && record.seq < u64::MAX >> 1);
    Ok(record.map(|record| Found { head: Head { records: record.seq, hash: hash.finalize().into() }, length, torn }))
}

/// Whether a file without a whole line is one whose first record was being written. After a failure of the machine zeros may stand in its place.
fn begins_like_a_record(file: &File) -> io::Result<bool> {
    let mut start = Vec::with_capacity(BEGINS.len());
    (&*file).seek(SeekFrom::Start(0))?;
    file.take(BEGINS.len() as u64).read_to_end(&mut start)?;
    Ok(BEGINS.starts_with(&start) || start.iter().all(|byte| *byte == 0))
}

/// The place after the last newline before `end`; the start where there is none.
fn after_last_newline(file: &File, end: u64) -> io::Result<u64> {
    let mut to = end;
    let mut block = vec![0; BLOCK];
    while to > 0 {
        let from = to.saturating_sub(BLOCK as u64);
        let read = block.get_mut(..usize::try_from(to - from).unwrap_or(BLOCK)).unwrap_or_default();
        (&*file).seek(SeekFrom::Start(from))?;
        (&*file).read_exact(read)?;
        if let Some(place) = read.iter().rposition(|byte| *byte == b'\n') {
            return Ok(from + place as u64 + 1);
        }
        to = from;
    }
    Ok(0)
}

fn each_block(file: &File, start: u64, end: u64, mut each: impl FnMut(&[u8])) -> io::Result<()> {
    (&*file).seek(SeekFrom::Start(start))?;
    let (mut rest, mut block) = (file.take(end - start), vec![0; BLOCK]);
    loop {
        match rest.read(&mut block) {
            Ok(0) => return Ok(()),
            Ok(read) => each(block.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
