//! Fields of responses that mean nothing here, or that are refused by name.

use super::super::json::Json;
use super::super::rule::{NO_FILE_ID, NO_LOGPROBS, NOTHING_STORED, Rule, SERVICE, empty, is_word, no, zero};

/// Of the request.
pub(super) const REQUEST: &[Rule] = &[
    Rule::ignored("prompt_cache_key"),
    Rule::ignored("prompt_cache_retention"),
    Rule::ignored("safety_identifier"),
    // Limits tools that run at the provider, of which there are none.
    Rule::ignored("max_tool_calls"),
    Rule::unless("store", no, NOTHING_STORED),
    Rule::refused("previous_response_id", NOTHING_STORED),
    Rule::refused("conversation", NOTHING_STORED),
    Rule::unless("background", no, NOTHING_STORED),
    Rule::refused("prompt", "is not passed on: prompts stored at a provider cannot be named here; send the text instead"),
    Rule::unless("service_tier", |value| is_word(value, &["auto", "default"]), SERVICE),
    Rule::unless("top_logprobs", zero, NO_LOGPROBS),
    Rule::unless("truncation", |value| is_word(value, &["disabled"]), "must be `disabled`: nothing is left out of a conversation"),
    Rule::unless("context_management", empty, "is not passed on: the conversation is sent as it is; leave it out"),
    Rule::unless(
        "include",
        only_sealed_reasoning,
        "is not passed on: nothing but `reasoning.encrypted_content` can be asked for; leave the rest out",
    ),
];

/// Of an item that a provider made or a client sends back.
/// OpenAI's own libraries leave what they made of the arguments in it.
pub(super) const ITEM: &[Rule] = &[Rule::ignored("id"), Rule::ignored("status"), Rule::ignored("phase"), Rule::ignored("parsed_arguments")];

/// Of a part of a message.
/// OpenAI's own libraries leave what they made of the text in it.
pub(super) const PART: &[Rule] =
    &[Rule::ignored("annotations"), Rule::ignored("logprobs"), Rule::ignored("parsed"), Rule::ignored("prompt_cache_breakpoint")];

/// Of a picture.
pub(super) const IMAGE: &[Rule] = &[Rule::refused("file_id", NO_FILE_ID), Rule::ignored("prompt_cache_breakpoint")];

/// Of a document.
pub(super) const FILE: &[Rule] = &[
    Rule::refused("file_id", NO_FILE_ID),
    Rule::refused("file_url", "is not passed on: not every model can fetch documents; send the data instead"),
    Rule::ignored("detail"),
    Rule::ignored("prompt_cache_breakpoint"),
];

fn only_sealed_reasoning(value: &Json<'_>) -> bool {
    matches!(value, Json::List(items) if items.iter().all(|item| is_word(item, &["reasoning.encrypted_content"])))
}
