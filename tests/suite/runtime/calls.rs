//! Answers of a stand-in in which the model calls a tool, in the shape of each protocol.

use std::time::Duration;

use serde_json::{Value, json};

use super::upstream::{Play, Seen};

/// The model calls a tool; its arguments come in small pieces where the answer is streamed.
pub(crate) fn calls(seen: &Seen, tool: &str, arguments: &Value) -> Play {
    if seen.streams() {
        let body = streamed(seen.protocol(), tool, arguments);
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: {}\r\n\r\n", body.len());
        return Play::Raw(vec![(Duration::ZERO, [head, body].concat().into_bytes())]);
    }
    Play::Fail(200, Vec::new(), whole(seen.protocol(), tool, arguments).to_string())
}

fn whole(protocol: &str, tool: &str, arguments: &Value) -> Value {
    match protocol {
        "anthropic" => {
            json!({"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "stop_reason": "tool_use", "stop_sequence": null,
            "content": [{"type": "tool_use", "id": "toolu_1", "name": tool, "input": arguments}], "usage": {"input_tokens": 7, "output_tokens": 3}})
        }
        "gemini" => {
            json!({"candidates": [{"content": {"role": "model", "parts": [{"functionCall": {"name": tool, "args": arguments}}]}, "finishReason": "STOP", "index": 0}],
            "usageMetadata": {"promptTokenCount": 7, "candidatesTokenCount": 3, "totalTokenCount": 10}, "modelVersion": "m", "responseId": "r"})
        }
        "responses" => json!({"id": "resp_1", "object": "response", "status": "completed", "model": "m",
            "output": [{"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": tool, "arguments": arguments.to_string(), "status": "completed"}],
            "usage": {"input_tokens": 7, "output_tokens": 3, "total_tokens": 10}}),
        _ => json!({"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m",
            "choices": [{"index": 0, "finish_reason": "tool_calls", "message": {"role": "assistant", "content": null,
                "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": tool, "arguments": arguments.to_string()}}]}}],
            "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}}),
    }
}

fn streamed(protocol: &str, tool: &str, arguments: &Value) -> String {
    let named = |name: &str, data: Value| format!("event: {name}\ndata: {data}\n\n");
    let plain = |data: Value| format!("data: {data}\n\n");
    let text = arguments.to_string();
    let pieces: Vec<String> = text.chars().collect::<Vec<_>>().chunks(3).map(|piece| piece.iter().collect()).collect();
    match protocol {
        "anthropic" => {
            let mut out = vec![
                named(
                    "message_start",
                    json!({"type": "message_start", "message": {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": null, "usage": {"input_tokens": 7, "output_tokens": 1}}}),
                ),
                named(
                    "content_block_start",
                    json!({"type": "content_block_start", "index": 0, "content_block": {"type": "tool_use", "id": "toolu_1", "name": tool, "input": {}}}),
                ),
            ];
            out.extend(pieces.iter().map(|piece| {
                named(
                    "content_block_delta",
                    json!({"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": piece}}),
                )
            }));
            out.extend([
                named("content_block_stop", json!({"type": "content_block_stop", "index": 0})),
                named("message_delta", json!({"type": "message_delta", "delta": {"stop_reason": "tool_use", "stop_sequence": null}, "usage": {"output_tokens": 3}})),
                named("message_stop", json!({"type": "message_stop"})),
            ]);
            out.concat()
        }
        "gemini" => plain(whole("gemini", tool, arguments)),
        "responses" => {
            let item =
                json!({"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": tool, "arguments": "", "status": "in_progress"});
            let mut out = vec![
                named(
                    "response.created",
                    json!({"type": "response.created", "response": {"id": "resp_1", "status": "in_progress", "output": []}}),
                ),
                named("response.output_item.added", json!({"type": "response.output_item.added", "output_index": 0, "item": item})),
            ];
            out.extend(pieces.iter().map(|piece| {
                named(
                    "response.function_call_arguments.delta",
                    json!({"type": "response.function_call_arguments.delta", "item_id": "fc_1", "output_index": 0, "delta": piece}),
                )
            }));
            let done = whole("responses", tool, arguments);
            out.push(named(
                "response.output_item.done",
                json!({"type": "response.output_item.done", "output_index": 0, "item": done["output"][0]}),
            ));
            out.push(named("response.completed", json!({"type": "response.completed", "response": done})));
            out.concat()
        }
        _ => {
            let chunk = |delta: Value, finish: Option<&str>| {
                plain(
                    json!({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], "usage": null}),
                )
            };
            let mut out = vec![
                chunk(json!({"role": "assistant", "content": null}), None),
                chunk(
                    json!({"tool_calls": [{"index": 0, "id": "call_1", "type": "function", "function": {"name": tool, "arguments": ""}}]}),
                    None,
                ),
            ];
            out.extend(pieces.iter().map(|piece| chunk(json!({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}), None)));
            out.push(chunk(json!({}), Some("tool_calls")));
            out.push(plain(json!({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}})));
            out.push("data: [DONE]\n\n".to_owned());
            out.concat()
        }
    }
}
