//! Upstreams that break: before the first byte the fallback serves and nobody notices; after it, and when nothing follows, the client raises our sentence, once.

use serde_json::{Value, json};

use super::policy::{self, BROKEN, FAULTS, Fault, Then};
use super::programs::{Client, Server};
use super::{all_as_wanted, run_all};
use crate::byokc::Folder;

#[test]
fn every_fault_is_hidden_or_told_once_in_our_words() {
    let (Some(aimock), Some(llmock)) = (Server::aimock(), Server::llmock()) else { return };
    let folder = Folder::with(&[("policy.byok", &policy::every_fault(&aimock.url, &llmock.url))]);
    let byokc = Server::byokc(&folder);
    let lines = run_all(&byokc.url, jobs);
    all_as_wanted(&lines, |_, line| hidden_or_told(&folder, line));

    // The picture went on to each, in the form of its protocol.
    let seen: Value = serde_json::from_str(&llmock.ask("GET", "/_llmock/requests", "")).unwrap();
    for (protocol, ..) in BROKEN {
        let model = format!("{protocol}-none");
        let requests: Vec<_> = seen["requests"].as_array().unwrap().iter().filter(|one| one["model"] == *model).collect();
        assert!(!requests.is_empty(), "{model} was not called");
        for request in requests {
            assert!(request["body"].to_string().contains("iVBORw0KGgo"), "no picture for {model}: {request}");
        }
    }
}

/// The two Python clients go through all, the others through one of each kind.
fn jobs(client: &Client) -> Vec<String> {
    let all = ["openai.py", "anthropic.py"].contains(&client.file);
    let mut jobs = Vec::new();
    for (protocol, ..) in BROKEN {
        for Fault { name, then, .. } in policy::faults(protocol) {
            let scenarios = match then {
                _ if *name == "none" => &["image"][..],
                _ if ["garbled", "gone"].contains(name) => &["plain", "stream"],
                Then::Fails(_) => &["plain"],
                _ => &["stream"],
            };
            // Vercel's library does not heed `x-should-retry`: it would repeat a 429 or 5xx.
            let kinds = ["cut0", "cut6", "end6", "s401"].contains(name);
            // Waiting is the same in every protocol.
            let waits = ["stall0", "stall6", "late"].contains(name) && protocol != "openai";
            if waits || !all && !kinds {
                continue;
            }
            let named: Vec<_> =
                client.shapes.iter().flat_map(|(prefix, ..)| scenarios.iter().map(move |one| format!("{prefix}{one}"))).collect();
            jobs.push(format!("{protocol}_{name}={}", named.join(",")));
        }
    }
    let plain: Vec<_> = client.shapes.iter().map(|(prefix, ..)| format!("{prefix}plain,{prefix}stream")).collect();
    jobs.push(format!("no_key={}", plain.join(",")));
    jobs
}

/// What a scenario prints on a route whose first attempt breaks.
fn hidden_or_told(folder: &Folder, line: &Value) -> Value {
    let route = line["model"].as_str().unwrap();
    if route == "no_key" {
        return told(line, &sentence(folder, route, &["--missing", "keyless"]));
    }
    let (protocol, name) = route.split_once('_').unwrap();
    let provider = BROKEN.iter().find(|(of, ..)| *of == protocol).unwrap().1;
    match FAULTS.iter().find(|fault| fault.name == name).unwrap().then {
        _ if name == "none" => json!({ "error": null }),
        Then::Fallback => json!({ "error": null, "text": "Hello from the other side." }),
        Then::Ends => told(line, &format!("The {protocol} {name} route called {provider}")),
        Then::Fails(class) => {
            let fails = format!("{provider}/{protocol}-{name}={class}");
            told(line, &sentence(folder, route, &["--fail", &fails]))
        }
    }
}

/// The sentence that the checker has for it.
fn sentence(folder: &Folder, route: &str, arguments: &[&str]) -> String {
    let ran = folder.run(&[&["simulate", "policy.byok", route, "--output", "json"], arguments].concat());
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    document["runs"][0]["message"].as_str().unwrap().to_owned()
}

/// The error as the line has it, if it says this and there was a single try; else what it should be. Some libraries put the status before.
fn told(line: &Value, message: &str) -> Value {
    let error = &line["error"];
    let right = error["tries"] == 1 && error["message"].as_str().is_some_and(|said| said.contains(message));
    json!({ "error": if right { error.clone() } else { json!({ "message": message, "tries": 1 }) } })
}
