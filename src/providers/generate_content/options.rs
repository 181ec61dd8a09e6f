//! Decides which hints of a request a model takes, by its traps and its name, and names those that it does not.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::exchange::{Effort, Output, Request, ToolChoice};
use crate::providers::Target;

/// How the answer is made.
#[derive(Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Generation<'r> {
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
    seed: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_output_tokens: Option<u64>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    stop_sequences: &'r [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    response_mime_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_json_schema: Option<Schema<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thinking_config: Option<Thinking>,
}

/// A schema, the same as another where it is written the same.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct Schema<'r>(&'r RawValue);

impl PartialEq for Schema<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get()
    }
}

#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Thinking {
    thinking_level: &'static str,
}

/// How the answer is to be made; `None`: as the model likes.
pub(super) fn generation<'r>(
    target: &Target<'_>,
    request: &'r Request,
    max_output: Option<u64>,
    dropped: &mut Vec<&'static str>,
) -> Option<Generation<'r>> {
    let asked = &request.sampling;
    let ignored = target.trap("sampling_ignored") || target.trap("sampling_rejected");
    let thinking_config = level(target, request, dropped).map(|thinking_level| Thinking { thinking_level });
    let mut generation = Generation {
        // The API's numbers are of 32 bits: another seed is no seed of its.
        seed: asked.seed.and_then(|seed| i32::try_from(seed).ok()),
        max_output_tokens: max_output,
        stop_sequences: &request.stop,
        thinking_config,
        ..Generation::default()
    };
    if asked.seed.is_some() && generation.seed.is_none() {
        dropped.push("seed");
    }
    let mut take = |given: Option<f64>, name| match given {
        Some(_) if ignored => {
            dropped.push(name);
            None
        }
        given => given,
    };
    generation.temperature = take(asked.temperature, "temperature");
    generation.top_p = take(asked.top_p, "top_p");
    generation.presence_penalty = take(asked.presence_penalty, "presence_penalty");
    generation.frequency_penalty = take(asked.frequency_penalty, "frequency_penalty");
    generation.top_k = asked.top_k.filter(|_| !ignored);
    if asked.top_k.is_some() && ignored {
        dropped.push("top_k");
    }
    if !matches!(request.output, Output::Text) {
        generation.response_mime_type = Some("application/json");
    }
    if let Output::JsonSchema(schema) = &request.output {
        generation.response_json_schema = Some(Schema(&schema.schema));
    }
    (generation != Generation::default()).then_some(generation)
}

/// How much the model should think, in the API's words. Older models have no levels.
fn level(target: &Target<'_>, request: &Request, dropped: &mut Vec<&'static str>) -> Option<&'static str> {
    let effort = request.effort?;
    if super::is_older(target) {
        dropped.push("reasoning_effort");
        return None;
    }
    // Thinking cannot be turned off, and only the fast models have a level below the low one.
    let fast = target.known_as().contains("flash");
    if effort == Effort::None || effort == Effort::Minimal && !fast {
        dropped.push("reasoning_effort");
    }
    Some(match effort {
        Effort::None | Effort::Minimal if fast => "minimal",
        Effort::None | Effort::Minimal | Effort::Low => "low",
        Effort::Medium => "medium",
        Effort::High | Effort::Xhigh | Effort::Max => "high",
    })
}

/// Which functions must be called.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ToolConfig<'r> {
    function_calling_config: Calling<'r>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Calling<'r> {
    mode: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_function_names: Option<[&'r str; 1]>,
}

/// The choice of tools, where there are any.
pub(super) fn choice<'r>(request: &'r Request, dropped: &mut Vec<&'static str>) -> Option<ToolConfig<'r>> {
    if request.parallel_tools == Some(true) {
        dropped.push("parallel_tool_calls");
    }
    // The mode in which arguments keep to their schemas while the model may still answer in words.
    let strict = request.tools.iter().any(|tool| tool.strict == Some(true));
    let (mode, name) = match &request.tool_choice {
        _ if request.tools.is_empty() => return None,
        None if !strict => return None,
        None | Some(ToolChoice::Auto) if strict => ("VALIDATED", None),
        None | Some(ToolChoice::Auto) => ("AUTO", None),
        Some(ToolChoice::None) => ("NONE", None),
        Some(ToolChoice::Required) => ("ANY", None),
        Some(ToolChoice::Named(name)) => ("ANY", Some([name.as_str()])),
    };
    Some(ToolConfig { function_calling_config: Calling { mode, allowed_function_names: name } })
}
