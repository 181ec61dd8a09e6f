//! The policies that the clients are served by: every protocol, and every fault in every protocol.

use serde_json::{Value, json};

/// Routes of which each is served in another protocol.
pub(super) const ROUTES: [&str; 5] = ["via_anthropic", "via_gemini", "via_openai", "via_openrouter", "via_responses"];

/// What each provider's key is: the variable has the provider's name.
pub(super) const PROVIDERS: [&str; 7] =
    ["up_openai", "up_anthropic", "up_gemini", "up_openrouter", "bad_openai", "bad_anthropic", "bad_gemini"];

/// Every route served by aimock, which is at this address.
pub(super) fn every_protocol(aimock: &str) -> String {
    format!(
        "language 1

provider up_openai {{ protocol openai  base_url \"{aimock}/v1\"  key env UP_OPENAI }}
provider up_anthropic {{ protocol anthropic  base_url \"{aimock}\"  key env UP_ANTHROPIC }}
provider up_gemini {{ protocol gemini  base_url \"{aimock}/v1beta\"  key env UP_GEMINI }}
provider up_openrouter {{ protocol openrouter  base_url \"{aimock}/api/v1\"  key env UP_OPENROUTER }}
provider keyless {{ protocol openai  base_url \"{aimock}/v1\"  key env KEYLESS }}

model up_openai/gpt-4.1-mini {{ is openai/gpt-4.1-mini }}
model up_openai/gpt-5.3-codex {{ is openai/gpt-5.3-codex }}
model up_openai/text-embedding-3-small {{ is openai/text-embedding-3-small }}
model up_anthropic/claude-haiku-4-5 {{ is anthropic/claude-haiku-4-5 }}
model up_gemini/gemini-3.5-flash {{ is gemini/gemini-3.5-flash }}
model up_openrouter/openai/gpt-4.1-mini {{ is openrouter/openai/gpt-4.1-mini }}
model keyless/gpt-4.1-mini {{ is openai/gpt-4.1-mini }}

tool get_weather {{ auth none  effect read  accepts public  returns public }}

allow default {{ up_openai/*  up_anthropic/*  up_gemini/*  up_openrouter/*  keyless/* }}
defaults {{ accepts public  retry 0  fallback none }}

route via_openai {{ primary up_openai/gpt-4.1-mini  tools get_weather }}
route via_responses {{ primary up_openai/gpt-5.3-codex  tools get_weather }}
route via_anthropic {{ primary up_anthropic/claude-haiku-4-5  tools get_weather }}
route via_gemini {{ primary up_gemini/gemini-3.5-flash  tools get_weather }}
route via_openrouter {{ primary up_openrouter/openai/gpt-4.1-mini  tools get_weather }}
route embed {{ kind embedding  primary up_openai/text-embedding-3-small }}
route no_key {{ primary keyless/gpt-4.1-mini }}

caller tests {{ token env TESTS_TOKEN  routes all }}
"
    )
}

/// What a caller gets when an upstream breaks in some way.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Then {
    /// The whole answer of the fallback, with no sign of the first attempt.
    Fallback,
    /// The beginning of an answer, then an error.
    Ends,
    /// An error of this class in place of an answer.
    Fails(&'static str),
}

/// A way in which an answer breaks.
pub(super) struct Fault {
    pub(super) name: &'static str,
    /// What llmock is told; empty where aimock does it, by the model's name alone.
    behaviour: &'static str,
    /// What it has to wait for: the first byte, and all.
    limits: [&'static str; 2],
    pub(super) then: Then,
}

const fn fault(name: &'static str, behaviour: &'static str, limits: [&'static str; 2], then: Then) -> Fault {
    Fault { name, behaviour, limits, then }
}

/// Six events in, each protocol has sent some words.
pub(super) const FAULTS: [Fault; 19] = [
    fault("none", r#"{"type": "delay", "seconds": 0}"#, ["", ""], Then::Fails("")),
    fault("garbled", "", ["", ""], Then::Fallback),
    fault("gone", "", ["", ""], Then::Fallback),
    fault("cut0", r#"{"type": "stream_fault", "kind": "disconnect", "after_chunks": 0}"#, ["", ""], Then::Fallback),
    fault("end0", r#"{"type": "stream_fault", "kind": "truncate", "after_chunks": 0}"#, ["", ""], Then::Fallback),
    fault("bad0", r#"{"type": "stream_fault", "kind": "malformed", "after_chunks": 0}"#, ["", ""], Then::Fallback),
    fault("cut6", r#"{"type": "stream_fault", "kind": "disconnect", "after_chunks": 6}"#, ["", ""], Then::Ends),
    fault("end6", r#"{"type": "stream_fault", "kind": "truncate", "after_chunks": 6}"#, ["", ""], Then::Ends),
    fault("bad6", r#"{"type": "stream_fault", "kind": "malformed", "after_chunks": 6}"#, ["", ""], Then::Ends),
    fault("stall0", r#"{"type": "stream_fault", "kind": "stall", "after_chunks": 0}"#, ["within 1s", ""], Then::Fallback),
    fault("stall6", r#"{"type": "stream_fault", "kind": "stall", "after_chunks": 6}"#, ["within 1s", "deadline 4s"], Then::Ends),
    fault("late", r#"{"type": "delay", "seconds": 30}"#, ["within 1s", ""], Then::Fallback),
    fault("s400", r#"{"type": "fail", "status": 400}"#, ["", ""], Then::Fails("bad_request")),
    fault("s401", r#"{"type": "fail", "status": 401}"#, ["", ""], Then::Fails("invalid_key")),
    fault("s403", r#"{"type": "fail", "status": 403}"#, ["", ""], Then::Fails("permission")),
    fault("s404", r#"{"type": "fail", "status": 404}"#, ["", ""], Then::Fails("model_not_found")),
    fault("s429", r#"{"type": "fail", "status": 429, "retry_after": 0}"#, ["", ""], Then::Fails("rate_limit")),
    fault("s500", r#"{"type": "fail", "status": 500}"#, ["", ""], Then::Fails("server_error")),
    fault("s503", r#"{"type": "fail", "status": 503}"#, ["", ""], Then::Fails("overloaded")),
];

/// The protocols that llmock breaks: a provider, and what its models are.
pub(super) const BROKEN: [(&str, &str, &str); 4] = [
    ("openai", "bad_openai", "openai/gpt-4.1-mini"),
    ("responses", "bad_openai", "openai/gpt-5.3-codex"),
    ("anthropic", "bad_anthropic", "anthropic/claude-haiku-4-5"),
    ("gemini", "bad_gemini", "gemini/gemini-3.5-flash"),
];

/// A route for each fault in each protocol, besides those of [`every_protocol`]; faults before the answer may fall back to aimock.
pub(super) fn every_fault(aimock: &str, llmock: &str) -> String {
    let mut text = every_protocol(aimock);
    text += &format!(
        "
provider bad_openai {{ protocol openai  base_url \"{llmock}/v1\"  key env BAD_OPENAI }}
provider bad_anthropic {{ protocol anthropic  base_url \"{llmock}/anthropic\"  key env BAD_ANTHROPIC }}
provider bad_gemini {{ protocol gemini  base_url \"{llmock}/gemini/v1beta\"  key env BAD_GEMINI }}
allow broken {{ bad_openai/*  bad_anthropic/*  bad_gemini/* }}
"
    );
    for (protocol, provider, model) in BROKEN {
        for fault in faults(protocol) {
            let Fault { name, limits: [within, deadline], then, .. } = fault;
            let fallback = match then {
                Then::Fails(_) => "",
                _ => "fallback up_openai/gpt-4.1-mini on outage",
            };
            let target = target(protocol, provider, fault);
            text += &format!("model {target} {{ is {model} }}\n");
            text += &format!("route {protocol}_{name} {{ allow default, broken  primary {target} {within}  {fallback}  {deadline} }}\n");
        }
    }
    text
}

/// Those of a protocol: aimock has one model for each of its faults, which is not called by the responses endpoint.
pub(super) fn faults(protocol: &str) -> impl Iterator<Item = &'static Fault> {
    FAULTS.iter().filter(move |fault| !fault.behaviour.is_empty() || protocol != "responses")
}

/// Whom a route calls to see a fault in a protocol.
fn target(protocol: &str, provider: &str, fault: &Fault) -> String {
    if fault.behaviour.is_empty() {
        format!("{}/{}", provider.replace("bad_", "up_"), fault.name)
    } else {
        format!("{provider}/{protocol}-{}", fault.name)
    }
}

/// What llmock is told: the fault of each model, and one answer for all.
pub(super) fn scenario() -> Value {
    let mut behaviours = vec![json!({ "type": "reply", "text": "one two three four five six seven eight nine ten" })];
    for Fault { name, behaviour, .. } in FAULTS.iter().filter(|fault| !fault.behaviour.is_empty()) {
        let mut behaviour: Value = serde_json::from_str(behaviour).unwrap();
        behaviour["match"] = json!({ "model": format!("*-{name}") });
        behaviours.push(behaviour);
    }
    for behaviour in &mut behaviours {
        behaviour["times"] = Value::Null;
    }
    json!({ "behaviors": behaviours })
}
