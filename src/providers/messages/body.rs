//! Turns a request into the body of a message request.

use serde::{Serialize, Serializer, ser::SerializeStruct};
use serde_json::value::RawValue;

use super::content::{self, Block, Turn};
use super::options::{self, Choice, Thinking};
use crate::exchange::{Output, Request, Tool};
use crate::providers::Target;

/// The longest answer where neither the request nor the catalogue knows one, in tokens: every model can write that much.
const MAX_TOKENS: u64 = 4096;

/// The body.
#[derive(Debug, Serialize)]
pub(super) struct Body<'r> {
    model: &'r str,
    max_tokens: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    system: Vec<Block<'r>>,
    messages: Vec<Turn<'r>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Function<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<Choice<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_k: Option<u64>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    stop_sequences: &'r [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    thinking: Option<Thinking>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_config: Option<OutputConfig<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Metadata<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inference_geo: Option<&'r str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stream: bool,
}

#[derive(Debug, Serialize)]
struct Function<'r> {
    name: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'r str>,
    input_schema: Parameters<'r>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    strict: bool,
}

/// A schema of arguments; `None`: there are none.
#[derive(Debug)]
struct Parameters<'r>(Option<&'r RawValue>);

impl Serialize for Parameters<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // OpenAI lets an empty schema stand for no arguments, here the type has to be said.
        if let Some(schema) = self.0.filter(|schema| !matches!(schema.get(), "{}" | "null")) {
            return schema.serialize(serializer);
        }
        let mut none = serializer.serialize_struct("Parameters", 1)?;
        none.serialize_field("type", "object")?;
        none.end()
    }
}

#[derive(Debug, Serialize)]
struct OutputConfig<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    effort: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<Format<'r>>,
}

#[derive(Debug, Serialize)]
struct Format<'r> {
    #[serde(rename = "type")]
    kind: &'static str,
    schema: &'r RawValue,
}

#[derive(Debug, Serialize)]
struct Metadata<'r> {
    user_id: &'r str,
}

/// The body, and the hints that are left out of it.
pub(super) fn of<'r>(target: &Target<'r>, request: &'r Request, max_output: Option<u64>) -> (Body<'r>, Vec<&'static str>) {
    let mut dropped = Vec::new();
    let sampling = options::sampling(target, request, &mut dropped);
    let (effort, thinking) = options::effort(target, request, &mut dropped);
    if !request.metadata.is_empty() {
        dropped.push("metadata");
    }
    if options::has_detail(request) {
        dropped.push("detail");
    }
    let format = match &request.output {
        Output::JsonSchema(schema) => Some(Format { kind: "json_schema", schema: &schema.schema }),
        Output::Text | Output::JsonObject => None,
    };
    let body = Body {
        model: target.id,
        max_tokens: max_output.or(target.model.max_output).unwrap_or(MAX_TOKENS),
        system: content::system(&request.messages),
        messages: content::turns(target.name, &request.messages),
        tools: request.tools.iter().map(function).collect(),
        tool_choice: options::choice(request),
        temperature: sampling.temperature,
        top_p: sampling.top_p,
        top_k: sampling.top_k,
        stop_sequences: &request.stop,
        thinking,
        output_config: (effort.is_some() || format.is_some()).then_some(OutputConfig { effort, format }),
        metadata: request.user.as_deref().map(|user_id| Metadata { user_id }),
        inference_geo: target.provider.request_region.as_deref(),
        stream: request.stream,
    };
    (body, dropped)
}

fn function(tool: &Tool) -> Function<'_> {
    Function {
        name: &tool.name,
        description: tool.description.as_deref(),
        input_schema: Parameters(tool.parameters.as_deref()),
        strict: tool.strict == Some(true),
    }
}
