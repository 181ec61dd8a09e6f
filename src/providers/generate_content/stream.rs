//! Reads a streamed answer, piece by piece; a whole answer is a stream of one piece.

use serde_json::value::RawValue;

use super::response::{Counts, FunctionCall, Part, Response, finish};
use crate::exchange::{Answer, Event, Finish, ToolCall, Usage};
use crate::failure::Failure;
use crate::providers::Failed;
use crate::providers::calls::made_up_id;
use crate::providers::errors::gemini::in_stream;
use crate::providers::join::join;
use crate::providers::sse::BARE;

/// What of a stream has to be remembered.
#[derive(Debug, Default)]
pub(in crate::providers) struct Stream {
    /// How many calls there were.
    calls: usize,
    usage: Option<Usage>,
    finish: Option<Finish>,
}

/// Reads a whole answer of this target (`provider/model`).
pub(in crate::providers) fn decode(target: &str, body: &[u8]) -> Result<Answer, Failed> {
    let body = std::str::from_utf8(body).map_err(|_| broken())?;
    let mut stream = Stream::default();
    let mut events = Vec::new();
    stream.event("", body, &mut events)?;
    stream.end(&mut events)?;
    Ok(join(target, events))
}

impl Stream {
    /// Reads a piece and adds what it says to `out`. Fails where it says that the answer failed, or breaks the protocol.
    pub(in crate::providers) fn event(&mut self, name: &str, data: &str, out: &mut Vec<Event>) -> Result<(), Failed> {
        if name == BARE {
            return Err(in_stream(data));
        }
        let response: Response<'_> = serde_json::from_str(data).map_err(|_| broken())?;
        if response.error.is_some() {
            return Err(in_stream(data));
        }
        if response.prompt_feedback.is_some_and(|feedback| feedback.block_reason.is_some()) {
            return Err(Failed::of(Failure::ContentPolicy));
        }
        // One answer is asked for.
        if let Some(candidate) = response.candidates.into_iter().next() {
            for part in candidate.content.into_iter().flat_map(|content| content.parts) {
                self.part(part, &response.id, out)?;
            }
            if let Some(reason) = candidate.finish_reason {
                self.finish = Some(finish(&reason)?);
            }
        }
        let usage = response.usage_metadata.map(Counts::usage);
        if usage.is_some() && usage != self.usage {
            self.usage = usage;
            out.extend(usage.map(Event::Usage));
        }
        Ok(())
    }

    /// The body is over, which is all that ends a stream; without a reason why the answer ended it was cut off.
    pub(in crate::providers) fn end(&mut self, out: &mut Vec<Event>) -> Result<(), Failed> {
        let finish = match self.finish.ok_or_else(broken)? {
            // The reason is the same whether tools are called or not.
            Finish::Stop if self.calls > 0 => Finish::ToolCalls,
            finish => finish,
        };
        out.push(Event::Finish(finish));
        Ok(())
    }

    fn part(&mut self, part: Part<'_>, answer: &str, out: &mut Vec<Event>) -> Result<(), Failed> {
        if let Some(call) = part.function_call {
            out.push(Event::ToolCall(self.call(call, part.thought_signature, answer)?));
            return Ok(());
        }
        let text = part.text.filter(|text| !text.is_empty());
        if part.thought {
            out.extend(text.map(Event::Thinking));
            out.extend(part.thought_signature.map(Event::ThinkingSignature));
        } else {
            // The signature of plain text is wanted back by no model: without it the next answer may be worse, and is not refused.
            out.extend(text.map(Event::Text));
        }
        Ok(())
    }

    fn call(&mut self, call: FunctionCall<'_>, signature: Option<String>, answer: &str) -> Result<ToolCall, Failed> {
        let arguments = match call.args.map(RawValue::get) {
            None => "{}",
            Some(object) if object.starts_with('{') => object,
            Some(_) => return Err(broken()),
        };
        let id = call.id.filter(|id| !id.is_empty()).unwrap_or_else(|| made_up_id(answer, self.calls));
        self.calls += 1;
        Ok(ToolCall { id, name: call.name, arguments: arguments.to_owned(), signature })
    }
}

/// What is no answer breaks the protocol.
fn broken() -> Failed {
    Failed::of(Failure::ServerError)
}
