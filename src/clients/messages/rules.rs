//! Fields of Anthropic's messages that mean nothing here, or that are refused by name.

use super::super::fields::Fields;
use super::super::json::Json;
use super::super::rule::{NO_FILE_ID, NOTHING_STORED, PROVIDER_TOOL, Rule, SERVICE, empty, is_word, no};

/// Of the request.
pub(super) const REQUEST: &[Rule] = &[
    Rule::ignored("cache_control"),
    Rule::unless("service_tier", |value| is_word(value, &["auto", "standard_only"]), SERVICE),
    Rule::refused("speed", SERVICE),
    Rule::refused("inference_geo", "is not passed on: the plan decides where a request is served; leave it out"),
    Rule::refused("container", PROVIDER_TOOL),
    Rule::unless("mcp_servers", empty, PROVIDER_TOOL),
    Rule::refused("context_management", "is not passed on: the conversation is sent as it is; leave it out"),
    Rule::refused("output_format", "is not passed on: use `output_config.format` instead"),
    Rule::unless("store", no, NOTHING_STORED),
];

/// Of a tool.
pub(super) const TOOL: &[Rule] = &[
    Rule::ignored("cache_control"),
    Rule::ignored("eager_input_streaming"),
    Rule::unless("defer_loading", no, PROVIDER_TOOL),
    Rule::unless("input_examples", empty, "is not passed on: not every model takes examples; say them in the description"),
    Rule::unless("allowed_callers", direct, PROVIDER_TOOL),
];

/// Of every block that means no more than it says.
pub(super) const BLOCK: &[Rule] = &[Rule::ignored("cache_control")];

/// Of text.
pub(super) const TEXT: &[Rule] = &[Rule::ignored("cache_control"), Rule::unless("citations", empty, CITATIONS)];

/// Of a document.
pub(super) const DOCUMENT: &[Rule] = &[
    Rule::ignored("cache_control"),
    Rule::unless("citations", off, CITATIONS),
    Rule::refused("context", "is not passed on: not every model can be told it apart; say it in a text of its own"),
];

/// Of a tool's call.
pub(super) const CALL: &[Rule] = &[Rule::ignored("cache_control"), Rule::unless("caller", from_model, PROVIDER_TOOL)];

/// Of where a picture or a document comes from.
pub(super) const SOURCE: &[Rule] = &[Rule::refused("file_id", NO_FILE_ID)];

const CITATIONS: &str = "is not passed on: citations are not supported; leave it out";

fn off(value: &Json<'_>) -> bool {
    empty(value)
        || matches!(value, Json::Object(members) if matches!(members.as_slice(), [(name, value)] if name == "enabled" && no(value)))
}

fn direct(value: &Json<'_>) -> bool {
    matches!(value, Json::List(items) if items.iter().all(|item| is_word(item, &["direct"])))
}

fn from_model(value: &Json<'_>) -> bool {
    Fields::of(value.clone()).is_ok_and(|mut fields| {
        matches!(fields.read("type", |kind| Ok(is_word(&kind, &["direct"]))), Ok(Some(true))) && fields.done(&[]).is_ok()
    })
}
