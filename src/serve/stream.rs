//! An answer piece by piece: from what a provider sends to what the client reads. Nothing is kept back, and nobody else is asked once something went out.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until, timeout, timeout_at};

use crate::clients::{self, Shape};
use crate::exchange::{Event, Finish, Usage};
use crate::failure::Failure;
use crate::providers::{Decoder, Failed, Wire};
use crate::runtime::Report;

use super::answer::Way;
use super::audit::{Lost, Written};
use super::heard::Heard;
use super::place::GONE;
use super::pool::Answering;
use super::respond::problem;
use super::trail::Ended;

/// The longest answer that is passed on, in bytes as the provider sends it.
const ANSWER: u64 = 256 << 20;
/// So long a provider may take to end a connection's answer after it has said that it is over.
const AFTER: Duration = Duration::from_millis(500);

/// How long the next piece of an answer is waited for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wait {
    /// After the piece before it.
    pub(super) idle: Duration,
    /// When the whole run is over.
    pub(super) deadline: Option<Instant>,
}

impl Wait {
    /// Until when the next piece must have come, and what it is called if it has not.
    fn until(self) -> (Instant, Failure) {
        let until = Instant::now() + self.idle;
        match self.deadline {
            Some(deadline) if deadline <= until => (deadline, Failure::Deadline),
            _ => (until, Failure::Timeout),
        }
    }

    fn is_late(self) -> bool {
        self.deadline.is_some_and(|deadline| deadline <= Instant::now())
    }
}

/// The start of an answer, before anything of it has gone out.
pub(super) struct Opening {
    /// `None` when it is over.
    body: Option<Answering>,
    decoder: Decoder,
    events: Vec<Event>,
    received: u64,
    over: bool,
    /// Whether the client sees what the model thinks: only Anthropic's shape has a place for it, and only Anthropic signs it.
    thoughts: bool,
}

impl Opening {
    pub(super) fn new(body: Answering, wire: Wire, shape: Shape) -> Self {
        let thoughts = wire == Wire::Messages && matches!(shape, Shape::Messages);
        Self { body: Some(body), decoder: Decoder::new(wire), events: Vec::new(), received: 0, over: false, thoughts }
    }

    /// Whether the client will see what the model thinks.
    pub(super) fn shows_thoughts(&self) -> bool {
        self.thoughts
    }

    /// Reads the next bytes. Whether they held anything: a comment that keeps the connection alive is nothing.
    async fn more(&mut self) -> Result<bool, Failed> {
        let Some(body) = &mut self.body else { return Ok(false) };
        let frame = body.frame().await;
        self.take(frame)
    }

    fn take(&mut self, frame: Option<hyper::Result<Frame<Bytes>>>) -> Result<bool, Failed> {
        let before = self.events.len();
        match frame {
            Some(Ok(frame)) => {
                let Ok(bytes) = frame.into_data() else { return Ok(false) };
                self.received += bytes.len() as u64;
                if self.received > ANSWER {
                    return Err(Failed::of(Failure::ServerError));
                }
                self.decoder.push(&bytes, &mut self.events)?;
                self.over = self.decoder.is_done();
            }
            Some(Err(_)) => return Err(Failed::of(Failure::ServerError)),
            None => {
                self.decoder.end(&mut self.events)?;
                self.over = true;
            }
        }
        let came = self.events.len() > before;
        if !self.thoughts {
            self.events.retain(|event| !matches!(event, Event::Thinking(_) | Event::ThinkingSignature(_) | Event::SealedThinking(_)));
        }
        if self.over {
            self.leave();
        }
        Ok(came)
    }

    /// Reads what comes after the end, which should be nothing, so that the connection can be used again.
    fn leave(&mut self) {
        if let Some(mut body) = self.body.take() {
            tokio::spawn(timeout(AFTER, async move { while body.frame().await.is_some_and(|frame| frame.is_ok()) {} }));
        }
    }

    /// Reads until there is something that the client will see, the first of it by then. Until that has gone out another attempt can take over.
    pub(super) async fn until_content(&mut self, first: (Instant, Failure), wait: Wait) -> Result<(), Failed> {
        let (mut until, mut class) = first;
        while !self.over && !self.events.iter().any(Event::is_content) {
            if timeout_at(until, self.more()).await.unwrap_or_else(|_| Err(Failed::of(class)))? {
                (until, class) = wait.until();
            }
        }
        Ok(())
    }

    /// Gives every event to `each` as it comes, to the end of the answer, or as long as that wants more.
    pub(super) async fn each(&mut self, wait: Wait, mut each: impl FnMut(Event) -> bool) -> Result<(), Failed> {
        let (mut until, mut class) = wait.until();
        loop {
            let more = self.events.drain(..).all(&mut each);
            if self.over || !more {
                return Ok(());
            }
            if timeout_at(until, self.more()).await.unwrap_or_else(|_| Err(Failed::of(class)))? {
                (until, class) = wait.until();
            }
        }
    }
}

/// The body of the response to a client.
pub(super) struct Streamed {
    opening: Box<Opening>,
    writer: clients::Stream,
    out: Vec<u8>,
    /// What to say of a failure that comes now.
    report: Option<Box<Say>>,
    id: String,
    wait: Wait,
    timer: Pin<Box<Sleep>>,
    /// What the provider said, where the record holds it.
    heard: Option<Heard>,
    passing: Vec<Event>,
    finish: Option<Finish>,
    usage: Usage,
    closing: Option<Closing>,
    /// `None` when the answer is over, and counted.
    way: Option<Way>,
}

/// What is said of a failure: a class, or that the end cannot be recorded.
type Say = dyn FnOnce(Result<Failure, Lost>) -> Report + Send + Sync;

/// An answer whose end is being recorded: its last bytes wait for that.
struct Closing {
    written: Written,
    then: Then,
}

/// What the last bytes are.
enum Then {
    /// The end, with a receipt where one is due.
    Served(Option<String>),
    Failed(Failure),
}

/// What a streamed response needs besides the answer.
pub(super) struct Setting {
    pub(super) writer: clients::Stream,
    pub(super) report: Box<Say>,
    pub(super) id: String,
    pub(super) wait: Wait,
    pub(super) way: Way,
}

impl Streamed {
    pub(super) fn new(opening: Box<Opening>, setting: Setting) -> Self {
        let Setting { mut writer, report, id, wait, way } = setting;
        let mut out = Vec::with_capacity(1024);
        writer.start(&mut out);
        Self {
            opening,
            writer,
            out,
            report: Some(report),
            id,
            timer: Box::pin(sleep_until(wait.until().0)),
            wait,
            heard: way.full.then(Heard::default),
            passing: Vec::new(),
            finish: None,
            usage: Usage::default(),
            closing: None,
            way: Some(way),
        }
    }

    /// Writes what has come.
    fn write(&mut self) {
        let Some(way) = self.way.as_mut().filter(|_| self.closing.is_none()) else { return };
        for event in self.opening.events.drain(..) {
            match &event {
                Event::Usage(usage) => (self.usage, way.place.usage) = (*usage, *usage),
                Event::Finish(finish) => self.finish = Some(*finish),
                _ => {}
            }
            if let Some(heard) = &mut self.heard {
                heard.event(&event);
            }
            way.outflow.event(event, &mut self.passing);
        }
        if self.opening.over {
            way.outflow.end(&mut self.passing);
        }
        for event in self.passing.drain(..) {
            self.writer.event(&event, &mut self.out);
        }
        if self.opening.over {
            let receipt = way.receipt(self.finish.unwrap_or_default());
            self.close("served", Then::Served(receipt));
        }
    }

    /// Ends with an error, in the shape of the client.
    fn fail(&mut self, class: Failure) {
        self.write();
        if self.closing.is_none() && self.way.is_some() {
            (self.opening.over, self.opening.body) = (true, None);
            self.close("broke_off", Then::Failed(class));
        }
    }

    /// Records how the answer ends, before its last bytes go out.
    fn close(&mut self, outcome: &'static str, then: Then) {
        let Some(way) = &mut self.way else { return };
        let (class, receipt) = match &then {
            Then::Served(receipt) => (None, receipt.is_some()),
            Then::Failed(class) => (Some(class.as_str()), false),
        };
        let messages = self.heard.take().map(|heard| crate::audit::answer(&heard.parts));
        let ended = Ended { outcome, class, usage: self.usage, finish: self.finish, receipt, messages, ..Ended::default() };
        match way.record(ended) {
            Ok(written) => self.closing = Some(Closing { written, then }),
            Err(lost) => self.last(Err(lost)),
        }
    }

    /// The last bytes. Where the end could not be recorded, the answer has none: it breaks off.
    fn last(&mut self, then: Result<Then, Lost>) {
        let (outcome, failed) = match then {
            Ok(Then::Served(receipt)) => {
                self.writer.end(receipt.as_deref(), &mut self.out);
                ("served", None)
            }
            Ok(Then::Failed(class)) => (class.as_str(), Some(Ok(class))),
            Err(lost) => ("refused", Some(Err(lost))),
        };
        if let (Some(failed), Some(report)) = (failed, self.report.take()) {
            (self.opening.over, self.opening.body) = (true, None);
            problem(&report(failed), &self.id, |problem| self.writer.fail(problem, &mut self.out));
        }
        if let Some(mut way) = self.way.take() {
            way.place.outcome = outcome;
        }
    }

    fn poll_closing(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if let Some(mut closing) = self.closing.take() {
            match Pin::new(&mut closing.written).poll(context) {
                Poll::Pending => {
                    self.closing = Some(closing);
                    return Poll::Pending;
                }
                Poll::Ready(kept) => self.last(kept.map(|()| closing.then)),
            }
        }
        Poll::Ready(())
    }

    fn poll_more(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let polled = match &mut self.opening.body {
            Some(body) => Pin::new(body).poll_frame(context),
            None => Poll::Ready(None),
        };
        match polled {
            // A provider that never pauses is stopped too.
            Poll::Ready(_) if self.wait.is_late() => self.fail(Failure::Deadline),
            Poll::Ready(frame) => match self.opening.take(frame) {
                Ok(came) => {
                    self.write();
                    if came {
                        self.timer.as_mut().reset(self.wait.until().0);
                    } else if self.timer.as_mut().poll(context).is_ready() {
                        self.fail(Failure::Timeout);
                    }
                }
                Err(failed) => self.fail(failed.class),
            },
            Poll::Pending => {
                ready!(self.timer.as_mut().poll(context));
                self.fail(if self.wait.is_late() { Failure::Deadline } else { Failure::Timeout });
            }
        }
        Poll::Ready(())
    }
}

/// A client that goes away leaves behind what it has been given: its record says so, as that of an answer that was served.
impl Drop for Streamed {
    fn drop(&mut self) {
        let Some(way) = self.way.as_mut().filter(|_| self.closing.is_none()) else { return };
        let messages = self.heard.take().map(|heard| crate::audit::answer(&heard.parts));
        // Nobody is there to be refused an answer any more.
        let _ = way.record(Ended { outcome: GONE, usage: self.usage, finish: self.finish, messages, ..Ended::default() });
    }
}

impl Body for Streamed {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        // What came with the opening.
        self.write();
        while self.out.is_empty() && self.way.is_some() {
            if self.closing.is_some() {
                ready!(self.poll_closing(context));
            } else {
                ready!(self.poll_more(context));
            }
        }
        if self.out.is_empty() {
            return Poll::Ready(None);
        }
        let out = std::mem::take(&mut self.out);
        Poll::Ready(Some(Ok(Frame::data(Bytes::from(out)))))
    }

    fn is_end_stream(&self) -> bool {
        self.way.is_none() && self.out.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}
