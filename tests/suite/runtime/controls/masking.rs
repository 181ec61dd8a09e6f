//! What is masked for the first attempt is masked for the last, in every shape and protocol; values come back, and are nowhere else.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::super::upstream::{Play, Upstream};
use super::super::{Server, at, plan};
use super::{records, stop, verified};
use crate::byokc::Folder;

/// Five attempts over five protocols; the later ones, in a route of their own, mask and leave out more.
const POLICY: &str = r#"
provider openai { key env LAB_KEY  clearance internal }
provider anthropic { key env LAB_KEY_2  clearance internal }
provider gemini { key env LAB_KEY_3  clearance internal }
provider openrouter { key env LAB_KEY_4  clearance internal  upstreams only mistral }
provider lab { protocol openai_compatible  base_url "https://lab.example.com/v1"  key env LAB_KEY_5  clearance internal }
model lab/small { context 200k  output 4k  supports streaming, tools, vision  input_price $1  output_price $2 }
allow default { openai/* anthropic/* gemini/* openrouter/* lab/* }
tool search { auth none  effect read  accepts internal  returns internal }
route chat {
  accepts   internal
  primary   openai/gpt-6-luna
  fallback  anthropic/claude-haiku-5-5 on outage
  fallback  route rest on outage
  retry     0
  tools     search
  redact    email, credit_card, iban, ssn, secret
  minimize  strip metadata
  audit     full
}
route rest {
  accepts   internal
  primary   gemini/gemini-3.8-flash
  fallback  openrouter/mistralai/mistral-small-2603 on outage
  fallback  lab/small on outage
  retry     0
  redact    phone, ip_address
  minimize  strip images, user
  minimize  history 3
}
"#;
const KEYS: [(&str, &str); 5] = [("LAB_KEY", "k1"), ("LAB_KEY_2", "k2"), ("LAB_KEY_3", "k3"), ("LAB_KEY_4", "k4"), ("LAB_KEY_5", "k5")];

const EMAIL: &str = "jo.planted@example.org";
const CARD: &str = "4111 1111 1111 1111";
const IBAN: &str = "DE89 3704 0044 0532 0130 00";
const SSN: &str = "536-22-8174";
const PHONE: &str = "+49 30 901820";
const ADDRESS: &str = "203.0.113.77";

/// A key of the form that a vendor gives, in no file as one piece.
fn secret() -> String {
    ["gsk_", "7Hq2Vx9LmW4bTzR8nKc3YpD6sGfJ1aE5uXoB0iQrZtNwMvChLkPd"].concat()
}

/// A conversation with something planted in every place that holds text.
fn body(shape: &str, stream: bool) -> Value {
    let secret = secret();
    let schema = json!({"type": "object", "properties": {"q": {"type": "string", "description": format!("such as {EMAIL}")}}});
    let arguments = json!({"q": format!("{IBAN} of {EMAIL}")});
    let said = format!("My card is {CARD}, call {PHONE} or write to {EMAIL}; I am at {ADDRESS}.");
    match shape {
        "chat" => json!({"model": "chat", "stream": stream, "user": EMAIL, "metadata": {"who": EMAIL}, "messages": [
            {"role": "system", "content": format!("The key is {secret}. Ask {EMAIL}.")},
            {"role": "user", "content": format!("Look for {EMAIL} and {SSN}.")},
            {"role": "assistant", "content": null, "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "search", "arguments": arguments.to_string()}}]},
            {"role": "tool", "tool_call_id": "call_1", "content": format!("{EMAIL}: {IBAN}")},
            {"role": "assistant", "content": format!("Found {EMAIL}.")},
            {"role": "user", "content": [{"type": "text", "text": said}]}],
            "tools": [{"type": "function", "function": {"name": "search", "description": format!("Asks {EMAIL}"), "parameters": schema}}]}),
        "responses" => json!({"model": "chat", "stream": stream, "instructions": format!("The key is {secret}. Ask {EMAIL}."), "input": [
            {"role": "user", "content": format!("Look for {EMAIL} and {SSN}.")},
            {"type": "function_call", "call_id": "call_1", "name": "search", "arguments": arguments.to_string()},
            {"type": "function_call_output", "call_id": "call_1", "output": format!("{EMAIL}: {IBAN}")},
            {"role": "user", "content": [{"type": "input_text", "text": said}]}],
            "tools": [{"type": "function", "name": "search", "description": format!("Asks {EMAIL}"), "parameters": schema}]}),
        _ => {
            json!({"model": "chat", "stream": stream, "max_tokens": 100, "system": format!("The key is {secret}. Ask {EMAIL}."), "messages": [
            {"role": "user", "content": format!("Look for {EMAIL} and {SSN}.")},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_1", "name": "search", "input": arguments}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": format!("{EMAIL}: {IBAN}")}]},
            {"role": "assistant", "content": format!("Found {EMAIL}.")},
            {"role": "user", "content": said}],
            "tools": [{"name": "search", "description": format!("Asks {EMAIL}"), "input_schema": schema}]})
        }
    }
}

/// Digits and letters alone: a value must not be found with other separators either.
fn bare(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>().to_lowercase()
}

fn holds_none_of(text: &str, planted: &[&str], place: &str) {
    let folded = bare(text);
    for value in planted {
        assert!(!text.contains(value) && !folded.contains(&bare(value)), "`{value}` is in {place}: {text}");
    }
}

#[test]
fn what_is_masked_for_the_first_attempt_is_masked_for_the_last() {
    let fail = Arc::new(AtomicUsize::new(0));
    let failing = Arc::clone(&fail);
    let upstream = Upstream::start(move |seen| {
        let order = ["openai", "anthropic", "gemini", "openrouter", "lab"];
        let at = order.iter().position(|account| *account == seen.account).unwrap();
        if at < failing.load(Ordering::Relaxed) {
            return Play::Fail(503, Vec::new(), format!("{{\"error\": {{\"message\": \"overloaded, {EMAIL}\"}}}}"));
        }
        // The middle of the text, where a stream is cut, is in the middle of a placeholder.
        Play::Say("[CREDIT_CARD_1] of [EMAIL_1]")
    });
    let folder = Folder::with(&[("policy.byok", POLICY)]);
    plan(&folder, &folder.path("policy.byok"), "plan.json", |plan| at(plan, upstream.port));
    let server = Server::start(&folder, "plan.json", &["--open", "--audit", "audit.jsonl"], &KEYS);
    let (secret, mut seen) = (secret(), 0);
    let always = [EMAIL, CARD, IBAN, SSN, &secret];
    for attempt in 0..5 {
        fail.store(attempt, Ordering::Relaxed);
        for (shape, path) in [("chat", "/v1/chat/completions"), ("responses", "/v1/responses"), ("messages", "/v1/messages")] {
            for stream in [false, true] {
                let answered = server.post(path, &[], body(shape, stream).to_string());
                let place = format!("attempt {attempt}, {shape}, stream {stream}");
                assert_eq!(
                    (answered.status, answered.header("x-byok-attempts")),
                    (200, &*(attempt + 1).to_string()),
                    "{place}: {answered:?}"
                );
                assert!(told(&answered.text, stream).contains(&format!("{CARD} of {EMAIL}")), "{place}: {}", answered.text);
                let all = upstream.seen();
                for sent in &all[seen..] {
                    holds_none_of(&sent.text, &always, &format!("what {} got ({place})", sent.account));
                    let later = ["gemini", "openrouter", "lab"].contains(&&*sent.account);
                    if later {
                        holds_none_of(&sent.text, &[PHONE, ADDRESS], &format!("what {} got ({place})", sent.account));
                        assert!(sent.text.contains("[PHONE_1]") && sent.text.contains("[IP_ADDRESS_1]"), "{place}: {}", sent.text);
                    } else {
                        assert!(sent.text.contains(PHONE), "{place}: what no detector of the route looks for goes out");
                    }
                    // The whole history, or what is left of it.
                    assert_eq!(sent.text.contains("Look for"), !later, "{place}: {}", sent.text);
                    assert!(!sent.text.contains("\"who\""), "{place}: {}", sent.text);
                }
                seen = all.len();
            }
        }
    }
    fail.store(9, Ordering::Relaxed);
    let failed = server.post("/v1/chat/completions", &[], body("chat", false).to_string());
    assert_eq!(failed.status, 503);
    holds_none_of(&failed.text, &always, "the error");
    holds_none_of(&server.get("/metrics", &[]).text, &always, "the metrics");
    holds_none_of(&server.log(), &always, "the log");
    stop(server);
    // A full record is masked by every detector, whatever the route names.
    holds_none_of(&folder.read("audit.jsonl"), &[EMAIL, CARD, IBAN, SSN, &secret, PHONE, ADDRESS, "k1", "k5"], "the audit log");
    let records = records(&folder, "audit.jsonl");
    let first = records.iter().find(|record| record["byokc.record"] == "attempt").unwrap();
    assert_eq!(first["byokc.redact"], json!(["email", "credit_card", "iban", "ssn", "secret"]));
    assert!(first["byokc.redactions"]["email"].as_u64().unwrap() > 5, "{first}");
    assert!(first["gen_ai.input.messages"].to_string().contains("[EMAIL"), "{first}");
    let end = records.iter().find(|record| record["byokc.record"] == "end").unwrap();
    assert!(end["gen_ai.output.messages"].to_string().contains("[CREDIT_CARD"), "{end}");
    assert_eq!((&end["gen_ai.usage.input_tokens"], &end["byokc.outcome"]), (&json!(7), &json!("served")));
    verified(&folder, "plan.json", &["audit.jsonl"]);
}

/// What a client reads of an answer.
fn told(text: &str, stream: bool) -> String {
    if !stream {
        return text.to_owned();
    }
    let events = text.lines().filter_map(|line| line.strip_prefix("data: ")).filter_map(|data| serde_json::from_str::<Value>(data).ok());
    let said = events.filter_map(|event| {
        let delta = [&event["choices"][0]["delta"]["content"], &event["delta"]["text"], &event["delta"]];
        delta.into_iter().find_map(Value::as_str).map(str::to_owned)
    });
    said.collect()
}

#[test]
fn images_and_files_do_not_pass_where_text_is_masked() {
    let upstream = Upstream::start(|_| Play::Say("Good day."));
    let folder = Folder::with(&[(
        "policy.byok",
        &POLICY.replace("fallback  route rest on outage", "").replace("minimize  strip metadata", "minimize  strip files"),
    )]);
    plan(&folder, &folder.path("policy.byok"), "plan.json", |plan| at(plan, upstream.port));
    let server = Server::start(&folder, "plan.json", &["--open"], &KEYS);
    let with = |route: &str, part: Value| {
        let body = json!({"model": route, "messages": [{"role": "user", "content": [{"type": "text", "text": "hello"}, part]}]});
        server.post("/v1/chat/completions", &[], body.to_string())
    };
    let image = json!({"type": "image_url", "image_url": {"url": "data:image/png;base64,aGVsbG8="}});
    let file = json!({"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,aGVsbG8="}});
    let refused = with("chat", image.clone());
    assert_eq!((refused.status, &refused.json()["error"]["code"]), (403, &json!("refused")), "{refused:?}");
    assert!(upstream.seen().is_empty());
    // What is left out is no obstacle, and stays here.
    for (route, part) in [("chat", file), ("rest", image)] {
        let answered = with(route, part);
        assert_eq!(answered.status, 200, "{answered:?}");
    }
    assert!(upstream.seen().iter().all(|seen| !seen.text.contains("aGVsbG8")), "{:?}", upstream.seen());
}
