//! `byokc keys --live` against a stand-in for a provider.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

use super::{KEY, silent};
use crate::byokc::{Folder, Ran};

/// Answers one request with a status; gives back what was asked, in lower case but for the path.
fn provider(status: &'static str) -> (u16, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = String::new();
        for line in BufReader::new(stream.try_clone().unwrap()).lines() {
            let line = line.unwrap();
            if line.is_empty() {
                break;
            }
            request.extend([&*line, "\n"]);
        }
        write!(
            stream,
            "HTTP/1.1 {status}\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 22\r\nconnection: close\r\n\r\nbody {KEY:.17}"
        )
        .unwrap();
        request
    });
    (port, thread)
}

/// A policy whose provider is at that port.
fn policy(protocol: &str, base: &str, more: &str) -> String {
    format!(
        "provider lab {{\n  protocol {protocol}\n  base_url \"{base}\"\n  key env LAB_KEY\n  clearance internal\n  region us\n  retention none\n  upstreams only lab\n{more}\n}}\n\
         model lab/m {{ context 8k output 1k supports streaming }}\nallow default {{ lab/* }}\n\
         route ask {{ accepts internal primary lab/m fallback none }}\n"
    )
}

fn keys(policy: &str, arguments: &[&str]) -> Ran {
    let folder = Folder::with(&[("policy.byok", policy)]);
    let ran = folder.run_env(
        &[&["keys", "policy.byok", "--live"], arguments].concat(),
        &[("LAB_KEY", KEY), ("HTTP_PROXY", "http://127.0.0.1:1"), ("http_proxy", "http://127.0.0.1:1")],
    );
    silent(&ran);
    ran
}

/// Asks a stand-in with this status: what is printed, the exit code, and what was asked.
fn ask(protocol: &str, path: &str, more: &str, status: &'static str) -> (String, i32, String) {
    let (port, thread) = provider(status);
    let ran = keys(&policy(protocol, &format!("http://127.0.0.1:{port}{path}"), more), &["--allow-host", "127.0.0.1"]);
    let out = format!("{}{}", ran.stdout, ran.stderr);
    assert!(out.contains("provider lab"), "{out}");
    (out, ran.code, thread.join().unwrap())
}

#[test]
fn each_protocol_has_its_own_header() {
    for (protocol, base, path, header) in [
        ("openai", "/v1", "/v1/models", format!("authorization: Bearer {KEY}")),
        ("openai_compatible", "/v1", "/v1/models", format!("authorization: Bearer {KEY}")),
        ("openrouter", "/api/v1", "/api/v1/key", format!("authorization: Bearer {KEY}")),
        ("anthropic", "", "/v1/models", format!("x-api-key: {KEY}\n")),
        ("gemini", "", "/v1beta/models", format!("x-goog-api-key: {KEY}")),
    ] {
        let (out, code, request) = ask(protocol, base, "", "200 OK");
        assert!(code == 0 && out.contains("works"), "{protocol}: {out}");
        assert!(request.starts_with(&format!("GET {path} HTTP/1.1\n")), "{protocol}: {request}");
        assert!(request.contains(&header), "{protocol}: {request}");
        assert_eq!(request.contains("anthropic-version: 2023-06-01\n"), protocol == "anthropic", "{request}");
        assert_eq!(request.matches(KEY).count(), 1, "the key is sent in one place: {request}");
    }
}

#[test]
fn headers_and_version_of_the_policy_are_sent() {
    let more = "  header \"x-team\" \"support\"\n  api_version \"2024-01-01\"";
    let (_, _, request) = ask("anthropic", "", more, "200 OK");
    assert!(request.contains("x-team: support\n") && request.contains("anthropic-version: 2024-01-01\n"), "{request}");
}

#[test]
fn the_status_is_put_in_words() {
    for (protocol, status, words, exit) in [
        ("openai", "401 Unauthorized", "rejected (401)", 1),
        ("gemini", "400 Bad Request", "rejected (400)", 1),
        ("openai", "403 Forbidden", "no permission", 1),
        ("openai", "404 Not Found", "lists no models", 4),
        ("openai", "429 Too Many Requests", "too many requests", 4),
        ("openai", "503 Service Unavailable", "the provider answers 503", 4),
        ("openai", "302 Found", "the provider answers 302", 4),
        ("openai", "400 Bad Request", "the provider answers 400", 4),
    ] {
        let (out, code, _) = ask(protocol, "", "", status);
        assert!(out.contains(words) && code == exit, "{status}: {code} {out}");
    }
}

#[test]
fn nothing_listens() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let ran = keys(&policy("openai", &format!("http://127.0.0.1:{port}"), ""), &["--allow-host", "127.0.0.1"]);
    assert!(ran.stdout.contains("could not be reached: no connection"), "{}", ran.stdout);
    assert_eq!(ran.code, 4);
}

#[test]
fn a_key_goes_only_to_hosts_that_are_known_or_named() {
    for (base, why) in [
        ("https://collect.example.com/v1", "collect.example.com is no host of the catalogue; name it with --allow-host"),
        ("https://acme.openai.azure.com/openai/v1", "acme.openai.azure.com is some customer's own; name it with --allow-host"),
        ("http://127.0.0.1:9/v1", "127.0.0.1 is no host of the catalogue"),
    ] {
        let ran = keys(&policy("openai", base, ""), &[]);
        assert!(ran.stdout.contains(why), "{}", ran.stdout);
        assert_eq!(ran.code, 4);
    }
    // A key of somebody else's, by its variable.
    let other = policy("openai", "https://api.groq.com/openai/v1", "").replace("LAB_KEY", "MISTRAL_API_KEY");
    let folder = Folder::with(&[("policy.byok", &other)]);
    let ran = folder.run_env(&["keys", "policy.byok", "--live"], &[("MISTRAL_API_KEY", KEY)]);
    assert!(ran.stdout.contains("known to hold a key of mistral, and api.groq.com is not theirs"), "{}", ran.stdout);
}

#[test]
fn an_address_of_the_environment_is_held_to_the_same_rules() {
    let from = policy("openai", "x", "").replace("\"x\"", "env LAB_URL");
    let folder = Folder::with(&[("policy.byok", &from)]);
    let ran = |url: &str| {
        let environment = [("LAB_KEY", KEY), ("LAB_URL", url)];
        folder.run_env(&["keys", "policy.byok", "--live", "--allow-host", "lab.example.com"], &environment).stdout
    };
    assert!(ran("http://lab.example.com/v1").contains("lab.example.com is not asked without encryption"));
    assert!(ran("https://collect.example.com/v1").contains("no host of the catalogue"));
    assert!(ran("lab").contains("not a URL"));
}

#[test]
fn nothing_is_sent_for_a_policy_with_errors() {
    let broken = policy("openai", "https://api.openai.com/v1", "  header \"authorization\" \"x\"");
    let ran = keys(&broken, &[]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("no key is sent anywhere for a policy with errors"), "{}", ran.stderr);
}

#[test]
fn a_host_is_named_only_for_live_questions() {
    let folder = Folder::with(&[("policy.byok", &policy("openai", "https://api.openai.com/v1", ""))]);
    assert_eq!(folder.run(&["keys", "policy.byok", "--allow-host", "example.com"]).code, 2);
}
