//! The key of an account, at hand for its one header: read again when its file changes, asked for again when a program's word grows old.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hyper::header::{HeaderMap, HeaderValue};
use zeroize::Zeroizing;

use crate::keys::{Looked, look};
use crate::plan::KeySource;
use crate::providers::Credential;
use crate::runtime::place;

/// How long what a program or a keyring said is used before it is asked again.
const FRESH: Duration = Duration::from_mins(5);
/// After a rejection it is asked again at once, but not for every request of a provider that rejects all.
const STALE: Duration = Duration::from_secs(10);

/// Where a key is, and the header value made of it.
pub(super) struct Key {
    source: KeySource<'static>,
    account: String,
    credential: Credential,
    held: Mutex<Option<Held>>,
    /// Only one looks at a time.
    looking: tokio::sync::Mutex<()>,
}

#[derive(Clone)]
struct Held {
    value: Option<HeaderValue>,
    since: Instant,
    mark: Option<Mark>,
}

/// What tells one version of a file from another.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Mark {
    changed: Option<std::time::SystemTime>,
    length: u64,
    inode: u64,
}

/// What a request carries for an account.
pub(super) enum Found {
    /// This header value; nobody prints it, and it is wiped when the last copy of it is dropped.
    Key(HeaderValue),
    /// None is needed.
    NotNeeded,
    /// There is none.
    Missing,
}

impl Key {
    pub(super) fn new(source: KeySource<'static>, account: &str, credential: Credential) -> Self {
        Self { source, account: account.to_owned(), credential, held: Mutex::new(None), looking: tokio::sync::Mutex::new(()) }
    }

    /// The key for a request with these headers.
    pub(super) async fn find(&self, headers: &HeaderMap) -> Found {
        match &self.source {
            KeySource::None => return Found::NotNeeded,
            KeySource::PerRequest(header) => {
                let brought = headers.get(&**header).map(HeaderValue::as_bytes).filter(|key| !key.trim_ascii().is_empty());
                return brought.and_then(|key| self.value(key)).map_or(Found::Missing, Found::Key);
            }
            _ => {}
        }
        if let Some(held) = self.current() {
            return held.value.map_or(Found::Missing, Found::Key);
        }
        let _one = self.looking.lock().await;
        // Somebody else may have looked meanwhile.
        let held = match self.current() {
            Some(held) => held,
            None => self.look_again().await,
        };
        held.value.map_or(Found::Missing, Found::Key)
    }

    /// Whether there is a key, as far as can be told without a request.
    pub(super) async fn is_there(&self) -> bool {
        matches!(self.source, KeySource::PerRequest(_)) || !matches!(self.find(&HeaderMap::new()).await, Found::Missing)
    }

    /// The provider rejects it: a program or keyring may have another one by now.
    pub(super) fn rejected(&self) {
        if matches!(self.source, KeySource::Exec(_) | KeySource::Keyring { .. })
            && let Ok(mut held) = self.held.lock()
            && held.as_ref().is_some_and(|held| held.since.elapsed() > STALE)
        {
            *held = None;
        }
    }

    /// What is held, where it still counts.
    fn current(&self) -> Option<Held> {
        let held = self.held.lock().ok()?.clone()?;
        let counts = match &self.source {
            KeySource::File(path) => held.mark == mark(path) && held.value.is_some(),
            KeySource::Exec(_) | KeySource::Keyring { .. } => {
                held.since.elapsed() < if held.value.is_some() { FRESH } else { Duration::from_secs(1) }
            }
            // The environment of a process does not change under it.
            _ => true,
        };
        counts.then_some(held)
    }

    async fn look_again(&self) -> Held {
        let mark = if let KeySource::File(path) = &self.source { mark(path) } else { None };
        let (source, account) = (self.source.clone(), self.account.clone());
        // Files and programs may take their time, and must not keep others from theirs.
        let looked = tokio::task::spawn_blocking(move || look(place(&source, &account), true)).await;
        let value = match looked {
            Ok(Looked::Found(secret)) => self.value(secret.expose().as_bytes()),
            _ => None,
        };
        let held = Held { value, since: Instant::now(), mark };
        if let Ok(mut place) = self.held.lock() {
            *place = Some(held.clone());
        }
        held
    }

    /// The header's value, in memory that is wiped when it is dropped.
    fn value(&self, key: &[u8]) -> Option<HeaderValue> {
        let before: &[u8] = if self.credential == Credential::Bearer { b"Bearer " } else { b"" };
        let mut text = Zeroizing::new(Vec::with_capacity(before.len() + key.len()));
        text.extend_from_slice(before);
        text.extend_from_slice(key);
        let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(text)).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

fn mark(path: &str) -> Option<Mark> {
    let about = std::fs::metadata(path).ok()?;
    #[cfg(unix)]
    let inode = std::os::unix::fs::MetadataExt::ino(&about);
    #[cfg(not(unix))]
    let inode = 0;
    Some(Mark { changed: about.modified().ok(), length: about.len(), inode })
}
