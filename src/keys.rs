//! Keys: where a source says that one is, and whether it is there. Nothing here shows a key or tells how long it is.
#![expect(clippy::disallowed_methods, reason = "keys are in the environment, in files, and printed by programs")]

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use wait_timeout::ChildExt;
use zeroize::{Zeroize, Zeroizing};

use crate::message::{KeyPlace, key_header};

/// The largest key that is read, in bytes.
const MAX_BYTES: u64 = 64 * 1024;
/// How long a program may take to print a key.
const TIME: Duration = Duration::from_secs(10);

/// A key. It cannot be printed, and is wiped from memory when it is dropped.
pub struct Secret(SecretString);

impl Secret {
    /// The key itself, for the one header that carries it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// What was found where a source says that a key is.
pub enum Looked {
    /// A key.
    Found(Secret),
    /// None is needed.
    NotNeeded,
    /// Each request brings it, in this header.
    PerRequest(String),
    /// There is none; what was seen instead, for people.
    Missing(String),
    /// Nobody could look; why.
    Unknown(String),
}

/// Looks for a key or token; programs are run only when that is allowed.
pub fn look(place: KeyPlace<'_>, allow_exec: bool) -> Looked {
    match place {
        KeyPlace::Variable(name) => variable(name),
        KeyPlace::File(path) => file(Path::new(path)),
        KeyPlace::Keyring(service, account) => keyring(service, account),
        KeyPlace::Program(_) if !allow_exec => Looked::Unknown("a program, which is run only with --allow-exec".to_owned()),
        KeyPlace::Program(words) => exec(words),
        KeyPlace::Request(account) => Looked::PerRequest(key_header(account)),
        KeyPlace::Keyless(_) => Looked::NotNeeded,
    }
}

/// Whether an environment variable holds anything.
pub fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

fn missing(seen: impl Into<String>) -> Looked {
    Looked::Missing(seen.into())
}

fn variable(name: &str) -> Looked {
    match std::env::var_os(name).map(std::ffi::OsString::into_string) {
        None => missing("the variable is not set"),
        Some(Ok(text)) if text.is_empty() => missing("the variable is empty"),
        Some(Ok(text)) => key(text),
        Some(Err(_)) => missing("the variable does not hold text"),
    }
}

fn file(path: &Path) -> Looked {
    // Looked at before it is opened: a pipe without a writer would keep whoever opens it.
    let about = std::fs::metadata(path);
    if about.as_ref().is_ok_and(|about| !about.is_file() && !about.is_dir()) {
        return missing("it is no file");
    }
    let (file, about) = match about.and_then(|about| std::fs::File::open(path).map(|file| (file, about))) {
        Ok(opened) => opened,
        Err(error) => {
            return match error.kind() {
                std::io::ErrorKind::NotFound => missing("the file does not exist"),
                std::io::ErrorKind::PermissionDenied => missing("the file may not be read"),
                _ => missing("the file cannot be read"),
            };
        }
    };
    if about.is_dir() {
        return missing("it is a folder");
    }
    match read(file) {
        Ok(bytes) => text(&bytes, "the file"),
        Err(seen) => missing(format!("the file {seen}")),
    }
}

/// Reads a key, never more than is allowed, into memory that is wiped.
fn read(from: impl Read) -> Result<Zeroizing<Vec<u8>>, &'static str> {
    // Room for all of it from the start, so that no copy stays behind where it grew.
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(MAX_BYTES).unwrap_or(0) + 2));
    from.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|_| "cannot be read")?;
    if bytes.len() as u64 > MAX_BYTES { Err("holds more than 64 KiB") } else { Ok(bytes) }
}

/// The text without the line break that editors and programs put at its end.
fn text(bytes: &[u8], whose: &str) -> Looked {
    let Ok(text) = std::str::from_utf8(bytes) else { return missing(format!("{whose} does not hold text")) };
    let text = text.strip_suffix('\n').map_or(text, |text| text.strip_suffix('\r').unwrap_or(text));
    if text.is_empty() { missing(format!("{whose} is empty")) } else { key(text.to_owned()) }
}

fn key(mut text: String) -> Looked {
    // No key begins or ends with a blank, and no header would carry one there.
    let bare = text.trim_matches(' ');
    if bare.trim().is_empty() {
        text.zeroize();
        return missing("only blanks are there");
    }
    if bare.chars().any(char::is_control) {
        text.zeroize();
        return missing("what is there is no key: it has line breaks or control characters in it");
    }
    let secret = SecretString::from(bare);
    text.zeroize();
    Looked::Found(Secret(secret))
}

#[cfg(feature = "keyring")]
fn keyring(service: &str, account: &str) -> Looked {
    use keyring::Error;
    match keyring::Entry::new(service, account).and_then(|entry| entry.get_password()) {
        Ok(text) if text.is_empty() => missing("the keyring's entry is empty"),
        Ok(text) => key(text),
        Err(Error::NoEntry) => missing("the keyring has no such entry"),
        Err(Error::Ambiguous(_)) => missing("the keyring has several such entries"),
        Err(Error::BadEncoding(_)) => missing("the keyring's entry does not hold text"),
        Err(_) => Looked::Unknown("the keyring cannot be reached".to_owned()),
    }
}

#[cfg(not(feature = "keyring"))]
fn keyring(_service: &str, _account: &str) -> Looked {
    Looked::Unknown("this byokc was built without keyrings (feature `keyring`)".to_owned())
}

/// The output of a program: no shell, no input, what it says on standard error is dropped, for a key may stand there.
fn exec(words: &[std::borrow::Cow<'_, str>]) -> Looked {
    let Some((program, arguments)) = words.split_first() else { return missing("no program is named") };
    let arguments = arguments.iter().map(|argument| &**argument);
    let mut command = Command::new(&**program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    // With a group of its own it can be ended together with what it has started.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let Ok(mut child) = command.spawn() else { return missing("the program cannot be started") };
    let Some(output) = child.stdout.take() else { return missing("the program cannot be read") };
    let (send, receive) = mpsc::channel();
    // The reader may outlive the program, if that left one of its own running; so nobody waits for it longer than for the program.
    std::thread::spawn(move || send.send(read(output)));
    let start = std::time::Instant::now();
    let looked = match receive.recv_timeout(TIME) {
        Ok(Ok(bytes)) => match child.wait_timeout(TIME.saturating_sub(start.elapsed())) {
            Ok(Some(status)) if status.success() => return text(&bytes, "what the program prints"),
            Ok(Some(status)) => {
                let how = status.code().map_or("is killed".to_owned(), |code| format!("ends with exit code {code}"));
                return missing(format!("the program {how}; run it by hand to see why"));
            }
            _ => missing("the program takes longer than 10s"),
        },
        Ok(Err(_)) => missing("the program prints more than 64 KiB"),
        Err(_) => missing("the program takes longer than 10s"),
    };
    #[cfg(unix)]
    if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
    looked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(looked: Looked) -> String {
        match looked {
            Looked::Found(secret) => format!("found {}", secret.expose()),
            Looked::Missing(seen) | Looked::Unknown(seen) | Looked::PerRequest(seen) => seen,
            Looked::NotNeeded => "not needed".to_owned(),
        }
    }

    fn bytes(text: &str) -> String {
        seen(super::text(text.as_bytes(), "it"))
    }

    #[test]
    fn one_line_break_at_the_end_is_no_part_of_a_key() {
        assert_eq!(bytes("abc\n"), "found abc");
        assert_eq!(bytes("abc\r\n"), "found abc");
        assert_eq!(bytes("abc"), "found abc");
        for empty in ["", "\n", "\r\n"] {
            assert_eq!(bytes(empty), "it is empty");
        }
        assert_eq!(bytes("  "), "only blanks are there");
        assert_eq!(bytes(" a b  \n"), "found a b");
        assert!(bytes("a\nb\n").contains("line breaks"));
    }

    #[test]
    #[cfg(unix)]
    fn a_pipe_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert_eq!(seen(file(&pipe)), "it is no file");
        assert_eq!(seen(file(folder.path())), "it is a folder");
    }

    #[test]
    #[cfg(unix)]
    fn a_program_is_run_only_when_allowed() {
        let look = |words: &[&str], allow| {
            let words: Vec<_> = words.iter().map(|word| (*word).into()).collect();
            seen(look(KeyPlace::Program(&words), allow))
        };
        let run = |words: &[&str]| look(words, true);
        assert!(look(&["echo", "abc"], false).contains("--allow-exec"));
        assert_eq!(run(&["echo", "a b"]), "found a b");
        assert_eq!(run(&["true"]), "what the program prints is empty");
        assert_eq!(run(&["false"]), "the program ends with exit code 1; run it by hand to see why");
        assert_eq!(run(&["yes"]), "the program prints more than 64 KiB");
        assert_eq!(run(&["/nonexistent/program"]), "the program cannot be started");
        assert_eq!(run(&["cat"]), "what the program prints is empty", "standard input is closed");
    }
}
