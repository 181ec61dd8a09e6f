//! Keys at run time: from every source, changed while serving, missing, and never seen anywhere but at the provider.

use std::time::Duration;

use super::upstream::{Play, Upstream};
use super::{Answered, KEY, Server, ask, at, plan};
use crate::byokc::Folder;

/// A server of one account with this for its key.
fn serve(folder: &Folder, upstream: &Upstream, key: &str, environment: &[(&str, &str)]) -> Server {
    let policy = format!(
        "provider my_lab {{ protocol openai_compatible  base_url \"https://lab.example.com/v1\"  title \"Lab\"  key {key}  clearance internal }}\n\
         model my_lab/m {{ context 8k output 1k supports streaming }}\nallow default {{ my_lab/* }}\n\
         route ask {{ accepts internal  primary my_lab/m  fallback none  retry 0 }}\n"
    );
    std::fs::write(folder.path("policy.byok"), policy).unwrap();
    plan(folder, &folder.path("policy.byok"), "plan.json", |plan| at(plan, upstream.port));
    Server::start(folder, "plan.json", &["--open", "--log", "debug"], environment)
}

fn echo() -> Upstream {
    Upstream::start(|_| Play::Say("Good day."))
}

fn sent(upstream: &Upstream) -> Option<String> {
    upstream.seen().last().and_then(|seen| seen.header("authorization").map(str::to_owned))
}

fn missing(answered: &Answered, remedy: &str) {
    assert_eq!((answered.status, answered.json()["error"]["code"].as_str()), (424, Some("missing_key")), "{answered:?}");
    let message = answered.json()["error"]["message"].as_str().unwrap().to_owned();
    assert_eq!(
        message,
        format!("The ask route is using Lab, but no Lab BYOK key is configured. {remedy}, or switch this route to another provider.")
    );
}

#[test]
fn from_the_environment() {
    let (folder, upstream) = (Folder::with(&[]), echo());
    let server = serve(&folder, &upstream, "env LAB_KEY", &[("LAB_KEY", KEY)]);
    assert_eq!(server.chat(&ask("ask", "hello")).status, 200);
    assert_eq!(sent(&upstream), Some(format!("Bearer {KEY}")));
    drop(server);
    // What the vendor's own clients would read is not what the policy names.
    let server = serve(&folder, &upstream, "env LAB_KEY", &[("OPENAI_API_KEY", KEY), ("MY_LAB_API_KEY", KEY)]);
    missing(&server.chat(&ask("ask", "hello")), "Set LAB_KEY");
    assert_eq!(upstream.seen().len(), 1);
}

#[test]
fn from_a_file_that_changes() {
    let (folder, upstream) = (Folder::with(&[("key", "first-key\n")]), echo());
    let path = folder.path("key");
    let server = serve(&folder, &upstream, &format!("file \"{}\"", path.display()), &[]);
    let call = |expected: &str| {
        assert_eq!(server.chat(&ask("ask", "hello")).status, 200);
        assert_eq!(sent(&upstream), Some(format!("Bearer {expected}")));
    };
    call("first-key");
    std::fs::write(&path, "second").unwrap();
    call("second");
    // Put in place whole, as a secret manager does.
    std::fs::write(folder.path("new"), "third-").unwrap();
    std::fs::rename(folder.path("new"), &path).unwrap();
    call("third-");
    std::fs::remove_file(&path).unwrap();
    missing(&server.chat(&ask("ask", "hello")), &format!("Put the key into the file {}", path.display()));
    std::fs::write(&path, "back").unwrap();
    call("back");
}

#[test]
fn from_a_program_that_is_not_run_for_each_request() {
    let folder = Folder::with(&[("key", "a-key")]);
    let upstream = echo();
    let count = folder.path("count");
    let script = format!("echo x >> {}; cat {}", count.display(), folder.path("key").display());
    let server = serve(&folder, &upstream, &format!("exec \"sh\", \"-c\", \"{script}\""), &[]);
    for _ in 0..3 {
        assert_eq!(server.chat(&ask("ask", "hello")).status, 200);
    }
    assert_eq!(sent(&upstream), Some("Bearer a-key".to_owned()));
    assert_eq!(std::fs::read_to_string(count).unwrap().lines().count(), 1, "it is not run for each request");
}

/// Slower than the attempt's timeout: that is the program's time, not the provider's.
#[test]
fn a_slow_program_is_waited_for_and_run_once() {
    let folder = Folder::with(&[("key", "a-key")]);
    let upstream = echo();
    let (count, key) = (folder.path("count"), folder.path("key"));
    let script = format!("echo x >> {}; sleep 1.5; cat {}", count.display(), key.display());
    let policy = format!(
        "provider my_lab {{ protocol openai_compatible  base_url \"https://lab.example.com/v1\"  key exec \"sh\", \"-c\", \"{script}\"  clearance internal }}\n\
         model my_lab/m {{ context 8k output 1k supports streaming }}\nallow default {{ my_lab/* }}\n\
         route ask {{ accepts internal  primary my_lab/m within 500ms  fallback none  retry 0 }}\n"
    );
    std::fs::write(folder.path("policy.byok"), policy).unwrap();
    plan(&folder, &folder.path("policy.byok"), "plan.json", |plan| at(plan, upstream.port));
    let server = Server::start(&folder, "plan.json", &["--open"], &[]);
    // The first client does not wait, and the program is not run again for the next.
    let gone = super::impatient(Duration::from_millis(300))
        .post(format!("{}/v1/chat/completions", server.url))
        .body(ask("ask", "hello").to_string());
    assert!(gone.send().is_err());
    std::thread::scope(|scope| {
        let calls: Vec<_> = (0..8).map(|_| scope.spawn(|| server.chat(&ask("ask", "hello")).status)).collect();
        assert!(calls.into_iter().all(|call| call.join().unwrap() == 200));
    });
    assert_eq!(std::fs::read_to_string(count).unwrap().lines().count(), 1);
}

#[test]
fn a_program_that_hangs_keeps_nobody_beyond_the_timeout() {
    let (folder, upstream) = (Folder::with(&[]), echo());
    let policy_key = "exec \"sleep\", \"60\"";
    let server = serve(&folder, &upstream, policy_key, &[]);
    let started = std::time::Instant::now();
    let answered = server.chat(&ask("ask", "hello"));
    assert!(started.elapsed() < Duration::from_secs(30), "a program has ten seconds");
    missing(&answered, "Make sleep print the key");
}

#[test]
fn from_each_request() {
    let (folder, upstream) = (Folder::with(&[]), echo());
    let server = serve(&folder, &upstream, "per_request", &[]);
    missing(&server.chat(&ask("ask", "hello")), "Send x-byok-key-my-lab");
    missing(&server.post("/v1/chat/completions", &[("x-byok-key-my-lab", " ")], ask("ask", "hello").to_string()), "Send x-byok-key-my-lab");
    assert_eq!(server.post("/v1/chat/completions", &[("x-byok-key-my-lab", KEY)], ask("ask", "hello").to_string()).status, 200);
    assert_eq!(sent(&upstream), Some(format!("Bearer {KEY}")));
    assert!(upstream.seen()[0].header("x-byok-key-my-lab").is_none());
}

/// Everything that the process says, to whom it may, with each way to go wrong, holds no key.
#[test]
fn a_key_is_seen_by_its_provider_and_by_nobody_else() {
    let (folder, echoing) = (
        Folder::with(&[]),
        Upstream::start(|seen| {
            // A provider that says the key in its errors, and in a header.
            let key = seen.header("authorization").unwrap().to_owned();
            match seen.text.split("fail-").nth(1).map(|rest| &rest[..3]) {
            Some("200") | None => Play::Say("Good day."),
            Some("raw") => Play::Raw(vec![(Duration::ZERO, format!("HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n{key}").into_bytes())]),
            Some(status) => Play::Fail(
                status.parse().unwrap(),
                vec![("x-request-id", key.clone()), ("retry-after", key.clone())],
                serde_json::json!({"error": {"message": format!("Incorrect API key provided: {key}"), "type": key, "code": key, "param": key}}).to_string(),
            ),
        }
        }),
    );
    let server = serve(&folder, &echoing, "env LAB_KEY", &[("LAB_KEY", KEY)]);
    let mut written = String::new();
    for way in ["200", "400", "401", "403", "404", "408", "413", "429", "500", "503", "raw"] {
        for stream in [false, true] {
            let mut body = ask("ask", &format!("fail-{way}"));
            body["stream"] = stream.into();
            written += &format!("{:?}", server.chat(&body));
            body["max_tokens"] = 100.into();
            written += &format!("{:?}", server.post("/v1/messages", &[], body.to_string()));
        }
    }
    for path in ["/healthz", "/readyz", "/metrics", "/v1/models", "/nothing"] {
        written += &format!("{:?}", server.get(path, &[]));
    }
    written += &server.log();
    assert!(!written.contains(KEY) && !written.contains(&KEY[..12]), "{written}");
    assert!(written.contains("invalid_key") && echoing.seen().len() >= 22, "the ways were gone");
    // Nor does `run` say it.
    let ran = folder.run_env(&["run", "plan.json", "ask", "--input", "fail-401"], &[("LAB_KEY", KEY)]);
    assert!(ran.code == 1 && !format!("{ran:?}").contains(&KEY[..12]), "{ran:?}");
}
