//! Steps of a workflow: each answer that ends one carries a receipt, and no step is taken without those of the steps before.

use serde_json::{Value, json};

use super::super::calls::calls;
use super::super::upstream::{Play, Upstream};
use super::super::{Answered, Server, ask, at, plan};
use super::{records, stop, verified};
use crate::byokc::Folder;

const POLICY: &str = r"
provider openai { key env LAB_KEY  clearance internal }
allow default { openai/* }
tool search { auth none  effect read  accepts internal  returns internal }
route think { accepts internal  primary openai/gpt-6-luna  fallback none  tools search }
route say { accepts internal  primary openai/gpt-6-luna  fallback none }
workflow desk {
  step left  { route think }
  step right { route say }
  step send  { after left, right  route say }
}
workflow side { step left { route say } }
caller agent { token env AGENT  workflows desk, side }
caller second { token env OTHER  workflows desk }
";
const KEYS: [(&str, &str); 3] = [("LAB_KEY", "k1"), ("AGENT", "token-a"), ("OTHER", "token-o")];
const AGENT: (&str, &str) = ("x-api-key", "token-a");
const CHAT: &str = "/v1/chat/completions";

fn office(upstream: &Upstream) -> Folder {
    let folder = Folder::with(&[("policy.byok", POLICY)]);
    plan(&folder, &folder.path("policy.byok"), "plan.json", |plan| at(plan, upstream.port));
    folder
}

fn refused(answered: &Answered, word: &str) {
    let error = &answered.json()["error"];
    assert_eq!((answered.status, error["code"].as_str()), (403, Some("refused")), "{answered:?}");
    assert!(error["message"].as_str().unwrap().contains(word), "{word}: {answered:?}");
}

/// Calls a step, with these receipts; the answer and its receipt.
fn step(server: &Server, name: &str, headers: &[(&str, &str)]) -> (Answered, String) {
    let answered = server.post(CHAT, headers, ask(name, "hello").to_string());
    let receipt = answered.header("x-byok-receipt").to_owned();
    (answered, receipt)
}

#[test]
fn a_step_waits_for_the_receipts_of_the_steps_before() {
    let upstream = Upstream::start(|_| Play::Say("Good day."));
    let folder = office(&upstream);
    let server = Server::start(&folder, "plan.json", &["--audit", "audit.jsonl"], &KEYS);
    let (answered, left) = step(&server, "desk/left", &[AGENT]);
    assert_eq!((answered.status, answered.json()["byok_receipt"].as_str()), (200, Some(&*left)), "{answered:?}");
    let run = answered.header("x-byok-run").to_owned();
    refused(&step(&server, "desk/send", &[AGENT]).0, "comes after left, and the request brings no receipt for it");
    refused(&step(&server, "desk/send", &[AGENT, ("x-byok-receipt", &left)]).0, "comes after right, and the request brings no receipt");
    // A step of the same run: by a receipt of it, or by its name.
    let (_, right) = step(&server, "desk/right", &[AGENT, ("x-byok-run", &run)]);
    let (_, stray) = step(&server, "desk/right", &[AGENT]);
    let (_, side) = step(&server, "side/left", &[AGENT, ("x-byok-run", &run)]);
    let (_, second) = step(&server, "desk/right", &[("x-api-key", "token-o"), ("x-byok-run", &run)]);
    let with = |other: &str| step(&server, "desk/send", &[AGENT, ("x-byok-receipt", &left), ("x-byok-receipt", other)]).0;
    refused(&with(&stray), "of another run");
    refused(&with(&side), "a step of another workflow");
    refused(&with(&second), "that another caller was given");
    refused(&with(&right[..right.len() - 2]), "did not write, or that was changed");
    let calls = upstream.seen().len();
    // Client libraries have one value for each header: both may stand in it.
    let (both, _) = step(&server, "desk/send", &[AGENT, ("x-byok-receipt", &format!("{left}, {right}"))]);
    assert_eq!((both.status, both.header("x-byok-run")), (200, &*run), "{both:?}");
    let (answered, sent) = step(&server, "desk/send", &[AGENT, ("x-byok-receipt", &left), ("x-byok-receipt", &right)]);
    assert_eq!((answered.status, answered.header("x-byok-run")), (200, &*run), "{answered:?}");
    assert!(!sent.is_empty());
    assert_eq!(upstream.seen().len(), calls + 2);
    // The name of a run is in every record of it.
    for name in ["jo@example.org", "4111111111111111"] {
        assert_eq!(step(&server, "desk/left", &[AGENT, ("x-byok-run", name)]).0.status, 403);
    }
    // A caller of the workflow alone cannot go around its order.
    assert_eq!(step(&server, "say", &[AGENT]).0.status, 403);
    let known: Vec<String> = server.get("/v1/models", &[AGENT]).json()["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|model| model["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(known, ["desk/left", "desk/right", "desk/send", "side/left"]);
    stop(server);
    let records = records(&folder, "audit.jsonl");
    let last = records.iter().rfind(|record| record["byokc.record"] == "attempt").unwrap();
    assert_eq!((&last["byokc.workflow"], &last["byokc.step"], &last["byokc.run"]), (&json!("desk"), &json!("send"), &json!(run)));
    assert_eq!(last["byokc.receipts"].as_array().unwrap().len(), 2, "{last}");
    verified(&folder, "plan.json", &["audit.jsonl"]);
}

#[test]
fn only_the_last_answer_of_a_step_carries_a_receipt() {
    let upstream =
        Upstream::start(
            |seen| {
                if seen.text.contains("found it") { Play::Say("Good day.") } else { calls(seen, "search", &json!({"q": "x"})) }
            },
        );
    let folder = office(&upstream);
    let server = Server::start(&folder, "plan.json", &[], &KEYS);
    let tools = json!([{"type": "function", "function": {"name": "search", "parameters": {"type": "object", "properties": {}}}}]);
    for (path, stream) in [(CHAT, false), (CHAT, true)] {
        let mut body = ask("desk/left", "hello");
        (body["tools"], body["stream"]) = (tools.clone(), stream.into());
        let open = server.post(path, &[AGENT], body.to_string());
        assert!(open.status == 200 && open.header("x-byok-receipt").is_empty() && !open.text.contains("byok_receipt"), "{open:?}");
        let messages = body["messages"].as_array_mut().unwrap();
        messages.push(json!({"role": "assistant", "content": null, "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "search", "arguments": "{}"}}]}));
        messages.push(json!({"role": "tool", "tool_call_id": "call_1", "content": "found it"}));
        let last = server.post(path, &[AGENT, ("x-byok-run", "r-1")], body.to_string());
        let receipt = receipt(&last, stream);
        // It is one: with it, and that of the other step, the next may be taken.
        let (_, right) = step(&server, "desk/right", &[AGENT, ("x-byok-run", "r-1")]);
        assert_eq!(step(&server, "desk/send", &[AGENT, ("x-byok-receipt", &receipt), ("x-byok-receipt", &right)]).0.status, 200);
    }
    // In every shape.
    for (path, body) in [
        ("/v1/responses", json!({"model": "desk/right", "input": "found it", "stream": true})),
        (
            "/v1/messages",
            json!({"model": "desk/right", "max_tokens": 9, "stream": true, "messages": [{"role": "user", "content": "found it"}]}),
        ),
        ("/v1/responses", json!({"model": "desk/right", "input": "found it"})),
        ("/v1/messages", json!({"model": "desk/right", "max_tokens": 9, "messages": [{"role": "user", "content": "found it"}]})),
    ] {
        let answered = server.post(path, &[AGENT], body.to_string());
        assert!(!receipt(&answered, body["stream"] == true).is_empty(), "{answered:?}");
    }
}

/// The receipt in a body.
fn receipt(answered: &Answered, stream: bool) -> String {
    let found = |value: &Value| {
        [&value["byok_receipt"], &value["response"]["byok_receipt"]].into_iter().find_map(|receipt| receipt.as_str().map(str::to_owned))
    };
    if !stream {
        return found(&answered.json()).unwrap_or_default();
    }
    let mut events =
        answered.text.lines().filter_map(|line| line.strip_prefix("data: ")).filter_map(|data| serde_json::from_str::<Value>(data).ok());
    events.find_map(|event| found(&event)).unwrap_or_else(|| panic!("{answered:?}"))
}

#[test]
fn instances_with_one_key_take_each_others_receipts() {
    let upstream = Upstream::start(|_| Play::Say("Good day."));
    let folder = office(&upstream);
    std::fs::write(folder.path("shared.key"), "0123456789abcdef0123456789abcdef\n").unwrap();
    let shared = || Server::start(&folder, "plan.json", &["--shared-key", "shared.key"], &KEYS);
    let (one, other) = (shared(), shared());
    let (answered, left) = step(&one, "desk/left", &[AGENT]);
    let run = answered.header("x-byok-run").to_owned();
    let (_, right) = step(&other, "desk/right", &[AGENT, ("x-byok-run", &run)]);
    let receipts = [AGENT, ("x-byok-receipt", &*left), ("x-byok-receipt", &*right)];
    assert_eq!(step(&one, "desk/send", &receipts).0.status, 200);
    let alone = Server::start(&folder, "plan.json", &[], &KEYS);
    refused(&step(&alone, "desk/send", &receipts).0, "did not write, or that was changed");
    std::fs::write(folder.path("short.key"), "too short\n").unwrap();
    let ran = folder.run_env(&["serve", "plan.json", "--shared-key", "short.key", "--audit", "none.jsonl"], &KEYS);
    assert!(ran.code == 1 && ran.stderr.contains("short.key"), "{ran:?}");
}

#[test]
fn a_step_that_makes_vectors_is_done_too() {
    let upstream = Upstream::start(|seen| {
        if seen.path.ends_with("/embeddings") {
            let data = json!([{"object": "embedding", "index": 0, "embedding": [0.5]}]);
            let body = json!({"object": "list", "model": "m", "data": data, "usage": {"prompt_tokens": 1, "total_tokens": 1}});
            return Play::Fail(200, Vec::new(), body.to_string());
        }
        Play::Say("Good day.")
    });
    let policy = POLICY.replace(
        "workflow side { step left { route say } }",
        "workflow side { step left { route find } step right { after left  route say } }",
    );
    let find = "route find { accepts internal  kind embedding  primary openai/text-embedding-3-small  fallback none }\n";
    let folder = Folder::with(&[("policy.byok", &[&policy, find].concat())]);
    plan(&folder, &folder.path("policy.byok"), "plan.json", |plan| at(plan, upstream.port));
    let server = Server::start(&folder, "plan.json", &["--audit", "audit.jsonl"], &KEYS);
    let found = server.post("/v1/embeddings", &[AGENT], json!({"model": "side/left", "input": "hello"}).to_string());
    let (answered, _) = step(&server, "side/right", &[AGENT, ("x-byok-receipt", found.header("x-byok-receipt"))]);
    assert_eq!((found.status, answered.status), (200, 200), "{found:?} {answered:?}");
    stop(server);
    verified(&folder, "plan.json", &["audit.jsonl"]);
}
