//! Decides which hints of a request a model takes, by its traps and the API version, and names those that it does not.

use serde::Serialize;

use crate::exchange::{Effort, Image, Part, Request, Role, ToolChoice};
use crate::providers::Target;

/// How the next token is chosen.
#[derive(Debug, Default)]
pub(super) struct Sampling {
    pub(super) temperature: Option<f64>,
    pub(super) top_p: Option<f64>,
    pub(super) top_k: Option<u64>,
}

/// What of the request's sampling is sent. Only the oldest API version still has these fields, and of the models only the older ones take them.
pub(super) fn sampling(target: &Target<'_>, request: &Request, dropped: &mut Vec<&'static str>) -> Sampling {
    let asked = &request.sampling;
    let mut drop = |given: bool, name| {
        if given {
            dropped.push(name);
        }
    };
    drop(asked.presence_penalty.is_some(), "presence_penalty");
    drop(asked.frequency_penalty.is_some(), "frequency_penalty");
    drop(asked.seed.is_some(), "seed");
    let refused = target.trap("sampling_rejected") || target.trap("sampling_ignored");
    if refused || super::version(target) != super::VERSION {
        drop(asked.temperature.is_some(), "temperature");
        drop(asked.top_p.is_some(), "top_p");
        drop(asked.top_k.is_some(), "top_k");
        return Sampling::default();
    }
    // The last models with sampling refuse these two together.
    let both = asked.temperature.is_some() && asked.top_p.is_some();
    drop(both, "top_p");
    // OpenAI's scale ends at 2, this one at 1: the nearest to what is asked is the end, and leaving it out would mean less than that.
    let temperature = asked.temperature.map(|degree| degree.clamp(0.0, 1.0));
    drop(temperature != asked.temperature, "temperature");
    Sampling { temperature, top_p: asked.top_p.filter(|_| !both), top_k: asked.top_k }
}

/// Whether a model thinks.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Thinking {
    Disabled,
}

/// How much the model should think, in the API's words, and whether it is told not to.
pub(super) fn effort(target: &Target<'_>, request: &Request, dropped: &mut Vec<&'static str>) -> (Option<&'static str>, Option<Thinking>) {
    let Some(effort) = request.effort else { return (None, None) };
    match effort {
        Effort::None => no_thoughts(target, dropped),
        // Models before 4.6 have neither effort nor thoughts unless asked, but for Opus 4.5, which has effort.
        _ if target.trap("sampling_needs_api_2023_06_01")
            && !target.trap("no_assistant_prefill")
            && !target.known_as().contains("opus-4-5") =>
        {
            dropped.push("reasoning_effort");
            (None, None)
        }
        Effort::Minimal => (Some(least(dropped)), None),
        _ => (Some(effort.as_str()), None),
    }
}

/// Models up to 4.6 think only when asked, the next ones unless told not to, and some of the newest cannot be told: these think as little as they can.
fn no_thoughts(target: &Target<'_>, dropped: &mut Vec<&'static str>) -> (Option<&'static str>, Option<Thinking>) {
    if target.trap("thinking_always_on") || target.trap("no_forced_tool_choice") {
        (Some(least(dropped)), None)
    } else if target.trap("sampling_rejected") {
        (None, Some(Thinking::Disabled))
    } else {
        (None, None)
    }
}

/// The least effort that there is: more than was asked for.
fn least(dropped: &mut Vec<&'static str>) -> &'static str {
    dropped.push("reasoning_effort");
    "low"
}

/// Whether a tool must be called, and whether several may be at once.
#[derive(Debug, Serialize)]
pub(super) struct Choice<'r> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'r str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    disable_parallel_tool_use: bool,
}

/// The choice of tools, where there are any.
pub(super) fn choice(request: &Request) -> Option<Choice<'_>> {
    let one_by_one = request.parallel_tools == Some(false);
    let (kind, name) = match &request.tool_choice {
        _ if request.tools.is_empty() => return None,
        None if one_by_one => ("auto", None),
        None => return None,
        Some(ToolChoice::Auto) => ("auto", None),
        Some(ToolChoice::None) => ("none", None),
        Some(ToolChoice::Required) => ("any", None),
        Some(ToolChoice::Named(name)) => ("tool", Some(name.as_str())),
    };
    Some(Choice { kind, name, disable_parallel_tool_use: one_by_one && kind != "none" })
}

/// Whether the request says of a picture how closely it is to be looked at.
pub(super) fn has_detail(request: &Request) -> bool {
    let users = request.messages.iter().filter(|message| message.role == Role::User);
    users.flat_map(|message| &message.parts).any(|part| match part {
        Part::Image(Image::Url { detail, .. } | Image::Data { detail, .. }) => detail.as_deref().is_some_and(|detail| detail != "auto"),
        _ => false,
    })
}
