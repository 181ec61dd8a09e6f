//! From a request to the JSON of a response.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::exchange::{Output, Request, Schema, Tool, ToolChoice};
use crate::providers::Target;
use crate::providers::openrouter::{Terms, terms};
use crate::providers::takes::Hints;

use super::items::{Item, items};

#[derive(Serialize)]
struct Body<'r> {
    model: &'r str,
    input: Vec<Item<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_output_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<Reasoning<'r>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Function<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<Choice<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parallel_tool_calls: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<TextShape<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<Terms<'r>>,
    store: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stream: bool,
}

#[derive(Serialize)]
struct Reasoning<'r> {
    effort: &'r str,
}

#[derive(Serialize)]
struct Function<'r> {
    r#type: &'static str,
    name: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'r str>,
    parameters: Parameters<'r>,
    strict: bool,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Parameters<'r> {
    Given(&'r RawValue),
    None { r#type: &'static str, properties: Nothing },
}

/// `{}`.
#[derive(Serialize)]
struct Nothing {}

#[derive(Serialize)]
#[serde(untagged)]
enum Choice<'r> {
    Word(&'static str),
    Named { r#type: &'static str, name: &'r str },
}

#[derive(Serialize)]
struct TextShape<'r> {
    format: Format<'r>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Format<'r> {
    JsonObject,
    JsonSchema {
        name: &'r str,
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<&'r str>,
        schema: &'r RawValue,
        #[serde(skip_serializing_if = "Option::is_none")]
        strict: Option<bool>,
    },
}

/// The body for this target.
pub(super) fn write(target: &Target<'_>, request: &Request, max_output: Option<u64>, hints: &Hints<'_>) -> Vec<u8> {
    let offers_tools = !request.tools.is_empty();
    let body = Body {
        model: target.id,
        input: items(request),
        max_output_tokens: max_output,
        temperature: hints.sampling.temperature,
        top_p: hints.sampling.top_p,
        reasoning: hints.effort.map(|effort| Reasoning { effort }),
        tools: request.tools.iter().map(declare).collect(),
        tool_choice: request.tool_choice.as_ref().filter(|_| offers_tools).map(choice),
        // `true` is what holds anyway.
        parallel_tool_calls: request.parallel_tools.filter(|several| offers_tools && !several),
        text: format(&request.output).map(|format| TextShape { format }),
        user: hints.user,
        provider: terms(target.provider),
        // The default is to keep the conversation for at least 30 days.
        store: false,
        stream: request.stream,
    };
    crate::providers::write::body(&body)
}

/// Tools are strict by default here and are not in chat completions, so it is always said.
fn declare(tool: &Tool) -> Function<'_> {
    Function {
        r#type: "function",
        name: &tool.name,
        description: tool.description.as_deref(),
        parameters: tool.parameters.as_deref().map_or(Parameters::None { r#type: "object", properties: Nothing {} }, Parameters::Given),
        strict: tool.strict.unwrap_or_default(),
    }
}

fn choice(choice: &ToolChoice) -> Choice<'_> {
    match choice {
        ToolChoice::Auto => Choice::Word("auto"),
        ToolChoice::None => Choice::Word("none"),
        ToolChoice::Required => Choice::Word("required"),
        ToolChoice::Named(name) => Choice::Named { r#type: "function", name },
    }
}

fn format(output: &Output) -> Option<Format<'_>> {
    match output {
        Output::Text => None,
        Output::JsonObject => Some(Format::JsonObject),
        Output::JsonSchema(Schema { name, description, schema, strict }) => {
            Some(Format::JsonSchema { name, description: description.as_deref(), schema, strict: *strict })
        }
    }
}
