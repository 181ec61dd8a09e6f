//! Connections to one account: made when they are needed, kept for the next call when an answer has been read to its end.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::client::conn::http1::SendRequest;

/// A connection that nobody used for so long may have been ended at the other side.
const FRESH: Duration = Duration::from_secs(30);
/// So many wait for the next call at most.
const KEPT: usize = 64;

/// A connection's end here.
pub(super) type Sender = SendRequest<Full<Bytes>>;

/// The connections of an account that wait for the next call, that used last at the end.
#[derive(Default)]
pub(super) struct Pool(Mutex<Vec<Idle>>);

struct Idle {
    sender: Sender,
    since: Instant,
}

impl Pool {
    /// One that is open, as far as is known here.
    pub(super) fn take(&self) -> Option<Sender> {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(Idle { sender, since }) = idle.pop() {
            if since.elapsed() > FRESH {
                // All others wait for longer.
                idle.clear();
            } else if sender.is_ready() {
                return Some(sender);
            }
        }
        None
    }

    /// Keeps one whose answer has been read to its end.
    fn give(self: Arc<Self>, mut sender: Sender) {
        if sender.is_ready() {
            self.keep(sender);
        } else if !sender.is_closed() {
            // Its own task has not come round to the end yet.
            tokio::spawn(async move {
                if sender.ready().await.is_ok() {
                    self.keep(sender);
                }
            });
        }
    }

    fn keep(&self, sender: Sender) {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = Instant::now();
        // Those that wait for too long are at the front.
        let stale = idle.iter().take_while(|idle| since.saturating_duration_since(idle.since) > FRESH || idle.sender.is_closed()).count();
        idle.drain(..stale);
        if idle.len() < KEPT {
            idle.push(Idle { sender, since });
        }
    }
}

/// The body of an answer. When it has been read to its end its connection is kept; when it is dropped before, the connection ends.
pub(super) struct Answering {
    body: Incoming,
    connection: Option<(Sender, Arc<Pool>)>,
}

impl Answering {
    pub(super) fn new(body: Incoming, sender: Sender, pool: &Arc<Pool>) -> Self {
        Self { body, connection: Some((sender, Arc::clone(pool))) }
    }
}

impl Body for Answering {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<hyper::Result<Frame<Bytes>>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if frame.is_none()
            && let Some((sender, pool)) = self.connection.take()
        {
            pool.give(sender);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
