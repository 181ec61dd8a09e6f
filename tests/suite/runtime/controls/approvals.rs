//! A route with a gate: nobody is called before a person has agreed to this very request, once.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::upstream::{Play, Upstream};
use super::super::{Answered, Server, ask, at, plan};
use super::{approve, approver, records, stop, verified};
use crate::byokc::Folder;

const POLICY: &str = r#"
provider openai { key env LAB_KEY  clearance internal }
allow default { openai/* }
approver ada { roles lead  public_key "ADA" }
approver bob { roles other  public_key "BOB" }
route payout { accepts internal  primary openai/gpt-6-luna  fallback none  approve lead within 1h }
route other { accepts internal  primary openai/gpt-6-luna  fallback none  approve lead within 1h }
caller agent { token env AGENT  routes payout, other }
caller second { token env OTHER  routes payout, other }
"#;
const KEYS: [(&str, &str); 3] = [("LAB_KEY", "k1"), ("AGENT", "token-a"), ("OTHER", "token-o")];
const CHAT: &str = "/v1/chat/completions";

fn office(upstream: &Upstream) -> Folder {
    let folder = Folder::with(&[]);
    let policy = POLICY.replace("ADA", &approver(&folder, "ada.pem")).replace("BOB", &approver(&folder, "bob.pem"));
    std::fs::write(folder.path("policy.byok"), policy).unwrap();
    plan(&folder, &folder.path("policy.byok"), "plan.json", |plan| at(plan, upstream.port));
    folder
}

fn error<'a>(answered: &'a Answered, code: &str, word: &str) -> &'a Answered {
    let error = &answered.json()["error"];
    assert_eq!((answered.status, error["code"].as_str()), (403, Some(code)), "{answered:?}");
    assert!(error["message"].as_str().unwrap().contains(word), "{word}: {answered:?}");
    answered
}

#[test]
fn an_approval_counts_for_one_request_once() {
    let upstream = Upstream::start(|_| Play::Say("Paid."));
    let folder = office(&upstream);
    let server = Server::start(&folder, "plan.json", &["--audit", "audit.jsonl"], &KEYS);
    let pay = |token: &str, approval: Option<&str>, body: &str, path: &str| {
        let mut headers = vec![("x-api-key", token)];
        headers.extend(approval.map(|approval| ("x-byok-approval", approval)));
        server.post(path, &headers, body.to_owned())
    };
    let body = ask("payout", "Pay 100 to Jo").to_string();
    let asked = pay("token-a", None, &body, CHAT);
    error(&asked, "approval_required", "The payout route called nobody: it needs the approval of lead");
    let document = &asked.json()["error"]["approval"];
    assert_eq!(
        (&document["format"], &document["route"], &document["caller"]),
        (&json!("byok-approval-request/1"), &json!("payout"), &json!("agent"))
    );
    assert!(document["summary"].as_str().unwrap().contains("Pay 100 to Jo"), "{document}");
    let sign = |text: &str, key: &str, more: &[&str]| approve(&folder, text, key, more);
    let good = sign(&asked.text, "ada.pem", &[]);
    // Each wrong in its own way, each told apart.
    let other = ask("payout", "Pay 900 to Jo").to_string();
    error(&pay("token-a", Some(&good), &other, CHAT), "refused", "something else");
    error(&pay("token-o", Some(&good), &body, CHAT), "refused", "something else");
    error(&pay("token-a", Some(&good), &ask("other", "Pay 100 to Jo").to_string(), CHAT), "refused", "something else");
    error(&pay("token-a", Some("nonsense"), &body, CHAT), "refused", "sent as an approval is none");
    error(&pay("token-a", Some(&sign(&asked.text, "bob.pem", &[])), &body, CHAT), "refused", "not in the role lead");
    approver(&folder, "eve.pem");
    error(&pay("token-a", Some(&sign(&asked.text, "eve.pem", &[])), &body, CHAT), "refused", "not signed with the key of anybody");
    let brief = sign(&asked.text, "ada.pem", &["--valid", "1s"]);
    std::thread::sleep(Duration::from_millis(2100));
    error(&pay("token-a", Some(&brief), &body, CHAT), "refused", "too late, or has run out");
    let mut forged: Value = asked.json()["error"]["approval"].clone();
    forged["summary"] = "Pay 1 to Jo".into();
    error(&pay("token-a", Some(&sign(&forged.to_string(), "ada.pem", &[])), &body, CHAT), "refused", "another description");
    forged = asked.json()["error"]["approval"].clone();
    forged["plan"] = "sha256:0".into();
    error(&pay("token-a", Some(&sign(&forged.to_string(), "ada.pem", &[])), &body, CHAT), "refused", "under another plan");
    assert!(upstream.seen().is_empty(), "nobody was called");
    let paid = pay("token-a", Some(&good), &body, CHAT);
    assert_eq!((paid.status, &*paid.says()), (200, "Paid."));
    error(&pay("token-a", Some(&good), &body, CHAT), "refused", "used before");
    assert_eq!(upstream.seen().len(), 1);
    stop(server);
    let attempt = records(&folder, "audit.jsonl").into_iter().find(|record| record["byokc.record"] == "attempt").unwrap();
    assert_eq!((&attempt["byokc.approval"]["approver"], &attempt["byokc.approval"]["digest"]), (&json!("ada"), &document["digest"]));
    verified(&folder, "plan.json", &["audit.jsonl"]);
    // Who has the log and the plan can tell a signature from a claim.
    let shown = folder.run(&["audit", "show", "audit.jsonl"]);
    assert!(shown.code == 0 && shown.stdout.contains("ada"), "{shown:?}");
}

#[test]
fn instances_that_share_a_folder_take_an_approval_once() {
    let upstream = Upstream::start(|_| Play::Say("Paid."));
    let folder = office(&upstream);
    std::fs::create_dir(folder.path("used")).unwrap();
    let start = || Server::start(&folder, "plan.json", &["--approvals", "used"], &KEYS);
    let (one, other) = (start(), start());
    let body = ask("payout", "Pay 100 to Jo").to_string();
    let token = ("x-api-key", "token-a");
    let asked = one.post(CHAT, &[token], body.clone());
    let good = approve(&folder, &asked.text, "ada.pem", &[]);
    let headers = [token, ("x-byok-approval", &*good)];
    assert_eq!(other.post(CHAT, &headers, body.clone()).status, 200, "another instance takes it as well");
    error(&one.post(CHAT, &headers, body.clone()), "refused", "used before");
    // One that starts later knows too.
    error(&start().post(CHAT, &headers, body.clone()), "refused", "used before");
    // And where the folder is gone, nothing passes.
    let again = approve(&folder, &one.post(CHAT, &[token], body.clone()).text, "ada.pem", &[]);
    std::fs::remove_dir_all(folder.path("used")).unwrap();
    error(&one.post(CHAT, &[token, ("x-byok-approval", &again)], body), "refused", "whether its approval was used before cannot be told");
    assert_eq!(upstream.seen().len(), 1);
}

#[test]
fn nobody_is_asked_to_approve_what_cannot_be_sent() {
    let upstream = Upstream::start(|_| Play::Say("Paid."));
    let folder = office(&upstream);
    let policy = folder.read("policy.byok").replace("route payout {", "route payout { redact email ");
    std::fs::write(folder.path("policy.byok"), policy).unwrap();
    plan(&folder, &folder.path("policy.byok"), "plan.json", |plan| at(plan, upstream.port));
    let server = Server::start(&folder, "plan.json", &["--audit", "audit.jsonl"], &KEYS);
    let mut body = ask("payout", "Pay");
    body["messages"] = json!([{"role": "user", "content": "Pay"},
        {"role": "assistant", "content": null, "tool_calls": [{"id": "jo@example.org", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "jo@example.org", "content": "done"}]);
    let answered = server.post(CHAT, &[("x-api-key", "token-a")], body.to_string());
    error(&answered, "refused", "called nobody: the id of a tool call in the request holds");
    assert!(upstream.seen().is_empty());
    stop(server);
    verified(&folder, "plan.json", &["audit.jsonl"]);
}
