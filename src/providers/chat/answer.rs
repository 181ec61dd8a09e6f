//! From the body of a chat completion to an answer.

use std::borrow::Cow;

use crate::exchange::{Answer, Part, Thinking, ToolCall};
use crate::failure::Failure;
use crate::providers::calls::made_up_id;
use crate::providers::{Failed, Rules, errors};

use super::reply::{Call, Reply, finish};

/// A whole answer. Fails where there is an error in its place, or it is no completion.
pub(in super::super) fn decode(target: &str, rules: Rules, body: &[u8]) -> Result<Answer, Failed> {
    let broken = || Failed::of(Failure::ServerError);
    let reply: Reply<'_> = serde_json::from_slice(body).map_err(|_| broken())?;
    if reply.is_error() {
        return Err(errors::inside(rules, body));
    }
    let choice = reply.choices.unwrap_or_default().into_iter().next().ok_or_else(broken)?;
    let mut said = choice.message.ok_or_else(broken)?;
    let mut parts = Vec::new();
    let (thoughts, text) = said.words();
    if !thoughts.is_empty() {
        parts.push(Part::Thinking(Thinking { text: thoughts, signature: None, sealed: None, target: Some(target.to_owned()) }));
    }
    if !text.is_empty() {
        parts.push(Part::Text(text));
    }
    parts.extend(said.refusal.filter(|refusal| !refusal.is_empty()).map(Part::Refusal));
    let calls = said.tool_calls.unwrap_or_default();
    let finish = finish(choice.finish_reason.as_deref(), !calls.is_empty()).ok_or_else(broken)?;
    for (place, call) in calls.into_iter().enumerate() {
        parts.push(Part::ToolCall(read(call, reply.id.as_deref().unwrap_or_default(), place).ok_or_else(broken)?));
    }
    Ok(Answer { parts, finish, usage: reply.usage.unwrap_or_default().into() })
}

fn read(call: Call<'_>, answer: &str, place: usize) -> Option<ToolCall> {
    let function = call.function.unwrap_or_default();
    let name = function.name.as_deref().filter(|name| !name.is_empty())?.to_owned();
    let arguments = function.arguments().ok()?.into_owned();
    let id = call.id.filter(|id| !id.is_empty()).map_or_else(|| made_up_id(answer, place), Cow::into_owned);
    Some(ToolCall { id, name, arguments, signature: None })
}
