//! Logs that are killed, torn, put aside, fought over, and on disks that fail.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Poll, Waker};

use tempfile::TempDir;

use super::disk::Disk;
use super::{Auditing, Log, Lost, Sync};
use crate::audit::{Denied, Entry, Head, Line, Opened};
use crate::serve::{Refusal, Why};

fn auditing(folder: &TempDir) -> Auditing {
    Auditing { file: folder.path().join("audit.jsonl"), sync: Sync::Never, rotate: 1 << 20, collector: None }
}

fn denied(reason: &str) -> Entry<'_> {
    Entry::Denied(Denied { code: "refused".into(), reason: Some(reason.into()), ..Denied::default() })
}

/// The files of a log, oldest first.
fn files(file: &Path) -> Vec<PathBuf> {
    let name = file.file_name().unwrap().to_str().unwrap();
    let mut files: Vec<PathBuf> = std::fs::read_dir(file.parent().unwrap()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.file_name().unwrap().to_str().unwrap().strip_prefix(&format!("{name}.0")).is_some());
    files.sort();
    files.push(file.to_owned());
    files
}

/// The records of a log. Its chain is whole, or the test fails.
fn records(file: &Path) -> Vec<Entry<'static>> {
    let (mut head, mut records) = (Head::default(), Vec::new());
    let mut before: Option<String> = None;
    for path in files(file) {
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.ends_with('\n'), "{}: no torn line is left", path.display());
        for (place, line) in text.lines().enumerate() {
            let read: Line = serde_json::from_str(line).unwrap();
            assert_eq!((read.prev, read.seq), (head.text(), head.records + 1), "{}:{}", path.display(), place + 1);
            head = head.after(line.as_bytes());
            match (&read.entry, place) {
                (Entry::Opened(opened), 0) => assert_eq!(opened.continues.as_deref(), before.as_deref()),
                (Entry::Opened(opened), _) => assert_eq!(opened.continues, None),
                (_, 0) => panic!("{} begins with {line}", path.display()),
                _ => {}
            }
            records.push(read.entry);
        }
        before = Some(path.file_name().unwrap().to_str().unwrap().to_owned());
    }
    records
}

fn reasons(file: &Path) -> Vec<String> {
    let reason = |entry| if let Entry::Denied(denied) = entry { denied.reason.map(String::from) } else { None };
    records(file).into_iter().filter_map(reason).collect()
}

/// The last record that a process began here.
fn last_opened(file: &Path) -> Opened<'static> {
    let opened = |entry| if let Entry::Opened(opened) = entry { Some(opened) } else { None };
    records(file).into_iter().filter_map(opened).next_back().unwrap()
}

fn open(auditing: &Auditing) -> Log {
    Log::open(auditing, "plan").unwrap()
}

fn refusal(auditing: &Auditing) -> Refusal {
    Log::open(auditing, "plan").err().unwrap()
}

/// Leaves a log as a process does that is killed: nothing is closed.
fn killed(log: &Log) {
    let mut state = log.shared.lock();
    state.ending = true;
    state.writer = None;
    drop(state);
    log.shared.changed.notify_all();
}

fn write(log: &Log, reason: &str) -> Result<(), Lost> {
    log.record(&denied(reason)).map(drop)
}

#[test]
fn a_log_is_begun_and_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let auditing = auditing(&folder);
    for run in ["one", "two"] {
        let log = open(&auditing);
        write(&log, run).unwrap();
        log.close();
        assert_eq!(write(&log, "late"), Err(Lost), "nothing comes after the end");
    }
    let all = records(&auditing.file);
    assert!(matches!(
        &all[..],
        [Entry::Opened(_), Entry::Denied(_), Entry::Closed {}, Entry::Opened(_), Entry::Denied(_), Entry::Closed {}]
    ));
    let (Entry::Opened(one), Entry::Opened(two)) = (&all[0], &all[3]) else { panic!("{all:?}") };
    assert_eq!((&*one.version, &*one.plan, one.torn_bytes), (env!("CARGO_PKG_VERSION"), "plan", None));
    assert!(one.instance != two.instance && one.instance.len() == 32);
    #[cfg(unix)]
    for file in ["audit.jsonl", "audit.jsonl.lock"] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(folder.path().join(file)).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
    }
}

#[test]
fn a_last_line_is_mended_wherever_it_was_cut() {
    let folder = tempfile::tempdir().unwrap();
    let auditing = auditing(&folder);
    let log = open(&auditing);
    write(&log, "kept").unwrap();
    let before = std::fs::read(&auditing.file).unwrap();
    write(&log, "torn \u{1f980}").unwrap();
    killed(&log);
    let after = std::fs::read(&auditing.file).unwrap();
    for cut in before.len()..=after.len() {
        std::fs::write(&auditing.file, &after[..cut]).unwrap();
        open(&auditing).close();
        let whole = cut == after.len();
        assert_eq!(reasons(&auditing.file).len(), if whole { 2 } else { 1 }, "cut at {cut}");
        let torn = if whole { 0 } else { cut - before.len() };
        assert_eq!(last_opened(&auditing.file).torn_bytes, Some(torn as u64).filter(|torn| *torn > 0));
    }
    // The very first line, and zeros that a failing machine leaves.
    let first = before.iter().position(|byte| *byte == b'\n').unwrap();
    for cut in 0..=first {
        std::fs::write(&auditing.file, &after[..cut]).unwrap();
        open(&auditing).close();
        assert_eq!(last_opened(&auditing.file).torn_bytes, Some(cut as u64).filter(|torn| *torn > 0));
    }
    for start in [&before[..], b""] {
        std::fs::write(&auditing.file, [start, &[0; 5000]].concat()).unwrap();
        open(&auditing).close();
        assert_eq!(last_opened(&auditing.file).torn_bytes, Some(5000));
    }
}

#[test]
fn a_line_longer_than_a_block_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let auditing = auditing(&folder);
    for length in [65_000, 65_536, 65_537, 400_000] {
        let log = open(&auditing);
        write(&log, &"x".repeat(length)).unwrap();
        killed(&log);
    }
    open(&auditing).close();
    assert_eq!(reasons(&auditing.file).iter().map(String::len).collect::<Vec<_>>(), [65_000, 65_536, 65_537, 400_000]);
}

#[test]
fn what_is_no_log_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let auditing = auditing(&folder);
    for text in
        ["hello", "hello\n", "{}\n", "{\"byokc.prev\":\"\",\"byokc.seq\":1,\"byokc.record\":\"closed\"}\n", "\n", "{\"byokc.seq\":1"]
    {
        std::fs::write(&auditing.file, text).unwrap();
        let refusal = refusal(&auditing);
        assert!(refusal.why == Why::Usage && refusal.message.contains("no record of byokc"), "{refusal:?}");
        assert_eq!(std::fs::read_to_string(&auditing.file).unwrap(), text);
    }
    let nowhere = Auditing { file: folder.path().join("no/where.jsonl"), ..auditing.clone() };
    assert!(refusal(&nowhere).message.ends_with("cannot be opened: entity not found"));
    let itself = Auditing { file: folder.path().to_owned(), ..auditing.clone() };
    assert!(refusal(&itself).message.contains("is not a plain file"));
    #[cfg(unix)]
    {
        let device = Auditing { file: "/dev/null".into(), ..auditing.clone() };
        assert!(refusal(&device).message.contains("is not a plain file"));
        let link = Auditing { file: folder.path().join("link.jsonl"), ..auditing };
        std::os::unix::fs::symlink("nothing", &link.file).unwrap();
        assert!(refusal(&link).message.contains("cannot be opened"));
    }
}

#[test]
fn two_processes_never_write_one_log() {
    let folder = tempfile::tempdir().unwrap();
    let auditing = Auditing { rotate: 1000, ..auditing(&folder) };
    let log = open(&auditing);
    for count in 0..20 {
        let refusal = refusal(&auditing);
        assert!(refusal.message.starts_with("another process writes the audit log"), "{refusal:?}");
        write(&log, &format!("put aside or not, {count}")).unwrap();
    }
    assert!(files(&auditing.file).len() > 3);
    #[cfg(unix)]
    {
        let link = Auditing { file: folder.path().join("link.jsonl"), ..auditing.clone() };
        std::os::unix::fs::symlink(&auditing.file, &link.file).unwrap();
        assert!(refusal(&link).message.starts_with("another process writes"), "under another name too");
    }
    log.close();
    // All at once: one of them it is.
    let opened = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| Log::open(&auditing, "plan"))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(opened.iter().filter(|log| log.is_ok()).count(), 1);
    drop(opened);
    assert_eq!(reasons(&auditing.file).len(), 20);
}

#[test]
fn a_file_is_put_aside_before_it_is_too_long() {
    let folder = tempfile::tempdir().unwrap();
    let auditing = Auditing { rotate: 4000, ..auditing(&folder) };
    let log = open(&auditing);
    for count in 0..100 {
        write(&log, &format!("{count}")).unwrap();
        let length = std::fs::metadata(&auditing.file).unwrap().len();
        assert!(length <= 4000, "{length}");
    }
    // One that is longer than a file may be stands behind the first record of one.
    write(&log, &"x".repeat(10_000)).unwrap();
    write(&log, "last").unwrap();
    assert!(log.record(&Entry::Planned(crate::audit::Planned { plan: "another".into() })).is_ok());
    write(&log, &"x".repeat(3200)).unwrap();
    log.close();
    let all = reasons(&auditing.file);
    assert_eq!(all[..100], (0..100).map(|count| count.to_string()).collect::<Vec<_>>());
    assert_eq!(all.len(), 103);
    let opened = last_opened(&auditing.file);
    assert_eq!((&*opened.plan, files(&auditing.file).len() > 5), ("another", true));
    assert!(!folder.path().join("audit.jsonl.next").exists());
    // A process that finds it full begins another, once.
    let before = files(&auditing.file).len();
    open(&Auditing { rotate: 3000, ..auditing.clone() }).close();
    assert_eq!(
        (files(&auditing.file).len(), matches!(records(&auditing.file)[..], [.., Entry::Opened(_), Entry::Closed {}])),
        (before + 1, true)
    );
}

/// Copies a log as it would be on the disk at some moment.
fn as_it_was(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

#[test]
fn a_log_goes_on_wherever_putting_aside_was_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let first = Auditing { rotate: 1000, ..auditing(&folder) };
    let log = open(&first);
    while files(&first.file).len() < 3 {
        write(&log, "something to say").unwrap();
    }
    killed(&log);
    let [one, two, name] =
        ["audit.jsonl.000001", "audit.jsonl.000002", "audit.jsonl"].map(|name| std::fs::read(folder.path().join(name)).unwrap());
    let opened = name.split_inclusive(|byte| *byte == b'\n').next().unwrap();
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).matches("something to say").count();
    let whole = ("audit.jsonl.000001", &one[..]);
    // The next file is being written; has been; the old one is renamed; the new one is.
    for cut in [0, 10, opened.len() - 1, opened.len()] {
        let states: [&[(&str, &[u8])]; 3] = [
            &[whole, ("audit.jsonl", &two), ("audit.jsonl.next", &opened[..cut])],
            &[whole, ("audit.jsonl.000002", &two), ("audit.jsonl.next", &opened[..cut])],
            // A machine that fails may know of the name, and not of what is in the file.
            &[whole, ("audit.jsonl.000002", &two), ("audit.jsonl", &opened[..cut])],
        ];
        for (state, on_disk) in states.into_iter().enumerate() {
            let folder = as_it_was(on_disk);
            let auditing = Auditing { rotate: 1 << 20, ..auditing(&folder) };
            open(&auditing).close();
            assert_eq!(reasons(&auditing.file).len(), said(&one) + said(&two), "state {state}, cut at {cut}");
            assert!(!folder.path().join("audit.jsonl.next").exists());
            let expected = (state == 2 && cut > 0 && cut < opened.len()).then_some(cut as u64);
            assert_eq!(last_opened(&auditing.file).torn_bytes, expected);
        }
    }
    // Nothing of the log but what was put aside; the newest of that torn, or empty.
    for (cut, lost) in [(0, said(&two)), (two.len() - 3, 1), (two.len(), 0)] {
        let folder = as_it_was(&[whole, ("audit.jsonl.000002", &two[..cut])]);
        open(&auditing(&folder)).close();
        let text = std::fs::read_to_string(folder.path().join("audit.jsonl")).unwrap();
        let name = if cut == 0 { "audit.jsonl.000001" } else { "audit.jsonl.000002" };
        assert!(text.lines().next().unwrap().contains(&format!("\"byokc.continues\":\"{name}\"")), "{text}");
        assert_eq!(text.contains("torn_bytes"), lost == 1);
    }
    let folder = as_it_was(&[whole, ("audit.jsonl.000002", b"something else\n")]);
    assert!(refusal(&auditing(&folder)).message.contains("audit.jsonl.000002 is no record of byokc"));
}

#[test]
fn many_threads_write_one_chain() {
    let folder = tempfile::tempdir().unwrap();
    for sync in [Sync::Never, Sync::Second, Sync::Always] {
        let auditing = Auditing { file: folder.path().join(format!("{sync:?}.jsonl")), sync, rotate: 20_000, collector: None };
        let log = open(&auditing);
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let log = &log;
                scope.spawn(move || {
                    for count in 0..50 {
                        let written = log.begin(&denied(&format!("{thread} {count}"))).unwrap();
                        assert_eq!(wait(written), Ok(()));
                    }
                });
            }
        });
        drop(log);
        let mut all = reasons(&auditing.file);
        all.sort();
        all.dedup();
        assert_eq!((all.len(), files(&auditing.file).len() > 2), (400, true), "{sync:?}");
        assert!(matches!(records(&auditing.file).last(), Some(Entry::Closed {})), "a log that is dropped is closed");
    }
}

fn wait(written: super::Written) -> Result<(), Lost> {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(written)
}

/// A disk that fails when it is told to.
#[derive(Default)]
struct Faults {
    /// Each write of which the number can be divided by this fails; 0: none does.
    every: AtomicU64,
    /// So many bytes of it are written all the same.
    short: AtomicUsize,
    writes: AtomicU64,
    truncate: AtomicBool,
    sync: AtomicBool,
    /// There is room up to here.
    room: AtomicU64,
    syncs: AtomicU64,
    /// Syncs wait while this holds.
    held: Mutex<bool>,
    let_go: Condvar,
}

struct Faulty(File, Arc<Faults>);

fn broken(fault: &AtomicBool) -> io::Result<()> {
    if fault.load(Ordering::SeqCst) { Err(io::Error::other("broken")) } else { Ok(()) }
}

impl Disk for Faulty {
    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let (count, every) = (self.1.writes.fetch_add(1, Ordering::SeqCst) + 1, self.1.every.load(Ordering::SeqCst));
        if every == 0 || !count.is_multiple_of(every) {
            return self.0.write(bytes);
        }
        let short = self.1.short.load(Ordering::SeqCst).min(bytes.len() - 1);
        let written = self.0.write(&bytes[..short])?;
        // Either way in which an operating system says it.
        if count.is_multiple_of(2) { Ok(written) } else { Err(io::ErrorKind::StorageFull.into()) }
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        broken(&self.1.truncate).and_then(|()| self.0.truncate(length))
    }

    fn sync(&self) -> io::Result<()> {
        drop(self.1.let_go.wait_while(self.1.held.lock().unwrap(), |held| *held).unwrap());
        self.1.syncs.fetch_add(1, Ordering::SeqCst);
        broken(&self.1.sync)
    }

    fn reserve(&self, _from: u64, to: u64) -> io::Result<()> {
        match self.1.room.load(Ordering::SeqCst) {
            0 => Err(io::ErrorKind::Unsupported.into()),
            room if to > room => Err(io::ErrorKind::StorageFull.into()),
            _ => Ok(()),
        }
    }
}

impl Faults {
    fn open(self: &Arc<Self>, auditing: &Auditing) -> Log {
        let faults = Arc::clone(self);
        Log::open_on(auditing, "plan", Box::new(move |file| Arc::new(Faulty(file, Arc::clone(&faults))))).unwrap()
    }

    fn hold(&self, held: bool) {
        *self.held.lock().unwrap() = held;
        self.let_go.notify_all();
    }
}

#[test]
fn writes_that_fail_leave_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    for (every, short, rotate) in
        [(2, 0, 1 << 20), (3, 1, 1 << 20), (3, 100, 1 << 20), (2, 100, 2000), (5, usize::MAX, 1000), (7, 50, 1500)]
    {
        let faults = Arc::new(Faults::default());
        let auditing =
            Auditing { file: folder.path().join(format!("{every}-{short}-{rotate}.jsonl")), sync: Sync::Never, rotate, collector: None };
        let log = faults.open(&auditing);
        faults.every.store(every, Ordering::SeqCst);
        faults.short.store(short, Ordering::SeqCst);
        let mut kept = Vec::new();
        for count in 0..60 {
            let reason = count.to_string();
            // Now and then the piece cannot even be cut off: then nothing is written until it can.
            faults.truncate.store(count % 4 == 1, Ordering::SeqCst);
            if write(&log, &reason).is_ok() {
                kept.push(reason);
            }
        }
        faults.truncate.store(false, Ordering::SeqCst);
        faults.every.store(0, Ordering::SeqCst);
        log.close();
        assert!(kept.len() > 10 && kept.len() < 60, "{}", kept.len());
        assert_eq!(reasons(&auditing.file), kept, "each {every}. write, {short} bytes");
    }
}

#[test]
fn a_process_that_is_killed_over_a_torn_line_is_mended_too() {
    let folder = tempfile::tempdir().unwrap();
    let (auditing, faults) = (auditing(&folder), Arc::new(Faults::default()));
    let log = faults.open(&auditing);
    write(&log, "kept").unwrap();
    faults.every.store(1, Ordering::SeqCst);
    faults.short.store(33, Ordering::SeqCst);
    faults.truncate.store(true, Ordering::SeqCst);
    assert_eq!((write(&log, "lost"), write(&log, "lost")), (Err(Lost), Err(Lost)));
    killed(&log);
    open(&auditing).close();
    assert_eq!((&reasons(&auditing.file)[..], last_opened(&auditing.file).torn_bytes), (&["kept".to_owned()][..], Some(33)));
}

#[test]
fn a_full_disk_stops_what_begins_before_it_loses_what_ends() {
    let folder = tempfile::tempdir().unwrap();
    let (auditing, faults) = (Auditing { rotate: 2000, ..auditing(&folder) }, Arc::new(Faults::default()));
    faults.room.store(1 << 40, Ordering::SeqCst);
    let log = faults.open(&auditing);
    // What was reserved can be used up; then there is no more, and files cannot be put aside.
    faults.room.store(1, Ordering::SeqCst);
    let big = "x".repeat(500_000);
    let mut begun = 0;
    while log.begin(&denied(&big)).is_ok() {
        begun += 1;
    }
    assert!((1..20).contains(&begun), "{begun}");
    for _ in 0..8 {
        assert_eq!(log.begin(&denied(&big)).map(drop), Err(Lost));
        write(&log, &big).unwrap();
    }
    assert_eq!(files(&auditing.file).len(), 1);
    faults.room.store(1 << 40, Ordering::SeqCst);
    assert!(log.begin(&denied("again")).is_ok());
    // Now they can.
    for _ in 0..4 {
        write(&log, &big).unwrap();
    }
    log.close();
    assert_eq!((reasons(&auditing.file).len(), files(&auditing.file).len() > 1), (begun + 13, true));
}

#[test]
fn always_means_that_the_disk_has_it_first() {
    let folder = tempfile::tempdir().unwrap();
    let (auditing, faults) = (Auditing { sync: Sync::Always, ..auditing(&folder) }, Arc::new(Faults::default()));
    let log = faults.open(&auditing);
    faults.hold(true);
    let poll = |written: &mut std::pin::Pin<&mut super::Written>| written.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    let (mut one, mut two) = (pin!(log.record(&denied("one")).unwrap()), pin!(log.record(&denied("two")).unwrap()));
    std::thread::sleep(std::time::Duration::from_millis(30));
    assert_eq!((poll(&mut one), poll(&mut two)), (Poll::Pending, Poll::Pending));
    faults.hold(false);
    let both = async { (one.await, two.await) };
    assert_eq!(tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(both), (Ok(()), Ok(())));
    // What waits at the end is told.
    let last = log.record(&denied("three")).unwrap();
    log.close();
    assert_eq!(wait(last), Ok(()));
}

#[test]
fn many_that_wait_share_one_sync() {
    let folder = tempfile::tempdir().unwrap();
    let (auditing, faults) = (Auditing { sync: Sync::Always, ..auditing(&folder) }, Arc::new(Faults::default()));
    let log = faults.open(&auditing);
    faults.hold(true);
    let all: Vec<_> = (0..100).map(|_| log.record(&denied("one of many")).unwrap()).collect();
    faults.hold(false);
    assert!(all.into_iter().all(|written| wait(written) == Ok(())));
    let syncs = faults.syncs.load(Ordering::SeqCst);
    assert!(syncs <= 4, "{syncs}");
}

#[test]
fn a_disk_that_does_not_take_it_loses_all_that_waits_and_stops_what_begins() {
    for sync in [Sync::Always, Sync::Second] {
        let folder = tempfile::tempdir().unwrap();
        let (auditing, faults) = (Auditing { sync, ..auditing(&folder) }, Arc::new(Faults::default()));
        let log = faults.open(&auditing);
        faults.sync.store(true, Ordering::SeqCst);
        let written = log.record(&denied("one")).unwrap();
        if sync == Sync::Always {
            assert_eq!(wait(written), Err(Lost));
        }
        while !log.shared.lock().failing {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        assert_eq!(log.begin(&denied("two")).map(drop), Err(Lost));
        faults.sync.store(false, Ordering::SeqCst);
        assert_eq!(wait(log.begin(&denied("three")).unwrap()), Ok(()));
        assert!(!log.shared.lock().failing);
        log.close();
        assert_eq!(reasons(&auditing.file), ["one", "three"]);
    }
}

#[test]
#[ignore = "measures, and only what the release profile makes says anything: cargo test --release --lib what_a_record_costs -- --ignored --nocapture"]
fn what_a_record_costs() {
    let entry = Entry::Attempt(Box::new(crate::audit::Attempt {
        asked: crate::audit::Asked {
            request: "5b0b4bd4c1a64f4f9c7b8a3f2d1e0c9b".into(),
            plan: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef".into(),
            caller: Some("support_bot".into()),
            route: Some("chat".into()),
            data: vec!["internal".into()],
            ..Default::default()
        },
        call: crate::audit::Call {
            called: true,
            target: "openai/gpt-6-luna".into(),
            account: "openai".into(),
            operation: "chat".into(),
            provider: "openai".into(),
            model: "gpt-6-luna".into(),
            host: "api.openai.com".into(),
            port: 443,
            estimate: 1234,
            ..Default::default()
        },
        key: crate::audit::Key { source: "env".into(), name: Some("OPENAI_API_KEY".into()), owner: "own".into() },
        ..Default::default()
    }));
    for folder in [tempfile::tempdir().unwrap(), tempfile::tempdir_in(".").unwrap()] {
        let auditing = Auditing { sync: Sync::Second, rotate: 256 << 20, ..auditing(&folder) };
        let log = open(&auditing);
        let mut times = Vec::new();
        for _ in 0..10 {
            let started = std::time::Instant::now();
            for _ in 0..10_000 {
                log.begin(&entry).map(drop).unwrap();
            }
            times.push(started.elapsed().as_nanos() / 10_000);
        }
        log.close();
        times.sort_unstable();
        let each = std::fs::metadata(&auditing.file).unwrap().len() / 100_000;
        println!("{}: {each} bytes in {} ns at best, {} ns in the middle", folder.path().display(), times[0], times[5]);
        assert!(times[5] < 10_000, "{times:?}");
    }
}
