//! Every failure class at every attempt of every policy that ships, whole and streamed: the calls that providers see are those of the plan's table, and what is said is about them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::failures::{CLASSES, PLANTED, play};
use super::upstream::{Play, Upstream};
use super::{KEY, Server, ask, at, plan};
use crate::byokc::{Folder, project};

/// Repeated, so two calls of one attempt are seen.
const RETRIED: [&str; 5] = ["rate_limit", "overloaded", "server_error", "timeout", "network"];

/// Who fails how. Everybody else serves.
type Failing = BTreeMap<String, &'static str>;

struct Case {
    route: String,
    failing: Failing,
    stream: bool,
}

/// The failures that lead to each attempt of a route, by the plan's table.
fn ways(route: &Value) -> BTreeMap<usize, Failing> {
    let mut known = BTreeMap::from([(0, Failing::new())]);
    let mut queue = VecDeque::from([0]);
    while let Some(at) = queue.pop_front() {
        let attempt = &route["attempts"][at];
        for class in CLASSES {
            let Some(next) = attempt["next"][class].as_u64().map(|next| usize::try_from(next).unwrap()) else { continue };
            if known.contains_key(&next) {
                continue;
            }
            let mut way = known[&at].clone();
            way.insert(attempt["target"].as_str().unwrap().to_owned(), class);
            known.insert(next, way);
            queue.push_back(next);
        }
    }
    known
}

/// The calls that the table allows, each attempt once, and how the run ends.
fn expected(route: &Value, failing: &Failing) -> (Vec<String>, Result<String, &'static str>) {
    let (mut at, mut calls) = (0, Vec::new());
    loop {
        let attempt = &route["attempts"][at];
        let target = attempt["target"].as_str().unwrap();
        calls.push(target.to_owned());
        let Some(class) = failing.get(target) else { return (calls, Ok(target.to_owned())) };
        match attempt["next"][class].as_u64() {
            Some(next) => at = usize::try_from(next).unwrap(),
            None => return (calls, Err(class)),
        }
    }
}

/// Takes out of a plan what only people can give, and what is claimed of it. What is masked, left out and recorded stays.
fn unguarded(plan: &mut Value) {
    plan["callers"] = json!({});
    plan["claims"]["assertions"] = json!([]);
    for route in plan["routes"].as_object_mut().unwrap().values_mut() {
        route["approve"] = Value::Null;
    }
}

/// Each class at each attempt; an account that needs no key cannot miss one.
fn every_case(plan: &Value, classes: &[&'static str]) -> Vec<Case> {
    let keyless = |target: &str| plan["providers"][target.split('/').next().unwrap()]["key"] == "none";
    let mut cases = Vec::new();
    for (name, route) in plan["routes"].as_object().unwrap() {
        assert!(route.get("entries").is_none(), "a spread pool needs a test that allows every choice");
        for (attempt, way) in ways(route) {
            let target = route["attempts"][attempt]["target"].as_str().unwrap();
            for class in classes.iter().filter(|class| **class != "missing_key" || !keyless(target)) {
                let mut failing = way.clone();
                failing.insert(target.to_owned(), class);
                cases.extend([false, true].map(|stream| Case { route: name.clone(), failing: failing.clone(), stream }));
            }
        }
    }
    cases
}

#[test]
fn every_class_at_every_attempt_of_every_policy() {
    let policies = ["support", "eu-only", "local-first", "minimal", "team/policy"];
    std::thread::scope(|scope| {
        for policy in policies {
            scope.spawn(move || one_policy(policy));
        }
    });
}

fn one_policy(policy: &str) {
    let folder = Folder::with(&[]);
    let scenarios: Arc<Mutex<Vec<Failing>>> = Arc::default();
    let script = Arc::clone(&scenarios);
    let upstream = Upstream::start(move |seen| {
        let number: usize = seen.text.split("case-").nth(1).unwrap().split(';').next().unwrap().parse().unwrap();
        script.lock().unwrap()[number].get(&seen.target()).map_or(Play::Say("It is done."), |class| play(class, seen))
    });
    let mut keys = Vec::new();
    plan(&folder, &project().join(format!("policies/{policy}.byok")), "plan.json", |plan| {
        at(plan, upstream.port);
        unguarded(plan);
        for (name, provider) in plan["providers"].as_object_mut().unwrap() {
            if provider["key"] != "none" {
                let header = format!("x-byok-key-{}", name.replace('_', "-"));
                provider["key"] = json!({"per_request": header});
                keys.push((name.clone(), header));
            }
        }
        for route in plan["routes"].as_object_mut().unwrap().values_mut() {
            for attempt in route["attempts"].as_array_mut().unwrap() {
                attempt["timeout_ms"] = 700.into();
            }
            route["deadline_ms"] = Value::Null;
        }
    });
    let plan: Value = serde_json::from_str(&folder.read("plan.json")).unwrap();
    let server = Server::start(&folder, "plan.json", &["--open", "--audit", "audit.jsonl"], &[]);
    let mut classes = CLASSES.to_vec();
    classes.push("missing_key");
    let cases = every_case(&plan, &classes);
    assert!(!cases.is_empty());
    *scenarios.lock().unwrap() = cases.iter().map(|case| case.failing.clone()).collect();
    let next = Mutex::new(0..cases.len());
    std::thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| {
                while let Some(number) = { next.lock().unwrap().next() } {
                    one_case(&server, &plan, &keys, &cases[number], number);
                }
            });
        }
    });
    // What providers saw, case by case.
    let seen = upstream.seen();
    for (number, case) in cases.iter().enumerate() {
        let route = &plan["routes"][&case.route];
        let mark = format!("case-{number};");
        let calls: Vec<String> = seen.iter().filter(|seen| seen.text.contains(&mark)).map(super::upstream::Seen::target).collect();
        let mut wanted = Vec::new();
        for target in expected(route, &case.failing).0 {
            let retries =
                route["attempts"].as_array().unwrap().iter().find(|attempt| attempt["target"] == *target).unwrap()["retries"].as_u64();
            let times = match case.failing.get(&target) {
                Some(&"missing_key") => 0,
                Some(class) if RETRIED.contains(class) => 1 + retries.unwrap(),
                _ => 1,
            };
            wanted.extend((0..times).map(|_| target.clone()));
        }
        assert_eq!(calls, wanted, "{policy}: route {} with {:?}", case.route, case.failing);
    }
    assert!(!server.log().contains(PLANTED) && !server.log().contains(KEY), "{}", server.log());
    super::controls::stop(server);
    super::controls::verified(&folder, "plan.json", &["audit.jsonl"]);
}

fn one_case(server: &Server, plan: &Value, keys: &[(String, String)], case: &Case, number: usize) {
    let Case { route, failing, stream } = case;
    let missing =
        |account: &str| failing.iter().any(|(target, class)| *class == "missing_key" && target.split('/').next() == Some(account));
    let headers: Vec<(&str, &str)> = keys.iter().filter(|(account, _)| !missing(account)).map(|(_, header)| (&**header, KEY)).collect();
    // A key that is missing is missing for every attempt of the account.
    let mut failing = failing.clone();
    let attempts = plan["routes"][route]["attempts"].as_array().unwrap();
    for target in attempts.iter().map(|attempt| attempt["target"].as_str().unwrap()) {
        if missing(target.split('/').next().unwrap()) {
            failing.insert(target.to_owned(), "missing_key");
        }
    }
    let (tried, end) = expected(&plan["routes"][route], &failing);
    let mut body = ask(route, &format!("case-{number};"));
    body["stream"] = (*stream).into();
    let answered = server.post("/v1/chat/completions", &headers, body.to_string());
    assert_eq!(answered.header("x-byok-route"), route);
    assert_eq!(answered.header("x-byok-attempts"), tried.len().to_string(), "{answered:?}");
    assert_eq!(answered.header("x-byok-target"), tried.last().unwrap());
    assert_eq!(answered.header("x-byok-plan"), plan["digest"]);
    match end {
        Ok(_) if *stream => {
            let (events, whole) = super::streams::events(&answered.text);
            assert_eq!((&*super::streams::says(&events), whole), ("It is done.", true), "{route} with {failing:?}: {answered:?}");
        }
        Ok(_) => assert_eq!((answered.status, &*answered.says()), (200, "It is done."), "{route} with {failing:?}: {answered:?}"),
        Err(class) => {
            assert_eq!(answered.header("x-should-retry"), "false");
            let error = &answered.json()["error"];
            assert_eq!(error["code"], class, "{route} with {failing:?}: {answered:?}");
            let outcomes: Vec<Value> = tried.iter().map(|target| json!({"target": target, "outcome": failing[target]})).collect();
            assert_eq!(error["attempts"], Value::from(outcomes));
            let provider = &plan["providers"][error["provider"].as_str().unwrap()];
            let message = error["message"].as_str().unwrap();
            for title in [&plan["routes"][route]["title"], &provider["title"]] {
                assert!(message.contains(title.as_str().unwrap()), "{message}");
            }
            assert!(message.ends_with(error["help"].as_str().unwrap()), "{message}");
            assert!(!answered.text.contains(PLANTED) && !answered.text.contains(KEY), "{answered:?}");
        }
    }
}

#[test]
fn a_provider_that_cannot_be_reached_at_every_attempt_of_the_support_desk() {
    let folder = Folder::with(&[]);
    let upstream = Upstream::start(|_| Play::Say("It is done."));
    // Nobody listens where somebody did.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for down in ["openai", "anthropic", "gemini", "openrouter"] {
        plan(&folder, &project().join("policies/support.byok"), "plan.json", |plan| {
            at(plan, upstream.port);
            unguarded(plan);
            plan["providers"][down]["base_url"] = json!({"url": format!("http://127.0.0.1:{closed}")});
        });
        let plan: Value = serde_json::from_str(&folder.read("plan.json")).unwrap();
        let keys: Vec<(&str, &str)> =
            plan["providers"].as_object().unwrap().values().map(|provider| (provider["key"]["env"].as_str().unwrap(), KEY)).collect();
        let server = Server::start(&folder, "plan.json", &["--open"], &keys);
        std::thread::scope(|scope| {
            for (name, route) in plan["routes"].as_object().unwrap() {
                let server = &server;
                scope.spawn(move || {
                    let targets = route["attempts"].as_array().unwrap().iter().map(|attempt| attempt["target"].as_str().unwrap());
                    let failing: Failing = targets
                        .filter(|target| target.split('/').next() == Some(down))
                        .map(|target| (target.to_owned(), "network"))
                        .collect();
                    let answered = server.chat(&ask(name, "hello"));
                    match expected(route, &failing).1 {
                        Ok(target) => assert_eq!((answered.status, answered.header("x-byok-target")), (200, &*target), "{answered:?}"),
                        Err(_) => {
                            assert_eq!((answered.status, &answered.json()["error"]["code"]), (502, &json!("network")), "{answered:?}");
                        }
                    }
                });
            }
        });
    }
}
