//! Request -> an answer from memory, as a provider would word it, each piece of a stream written by itself.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::words::{self, CASES};

/// Answers made once, by shape and number of pieces.
struct Answers(Vec<(bool, usize, Arc<[Bytes]>)>);

impl Answers {
    fn new() -> Self {
        let ready = |answer: Vec<String>| answer.into_iter().map(Bytes::from).collect();
        let made = CASES.iter().flat_map(|case| {
            let pieces = case.pieces;
            [(false, pieces, ready(words::chat(pieces))), (true, pieces, ready(words::messages(pieces)))]
        });
        Self(made.collect())
    }

    fn find(&self, anthropic: bool, pieces: usize) -> Option<Arc<[Bytes]>> {
        self.0.iter().find(|(shape, count, _)| *shape == anthropic && *count == pieces).map(|(.., answer)| Arc::clone(answer))
    }
}

/// Serves for ever; says on standard error where.
pub async fn serve() -> std::io::Result<()> {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    eprintln!("listening on http://{}", listener.local_addr()?);
    let answers = Arc::new(Answers::new());
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let answers = Arc::clone(&answers);
        let service = service_fn(move |request| answer(request, Arc::clone(&answers)));
        tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn answer(request: Request<Incoming>, answers: Arc<Answers>) -> Result<Response<Pieces>, Infallible> {
    let anthropic = request.uri().path().ends_with("/messages");
    let Ok(body) = request.into_body().collect().await else { return Ok(refuse(400)) };
    let body = body.to_bytes();
    let pieces = words::pieces(&body);
    let streamed = memchr::memmem::find(&body, b"\"stream\":true").is_some();
    if streamed != (pieces > 0) {
        return Ok(refuse(400));
    }
    let Some(answer) = answers.find(anthropic, pieces) else { return Ok(refuse(404)) };
    let mut response = Response::new(Pieces { answer, next: 0, waited: true });
    let kind = if streamed { "text/event-stream; charset=utf-8" } else { "application/json" };
    for (name, value) in [("content-type", kind), ("x-request-id", "req_7f3c9a"), ("openai-processing-ms", "412")] {
        response.headers_mut().insert(name, hyper::header::HeaderValue::from_static(value));
    }
    Ok(response)
}

fn refuse(status: u16) -> Response<Pieces> {
    let mut response = Response::new(Pieces { answer: Arc::new([]), next: 0, waited: true });
    *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or_default();
    response
}

/// A body that waits a turn before each piece but the first, so that hyper writes out the one before.
struct Pieces {
    answer: Arc<[Bytes]>,
    next: usize,
    waited: bool,
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if !self.waited {
            self.waited = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.next > 0 {
            // The others on this core take the piece before, as they would if it came alone.
            std::thread::yield_now();
        }
        let piece = self.answer.get(self.next).cloned();
        self.next += 1;
        self.waited = false;
        Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.next >= self.answer.len()
    }

    fn size_hint(&self) -> SizeHint {
        match &self.answer[..] {
            [] => SizeHint::with_exact(0),
            [whole] => SizeHint::with_exact(whole.len() as u64),
            _ => SizeHint::default(),
        }
    }
}
