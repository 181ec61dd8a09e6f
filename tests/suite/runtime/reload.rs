//! A plan that changes under a server, and a server that is asked to end.

use std::time::Duration;

use super::serving::{POLICY, serve};
use super::upstream::{Play, Upstream};
use super::{ask, at, plan};
use crate::byokc::Folder;

#[test]
fn another_plan_takes_over_and_a_bad_one_does_not() {
    let upstream = Upstream::start(|_| Play::Say("Good day."));
    let folder = Folder::with(&[]);
    let server = serve(&folder, &upstream);
    let digest = |route: &str| {
        let answered = server.chat(&ask(route, "hello"));
        (answered.status, answered.header("x-byok-plan").to_owned())
    };
    let (status, first) = digest("chat");
    assert_eq!((status, digest("added").0), (200, 404));
    let more = format!("{POLICY}route added {{ accepts internal  primary openai/gpt-6-luna  fallback none }}\n");
    std::fs::write(folder.path("policy.byok"), more).unwrap();
    plan(&folder, &folder.path("policy.byok"), "plan.json", |plan| at(plan, upstream.port));
    server.wait_for("another plan is in service");
    let (status, second) = digest("added");
    assert!(status == 200 && second != first);
    // One that is not what it says is refused, and the one before stays.
    std::fs::write(folder.path("plan.json"), folder.read("plan.json").replace("\"retries\":0", "\"retries\":3")).unwrap();
    server.signal("-HUP");
    server.wait_for("the new plan is refused");
    assert_eq!(digest("added"), (200, second));
    let counted = server.get("/metrics", &[]).text;
    assert!(counted.contains("byokc_reloads_total{outcome=\"taken\"} 1"), "{counted}");
    assert!(counted.contains("byokc_reloads_total{outcome=\"refused\"}"), "{counted}");
}

#[test]
fn answers_under_way_end_before_the_server_does() {
    let upstream = Upstream::start(|_| {
        let body = super::upstream::whole("openai", "At last.");
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
        Play::Raw(vec![(Duration::from_millis(1500), [head, body].concat().into_bytes())])
    });
    let folder = Folder::with(&[]);
    let mut server = serve(&folder, &upstream);
    std::thread::scope(|scope| {
        let answered = scope.spawn(|| server.chat(&ask("chat", "hello")));
        std::thread::sleep(Duration::from_millis(500));
        server.signal("-TERM");
        let answered = answered.join().unwrap();
        assert_eq!((answered.status, &*answered.says()), (200, "At last."));
    });
    assert_eq!(server.wait(), 0);
}

/// A pipe where the plan was: whoever opens it waits for ever.
#[test]
fn a_plan_that_cannot_be_read_holds_nobody_up() {
    let upstream = Upstream::start(|_| Play::Say("Good day."));
    let folder = Folder::with(&[]);
    let mut server = serve(&folder, &upstream);
    std::fs::remove_file(folder.path("plan.json")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(folder.path("plan.json")).status().unwrap().success());
    server.signal("-HUP");
    server.wait_for("plan.json is no file");
    assert_eq!(server.chat(&ask("chat", "hello")).status, 200);
    server.signal("-TERM");
    assert_eq!(server.wait(), 0);
}
