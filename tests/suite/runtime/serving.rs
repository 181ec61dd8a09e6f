//! What a client sees of a server: the addresses, the headers, what is refused before anybody is called.

use serde_json::{Value, json};

use super::upstream::{Play, Upstream};
use super::{Answered, KEY, Server, ask, at, compiled, plan};
use crate::byokc::Folder;

/// Two accounts, a chat route with a fallback, one for vectors, and one that redacts.
pub(crate) const POLICY: &str = r#"
provider openai { key env LAB_KEY  clearance internal }
provider anthropic { key env OTHER_KEY  clearance internal }
allow default { openai/* anthropic/* }
tool search { auth none  effect read  accepts internal  returns internal }
route chat {
  accepts   internal
  answers   "gpt-6-luna"
  primary   openai/gpt-6-luna
  fallback  anthropic/claude-haiku-5-5 on outage, rate_limit
  retry     0
  tools     search
  max_input   20k
  max_output  500
}
route vectors { accepts internal  kind embedding  primary openai/text-embedding-3-small  fallback none }
route masked { accepts internal  primary openai/gpt-6-luna  fallback none  redact email }
"#;

/// A server whose accounts are stand-ins.
pub(crate) fn serve(folder: &Folder, upstream: &Upstream) -> Server {
    std::fs::write(folder.path("policy.byok"), POLICY).unwrap();
    plan(folder, &folder.path("policy.byok"), "plan.json", |plan| at(plan, upstream.port));
    Server::start(folder, "plan.json", &["--open"], &[("LAB_KEY", KEY), ("OTHER_KEY", "other-key-of-the-test")])
}

fn refused(answered: &Answered, status: u16, code: &str) -> String {
    let error = &answered.json()["error"];
    assert_eq!((answered.status, error["code"].as_str()), (status, Some(code)), "{answered:?}");
    assert_eq!(answered.header("x-should-retry"), "false");
    error["message"].as_str().unwrap().to_owned()
}

#[test]
fn a_request_is_answered_by_the_route_it_names() {
    let upstream = Upstream::start(|_| Play::Say("Good day."));
    let folder = Folder::with(&[]);
    let server = serve(&folder, &upstream);
    for model in ["chat", "gpt-6-luna"] {
        let answered = server.chat(&ask(model, "hello"));
        assert_eq!((answered.status, &*answered.says()), (200, "Good day."));
        let body = answered.json();
        assert_eq!((&body["object"], &body["model"]), (&json!("chat.completion"), &json!(model)));
        assert_eq!(body["usage"]["total_tokens"], 10);
        assert_eq!(answered.header("x-byok-target"), "openai/gpt-6-luna");
        assert_eq!(answered.header("x-byok-request").len(), 32);
    }
    let sent = &upstream.seen()[0];
    assert_eq!(sent.header("authorization"), Some(&*format!("Bearer {KEY}")));
    assert_eq!((&sent.body["model"], &sent.body["max_completion_tokens"]), (&json!("gpt-6-luna"), &json!(500)));
}

#[test]
fn what_a_client_brings_for_itself_stays_here() {
    let upstream = Upstream::start(|_| Play::Say("Good day."));
    let folder = Folder::with(&[]);
    let server = serve(&folder, &upstream);
    let mine = [
        ("authorization", "Bearer client-secret"),
        ("x-api-key", "client-secret"),
        ("cookie", "client-secret"),
        ("x-mine", "client-secret"),
        ("openai-organization", "client-secret"),
    ];
    let answered = server.post("/v1/chat/completions", &mine, ask("chat", "hello").to_string());
    assert_eq!(answered.status, 200);
    let sent = format!("{:?}", upstream.seen());
    assert!(!sent.contains("client-secret"), "{sent}");
}

#[test]
fn each_client_library_has_its_shape() {
    let upstream = Upstream::start(|_| Play::Say("Good day."));
    let folder = Folder::with(&[]);
    let server = serve(&folder, &upstream);
    let body = json!({"model": "chat", "max_tokens": 50, "messages": [{"role": "user", "content": "hello"}]});
    let answered = server.post("/v1/messages", &[("anthropic-version", "2023-06-01")], body.to_string()).json();
    assert_eq!((&answered["type"], &answered["content"][0]["text"]), (&json!("message"), &json!("Good day.")));
    let answered = server.post("/v1/responses", &[], json!({"model": "chat", "input": "hello"}).to_string()).json();
    assert_eq!((&answered["object"], &answered["output"][0]["content"][0]["text"]), (&json!("response"), &json!("Good day.")));
    let wrong = server.post(
        "/v1/messages",
        &[],
        json!({"model": "nobody", "max_tokens": 5, "messages": [{"role": "user", "content": "x"}]}).to_string(),
    );
    assert_eq!((&wrong.json()["type"], &wrong.json()["error"]["type"]), (&json!("error"), &json!("not_found_error")), "{wrong:?}");
    let ids = |answered: &Answered| {
        answered.json()["data"].as_array().unwrap().iter().map(|model| model["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let all = ["chat", "gpt-6-luna", "masked", "vectors"];
    assert_eq!(ids(&server.get("/v1/models", &[])), all);
    assert_eq!(ids(&server.get("/v1/models", &[("anthropic-version", "2023-06-01")])), all);
    assert_eq!(server.get("/v1/models/chat", &[]).json()["id"], "chat");
    assert_eq!(server.get("/v1/models/nobody", &[]).status, 404);
}

#[test]
fn what_the_plan_does_not_allow_is_refused_by_name_and_nobody_is_called() {
    let upstream = Upstream::start(|_| Play::Say("Good day."));
    let folder = Folder::with(&[]);
    let server = serve(&folder, &upstream);
    let with = |field: &str, value: Value| {
        let mut body = ask("chat", "hello");
        body[field] = value;
        server.chat(&body)
    };
    for (field, value) in [
        ("web_search_options", json!({})),
        ("n", json!(2)),
        ("store", json!(true)),
        ("service_tier", json!("priority")),
        ("provider", json!({"order": ["elsewhere"]})),
        ("models", json!(["openai/gpt-6-sol"])),
        ("tools", json!([{"type": "web_search"}])),
    ] {
        let answered = with(field, value);
        let message = refused(&answered, 400, "bad_request");
        assert!(message.contains(field), "{message}");
        assert!(answered.json()["error"]["param"].as_str().unwrap().starts_with(field), "{answered:?}");
    }
    let function =
        |name: &str| json!([{"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {}}}}]);
    assert!(
        refused(&with("tools", function("delete_all")), 400, "bad_request")
            .contains("`delete_all`, which the policy does not give to this route")
    );
    assert_eq!(with("tools", function("search")).status, 200);
    let calls = upstream.seen().len();
    assert_eq!(calls, 1);
    let image = json!({"model": "masked", "messages": [{"role": "user", "content": [
        {"type": "text", "text": "hello"}, {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}]}]});
    let message = refused(&server.chat(&image), 403, "refused");
    assert!(message.contains("The masked route called nobody: the request holds an image, and this route redacts"), "{message}");
    let message = refused(&server.chat(&ask("elsewhere", "hello")), 404, "model_not_found");
    assert!(message.ends_with("Ask for one of these as `model`: chat, masked, vectors."), "{message}");
    refused(&server.chat(&ask("vectors", "hello")), 400, "bad_request");
    refused(&server.chat(&ask("chat", &"x".repeat(61_000))), 413, "too_large");
    refused(&server.get("/v1/nothing", &[]), 404, "not_found");
    refused(&server.get("/v1/chat/completions", &[]), 405, "method_not_allowed");
    assert_eq!(upstream.seen().len(), calls);
}

#[test]
fn vectors_come_as_numbers_or_packed() {
    let upstream = Upstream::start(|seen| {
        assert!(seen.path.ends_with("/embeddings"));
        let data: Vec<Value> = (0..2).map(|index| json!({"object": "embedding", "index": index, "embedding": [0.5, -1.0, 2.0]})).collect();
        Play::Fail(
            200,
            Vec::new(),
            json!({"object": "list", "data": data, "model": "m", "usage": {"prompt_tokens": 4, "total_tokens": 4}}).to_string(),
        )
    });
    let folder = Folder::with(&[]);
    let server = serve(&folder, &upstream);
    let ask = |encoding: &str| {
        server.post("/v1/embeddings", &[], json!({"model": "vectors", "input": ["a", "b"], "encoding_format": encoding}).to_string()).json()
    };
    assert_eq!(ask("float")["data"][1]["embedding"], json!([0.5, -1.0, 2.0]));
    assert_eq!(ask("base64")["data"][0]["embedding"], "AAAAPwAAgL8AAABA");
}

#[test]
fn health_readiness_and_what_is_counted() {
    let upstream = Upstream::start(|_| Play::Say("Good day."));
    let folder = Folder::with(&[]);
    let server = serve(&folder, &upstream);
    assert_eq!(server.get("/healthz", &[]).text, "ok\n");
    assert_eq!((server.get("/readyz", &[]).status, server.get("/readyz", &[]).json()["ready"].clone()), (200, json!(true)));
    assert_eq!(server.chat(&ask("chat", "hello")).status, 200);
    let data = [("x-byok-data", "restricted")];
    assert_eq!(server.post("/v1/chat/completions", &data, ask("masked", "hello").to_string()).status, 403);
    let counted = server.get("/metrics", &[]).text;
    for line in [
        "byokc_requests_total{route=\"chat\",outcome=\"served\"} 1",
        "byokc_requests_total{route=\"masked\",outcome=\"refused\"} 1",
        "byokc_attempts_total{route=\"chat\",target=\"openai/gpt-6-luna\",outcome=\"served\"} 1",
        "byokc_tokens_total{route=\"chat\",target=\"openai/gpt-6-luna\",kind=\"input\"} 7",
        "byokc_requests_in_flight 0",
    ] {
        assert!(counted.contains(line), "{line}\n{counted}");
    }
    // Without the key of the fallback it is ready, without that of the primary it is not.
    let ready = |keys: &[(&str, &str)]| {
        let server = Server::start(&folder, "plan.json", &["--open"], keys);
        let answered = server.get("/readyz", &[]);
        (answered.status, answered.json()["missing"].clone())
    };
    let (status, missing) = ready(&[("LAB_KEY", KEY)]);
    assert_eq!((status, &missing[0]["route"], &missing[0]["key"]), (200, &json!("chat"), &json!("OTHER_KEY")));
    let (status, missing) = ready(&[("OTHER_KEY", KEY)]);
    assert_eq!(status, 503);
    assert_eq!(
        missing[0]["message"],
        "The chat route is using OpenAI, but no OpenAI BYOK key is configured. Set LAB_KEY, or switch this route to another provider."
    );
}

#[test]
fn a_plan_that_is_not_what_it_says_is_not_served() {
    let folder = Folder::with(&[]);
    compiled(&folder, POLICY, "plan.json");
    let start = |arguments: &[&str]| folder.run(&[&["serve", "plan.json", "--listen", "127.0.0.1:0"], arguments].concat());
    let ran = start(&[]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.starts_with("error: the plan names no caller, so nobody may call\nhelp: declare one"), "{ran:?}");
    let ran = folder.run(&["serve", "plan.json", "--open", "--listen", "0.0.0.0:0"]);
    assert!(ran.code == 2 && ran.stderr.contains("can be reached from other machines"), "{ran:?}");
    std::fs::write(folder.path("plan.json"), folder.read("plan.json").replace("\"retries\":0", "\"retries\":5")).unwrap();
    let ran = start(&["--open"]);
    assert!(ran.code == 1 && ran.stderr.contains("the digest of the routing part is"), "{ran:?}");
    std::fs::write(folder.path("plan.json"), "{}").unwrap();
    assert_eq!(start(&["--open"]).code, 3);
    assert_eq!(folder.run(&["serve", "nothing.json", "--open"]).code, 4);
}

#[test]
fn data_that_a_route_does_not_accept_goes_nowhere() {
    let upstream = Upstream::start(|_| Play::Say("Good day."));
    let folder = Folder::with(&[]);
    let server = serve(&folder, &upstream);
    let with = |name: &str, value: &str| server.post("/v1/chat/completions", &[(name, value)], ask("chat", "hello").to_string());
    for class in ["public", "internal"] {
        assert_eq!(with("x-byok-data", class).status, 200);
    }
    for class in ["confidential", "unheard-of", ""] {
        let message = refused(&with("x-byok-data", class), 403, "refused");
        assert!(message.contains("The chat route called nobody") && message.contains(class), "{message}");
    }
    assert_eq!(upstream.seen().len(), 2);
}

#[test]
fn a_connection_that_the_provider_has_closed_is_not_used_again() {
    let upstream = Upstream::start(|_| {
        let body = super::upstream::whole("openai", "Good day.");
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
        Play::Raw(vec![(std::time::Duration::ZERO, [head, body].concat().into_bytes())])
    });
    let folder = Folder::with(&[]);
    let server = serve(&folder, &upstream);
    for _ in 0..5 {
        let answered = server.chat(&ask("chat", "hello"));
        assert_eq!((answered.status, answered.header("x-byok-target")), (200, "openai/gpt-6-luna"), "{answered:?}");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    assert_eq!(upstream.seen().len(), 5);
}

#[test]
fn another_host_is_not_served_without_tokens() {
    let upstream = Upstream::start(|_| Play::Say("Good day."));
    let folder = Folder::with(&[]);
    let server = serve(&folder, &upstream);
    for path in ["/v1/models", "/readyz", "/metrics"] {
        for host in ["127.0.0.1:8787", "localhost", "[::1]:1", "127.0.0.1"] {
            assert_eq!(server.get(path, &[("host", host)]).status, 200, "{path} {host}");
        }
        for host in ["evil.example", "evil.example:8787", "localhost.evil.example", "127.0.0.1.evil.example"] {
            assert_eq!(server.get(path, &[("host", host)]).status, 403, "{path} {host}");
        }
    }
}

/// The error body that the runtime's page shows.
#[test]
fn an_error_is_as_the_page_shows_it() {
    let page = std::fs::read_to_string(crate::byokc::project().join("docs/runtime.md")).unwrap();
    let block = |kind: &str| page.split(&format!("```{kind}\n")).nth(1).unwrap().split("```").next().unwrap().to_owned();
    let upstream =
        Upstream::start(|_| Play::Fail(401, Vec::new(), r#"{"error": {"message": "no", "code": "invalid_api_key"}}"#.to_owned()));
    let folder = Folder::with(&[]);
    compiled(&folder, &block("byok,whole"), "plan.json");
    let address = format!("http://127.0.0.1:{}/lab/v1", upstream.port);
    let server = Server::start(&folder, "plan.json", &["--open"], &[("LAB_URL", &address), ("LAB_KEY", KEY)]);
    let shown: Value = serde_json::from_str(&block("json")).unwrap();
    assert_eq!(server.chat(&ask("chat", "hello")).json(), shown);
}
