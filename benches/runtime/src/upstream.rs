//! Request -> an answer from memory, as a provider would word it, each piece of a stream written by itself.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::Notify;

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
    let (answers, turn) = (Arc::new(Answers::new()), Arc::new(Turn::default()));
    let passing = Arc::clone(&turn);
    tokio::spawn(async move { passing.pass().await });
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (answers, turn) = (Arc::clone(&answers), Arc::clone(&turn));
        let service = service_fn(move |request| answer(request, Arc::clone(&answers), Arc::clone(&turn)));
        tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn answer(request: Request<Incoming>, answers: Arc<Answers>, turn: Arc<Turn>) -> Result<Response<Pieces>, Infallible> {
    let anthropic = request.uri().path().ends_with("/messages");
    let Ok(body) = request.into_body().collect().await else { return Ok(refuse(400)) };
    let body = body.to_bytes();
    let pieces = words::pieces(&body);
    let streamed = memchr::memmem::find(&body, b"\"stream\":true").is_some();
    if streamed != (pieces > 0) {
        return Ok(refuse(400));
    }
    let Some(answer) = answers.find(anthropic, pieces) else { return Ok(refuse(404)) };
    let mut response = Response::new(Pieces { answer, next: 0, waited: false, turn });
    let kind = if streamed { "text/event-stream; charset=utf-8" } else { "application/json" };
    for (name, value) in [("content-type", kind), ("x-request-id", "req_7f3c9a"), ("openai-processing-ms", "412")] {
        response.headers_mut().insert(name, hyper::header::HeaderValue::from_static(value));
    }
    Ok(response)
}

fn refuse(status: u16) -> Response<Pieces> {
    let mut response = Response::new(Pieces { answer: Arc::new([]), next: 0, waited: false, turn: Arc::default() });
    *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or_default();
    response
}

/// Bodies that wait until the others on this core have had their turn.
#[derive(Default)]
struct Turn {
    waiting: Mutex<Vec<Waker>>,
    some: Notify,
}

impl Turn {
    fn wait(&self, context: &Context<'_>) {
        if let Ok(mut waiting) = self.waiting.lock() {
            waiting.push(context.waker().clone());
        }
        self.some.notify_one();
    }

    /// Gives the core away once for all that wait, when what they said has been written, and lets them go on.
    async fn pass(&self) {
        loop {
            self.some.notified().await;
            std::thread::yield_now();
            let waiting = self.waiting.lock().map(|mut waiting| std::mem::take(&mut *waiting));
            waiting.unwrap_or_default().into_iter().for_each(Waker::wake);
        }
    }
}

/// A body whose pieces reach the others one at a time, as a model's do: none is saved work by their coming in heaps.
struct Pieces {
    answer: Arc<[Bytes]>,
    next: usize,
    waited: bool,
    turn: Arc<Turn>,
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        // hyper writes out what it has when a body is not ready.
        if self.next > 0 && !self.waited {
            self.waited = true;
            self.turn.wait(context);
            return Poll::Pending;
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
