//! `byokc approve`: keys are made and kept, what is asked is shown, and only what would count is signed.

use std::time::SystemTime;

use byokc::controls::approval::{ApproverKey, Ask, check_ask};
use byokc::plan::Plan;
use serde_json::{Value, json};

use crate::byokc::{Folder, Ran, snapshot};

const POLICY: &str = r#"
provider lab { protocol openai_compatible  base_url "https://lab.example.com/v1"  key env LAB_KEY  clearance internal }
model lab/m { context 8k  output 1k  supports streaming, tools }
allow default { lab/* }
approver ada { title "Ada L."  roles support_lead  public_key "ADA" }
approver bob { roles team_lead  public_key "BOB" }
tool send_email { auth oauth "mail.send"  effect external  accepts internal  returns public  approve support_lead within 1d }
route send { accepts internal  primary lab/m  fallback none  tools send_email }
route secret { accepts internal  primary lab/m  fallback none  approve team_lead within 1h }
caller agent { token env AGENT_TOKEN  routes send, secret }
"#;

/// Ada's and Bob's keys, and a plan in which they approve.
fn office() -> (Folder, Plan<'static>) {
    let folder = Folder::with(&[]);
    let public = |file: &str| {
        let ran = folder.run(&["approve", "keygen", "-o", file]);
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.stdout.trim().strip_prefix("public_key \"").and_then(|line| line.strip_suffix('"')).unwrap().to_owned()
    };
    let policy = POLICY.replace("ADA", &public("ada.pem")).replace("BOB", &public("bob.pem"));
    std::fs::write(folder.path("policy.byok"), policy).unwrap();
    let ran = folder.run(&["compile", "policy.byok", "-o", "plan.json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let plan = serde_json::from_str(&folder.read("plan.json")).unwrap();
    (folder, plan)
}

fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

fn ask(plan: &Plan<'_>, asked: u64) -> Value {
    json!({
        "format": "byok-approval-request/1", "asked": asked, "caller": "agent", "digest": "sha256:d1", "plan": plan.digest, "role": "support_lead",
        "route": "send", "step": null, "summary": "A call of the tool send_email with\nto: \"jo@example.com\"", "tool": "send_email",
        "within_ms": 86_400_000
    })
}

/// Signs with Ada's key.
fn approve(folder: &Folder, request: &Value, more: &[&str]) -> Ran {
    std::fs::write(folder.path("request.json"), request.to_string()).unwrap();
    folder.run(&[&["approve", "request.json", "--key", "ada.pem"], more].concat())
}

#[test]
fn a_private_key_is_kept() {
    let folder = Folder::with(&[]);
    let ran = folder.run(&["approve", "keygen"]);
    let private = folder.read("approver.pem");
    let key = ApproverKey::read(&private).unwrap();
    assert_eq!((ran.code, ran.stdout.as_str()), (0, format!("public_key \"{}\"\n", key.public()).as_str()));
    let secret = private.lines().nth(1).unwrap();
    assert!(!ran.stderr.contains(secret) && !ran.stdout.contains(secret));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(folder.path("approver.pem")).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let again = folder.run(&["approve", "keygen"]);
    assert_eq!((again.code, again.stdout.as_str()), (4, ""));
    assert!(again.stderr.contains("approver.pem is there already"), "{}", again.stderr);
    assert_eq!(folder.read("approver.pem"), private, "it is never overwritten");
    assert_eq!(std::fs::read_dir(folder.path(".")).unwrap().count(), 1, "and nothing else is left");
    assert_eq!(folder.run(&["approve", "keygen", "-o", "-"]).code, 2);
    assert_eq!(folder.run(&["approve", "keygen", "-o", "no/such/folder.pem"]).code, 4);
}

#[test]
fn what_is_signed_counts() {
    let (folder, plan) = office();
    let ask = ask(&plan, now());
    let gate = plan.tools["send_email"].approve.clone().unwrap();
    for document in [
        ask.clone(),
        json!({"error": {"code": "approval_required", "message": "…", "approval": ask}}),
        json!({"byok_sealed": "…", "approval": ask}),
    ] {
        let ran = approve(&folder, &document, &["--plan", "plan.json"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        let token = ran.stdout.strip_suffix('\n').unwrap();
        let asked: Ask<'_> = serde_json::from_value(ask.clone()).unwrap();
        let approved = check_ask(&plan, &gate, &asked, token, now()).unwrap();
        assert_eq!((approved.approver.as_str(), approved.role.as_str()), ("ada", "support_lead"));
        assert!(approved.expires.abs_diff(now() + 600) < 60, "ten minutes, if nothing else is said");
        assert!(ran.stderr.contains("Ada L. may approve this, says plan.json"), "{}", ran.stderr);
        assert!(!ran.stderr.contains(token));
    }
    let ran = folder.run_with(&["approve", "-", "--key", "ada.pem", "--valid", "3d"], ask.to_string().as_bytes());
    let approved = check_ask(&plan, &gate, &serde_json::from_value(ask).unwrap(), ran.stdout.trim(), now()).unwrap();
    assert!(approved.expires.abs_diff(now() + 86_400) < 60, "never longer than the policy gives it");
}

#[test]
fn what_would_not_count_is_not_signed() {
    let (folder, plan) = office();
    let with = |field: &str, value: Value| {
        let mut ask = ask(&plan, now());
        ask[field] = value;
        ask
    };
    let plain = || ask(&plan, now());
    let with_plan = ["--plan", "plan.json"];
    for (request, more, code, says) in [
        (
            with("format", json!("byok-approval-request/2")),
            &[][..],
            1,
            "is of the format `byok-approval-request/2`, which this byokc does not know",
        ),
        (with("asked", json!(1_700_000_000)), &[], 1, "it is too late: an approval of this would have counted until 2023-11-15T22:13:20Z"),
        (with("asked", json!(now() + 600)), &[], 1, "this was asked for later than now"),
        (plain(), &["--role", "team_lead"], 1, "the role support_lead is asked for, not team_lead"),
        (with("asked", json!(-1)), &[], 1, "holds an approval request that cannot be read: invalid value"),
        (with("more", json!(1)), &[], 1, "holds an approval request that cannot be read: unknown field `more`"),
        (json!({"error": {"message": "no"}}), &[], 3, "request.json holds no approval request"),
        (json!([]), &[], 3, "request.json holds no approval request"),
        (with("plan", json!("sha256:00")), &with_plan, 1, "the request is under another plan"),
        (with("within_ms", json!(99_000_000)), &with_plan, 1, "the plan asks for no such approval"),
        (with("tool", json!("other")), &with_plan, 1, "the plan asks for no such approval"),
        (with("tool", json!(null)), &with_plan, 1, "the plan asks for no such approval"),
        (plain(), &["--plan", "request.json"], 3, "request.json is `byok-approval-request/1`, not a plan"),
        (plain(), &["--valid", "0s"], 2, "expected a time such as"),
        (plain(), &["--plan", "-", "--key", "-"], 2, ""),
    ] {
        let ran = approve(&folder, &request, more);
        assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{request} {more:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(says), "{says}: {}", ran.stderr);
        assert!(code != 1 || ran.stderr.contains("help: "), "{}", ran.stderr);
    }
}

#[test]
fn a_key_that_may_not_open_the_gate_is_told_so() {
    let (folder, plan) = office();
    folder.run(&["approve", "keygen", "-o", "eve.pem"]);
    std::fs::write(folder.path("broken.pem"), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").unwrap();
    std::fs::write(folder.path("request.json"), ask(&plan, now()).to_string()).unwrap();
    let sign = |key: &str| folder.run(&["approve", "request.json", "--key", key, "--plan", "plan.json"]);
    for (key, code, says) in [
        ("bob.pem", 1, "bob does not hold the role support_lead"),
        ("eve.pem", 1, "this key is of no approver of the plan\nhelp: put `public_key \""),
        ("broken.pem", 4, "the key file broken.pem holds a private key that is not Ed25519"),
        ("plan.json", 4, "the key file plan.json holds no `BEGIN PRIVATE KEY`"),
        ("none.pem", 4, "the key file none.pem does not exist"),
    ] {
        let ran = sign(key);
        assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{}", ran.stderr);
        assert!(ran.stderr.contains(says), "{says}: {}", ran.stderr);
    }
    let private = folder.read("eve.pem");
    assert!(!sign("eve.pem").stderr.contains(private.lines().nth(1).unwrap()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert!(!sign("ada.pem").stderr.contains("chmod"));
        std::fs::set_permissions(folder.path("ada.pem"), std::fs::Permissions::from_mode(0o644)).unwrap();
        let ran = sign("ada.pem");
        assert_eq!(ran.code, 0);
        assert!(ran.stderr.contains("note: others on this machine may read ada.pem"), "{}", ran.stderr);
    }
}

#[test]
fn an_approver_reads_what_it_is() {
    let (folder, plan) = office();
    let mut ask = ask(&plan, 1_700_000_000);
    (ask["within_ms"], ask["step"]) = (json!(315_360_000_000_u64), json!("support/send"));
    let ran = approve(&folder, &ask, &[]);
    assert_eq!(ran.code, 0);
    let (shown, last) = ran.stderr.trim_end().rsplit_once('\n').unwrap();
    assert!(last.starts_with("approved as support_lead, until 20"), "{last}");
    snapshot("approve", "shown", &shown.replace(plan.digest.as_ref(), "sha256:…"));
}

#[test]
fn nothing_that_is_shown_can_pass_for_something_else() {
    let (folder, plan) = office();
    let mut ask = ask(&plan, now());
    for field in ["caller", "digest", "route", "step", "tool", "role", "plan"] {
        ask[field] = json!(format!("{field}\u{1b}[2J\u{202e}\n  role   boss\r"));
    }
    ask["summary"] = json!("harmless\n  role   boss\r\n\u{1b}[8mhidden\u{2066}");
    let ran = approve(&folder, &ask, &[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(!ran.stderr.contains(['\u{1b}', '\u{202e}', '\u{2066}', '\r']), "{:?}", ran.stderr);
    assert!(!ran.stderr.lines().any(|line| line.trim_start().starts_with("role   boss")), "{}", ran.stderr);
    assert!(ran.stderr.contains("  |   role   boss"), "{}", ran.stderr);
}
