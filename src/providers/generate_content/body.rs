//! Turns a request into the body of a `generateContent` request.

use serde::Serialize;
use serde_json::value::RawValue;

use super::content::{self, Content};
use super::options::{self, Generation, ToolConfig};
use crate::exchange::{Request, Tool};
use crate::providers::Target;

/// The body; the model is in the path.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Body<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    system_instruction: Option<Content<'r>>,
    contents: Vec<Content<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tools: Option<[Tools<'r>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_config: Option<ToolConfig<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    generation_config: Option<Generation<'r>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Tools<'r> {
    function_declarations: Vec<Function<'r>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Function<'r> {
    name: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'r str>,
    /// JSON Schema; the older `parameters` takes only a part of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters_json_schema: Option<&'r RawValue>,
}

/// The body, and the hints that are left out of it.
pub(super) fn of<'r>(target: &Target<'r>, request: &'r Request, max_output: Option<u64>) -> (Body<'r>, Vec<&'static str>) {
    let mut dropped = Vec::new();
    if request.user.is_some() {
        dropped.push("user");
    }
    if !request.metadata.is_empty() {
        dropped.push("metadata");
    }
    let functions = || Tools { function_declarations: request.tools.iter().map(function).collect() };
    let body = Body {
        system_instruction: content::system(&request.messages),
        contents: content::contents(target, &request.messages),
        tools: (!request.tools.is_empty()).then(|| [functions()]),
        tool_config: options::choice(request, &mut dropped),
        generation_config: options::generation(target, request, max_output, &mut dropped),
    };
    (body, dropped)
}

fn function(tool: &Tool) -> Function<'_> {
    Function { name: &tool.name, description: tool.description.as_deref(), parameters_json_schema: tool.parameters.as_deref() }
}
