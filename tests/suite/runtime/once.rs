//! `byokc run`: one call, its answer on standard output, the way there on standard error.

use super::serving::POLICY;
use super::upstream::{Play, Upstream};
use super::{KEY, at, plan};
use crate::byokc::{Folder, Ran};

fn folder(upstream: &Upstream) -> Folder {
    let folder = Folder::with(&[("policy.byok", POLICY)]);
    plan(&folder, &folder.path("policy.byok"), "plan.json", |plan| at(plan, upstream.port));
    folder
}

fn run(folder: &Folder, arguments: &[&str]) -> Ran {
    folder.run_env(&[&["run", "plan.json"], arguments].concat(), &[("LAB_KEY", KEY), ("OTHER_KEY", KEY)])
}

#[test]
fn the_answer_and_the_way_there() {
    let upstream = Upstream::start(|seen| {
        if seen.account == "openai" && seen.text.contains("down") {
            Play::Fail(503, Vec::new(), "{}".to_owned())
        } else {
            Play::Say("Good day.")
        }
    });
    let folder = folder(&upstream);
    for stream in [&[][..], &["--stream"]] {
        let ran = run(&folder, &[&["chat", "--input", "hello"], stream].concat());
        assert_eq!((ran.code, &*ran.stdout, &*ran.stderr), (0, "Good day.\n", "openai/gpt-6-luna: served\n"));
        let ran = run(&folder, &[&["chat", "--input", "down"], stream].concat());
        assert_eq!((ran.code, &*ran.stdout), (0, "Good day.\n"));
        assert_eq!(ran.stderr, "openai/gpt-6-luna: overloaded\nanthropic/claude-haiku-5-5: served\n");
    }
    let ran = folder.run_with(&["run", "plan.json", "chat"], b"from standard input");
    assert!(ran.code == 1 && ran.stderr.contains("no OpenAI BYOK key is configured. Set LAB_KEY"), "{ran:?}");
}

#[test]
fn a_failure_in_words_and_by_exit_code() {
    let upstream = Upstream::start(|_| Play::Fail(401, Vec::new(), "{\"error\": {\"code\": \"invalid_api_key\"}}".to_owned()));
    let folder = folder(&upstream);
    let ran = run(&folder, &["chat", "--input", "hello"]);
    assert_eq!((ran.code, &*ran.stdout), (1, ""));
    assert_eq!(
        ran.stderr,
        "openai/gpt-6-luna: invalid_key\nerror: The chat route called OpenAI with the key in LAB_KEY, and OpenAI rejects it. \
         Set LAB_KEY to a key that OpenAI accepts, or switch this route to another provider.\n"
    );
    let ran = run(&folder, &["nobody", "--input", "hello"]);
    assert_eq!((ran.code, &*ran.stderr), (2, "error: the plan has no route `nobody`\nhelp: its routes are chat, masked, vectors\n"));
    assert_eq!(folder.run(&["run", "nothing.json", "chat", "--input", "x"]).code, 4);
    assert_eq!(folder.run(&["run", "policy.byok", "chat", "--input", "x"]).code, 3);
    assert_eq!(folder.run(&["run", "-", "chat"]).code, 2);
}
