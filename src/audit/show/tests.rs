//! What a log tells people, on one that was made up.

use super::*;
use crate::audit::{After, Approval, Call, End, Head, Key, Tool, ToolDecision, Used};

fn asked(request: &'static str, caller: &'static str) -> Asked<'static> {
    let (request, plan) = (request.into(), "sha256:1".into());
    Asked { request, plan, caller: Some(caller.into()), route: Some("support".into()), data: vec!["internal".into()], ..Asked::default() }
}

fn attempt(request: &'static str, index: u16, target: &'static str, after: Option<After<'static>>) -> Entry<'static> {
    let call =
        Call { called: true, target: target.into(), account: target.split('/').next().unwrap_or_default().into(), ..Call::default() };
    let key = Key { source: "env".into(), name: Some("KEY".into()), owner: "own".into() };
    Entry::Attempt(Box::new(Attempt {
        asked: asked(request, "bot"),
        index,
        after,
        call,
        key,
        redactions: [("email".into(), 2)].into(),
        ..Attempt::default()
    }))
}

fn end(request: &'static str, index: u16, target: &'static str) -> Entry<'static> {
    let used = Used { input: 1200, output: 300, cost: Some("0.0021".into()), ..Used::default() };
    let tool = |name: &'static str, decision| Tool { name: name.into(), decision, digest: None };
    let tools = vec![tool("look_up", ToolDecision::Called), tool("rm", ToolDecision::Blocked)];
    Entry::End(Box::new(End {
        asked: asked(request, "bot"),
        index,
        target: target.into(),
        outcome: "served".into(),
        tries: 1,
        duration_ms: 2310,
        used,
        tools,
        ..End::default()
    }))
}

fn log() -> Vec<u8> {
    let after = After { attempt: 0, class: "rate_limit".into(), tries: 3, duration_ms: 7100 };
    let approval = Approval { approver: "ana".into(), role: "lead".into(), ..Approval::default() };
    let redeemed = Redeemed { asked: asked("r4", "bot"), tool: "refund".into(), sealed_in: "r1".into(), approval };
    let entries = [
        attempt("r1", 0, "openai/a", None),
        attempt("r1", 1, "anthropic/b", Some(after)),
        attempt("r2", 0, "openai/a", None),
        end("r1", 1, "anthropic/b"),
        Entry::Denied(Denied {
            asked: asked("r3", "eve\u{1b}[31m"),
            code: "refused".into(),
            reason: Some("approval reused".into()),
            digest: None,
        }),
        Entry::Redeemed(redeemed),
    ];
    let mut head = Head::default();
    entries.iter().flat_map(|entry| head.append("2026-11-24T10:00:00.000Z", &serde_json::to_vec(entry).unwrap())).collect()
}

fn show(wanted: Wanted, log: &[u8]) -> (String, Shown) {
    let mut out = Vec::new();
    let mut show = Show::new(wanted, &mut out);
    show.file("audit.jsonl", log).unwrap();
    let shown = show.finish().unwrap();
    (String::from_utf8(out).unwrap(), shown)
}

#[test]
fn a_log_is_told_request_by_request_and_then_summed_up() {
    let (text, shown) = show(Wanted::default(), &log());
    assert_eq!(shown, Shown { records: 6, doubtful: None });
    let expected = r"2026-11-24T10:00:00.000Z  bot -> support, data internal  [r1]
  called openai/a, own key env KEY, masked 2 email
  called anthropic/b after rate_limit (3 tries, 7s 100ms), own key env KEY, masked 2 email
  tools called: look_up
  tools blocked: rm
  served by anthropic/b, 1,200 + 300 tokens, $0.0021, 2s 310ms
2026-11-24T10:00:00.000Z  eve\u{1b}[31m -> support, data internal  [r3]
  turned away, refused: approval reused
2026-11-24T10:00:00.000Z  bot -> support, data internal  [r4]
  opened the call of refund in the answer to request r1
  approved by ana as lead
2026-11-24T10:00:00.000Z  bot -> support, data internal  [r2]
  called openai/a, own key env KEY, masked 2 email
  no end: byokc was stopped, or the log ends before
";
    assert!(text.starts_with(expected), "{text}");
    for line in [
        "  anthropic  anthropic/b  internal         1  1,200     300  $0.0021",
        "  openai     openai/a     internal         2      0       0    $0.00",
        "  support  openai/a  rate_limit   anthropic/b      1",
        "  bot            1  1,200     300  $0.0021",
        "  refused  approval reused      1",
    ] {
        assert!(text.lines().any(|told| told == line), "{line}\n{text}");
    }
}

#[test]
fn only_what_is_wanted_is_told_and_counted() {
    let one = Wanted { request: Some("r1".to_owned()), ..Wanted::default() };
    let (text, _) = show(one, &log());
    assert!(text.contains("[r1]") && !text.contains("[r2]") && !text.contains("turned away"), "{text}");
    let (text, _) = show(Wanted { last: Some(1), ..Wanted::default() }, &log());
    assert!(text.starts_with("2026-11-24T10:00:00.000Z  bot -> support, data internal  [r2]") && !text.contains("[r1]"), "{text}");
    assert!(text.contains("$0.0021"), "the sums are of all: {text}");
    let none = Wanted { caller: Some("nobody".to_owned()), ..Wanted::default() };
    assert_eq!(show(none, &log()).0, "");
}

#[test]
fn a_log_that_was_tampered_with_is_told_as_far_as_it_can_be_read_and_doubted() {
    let log = log();
    let lines: Vec<&[u8]> = log.split_inclusive(|byte| *byte == b'\n').collect();
    let without: Vec<u8> = [lines[0], lines[1], lines[3], lines[4]].concat();
    let (text, shown) = show(Wanted::default(), &without);
    assert!(text.contains("served by anthropic/b"), "{text}");
    assert_eq!(shown, Shown { records: 4, doubtful: Some("audit.jsonl:3".to_owned()) });
    let torn = &log[..log.len() - 9];
    assert_eq!(show(Wanted::default(), torn).1, Shown { records: 5, doubtful: Some("audit.jsonl:6".to_owned()) });
}
