//! Turns a body of Anthropic's messages into a request.

use super::super::NotUnderstood;
use super::super::fields::{Fields, between, count, cow, flag, list, name, raw, text};
use super::super::json::{Json, Read, parse};
use super::super::rule::{PROVIDER_TOOL, Rule};
use super::super::turns;
use super::content::{Place, content};
use super::rules;
use crate::exchange::{Effort, Message, Output, Request, Role, Sampling, Schema, Tool, ToolChoice};

/// Names under which JSON is kept as it is written.
const RAW: &[&str] = &["input_schema", "schema", "input"];

/// The request.
pub(in super::super) fn read(body: &[u8]) -> Read<Request> {
    let mut fields = Fields::of(parse(body, RAW)?)?;
    let system = fields.read("system", |json| content(json, Place::System))?.unwrap_or_default();
    let (choice, parallel_tools) = fields.read("tool_choice", tool_choice)?.unzip();
    let (effort, output) = fields.read("output_config", output_config)?.unwrap_or_default();
    let thinks = fields.read("thinking", thinking)?;
    let mut messages: Vec<Message> = Vec::new();
    if !system.is_empty() {
        messages.push(Message { role: Role::System, parts: system });
    }
    messages.extend(fields.need("messages", |json| list(json, message).and_then(some))?);
    turns::name_results(&mut messages);
    let request = Request {
        model: fields.need("model", name)?,
        messages,
        tools: fields.read("tools", |json| list(json, tool))?.unwrap_or_default(),
        tool_choice: choice,
        parallel_tools: parallel_tools.flatten(),
        max_output: Some(fields.need("max_tokens", count)?),
        sampling: Sampling {
            temperature: fields.read("temperature", between(0, 1))?,
            top_p: fields.read("top_p", between(0, 1))?,
            top_k: fields.read("top_k", count)?,
            ..Sampling::default()
        },
        stop: fields.read("stop_sequences", |json| list(json, name))?.unwrap_or_default(),
        output,
        effort: if thinks == Some(false) { Some(Effort::None) } else { effort },
        stream: fields.read("stream", flag)?.unwrap_or_default(),
        user: fields.read("metadata", user)?.flatten(),
        hints: if thinks == Some(true) { vec!["thinking"] } else { Vec::new() },
        ..Request::default()
    };
    fields.done(rules::REQUEST)?;
    Ok(request)
}

fn some(messages: Vec<Message>) -> Read<Vec<Message>> {
    if messages.is_empty() { Err(NotUnderstood::here("is empty: there must be a message")) } else { Ok(messages) }
}

fn message(json: Json<'_>) -> Read<Message> {
    let mut fields = Fields::of(json)?;
    let (role, place) = match fields.need("role", cow)?.as_ref() {
        "user" => (Role::User, Place::User),
        "assistant" => (Role::Assistant, Place::Assistant),
        "system" => (Role::System, Place::System),
        _ => return Err(NotUnderstood::here("must be `user`, `assistant` or `system`").inside("role")),
    };
    let parts = fields.need("content", |json| content(json, place))?;
    fields.done(&[])?;
    Ok(Message { role, parts })
}

fn tool(json: Json<'_>) -> Read<Tool> {
    let mut fields = Fields::of(json)?;
    if fields.read("type", cow)?.is_some_and(|kind| kind != "custom") {
        return Err(NotUnderstood::here(PROVIDER_TOOL));
    }
    let tool = Tool {
        name: fields.need("name", name)?,
        description: fields.read("description", text)?,
        parameters: Some(fields.need("input_schema", raw)?),
        strict: fields.read("strict", flag)?,
    };
    fields.done(rules::TOOL)?;
    Ok(tool)
}

/// The choice, and whether several tools may be called at once.
fn tool_choice(json: Json<'_>) -> Read<(ToolChoice, Option<bool>)> {
    let mut fields = Fields::of(json)?;
    let choice = match fields.need("type", cow)?.as_ref() {
        "auto" => ToolChoice::Auto,
        "any" => ToolChoice::Required,
        "none" => ToolChoice::None,
        "tool" => ToolChoice::Named(fields.need("name", name)?),
        _ => return Err(NotUnderstood::here("must be `auto`, `any`, `tool` or `none`").inside("type")),
    };
    let parallel = fields.read("disable_parallel_tool_use", flag)?.map(|disabled| !disabled);
    fields.done(&[])?;
    Ok((choice, parallel))
}

fn output_config(json: Json<'_>) -> Read<(Option<Effort>, Output)> {
    let mut fields = Fields::of(json)?;
    let effort = fields.read("effort", effort)?;
    let output = fields.read("format", format)?.unwrap_or_default();
    fields.done(&[])?;
    Ok((effort, output))
}

fn effort(json: Json<'_>) -> Read<Effort> {
    let wrong = || NotUnderstood::here("must be `low`, `medium`, `high`, `xhigh` or `max`");
    Effort::parse(&cow(json)?).filter(|effort| *effort >= Effort::Low).ok_or_else(wrong)
}

fn format(json: Json<'_>) -> Read<Output> {
    let mut fields = Fields::of(json)?;
    if fields.need("type", cow)? != "json_schema" {
        return Err(NotUnderstood::here("must be `json_schema`").inside("type"));
    }
    let schema = Schema { name: "answer".to_owned(), description: None, schema: fields.need("schema", raw)?, strict: None };
    fields.done(&[])?;
    Ok(Output::JsonSchema(schema))
}

/// Whether the model should think: only that it should not is passed on. How much is a matter of `output_config.effort`.
fn thinking(json: Json<'_>) -> Read<bool> {
    let mut fields = Fields::of(json)?;
    let thinks = match fields.need("type", cow)?.as_ref() {
        "disabled" => false,
        "enabled" | "adaptive" | "between_tools" => true,
        _ => return Err(NotUnderstood::here("must be `adaptive`, `enabled`, `between_tools` or `disabled`").inside("type")),
    };
    fields.read("budget_tokens", count)?;
    fields.done(&[Rule::ignored("display")])?;
    Ok(thinks)
}

fn user(json: Json<'_>) -> Read<Option<String>> {
    let mut fields = Fields::of(json)?;
    let user = fields.read("user_id", text)?;
    fields.done(&[])?;
    Ok(user)
}
