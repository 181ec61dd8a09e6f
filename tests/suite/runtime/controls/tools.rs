//! Calls of tools in answers: one that was not offered is blocked, one with a gate reaches the client sealed, and is opened once, with an approval.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::super::calls::calls;
use super::super::upstream::{Play, Upstream};
use super::super::{Answered, Server, at, plan};
use super::{approve, approver, records, stop, verified};
use crate::byokc::Folder;

const POLICY: &str = r#"
provider openai { key env LAB_KEY  clearance internal }
provider anthropic { key env LAB_KEY_2  clearance internal }
provider gemini { key env LAB_KEY_3  clearance internal }
allow default { openai/* anthropic/* gemini/* }
approver ada { roles lead  public_key "ADA" }
approver bob { roles other  public_key "BOB" }
tool search { auth none  effect read  accepts internal  returns internal }
tool send_email { auth oauth "mail.send"  effect external  accepts internal  returns public  approve lead within 1d }
route chat {
  accepts   internal
  primary   openai/gpt-6-luna
  fallback  anthropic/claude-haiku-5-5 on outage
  fallback  gemini/gemini-3.8-flash on outage
  retry     0
  tools     search, send_email
  redact    email
}
caller agent { token env AGENT  routes chat }
caller other { token env OTHER  routes chat }
"#;
const KEYS: [(&str, &str); 5] = [("LAB_KEY", "k1"), ("LAB_KEY_2", "k2"), ("LAB_KEY_3", "k3"), ("AGENT", "token-a"), ("OTHER", "token-o")];
const TOKEN: (&str, &str) = ("x-api-key", "token-a");

/// The model calls a tool; so many accounts are down.
fn office(tool: &'static str, arguments: Value, down: usize) -> (Folder, Upstream, Server) {
    let down = Arc::new(AtomicUsize::new(down));
    let upstream = Upstream::start(move |seen| {
        let at = ["openai", "anthropic", "gemini"].iter().position(|account| *account == seen.account).unwrap();
        if at < down.load(Ordering::Relaxed) { Play::Fail(503, Vec::new(), "{}".to_owned()) } else { calls(seen, tool, &arguments) }
    });
    let folder = Folder::with(&[]);
    let policy = POLICY.replace("ADA", &approver(&folder, "ada.pem")).replace("BOB", &approver(&folder, "bob.pem"));
    std::fs::write(folder.path("policy.byok"), policy).unwrap();
    plan(&folder, &folder.path("policy.byok"), "plan.json", |plan| at(plan, upstream.port));
    let server = Server::start(&folder, "plan.json", &["--audit", "audit.jsonl"], &KEYS);
    (folder, upstream, server)
}

fn body(stream: bool) -> Value {
    let tool = |name: &str| json!({"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {}}}});
    json!({"model": "chat", "stream": stream, "tools": [tool("search"), tool("send_email")],
        "messages": [{"role": "user", "content": "Write to jo@example.org."}]})
}

/// The calls in an answer: name and arguments.
fn called(answered: &Answered, stream: bool) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    if !stream {
        let calls = answered.json()["choices"][0]["message"]["tool_calls"].as_array().cloned().unwrap_or_default();
        return calls.iter().map(|call| (text(&call["function"]["name"]), text(&call["function"]["arguments"]))).collect();
    }
    let mut calls: Vec<(String, String)> = Vec::new();
    for data in answered.text.lines().filter_map(|line| line.strip_prefix("data: ")) {
        let Ok(event) = serde_json::from_str::<Value>(data) else { continue };
        for call in event["choices"][0]["delta"]["tool_calls"].as_array().into_iter().flatten() {
            if call["function"]["name"].is_string() {
                calls.push((text(&call["function"]["name"]), String::new()));
            }
            calls.last_mut().unwrap().1 += &text(&call["function"]["arguments"]);
        }
    }
    calls
}

fn ask(server: &Server, stream: bool) -> Answered {
    let answered = server.post("/v1/chat/completions", &[TOKEN], body(stream).to_string());
    assert_eq!(answered.status, 200, "{answered:?}");
    answered
}

#[test]
fn a_call_that_was_not_offered_is_blocked_at_every_attempt() {
    for down in 0..3 {
        let (folder, _upstream, server) = office("delete_all", json!({"sure": true}), down);
        for stream in [false, true] {
            let answered = ask(&server, stream);
            assert_eq!(called(&answered, stream), [], "{answered:?}");
            assert!(!answered.text.contains("sure") && answered.text.contains("`delete_all` was blocked"), "{answered:?}");
            assert!(answered.text.contains("\"finish_reason\":\"stop\"") && !answered.text.contains("\"tool_calls\""), "{answered:?}");
        }
        server.wait_for_metric("byokc_tool_calls_total{route=\"chat\",outcome=\"blocked\"} 2");
        stop(server);
        let ends: Vec<Value> = records(&folder, "audit.jsonl").into_iter().filter(|record| record["byokc.record"] == "end").collect();
        for end in &ends {
            assert_eq!(end["byokc.tools"], json!([{"name": "delete_all", "decision": "blocked"}]), "{end}");
        }
        assert_eq!(ends.len(), 2);
        verified(&folder, "plan.json", &["audit.jsonl"]);
    }
}

#[test]
fn a_call_without_a_gate_passes_with_its_values() {
    let (folder, upstream, server) = office("search", json!({"q": "[EMAIL_1]"}), 1);
    for stream in [false, true] {
        assert_eq!(called(&ask(&server, stream), stream), [("search".to_owned(), r#"{"q":"jo@example.org"}"#.to_owned())]);
    }
    assert!(upstream.seen().iter().all(|seen| !seen.text.contains("jo@example.org")));
    stop(server);
    verified(&folder, "plan.json", &["audit.jsonl"]);
}

#[test]
fn a_call_with_a_gate_is_sealed_and_opened_once_with_an_approval() {
    for (down, stream) in [(0, false), (0, true), (1, false), (1, true), (2, false), (2, true)] {
        let (folder, _upstream, server) = office("send_email", json!({"to": "[EMAIL_1]", "text": "hello"}), down);
        let answered = ask(&server, stream);
        let calls = called(&answered, stream);
        let [(name, sealed)] = &calls[..] else { panic!("{answered:?}") };
        assert_eq!(name, "send_email");
        let held: Value = serde_json::from_str(sealed).unwrap();
        let token = json!({"byok_sealed": held["byok_sealed"]}).to_string();
        assert!(held.get("to").is_none() && held["approval"]["summary"].as_str().unwrap().contains("jo@example.org"), "{held}");
        let redeem = |headers: &[(&str, &str)]| server.post("/byok/redeem", headers, token.clone());
        let code = |answered: &Answered, status: u16, code: &str, word: &str| {
            let error = &answered.json()["error"];
            assert_eq!((answered.status, error["code"].as_str()), (status, Some(code)), "{answered:?}");
            assert!(error["message"].as_str().unwrap().contains(word), "{word}: {answered:?}");
        };
        code(&redeem(&[]), 401, "unauthorized", "no token");
        let asked = redeem(&[TOKEN]);
        code(&asked, 403, "approval_required", "it needs the approval of lead");
        code(&redeem(&[("x-api-key", "token-o")]), 403, "refused", "sealed for another caller");
        code(&redeem(&[TOKEN, ("x-byok-approval", "x")]), 403, "refused", "sent as an approval is none");
        // From the sealed call itself, or from what the runtime asked for: both can be signed.
        let by_bob = approve(&folder, sealed, "bob.pem", &[]);
        code(&redeem(&[TOKEN, ("x-byok-approval", &by_bob)]), 403, "refused", "not in the role lead");
        let by_ada = approve(&folder, &asked.text, "ada.pem", &[]);
        let opened = redeem(&[TOKEN, ("x-byok-approval", &by_ada)]);
        assert_eq!(opened.status, 200, "{opened:?}");
        let plain = opened.json();
        assert_eq!(plain["tool"], "send_email");
        assert_eq!((&plain["arguments"]["to"], &plain["arguments"]["text"]), (&json!("jo@example.org"), &json!("hello")));
        code(&redeem(&[TOKEN, ("x-byok-approval", &by_ada)]), 403, "refused", "used before");
        stop(server);
        let records = records(&folder, "audit.jsonl");
        let redeemed = records.iter().find(|record| record["byokc.record"] == "redeemed").unwrap();
        assert_eq!((&redeemed["byokc.approval"]["approver"], &redeemed["gen_ai.tool.name"]), (&json!("ada"), &json!("send_email")));
        let reasons: Vec<&Value> =
            records.iter().filter(|record| record["byokc.record"] == "denied").map(|record| &record["byokc.reason"]).collect();
        assert!(reasons.contains(&&json!("approval in another role")) && reasons.contains(&&json!("approval reused")), "{reasons:?}");
        assert!(!folder.read("audit.jsonl").contains("jo@example.org"));
        verified(&folder, "plan.json", &["audit.jsonl"]);
    }
}

#[test]
fn a_sealed_call_goes_back_to_a_model_as_it_wrote_it() {
    let (_folder, upstream, server) = office("send_email", json!({"to": "[EMAIL_1]"}), 0);
    let calls = called(&ask(&server, false), false);
    let mut next = body(false);
    let messages = next["messages"].as_array_mut().unwrap();
    messages.push(json!({"role": "assistant", "content": null, "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "send_email", "arguments": calls[0].1}}]}));
    messages.push(json!({"role": "tool", "tool_call_id": "call_1", "content": "sent"}));
    let answered = server.post("/v1/chat/completions", &[TOKEN], next.to_string());
    assert_eq!(answered.status, 200, "{answered:?}");
    let sent = upstream.seen().pop().unwrap().text;
    assert!(!sent.contains("byok_sealed") && !sent.contains("jo@example.org") && sent.contains("[EMAIL_1]"), "{sent}");
}

#[test]
fn what_a_client_got_before_it_went_is_on_record() {
    let event = |data: Value| format!("event: {}\ndata: {data}\n\n", data["type"].as_str().unwrap());
    let call = |index: u8, tool: &str| {
        [
            json!({"type": "content_block_start", "index": index, "content_block": {"type": "tool_use", "id": format!("toolu_{index}"), "name": tool, "input": {}}}),
            json!({"type": "content_block_delta", "index": index, "delta": {"type": "input_json_delta", "partial_json": "{\"to\": 1}"}}),
            json!({"type": "content_block_stop", "index": index}),
        ]
    };
    let start = json!({"type": "message_start", "message": {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": null,
        "usage": {"input_tokens": 700, "output_tokens": 1}}});
    let events: String = [start].into_iter().chain(call(0, "send_email")).chain(call(1, "search")).map(event).collect();
    let upstream = Upstream::start(move |seen| match &*seen.account {
        "anthropic" => {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 100000\r\n\r\n";
            Play::Raw(vec![(Duration::ZERO, [head, &events].concat().into_bytes()), (Duration::from_secs(30), Vec::new())])
        }
        _ => Play::Fail(503, Vec::new(), "{}".to_owned()),
    });
    let folder = Folder::with(&[]);
    let policy = POLICY.replace("ADA", &approver(&folder, "ada.pem")).replace("BOB", &approver(&folder, "bob.pem"));
    std::fs::write(folder.path("policy.byok"), policy).unwrap();
    plan(&folder, &folder.path("policy.byok"), "plan.json", |plan| at(plan, upstream.port));
    let server = Server::start(&folder, "plan.json", &["--audit", "audit.jsonl"], &KEYS);

    // The client hears of both calls, and leaves before the answer ends.
    let client = super::super::impatient(Duration::from_secs(20));
    let asked = client.post(format!("{}/v1/chat/completions", server.url)).header(TOKEN.0, TOKEN.1).body(body(true).to_string());
    let (mut response, mut text, mut piece) = (asked.send().unwrap(), String::new(), [0; 4096]);
    while !text.contains("\"search\"") {
        let read = response.read(&mut piece).unwrap();
        assert!(read > 0, "{text}");
        text.push_str(std::str::from_utf8(&piece[..read]).unwrap());
    }
    drop((response, client));
    server.wait_for_metric("byokc_requests_in_flight 0");

    // It has the sealed call, and an approval opens it.
    let answered = Answered { text, ..server.get("/healthz", &[]) };
    let sealed = called(&answered, true).into_iter().find(|(name, _)| name == "send_email").unwrap().1;
    let held: Value = serde_json::from_str(&sealed).unwrap();
    let approval = approve(&folder, &sealed, "ada.pem", &[]);
    let opened =
        server.post("/byok/redeem", &[TOKEN, ("x-byok-approval", &approval)], json!({"byok_sealed": held["byok_sealed"]}).to_string());
    assert_eq!(opened.status, 200, "{opened:?}");
    stop(server);
    let end = records(&folder, "audit.jsonl").into_iter().find(|record| record["byokc.record"] == "end").unwrap();
    assert_eq!(end["byokc.outcome"], "client_gone", "{end}");
    let tools: Vec<[&str; 2]> =
        end["byokc.tools"].as_array().unwrap().iter().map(|tool| ["name", "decision"].map(|key| tool[key].as_str().unwrap())).collect();
    assert_eq!(tools, [["send_email", "sealed"], ["search", "called"]]);
    assert!(end["gen_ai.usage.input_tokens"] == 700 && end["byokc.cost"].is_string(), "{end}");
    verified(&folder, "plan.json", &["audit.jsonl"]);
}

/// What is left of a name when it is made fit to be shown may be that of a tool that is offered.
#[test]
fn a_call_of_almost_a_tool_is_blocked_and_on_record_as_another() {
    for tool in ["send_email\n", "\nsearch"] {
        let (folder, _upstream, server) = office(tool, json!({"sure": true}), 0);
        for stream in [false, true] {
            let answered = ask(&server, stream);
            assert!(called(&answered, stream).is_empty() && !answered.text.contains("sure"), "{answered:?}");
        }
        stop(server);
        verified(&folder, "plan.json", &["audit.jsonl"]);
    }
}

#[test]
fn a_sealed_call_of_a_tool_that_the_route_offers_no_longer_is_refused_and_the_log_holds() {
    let (folder, upstream, server) = office("send_email", json!({"to": "[EMAIL_1]"}), 0);
    let calls = called(&ask(&server, false), false);
    let held: Value = serde_json::from_str(&calls[0].1).unwrap();
    let approval = approve(&folder, &calls[0].1, "ada.pem", &[]);
    std::fs::copy(folder.path("plan.json"), folder.path("before.json")).unwrap();
    let policy = folder.read("policy.byok").replace("search, send_email", "search");
    std::fs::write(folder.path("policy.byok"), policy).unwrap();
    plan(&folder, &folder.path("policy.byok"), "plan.json", |plan| at(plan, upstream.port));
    server.wait_for("another plan is in service");
    let answered =
        server.post("/byok/redeem", &[TOKEN, ("x-byok-approval", &approval)], json!({"byok_sealed": held["byok_sealed"]}).to_string());
    assert!(answered.status == 400 && answered.text.contains("no longer has the route or the tool"), "{answered:?}");
    stop(server);
    let ran = folder.run(&["audit", "verify", "audit.jsonl", "--plan", "plan.json", "--plan", "before.json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
}
