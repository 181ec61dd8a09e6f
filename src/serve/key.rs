//! The key of an account, at hand for its one header: read again when its file changes, asked for again when a program's word grows old.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hyper::header::{HeaderMap, HeaderValue};
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::keys::{Looked, look};
use crate::plan::KeySource;
use crate::providers::Credential;
use crate::runtime::place;

use super::mark::Mark;

/// How long what a program or a keyring said is used before it is asked again.
const FRESH: Duration = Duration::from_mins(5);
/// After a rejection it is asked again at once, but not for every request of a provider that rejects all.
const STALE: Duration = Duration::from_secs(10);
/// A file or keyring that says nothing for so long holds nothing; a program has its own ten seconds.
const PATIENCE: Duration = Duration::from_secs(11);

/// Where a key is, and the header value made of it.
pub(super) struct Key {
    source: KeySource<'static>,
    account: String,
    credential: Credential,
    held: Mutex<Option<Held>>,
    /// Only one looks at a time, and goes on when the request that began it is gone.
    looking: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Clone)]
struct Held {
    value: Option<HeaderValue>,
    since: Instant,
    mark: Option<Mark>,
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
    pub(super) fn new(source: KeySource<'static>, account: &str, credential: Credential) -> Arc<Self> {
        Arc::new(Self { source, account: account.to_owned(), credential, held: Mutex::new(None), looking: Arc::default() })
    }

    /// The key for a request with these headers.
    pub(super) async fn find(self: &Arc<Self>, headers: &HeaderMap) -> Found {
        let value = match &self.source {
            KeySource::None => return Found::NotNeeded,
            KeySource::PerRequest(header) => headers.get(&**header).and_then(|brought| self.brought(brought)),
            _ => match self.current() {
                Some(held) => held.value,
                None => self.look().await,
            },
        };
        value.map_or(Found::Missing, Found::Key)
    }

    /// The key that a request brings, if it can be one.
    fn brought(&self, brought: &HeaderValue) -> Option<HeaderValue> {
        let key = brought.as_bytes().trim_ascii();
        if key.is_empty() || key.iter().any(u8::is_ascii_control) { None } else { self.value(key) }
    }

    /// Looks where the key is, or waits for who does.
    async fn look(self: &Arc<Self>) -> Option<HeaderValue> {
        let one = Arc::clone(&self.looking).lock_owned().await;
        // Somebody else may have looked meanwhile.
        if let Some(held) = self.current() {
            return held.value;
        }
        let key = Arc::clone(self);
        let task = tokio::spawn(async move {
            let held = key.look_again().await;
            drop(one);
            held.value
        });
        timeout(PATIENCE, task).await.ok()?.ok()?
    }

    /// Whether there is a key, as far as can be told without a request.
    pub(super) async fn is_there(self: &Arc<Self>) -> bool {
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
            KeySource::File(path) => held.mark == Mark::of(Path::new(&**path)) && held.value.is_some(),
            KeySource::Exec(_) | KeySource::Keyring { .. } => {
                held.since.elapsed() < if held.value.is_some() { FRESH } else { Duration::from_secs(1) }
            }
            // The environment of a process does not change under it.
            _ => true,
        };
        counts.then_some(held)
    }

    async fn look_again(&self) -> Held {
        let mark = if let KeySource::File(path) = &self.source { Mark::of(Path::new(&**path)) } else { None };
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
