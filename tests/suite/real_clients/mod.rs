//! Real client libraries, unchanged but for base URL, key and model name, get from the server what a provider would give them, whatever protocol serves the route.

mod faults;
mod policy;
mod programs;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use programs::{CLIENTS, Client, Upstream};

const CHAT: [&str; 6] = ["plain", "stream", "tools", "stream_tools", "json_schema", "image"];

/// Further scenarios, each with the route that it asks for.
const ONCE: &str = "embed=embeddings any=models,responses_stream_tools";

/// What each client does on each route.
fn jobs(client: &Client) -> Vec<String> {
    let all: Vec<String> =
        client.shapes.iter().flat_map(|shape| CHAT.map(|name| scenario(client, shape, name))).collect();
    let mut jobs: Vec<String> =
        policy::ROUTES.iter().map(|route| format!("{route}={}", all.join(","))).collect();
    jobs.extend(client.more.iter().map(|job| (*job).to_owned()));
    jobs
}

/// The name of a scenario in one of the shapes that a client speaks.
fn scenario(client: &Client, shape: &str, name: &str) -> String {
    match (client.name, shape, name) {
        ("openai", "responses_", "plain") => "responses".to_owned(),
        _ => format!("{shape}{name}"),
    }
}

/// What a scenario prints when all is well; members that are not named may be anything.
fn wanted(client: &Client, line: &Value) -> Value {
    let named = line["scenario"].as_str().unwrap();
    let shape = client.shapes.iter().rev().find(|shape| named.starts_with(shape.trim_end_matches('_'))).unwrap();
    let name = match named.strip_prefix(shape) {
        Some(name) => name,
        None => "plain",
    };
    let (stop, called) = match (client.name, *shape) {
        ("openai", "responses_") => (json!("completed"), Value::Null),
        ("openai", _) => (json!("stop"), json!("tool_calls")),
        ("anthropic", _) => (json!("end_turn"), json!("tool_use")),
        ("vercel", _) => (json!("stop"), json!("tool-calls")),
        _ => (Value::Null, Value::Null),
    };
    let mut wanted = match name {
        "plain" | "stream" => json!({ "text": "Hello from the other side.", "usage": [7, 6], "finish": stop }),
        "tools" | "stream_tools" if named != "responses_stream_tools" || client.name != "openai" => json!({
            "tool": ["get_weather", { "city": "Paris" }],
            "text": "It is 21 degrees in Paris.",
            "called": called,
            "finish": stop,
        }),
        "stream_tools" => json!({ "tool": ["get_weather", { "city": "Paris" }] }),
        "json_schema" => json!({ "parsed": { "name": "Paris", "population": 2_100_000 } }),
        "image" => json!({ "text": "One pixel." }),
        "embeddings" => json!({ "vectors": [[0.25, -0.5, 0.125], [0.25, -0.5, 0.125]] }),
        "models" => json!({ "models": policy::ROUTES.iter().chain(&["any", "embed", "no_key"]).collect::<BTreeSet<_>>() }),
        other => panic!("nothing is known about scenario {other}"),
    };
    // Not every library tells.
    wanted.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    wanted
}
