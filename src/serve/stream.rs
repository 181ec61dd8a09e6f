//! An answer piece by piece: from what a provider sends to what the client reads. Nothing is kept back, and nobody else is asked once something went out.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep, sleep_until, timeout_at};

use crate::clients::{self, Shape};
use crate::exchange::{Event, Usage};
use crate::failure::Failure;
use crate::providers::{Decoder, Failed, Wire};
use crate::runtime::Report;

use super::respond::problem;

/// The longest answer that is passed on, in bytes as the provider sends it.
const ANSWER: u64 = 256 << 20;

/// The start of an answer, before anything of it has gone out.
pub(super) struct Opening {
    body: Incoming,
    decoder: Decoder,
    events: Vec<Event>,
    received: u64,
    over: bool,
    /// Whether the thoughts in it are signed: only Anthropic's protocol does that.
    pub(super) signs: bool,
}

impl Opening {
    pub(super) fn new(body: Incoming, wire: Wire, target: &str) -> Self {
        Self { body, decoder: Decoder::new(wire, target), events: Vec::new(), received: 0, over: false, signs: wire == Wire::Messages }
    }

    /// Reads the next bytes.
    pub(super) async fn more(&mut self) -> Result<(), Failed> {
        match self.body.frame().await {
            Some(Ok(frame)) => self.take(frame),
            Some(Err(_)) => Err(Failed::of(Failure::ServerError)),
            None => self.finish(),
        }
    }

    fn take(&mut self, frame: Frame<Bytes>) -> Result<(), Failed> {
        let Ok(bytes) = frame.into_data() else { return Ok(()) };
        self.received += bytes.len() as u64;
        if self.received > ANSWER {
            return Err(Failed::of(Failure::ServerError));
        }
        self.decoder.push(&bytes, &mut self.events)
    }

    fn finish(&mut self) -> Result<(), Failed> {
        self.decoder.end(&mut self.events)?;
        self.over = true;
        Ok(())
    }

    /// Reads until there is something that a client of this shape will see. Until then another attempt can take over.
    pub(super) async fn until_content(&mut self, shape: Shape, idle: Duration, deadline: Option<Instant>) -> Result<(), Failed> {
        while !self.over && !self.events.iter().any(|event| shows(shape, event)) {
            let (until, class) = patience(idle, deadline);
            timeout_at(until, self.more()).await.unwrap_or_else(|_| Err(Failed::of(class)))?;
        }
        Ok(())
    }

    /// Gives every event to `each` as it comes, to the end of the answer.
    pub(super) async fn each(&mut self, idle: Duration, deadline: Option<Instant>, mut each: impl FnMut(&Event)) -> Result<(), Failed> {
        loop {
            self.events.drain(..).for_each(|event| each(&event));
            if self.over {
                return Ok(());
            }
            let (until, class) = patience(idle, deadline);
            timeout_at(until, self.more()).await.unwrap_or_else(|_| Err(Failed::of(class)))?;
        }
    }
}

/// Whether a client of this shape sees something of an event.
fn shows(shape: Shape, event: &Event) -> bool {
    match event {
        Event::Thinking(_) | Event::ThinkingSignature(_) | Event::SealedThinking(_) => matches!(shape, Shape::Messages),
        _ => event.is_content(),
    }
}

/// Until when the next bytes must have come, and what it is called if they have not.
fn patience(idle: Duration, deadline: Option<Instant>) -> (Instant, Failure) {
    let until = Instant::now() + idle;
    match deadline {
        Some(deadline) if deadline <= until => (deadline, Failure::Deadline),
        _ => (until, Failure::Timeout),
    }
}

/// The body of the response to a client.
pub(super) struct Streamed {
    opening: Box<Opening>,
    writer: clients::Stream,
    out: Vec<u8>,
    /// What to say of a failure that comes now.
    report: Option<Box<dyn FnOnce(Failure) -> Report + Send + Sync>>,
    id: String,
    idle: Duration,
    deadline: Option<Instant>,
    timer: Pin<Box<Sleep>>,
    usage: Usage,
    /// Called once at the end: how it ended, and what was used up.
    ended: Option<Box<dyn FnOnce(&'static str, Usage) + Send + Sync>>,
    _permit: OwnedSemaphorePermit,
}

/// What a streamed response needs besides the answer.
pub(super) struct Setting {
    pub(super) writer: clients::Stream,
    pub(super) report: Box<dyn FnOnce(Failure) -> Report + Send + Sync>,
    pub(super) id: String,
    pub(super) idle: Duration,
    pub(super) deadline: Option<Instant>,
    pub(super) ended: Box<dyn FnOnce(&'static str, Usage) + Send + Sync>,
    pub(super) permit: OwnedSemaphorePermit,
}

impl Streamed {
    pub(super) fn new(opening: Box<Opening>, setting: Setting) -> Self {
        let Setting { mut writer, report, id, idle, deadline, ended, permit } = setting;
        let mut out = Vec::with_capacity(1024);
        writer.start(&mut out);
        let timer = Box::pin(sleep_until(patience(idle, deadline).0));
        let usage = Usage::default();
        Self { opening, writer, out, report: Some(report), id, idle, deadline, timer, usage, ended: Some(ended), _permit: permit }
    }

    /// Writes what has come.
    fn write(&mut self) {
        for event in self.opening.events.drain(..) {
            if let Event::Usage(usage) = &event {
                self.usage = *usage;
            }
            self.writer.event(&event, &mut self.out);
        }
        if self.opening.over && self.ended.is_some() {
            self.writer.end(&mut self.out);
            self.end("served");
        }
    }

    /// Ends with an error, in the shape of the client.
    fn fail(&mut self, class: Failure) {
        self.write();
        if self.ended.is_some() {
            self.opening.over = true;
            if let Some(report) = self.report.take() {
                problem(&report(class), &self.id, |problem| self.writer.fail(problem, &mut self.out));
            }
            self.end(class.as_str());
        }
    }

    fn is_late(&self) -> bool {
        self.deadline.is_some_and(|deadline| deadline <= Instant::now())
    }

    fn end(&mut self, how: &'static str) {
        if let Some(ended) = self.ended.take() {
            ended(how, self.usage);
        }
    }

    fn poll_more(&mut self, context: &mut Context<'_>) -> Poll<()> {
        match Pin::new(&mut self.opening.body).poll_frame(context) {
            // A provider that never pauses is stopped too.
            Poll::Ready(_) if self.is_late() => self.fail(Failure::Deadline),
            Poll::Ready(frame) => {
                let taken = match frame {
                    Some(Ok(frame)) => self.opening.take(frame),
                    Some(Err(_)) => Err(Failed::of(Failure::ServerError)),
                    None => self.opening.finish(),
                };
                match taken {
                    Ok(()) => {
                        self.write();
                        self.timer.as_mut().reset(patience(self.idle, self.deadline).0);
                    }
                    Err(failed) => self.fail(failed.class),
                }
            }
            Poll::Pending => {
                ready!(self.timer.as_mut().poll(context));
                let class = if self.is_late() { Failure::Deadline } else { Failure::Timeout };
                self.fail(class);
            }
        }
        Poll::Ready(())
    }
}

impl Body for Streamed {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        // What came with the opening.
        self.write();
        while self.out.is_empty() && self.ended.is_some() {
            ready!(self.poll_more(context));
        }
        if self.out.is_empty() {
            return Poll::Ready(None);
        }
        let out = std::mem::take(&mut self.out);
        Poll::Ready(Some(Ok(Frame::data(Bytes::from(out)))))
    }

    fn is_end_stream(&self) -> bool {
        self.ended.is_none() && self.out.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}

impl Drop for Streamed {
    /// A client that went away: the provider's connection goes with the body.
    fn drop(&mut self) {
        self.end("client_gone");
    }
}
