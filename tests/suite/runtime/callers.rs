//! Who may call: tokens, the routes of each caller, and pages in browsers.

use serde_json::json;

use super::upstream::{Play, Upstream};
use super::{KEY, Server, TOKEN, ask, at, plan};
use crate::byokc::Folder;

const POLICY: &str = r"
provider openai { key env LAB_KEY  clearance internal }
allow default { openai/* }
route one { accepts internal  primary openai/gpt-6-luna  fallback none }
route two { accepts internal  primary openai/gpt-6-luna  fallback none }
caller agent { token env AGENT_TOKEN  routes one }
caller lost { token env LOST_TOKEN  routes two }
";

fn serve(folder: &Folder, upstream: &Upstream, environment: &[(&str, &str)]) -> Server {
    std::fs::write(folder.path("policy.byok"), POLICY).unwrap();
    plan(folder, &folder.path("policy.byok"), "plan.json", |plan| at(plan, upstream.port));
    Server::start(folder, "plan.json", &[], environment)
}

#[test]
fn a_caller_is_known_by_its_token_and_calls_its_routes() {
    let upstream = Upstream::start(|_| Play::Say("Good day."));
    let folder = Folder::with(&[]);
    let server = serve(&folder, &upstream, &[("LAB_KEY", KEY), ("AGENT_TOKEN", TOKEN)]);
    let bearer = format!("Bearer {TOKEN}");
    let with = |headers: &[(&str, &str)], route: &str| {
        let answered = server.post("/v1/chat/completions", headers, ask(route, "hello").to_string());
        (answered.status, answered.json()["error"]["code"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(with(&[("authorization", &bearer)], "one").0, 200);
    assert_eq!(with(&[("authorization", &bearer.to_lowercase().replace(&TOKEN.to_lowercase(), TOKEN))], "one").0, 200);
    assert_eq!(with(&[("x-api-key", TOKEN)], "one").0, 200);
    let longer = format!("{TOKEN}x");
    for wrong in ["", "x", &TOKEN[1..], &longer, &TOKEN.to_lowercase()] {
        assert_eq!(with(&[("x-api-key", wrong)], "one"), (401, "unauthorized".to_owned()), "{wrong}");
    }
    assert_eq!(with(&[], "one").0, 401);
    assert_eq!(with(&[("authorization", &format!("Basic {TOKEN}"))], "one").0, 401);
    assert_eq!(with(&[("authorization", &bearer)], "two"), (403, "forbidden".to_owned()));
    assert_eq!(server.get("/v1/models", &[]).status, 401);
    let models = server.get("/v1/models", &[("authorization", &bearer)]).json();
    assert_eq!(models["data"].as_array().unwrap().len(), 1, "only what it may call: {models}");
    assert!(server.log().contains("lost"), "a caller without a token is told of: {}", server.log());
    assert!(!server.log().contains(TOKEN) && !format!("{:?}", upstream.seen()).contains(TOKEN));
}

#[test]
fn two_callers_with_one_token_are_told_apart_by_nobody() {
    let folder = Folder::with(&[]);
    super::compiled(&folder, POLICY, "plan.json");
    let ran = folder.run_env(&["serve", "plan.json", "--listen", "127.0.0.1:0"], &[("AGENT_TOKEN", TOKEN), ("LOST_TOKEN", TOKEN)]);
    assert!(ran.code == 1 && ran.stderr.starts_with("error: the callers agent and lost have the same token\n"), "{ran:?}");
}

#[test]
fn readiness_tells_details_to_callers_only() {
    let upstream = Upstream::start(|_| Play::Say("Good day."));
    let folder = Folder::with(&[]);
    let server = serve(&folder, &upstream, &[("AGENT_TOKEN", TOKEN)]);
    let told = |headers: &[(&str, &str)]| server.get("/readyz", headers).json()["missing"][0].clone();
    assert_eq!(told(&[]), json!({"route": "one", "primary": true}));
    assert_eq!(told(&[("x-api-key", TOKEN)])["key"], "LAB_KEY");
}

#[test]
fn a_caller_without_the_workflow_cannot_call_its_steps() {
    let upstream = Upstream::start(|_| Play::Say("Good day."));
    let folder = Folder::with(&[]);
    let policy = POLICY.replace("caller lost", "workflow desk { step first { route two } }\ncaller lost");
    std::fs::write(folder.path("policy.byok"), policy).unwrap();
    plan(&folder, &folder.path("policy.byok"), "plan.json", |plan| at(plan, upstream.port));
    let server = Server::start(&folder, "plan.json", &[], &[("LAB_KEY", KEY), ("AGENT_TOKEN", TOKEN)]);
    let answered = server.post("/v1/chat/completions", &[("x-api-key", TOKEN)], ask("desk/first", "hello").to_string());
    assert_eq!((answered.status, &answered.json()["error"]["code"]), (403, &json!("forbidden")));
    let message = answered.json()["error"]["message"].to_string();
    assert!(message.contains("does not let the caller agent call the steps of the workflow desk"), "{message}");
    assert!(upstream.seen().is_empty());
}

#[test]
fn a_page_in_a_browser_is_turned_away() {
    let upstream = Upstream::start(|_| Play::Say("Good day."));
    let folder = Folder::with(&[]);
    let server = serve(&folder, &upstream, &[("LAB_KEY", KEY), ("AGENT_TOKEN", TOKEN)]);
    for header in
        [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site")]
    {
        for answered in [
            server.post("/v1/chat/completions", &[("x-api-key", TOKEN), header], ask("one", "hello").to_string()),
            server.get("/v1/models", &[("x-api-key", TOKEN), header]),
        ] {
            assert_eq!((answered.status, &answered.json()["error"]["code"]), (403, &json!("cross_origin")), "{header:?}");
            assert_eq!(answered.header("access-control-allow-origin"), "");
        }
    }
    assert!(upstream.seen().is_empty());
}

#[test]
fn one_call_is_made_for_a_caller_who_may() {
    let upstream = Upstream::start(|_| Play::Say("Good day."));
    let folder = Folder::with(&[]);
    std::fs::write(folder.path("policy.byok"), POLICY).unwrap();
    plan(&folder, &folder.path("policy.byok"), "plan.json", |plan| at(plan, upstream.port));
    let run = |more: &[&str]| folder.run_env(&[&["run", "plan.json", "one", "--input", "hello"], more].concat(), &[("LAB_KEY", KEY)]);
    let ran = run(&[]);
    assert!(
        ran.code == 2 && ran.stderr.contains("the plan says who may call\nhelp: name one that may call one with --caller: agent"),
        "{ran:?}"
    );
    assert_eq!(run(&["--caller", "nobody"]).code, 2);
    let ran = run(&["--caller", "agent"]);
    assert_eq!((ran.code, &*ran.stdout), (0, "Good day.\n"), "{ran:?}");
    super::controls::verified(&folder, "plan.json", &["audit.jsonl"]);
}
