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
    all_as_wanted(&lines, |client, line| hidden_or_told(&folder, client, line));

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
    let all = client.file.ends_with(".py") && client.file != "langchain.py";
    let mut jobs = Vec::new();
    for (protocol, ..) in BROKEN {
        for Fault { name, then, .. } in &FAULTS {
            let scenario = match then {
                _ if *name == "none" => "image",
                Then::Fails(_) => "plain",
                _ => "stream",
            };
            if !all && !["cut0", "cut6", "end6", "s401"].contains(name) {
                continue;
            }
            let named: Vec<_> = client.shapes.iter().map(|(prefix, ..)| format!("{prefix}{scenario}")).collect();
            jobs.push(format!("{protocol}_{name}={}", named.join(",")));
        }
    }
    let plain: Vec<_> = client.shapes.iter().map(|(prefix, ..)| format!("{prefix}plain,{prefix}stream")).collect();
    jobs.push(format!("no_key={}", plain.join(",")));
    jobs
}

/// What a scenario prints on a route whose first attempt breaks.
fn hidden_or_told(folder: &Folder, _client: &Client, line: &Value) -> Value {
    let route = line["model"].as_str().unwrap();
    if route == "no_key" {
        return json!({ "error": told(line, &sentence(folder, route, &["--missing", "keyless"])) });
    }
    let (protocol, name) = route.split_once('_').unwrap();
    let provider = BROKEN.iter().find(|(of, ..)| *of == protocol).unwrap().1;
    match FAULTS.iter().find(|fault| fault.name == name).unwrap().then {
        _ if name == "none" => json!({ "error": null }),
        Then::Fallback => json!({ "error": null, "text": "Hello from the other side." }),
        Then::Ends(_) => {
            let message = line["error"]["message"].as_str().unwrap_or_default();
            let ours = [route.replace('_', " ").as_str(), provider].iter().all(|word| message.contains(word));
            json!({ "error": told(line, if ours { message } else { "a sentence of ours that names route and provider" }) })
        }
        Then::Fails(class) => {
            let fails = format!("{provider}/{protocol}-{name}={class}");
            json!({ "error": told(line, &sentence(folder, route, &["--fail", &fails])) })
        }
    }
}

/// The sentence that the checker has for it.
fn sentence(folder: &Folder, route: &str, arguments: &[&str]) -> String {
    let ran = folder.run(&[&["simulate", "policy.byok", route, "--output", "json"], arguments].concat());
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    document["runs"][0]["message"].as_str().unwrap().to_owned()
}

/// The error as the line has it, but with this message and a single try.
fn told(line: &Value, message: &str) -> Value {
    let mut error = line["error"].clone();
    if error.is_null() {
        return json!(message);
    }
    error["message"] = json!(message);
    error["tries"] = json!(1);
    error
}
