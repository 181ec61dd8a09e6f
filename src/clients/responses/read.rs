//! Turns a response's body into a request.

use super::super::NotUnderstood;
use super::super::fields::{Fields, between, count, cow, flag, list, name, text};
use super::super::json::{Json, Read, parse};
use super::super::openai::{effort, function, metadata, schema, tool_choice, verbosity};
use super::super::rule::{PROVIDER_TOOL, Rule, no};
use super::item::input;
use super::rules;
use crate::exchange::{Effort, Message, Output, Part, Request, Role, Sampling, Tool};

/// Names under which JSON is kept as it is written.
const RAW: &[&str] = &["parameters", "schema"];

/// The request.
pub(in super::super) fn read(body: &[u8]) -> Read<Request> {
    let mut fields = Fields::of(parse(body, RAW)?)?;
    let mut messages = Vec::new();
    if let Some(text) = fields.read("instructions", text)? {
        messages.push(Message { role: Role::System, parts: vec![Part::Text(text)] });
    }
    messages.extend(fields.need("input", input)?);
    fields.read("stream_options", stream_options)?;
    let (hint, output) = fields.read("text", output)?.unwrap_or_default();
    let request = Request {
        model: fields.need("model", name)?,
        messages,
        tools: fields.read("tools", |json| list(json, tool))?.unwrap_or_default(),
        tool_choice: fields.read("tool_choice", |json| tool_choice(json, |fields| fields.need("name", name)))?,
        parallel_tools: fields.read("parallel_tool_calls", flag)?,
        max_output: fields.read("max_output_tokens", count)?,
        sampling: Sampling {
            temperature: fields.read("temperature", between(0, 2))?,
            top_p: fields.read("top_p", between(0, 1))?,
            ..Sampling::default()
        },
        output,
        effort: fields.read("reasoning", reasoning)?.flatten(),
        stream: fields.read("stream", flag)?.unwrap_or_default(),
        user: fields.read("user", text)?,
        metadata: fields.read("metadata", metadata)?.unwrap_or_default(),
        hints: Vec::from_iter(hint),
        ..Request::default()
    };
    fields.done(rules::REQUEST)?;
    Ok(request)
}

fn stream_options(json: Json<'_>) -> Read<()> {
    Fields::of(json)?.done(&[Rule::ignored("include_obfuscation")])
}

fn tool(json: Json<'_>) -> Read<Tool> {
    let mut fields = Fields::of(json)?;
    match fields.need("type", cow)?.as_ref() {
        "function" => function(fields, &[Rule::unless("defer_loading", no, PROVIDER_TOOL)]),
        "custom" => Err(NotUnderstood::here("must be `function`: not every model has other tools").inside("type")),
        _ => Err(NotUnderstood::here(PROVIDER_TOOL)),
    }
}

/// A hint at how many words are wanted, and the shape of the answer.
fn output(json: Json<'_>) -> Read<(Option<&'static str>, Output)> {
    let mut fields = Fields::of(json)?;
    let hint = fields.read("verbosity", verbosity)?;
    let output = fields.read("format", format)?.unwrap_or_default();
    fields.done(&[])?;
    Ok((hint, output))
}

fn format(json: Json<'_>) -> Read<Output> {
    let mut fields = Fields::of(json)?;
    let output = match fields.need("type", cow)?.as_ref() {
        "text" => Output::Text,
        "json_object" => Output::JsonObject,
        "json_schema" => return schema(fields).map(Output::JsonSchema),
        _ => return Err(NotUnderstood::here("must be `text`, `json_object` or `json_schema`").inside("type")),
    };
    fields.done(&[])?;
    Ok(output)
}

fn reasoning(json: Json<'_>) -> Read<Option<Effort>> {
    let mut fields = Fields::of(json)?;
    let effort = fields.read("effort", effort)?;
    // Thoughts are not shown in this shape, summed up or not.
    fields.done(&[Rule::ignored("summary"), Rule::ignored("generate_summary"), Rule::ignored("context")])?;
    Ok(effort)
}
