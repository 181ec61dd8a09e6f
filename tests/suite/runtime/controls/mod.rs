//! What watches over a request, over real HTTP: masking, approvals, sealed calls, the order of steps, and the record of all of it.

mod approvals;
mod masking;
mod order;
mod tools;

use serde_json::Value;

use super::Server;
use crate::byokc::Folder;

/// Makes an approver's key; its public half.
fn approver(folder: &Folder, file: &str) -> String {
    let ran = folder.run(&["approve", "keygen", "-o", file]);
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.stdout.trim().strip_prefix("public_key \"").and_then(|line| line.strip_suffix('"')).unwrap().to_owned()
}

/// Signs what an error body or a sealed call asks for.
fn approve(folder: &Folder, asked: &str, key: &str, more: &[&str]) -> String {
    std::fs::write(folder.path("request.json"), asked).unwrap();
    let ran = folder.run(&[&["approve", "request.json", "--key", key], more].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.stdout.trim().to_owned()
}

/// The records of a log, as JSON.
fn records(folder: &Folder, log: &str) -> Vec<Value> {
    folder.read(log).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// That an auditor with the plan and the log finds nothing.
pub(crate) fn verified(folder: &Folder, plan: &str, logs: &[&str]) {
    for log in logs {
        let ran = folder.run(&["audit", "verify", log, "--plan", plan]);
        assert_eq!(ran.code, 0, "{}\n{}\n{}", ran.stdout, ran.stderr, folder.read(log));
    }
}

/// Ends a server in order, so that its log is closed.
pub(crate) fn stop(mut server: Server) {
    server.signal("-TERM");
    assert_eq!(server.wait(), 0);
}
