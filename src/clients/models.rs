//! Lists what clients may name as `model`, in OpenAI's and Anthropic's form.

use jiff::Timestamp;
use serde::Serialize;

use super::{Shape, wire};

#[derive(Serialize)]
struct OpenAi<'a> {
    id: &'a str,
    object: &'static str,
    created: u64,
    owned_by: &'static str,
}

#[derive(Serialize)]
struct OpenAiList<'a> {
    object: &'static str,
    data: Vec<OpenAi<'a>>,
}

#[derive(Serialize)]
struct Anthropic<'a> {
    r#type: &'static str,
    id: &'a str,
    display_name: &'a str,
    created_at: String,
}

#[derive(Serialize)]
struct AnthropicList<'a> {
    data: Vec<Anthropic<'a>>,
    has_more: bool,
    first_id: Option<&'a str>,
    last_id: Option<&'a str>,
}

/// All of them: each with its title; `created`, in seconds since 1970, is that of the plan.
pub fn models(shape: Shape, ids: &[(&str, &str)], created: u64) -> Vec<u8> {
    if shape == Shape::Messages {
        let data = ids.iter().map(|(id, title)| anthropic(id, title, created)).collect();
        let (first_id, last_id) = (ids.first().map(|(id, _)| *id), ids.last().map(|(id, _)| *id));
        wire::body(&AnthropicList { data, has_more: false, first_id, last_id })
    } else {
        wire::body(&OpenAiList { object: "list", data: ids.iter().map(|(id, _)| openai(id, created)).collect() })
    }
}

/// One of them.
pub fn model(shape: Shape, id: &str, title: &str, created: u64) -> Vec<u8> {
    if shape == Shape::Messages { wire::body(&anthropic(id, title, created)) } else { wire::body(&openai(id, created)) }
}

fn openai(id: &str, created: u64) -> OpenAi<'_> {
    OpenAi { id, object: "model", created, owned_by: "byokc" }
}

fn anthropic<'a>(id: &'a str, title: &'a str, created: u64) -> Anthropic<'a> {
    let time = i64::try_from(created).ok().and_then(|seconds| Timestamp::from_second(seconds).ok()).unwrap_or(Timestamp::UNIX_EPOCH);
    Anthropic { r#type: "model", id, display_name: title, created_at: time.to_string() }
}
