//! Real client libraries, unchanged but for base URL, key and model name, get from the server what a provider would give them, whatever protocol serves the route.

mod faults;
mod policy;
mod programs;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::byokc::Folder;
use programs::{CLIENTS, Client, Server};

/// What each client does on each route, in each shape that it speaks.
const SCENARIOS: [&str; 6] = ["plain", "stream", "tools", "stream_tools", "json_schema", "image"];

/// What every client is to do; each in a process of its own, all at once.
fn run_all(url: &str, jobs: impl Fn(&Client) -> Vec<String> + Sync) -> Vec<(&'static Client, Value)> {
    let jobs = &jobs;
    std::thread::scope(|scope| {
        let runs: Vec<_> = CLIENTS
            .iter()
            .filter(|client| client.is_installed())
            .map(|client| (client, scope.spawn(move || client.run(url, &jobs(client)))))
            .collect();
        runs.into_iter().flat_map(|(client, run)| run.join().unwrap().into_iter().map(move |line| (client, line))).collect()
    })
}

/// Fails with all lines that are not as they should be.
fn all_as_wanted(lines: &[(&Client, Value)], wanted: impl Fn(&Client, &Value) -> Value) {
    let mut wrong = Vec::new();
    for (client, line) in lines {
        let mut missing = wanted(client, line);
        missing.as_object_mut().unwrap().retain(|name, value| line[name] != *value);
        if missing != json!({}) {
            wrong.push(format!("{line}\n  should have {missing}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} lines are wrong\n{}", wrong.len(), lines.len(), wrong.join("\n"));
}

#[test]
fn every_client_is_served_in_every_protocol() {
    let Some(aimock) = Server::aimock() else { return };
    let folder = Folder::with(&[("policy.byok", &policy::every_protocol(&aimock.url))]);
    let byokc = Server::byokc(&folder);
    let lines = run_all(&byokc.url, |client| {
        let shapes = client.shapes.iter().flat_map(|(prefix, ..)| SCENARIOS.map(|name| format!("{prefix}{name}")));
        let all = shapes.collect::<Vec<_>>().join(",");
        let more = client.more.iter().map(|job| (*job).to_owned());
        policy::ROUTES.iter().map(|route| format!("{route}={all}")).chain(more).collect()
    });
    all_as_wanted(&lines, as_from_a_provider);
}

/// What a scenario prints when all is well; members that are not named may be anything.
fn as_from_a_provider(client: &Client, line: &Value) -> Value {
    let scenario = line["scenario"].as_str().unwrap();
    let (prefix, stop, called) = client.shapes.iter().rev().find(|(prefix, ..)| scenario.starts_with(prefix)).unwrap();
    let mut wanted = match scenario.strip_prefix(prefix).unwrap() {
        "plain" | "stream" => json!({ "text": "Hello from the other side.", "usage": [7, 6], "finish": stop }),
        "tools" | "stream_tools" => json!({
            "tool": ["get_weather", { "city": "Paris" }],
            "text": "It is 21 degrees in Paris.",
            "called": called,
            "finish": stop,
        }),
        "json_schema" => json!({ "parsed": { "name": "Paris", "population": 2_100_000 } }),
        "image" => json!({ "text": "One pixel." }),
        "embeddings" => json!({ "vectors": [[0.25, -0.5, 0.125], [0.25, -0.5, 0.125]] }),
        "models" => json!({ "models": policy::ROUTES.iter().chain(&["embed", "no_key"]).collect::<BTreeSet<_>>() }),
        other => panic!("nothing is known about scenario {other}"),
    };
    // Not every library tells how it ended.
    wanted.as_object_mut().unwrap().retain(|_, value| *value != json!(""));
    wanted
}
