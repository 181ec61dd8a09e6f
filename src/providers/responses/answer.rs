//! From the body of a response to an answer.

use crate::exchange::{self, Answer, Thinking, ToolCall};
use crate::failure::Failure;
use crate::providers::{Failed, Rules, errors};

use super::reply::{Item, Reply};

/// A whole answer. Fails where the response failed, or it is none.
pub(in super::super) fn decode(target: &str, body: &[u8]) -> Result<Answer, Failed> {
    let broken = || Failed::of(Failure::ServerError);
    let mut reply: Reply<'_> = serde_json::from_slice(body).map_err(|_| broken())?;
    let Some(output) = reply.output.take() else {
        return Err(if reply.error.is_some() { errors::inside(Rules::OpenAi, body) } else { broken() });
    };
    let mut parts = Vec::new();
    for item in output {
        add(item, target, &mut parts).ok_or_else(broken)?;
    }
    let calls_tools = parts.iter().any(|part| matches!(part, exchange::Part::ToolCall(_)));
    Ok(Answer { finish: reply.finish(calls_tools)?, usage: reply.usage(), parts })
}

/// `None`: it is not what its type says.
fn add(item: Item<'_>, target: &str, parts: &mut Vec<exchange::Part>) -> Option<()> {
    match &*item.kind {
        "message" => {
            for part in item.content.unwrap_or_default() {
                match &*part.kind {
                    "output_text" => parts.push(exchange::Part::Text(part.text?)),
                    "refusal" => parts.push(exchange::Part::Refusal(part.refusal?)),
                    _ => {}
                }
            }
        }
        "function_call" => {
            let arguments = item.arguments.unwrap_or_default();
            parts.push(exchange::Part::ToolCall(ToolCall { id: item.call_id?, name: item.name?, arguments, signature: None }));
        }
        "reasoning" => {
            let said = item.summary.into_iter().chain(item.content).flatten().filter_map(|part| part.text);
            let text = said.collect::<Vec<_>>().join("\n\n");
            if !text.is_empty() {
                parts.push(exchange::Part::Thinking(Thinking { text, signature: None, sealed: None, target: Some(target.to_owned()) }));
            }
        }
        // Only functions were offered: what else there is says nothing to the client.
        _ => {}
    }
    Some(())
}
