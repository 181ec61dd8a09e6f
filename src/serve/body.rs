//! The body of a request: whole, in time, and no larger than it may be.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError};
use hyper::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap};
use tokio::time::timeout;

use crate::failure::Failure;
use crate::runtime::Report;

use super::Server;
use super::who::busy;

/// A client that takes longer to send a request is cut off.
const SLOW: Duration = Duration::from_mins(1);

/// A body that is too large is taken to its end all the same up to here, in bytes, for so long.
const LINGER: usize = 256 << 20;
const PATIENCE: Duration = Duration::from_secs(5);

/// Reads it. All bodies together have a bound, so that many large ones do not use up the memory.
pub(super) async fn read_body(server: &Server, headers: &HeaderMap, body: Body) -> Result<Bytes, Box<Report>> {
    let report = |status, class: Failure, what: &str, help| Err(Box::new(Report::new(status, class.as_str(), what, help)));
    if headers.get(CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        return report(415, Failure::BadRequest, "The request is compressed.", "Send it as it is.");
    }
    let most = server.max_body;
    let too_large = || {
        let what = format!("The request is larger than {most} bytes.");
        report(413, Failure::TooLarge, &what, "Send less, or start byokc with a larger --max-body.")
    };
    let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok()).unwrap_or(most);
    if announced > most {
        discard(body, announced).await;
        return too_large();
    }
    let kib = u32::try_from(announced.div_ceil(1024)).unwrap_or(u32::MAX);
    let _memory = Arc::clone(&server.memory).try_acquire_many_owned(kib).map_err(|_| busy())?;
    match timeout(SLOW, to_bytes(body, most)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if std::error::Error::source(&error).is_some_and(<dyn std::error::Error>::is::<LengthLimitError>) => too_large(),
        Ok(Err(_)) => report(400, Failure::BadRequest, "The request broke off.", "Send it whole."),
        Err(_) => report(408, Failure::Timeout, "The request did not arrive in time.", "Send it faster."),
    }
}

/// Takes what a client is sending, and keeps nothing of it: one that is still writing would not read that it is too much.
async fn discard(mut body: Body, announced: usize) {
    if announced <= LINGER {
        let _ = timeout(PATIENCE, async { while body.frame().await.is_some_and(|frame| frame.is_ok()) {} }).await;
    }
}
