//! Turns a chat completion's body into a request.

use super::super::NotUnderstood;
use super::super::fields::{Fields, between, count, cow, flag, list, name, text, whole};
use super::super::json::{Json, Read, parse};
use super::super::openai::{effort, function, metadata, schema, tool_choice, verbosity};
use super::super::rule::{PROVIDER_TOOL, Rule};
use super::message::messages;
use super::rules;
use crate::exchange::{Output, Request, Sampling, Tool};

/// Names under which JSON is kept as it is written.
const RAW: &[&str] = &["parameters", "schema"];

/// The request.
pub(in super::super) fn read(body: &[u8]) -> Read<Request> {
    let mut fields = Fields::of(parse(body, RAW)?)?;
    let (stream, stream_usage) =
        (fields.read("stream", flag)?.unwrap_or_default(), fields.read("stream_options", stream_options)?.unwrap_or_default());
    let (old, new) = (fields.read("max_tokens", count)?, fields.read("max_completion_tokens", count)?);
    let mut hints = Vec::from_iter(fields.read("verbosity", verbosity)?);
    let request = Request {
        model: fields.need("model", name)?,
        messages: fields.need("messages", |json| messages(json, &mut hints))?,
        tools: fields.read("tools", |json| list(json, tool))?.unwrap_or_default(),
        tool_choice: fields.read("tool_choice", |json| tool_choice(json, |fields| fields.need("function", chosen)))?,
        parallel_tools: fields.read("parallel_tool_calls", flag)?,
        max_output: old.into_iter().chain(new).min(),
        sampling: sampling(&mut fields)?,
        stop: fields.read("stop", stop)?.unwrap_or_default(),
        output: fields.read("response_format", output)?.unwrap_or_default(),
        effort: fields.read("reasoning_effort", effort)?,
        stream,
        stream_usage,
        user: fields.read("user", text)?,
        metadata: fields.read("metadata", metadata)?.unwrap_or_default(),
        hints,
    };
    fields.done(rules::REQUEST)?;
    Ok(request)
}

fn sampling(fields: &mut Fields<'_>) -> Read<Sampling> {
    Ok(Sampling {
        temperature: fields.read("temperature", between(0, 2))?,
        top_p: fields.read("top_p", between(0, 1))?,
        top_k: fields.read("top_k", count)?,
        presence_penalty: fields.read("presence_penalty", between(-2, 2))?,
        frequency_penalty: fields.read("frequency_penalty", between(-2, 2))?,
        seed: fields.read("seed", whole)?,
    })
}

fn stream_options(json: Json<'_>) -> Read<bool> {
    let mut fields = Fields::of(json)?;
    let usage = fields.read("include_usage", flag)?.unwrap_or_default();
    fields.done(&[Rule::ignored("include_obfuscation")])?;
    Ok(usage)
}

fn stop(json: Json<'_>) -> Read<Vec<String>> {
    match json {
        Json::Text(_) => Ok(vec![name(json)?]),
        Json::List(_) => list(json, name),
        _ => Err(NotUnderstood::here("must be text or a list of texts")),
    }
}

fn tool(json: Json<'_>) -> Read<Tool> {
    let mut fields = Fields::of(json)?;
    let kind = fields.need("type", cow)?;
    if kind != "function" {
        return Err(NotUnderstood::here(PROVIDER_TOOL));
    }
    let tool = fields.need("function", |json| function(Fields::of(json)?, &[]))?;
    fields.done(&[])?;
    Ok(tool)
}

/// The function of a tool's choice.
fn chosen(json: Json<'_>) -> Read<String> {
    let mut fields = Fields::of(json)?;
    let name = fields.need("name", name)?;
    fields.done(&[])?;
    Ok(name)
}

fn output(json: Json<'_>) -> Read<Output> {
    let mut fields = Fields::of(json)?;
    let output = match fields.need("type", cow)?.as_ref() {
        "text" => Output::Text,
        "json_object" => Output::JsonObject,
        "json_schema" => Output::JsonSchema(fields.need("json_schema", |json| schema(Fields::of(json)?))?),
        _ => return Err(NotUnderstood::here("must be `text`, `json_object` or `json_schema`").inside("type")),
    };
    fields.done(&[])?;
    Ok(output)
}
