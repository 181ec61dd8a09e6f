//! From a request to the JSON of a chat completion.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::exchange::{Output, Request, Schema, Tool, ToolChoice};
use crate::providers::Target;
use crate::providers::openrouter::{Terms, terms};
use crate::providers::takes::Hints;

use super::messages::{Turn, turns};

#[derive(Serialize)]
struct Body<'r> {
    model: &'r str,
    messages: Vec<Turn<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_k: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    presence_penalty: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frequency_penalty: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<i64>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    stop: &'r [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_effort: Option<&'r str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Function<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<Choice<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parallel_tool_calls: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<Format<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<Terms<'r>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Function<'r> {
    Function { function: Declared<'r> },
}

#[derive(Serialize)]
struct Declared<'r> {
    name: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<&'r RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    strict: Option<bool>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Choice<'r> {
    Word(&'static str),
    Named(Named<'r>),
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Named<'r> {
    Function { function: Name<'r> },
}

#[derive(Serialize)]
struct Name<'r> {
    name: &'r str,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Format<'r> {
    JsonObject,
    JsonSchema { json_schema: Shape<'r> },
}

#[derive(Serialize)]
struct Shape<'r> {
    name: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'r str>,
    schema: &'r RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    strict: Option<bool>,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

/// The body for this target.
pub(super) fn write(target: &Target<'_>, request: &Request, max_output: Option<u64>, hints: &Hints<'_>) -> Vec<u8> {
    let by_new_name = target.model.output_limit == "max_completion_tokens";
    let offers_tools = !request.tools.is_empty();
    let body = Body {
        model: target.id,
        messages: turns(target, request),
        max_tokens: max_output.filter(|_| !by_new_name),
        max_completion_tokens: max_output.filter(|_| by_new_name),
        temperature: hints.sampling.temperature,
        top_p: hints.sampling.top_p,
        top_k: hints.sampling.top_k,
        presence_penalty: hints.sampling.presence_penalty,
        frequency_penalty: hints.sampling.frequency_penalty,
        seed: hints.sampling.seed,
        stop: &request.stop,
        reasoning_effort: hints.effort,
        tools: request.tools.iter().map(declare).collect(),
        tool_choice: request.tool_choice.as_ref().filter(|_| offers_tools).map(choice),
        // `true` is what holds anyway, and not every model knows the field.
        parallel_tool_calls: request.parallel_tools.filter(|several| offers_tools && !several),
        response_format: format(&request.output),
        user: hints.user,
        provider: terms(target.provider),
        stream: request.stream,
        // Mistral refuses the field, and says what was used up anyway.
        stream_options: (request.stream && target.provider.vendor != "mistral").then_some(StreamOptions { include_usage: true }),
    };
    crate::providers::write::body(&body)
}

fn declare(tool: &Tool) -> Function<'_> {
    Function::Function {
        function: Declared {
            name: &tool.name,
            description: tool.description.as_deref(),
            parameters: tool.parameters.as_deref(),
            strict: tool.strict,
        },
    }
}

fn choice(choice: &ToolChoice) -> Choice<'_> {
    match choice {
        ToolChoice::Auto => Choice::Word("auto"),
        ToolChoice::None => Choice::Word("none"),
        ToolChoice::Required => Choice::Word("required"),
        ToolChoice::Named(name) => Choice::Named(Named::Function { function: Name { name } }),
    }
}

fn format(output: &Output) -> Option<Format<'_>> {
    match output {
        Output::Text => None,
        Output::JsonObject => Some(Format::JsonObject),
        Output::JsonSchema(Schema { name, description, schema, strict }) => {
            Some(Format::JsonSchema { json_schema: Shape { name, description: description.as_deref(), schema, strict: *strict } })
        }
    }
}
