//! Fields of chat completions that mean nothing here, or that are refused by name.

use super::super::json::Json;
use super::super::rule::{NO_AUDIO, NO_LOGPROBS, NOTHING_STORED, PROVIDER_TOOL, Rule, SERVICE, empty, is_word, no, one, zero};

/// Of the request.
pub(super) const REQUEST: &[Rule] = &[
    Rule::ignored("prompt_cache_key"),
    Rule::ignored("prompt_cache_retention"),
    Rule::ignored("safety_identifier"),
    Rule::unless("n", one, "is not passed on: there is one answer per request; send several requests instead"),
    Rule::unless("store", no, NOTHING_STORED),
    Rule::unless("service_tier", |value| is_word(value, &["auto", "default"]), SERVICE),
    Rule::unless("logprobs", no, NO_LOGPROBS),
    Rule::unless("top_logprobs", zero, NO_LOGPROBS),
    Rule::unless("logit_bias", empty, "is not passed on: changing the odds of tokens is not supported; leave it out"),
    Rule::unless("modalities", only_text, "is not passed on: answers are text; ask for `text` alone or leave it out"),
    Rule::refused("audio", NO_AUDIO),
    Rule::refused("prediction", "is not passed on: foretold answers are not supported; leave it out"),
    Rule::refused("web_search_options", PROVIDER_TOOL),
    Rule::unless("functions", empty, "is not passed on: it is deprecated; use `tools` instead"),
    Rule::refused("function_call", "is not passed on: it is deprecated; use `tool_choice` instead"),
    Rule::refused("speed", SERVICE),
    Rule::refused("provider", SERVICE),
    Rule::unless("models", empty, "is not passed on: the plan decides what is called after a failure; leave it out"),
    Rule::unless("plugins", empty, PROVIDER_TOOL),
    Rule::unless("background", no, NOTHING_STORED),
];

/// Of a message of the model, as client libraries send it back.
pub(super) const ANSWERED: &[Rule] = &[
    Rule::ignored("annotations"),
    // The helpers of OpenAI's own libraries leave what they made of the text in the message.
    Rule::ignored("parsed"),
    Rule::refused("audio", NO_AUDIO),
    Rule::refused("function_call", "is not passed on: it is deprecated; use `tool_calls` instead"),
];

/// Of a call: who puts a stream together often leaves the index in.
pub(super) const CALL: &[Rule] = &[Rule::ignored("index")];

/// Of the function of a call, as client libraries send it back.
pub(super) const FUNCTION: &[Rule] = &[Rule::ignored("parsed_arguments")];

fn only_text(value: &Json<'_>) -> bool {
    matches!(value, Json::List(items) if items.iter().all(|item| is_word(item, &["text"])))
}
