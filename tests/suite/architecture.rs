//! Who may use whom: the rooms of `src/` stand in an order, and no room names one that stands above it.

use std::collections::BTreeMap;

use crate::byokc::project;

/// The rooms, lowest first; rooms in one line do not use each other unless the line says so below.
const FLOORS: &[&[&str]] = &[
    &["source", "units", "text", "failure"],
    &["diagnostic", "exchange"],
    &["syntax", "catalogue", "edit"],
    &["redact"],
    &["policy", "imports", "secrets"],
    &["graph", "automaton", "message"],
    &["keys"],
    &["analysis"],
    &["checks"],
    &["compile"],
    &["recheck"],
    &["plan", "show", "docs", "simulate", "mutation", "why"],
    &["render", "verify", "providers", "clients"],
    &["testing", "controls"],
    &["audit"],
    &["runtime"],
    &["serve"],
    &["cli"],
];

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// What each room uses of others, with a file that does.
fn uses() -> BTreeMap<(String, String), String> {
    let mut uses: BTreeMap<(String, String), String> = BTreeMap::new();
    for entry in walkdir::WalkDir::new(project().join("src")).into_iter().filter_map(Result::ok) {
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != "rs") || path.ends_with("tests.rs") {
            continue;
        }
        let inside = path.strip_prefix(project().join("src")).unwrap();
        let room = inside.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned();
        let text = std::fs::read_to_string(path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        for used in code.split("crate::").skip(1) {
            let used: String = used.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            if used != room && floor(&used).is_some() {
                uses.insert((room.clone(), used), inside.display().to_string());
            }
        }
    }
    assert!(uses.len() > 20, "the test reads the sources");
    uses
}

#[test]
fn a_plan_is_verified_from_the_plan_alone() {
    for ((room, used), place) in uses() {
        let allowed = ["plan", "text"];
        assert!(room != "verify" || allowed.contains(&&*used), "{place}: `verify` decides again what the compiler did, without `{used}`");
    }
}

#[test]
fn the_runtime_knows_the_plan_and_not_the_policy() {
    for ((room, used), place) in uses() {
        let hidden = ["syntax", "policy", "checks", "compile", "analysis", "automaton", "graph", "cli", "show", "simulate"];
        let runtime = ["serve", "runtime", "controls", "audit", "redact", "providers", "clients", "exchange"].contains(&&*room);
        assert!(!runtime || !hidden.contains(&&*used), "{place}: the runtime decides by the plan alone, without `{used}`");
    }
}

#[test]
fn what_passes_between_agents_and_models_is_pure() {
    for room in ["exchange", "clients", "providers", "redact", "controls", "audit", "runtime"] {
        for entry in walkdir::WalkDir::new(project().join("src").join(room)).into_iter().filter_map(Result::ok) {
            let Ok(text) = std::fs::read_to_string(entry.path()) else { continue };
            if entry.path().ends_with("tests.rs") {
                continue;
            }
            for world in ["tokio", "hyper", "axum", "reqwest", "std::fs", "std::env", "TcpStream", "UdpSocket", "SystemTime", "Instant"] {
                let code = text.split("#[cfg(test)]").next().unwrap_or_default();
                assert!(!code.contains(&format!("{world}::")), "{}: `{world}` belongs into `serve`", entry.path().display());
            }
        }
    }
}

#[test]
fn rooms_use_only_what_lies_below_them() {
    for ((room, used), place) in uses() {
        if matches!(room.as_str(), "lib" | "main") {
            continue;
        }
        let (Some(upper), Some(lower)) = (floor(&room), floor(&used)) else { panic!("{room} has no floor: {place}") };
        assert!(upper > lower, "{place}: `{room}` must not use `{used}`");
    }
}
