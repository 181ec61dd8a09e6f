//! Random claims of every form.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::random::CLASSES;

const NAMES: [&str; 8] = ["openai", "second", "anthropic", "lab", "router", "openrouter", "mistral", "vertex"];
const PATTERNS: [&str; 9] = [
    "openai/*",
    "openai/gpt-6-*",
    "openai/strange",
    "anthropic/claude-haiku-5-5",
    "lab/m",
    "second/GPT*",
    "mistral/*",
    "mistral/gpt-6-luna",
    "openrouter/nobody/*",
];
const REGIONS: [&str; 3] = ["region us", "region eu", "region us/east-1"];

/// Some of these, as a list.
fn some(words: Vec<String>, most: usize) -> impl Strategy<Value = String> {
    let most = most.min(words.len());
    subsequence(words, 1..=most).prop_map(|words| words.join(", "))
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn numbered(letter: char, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{letter}{number}")).collect()
}

/// So many claims about a policy of so many routes `r0`, …, workflows `w0`, …, whose longest has steps `s0`, ….
pub(super) fn claims(how_many: usize, routes: usize, steps: usize, workflows: usize) -> impl Strategy<Value = String> {
    let everybody = [owned(&NAMES), owned(&NAMES), owned(&PATTERNS), owned(&REGIONS)].concat();
    let (many, few) = (some(everybody.clone(), 16), some(everybody, 3));
    let names = numbered('r', routes);
    let on = || prop_oneof![3 => some(numbered('r', routes), 2), 1 => Just("all routes".to_owned())];
    let goals = [
        owned(&["tool mail", "tool look", "provider openai", "provider anthropic", "provider lab", "provider mistral"]),
        prefixed("step ", numbered('s', steps)),
    ];
    let passages = [
        owned(&["approval", "approval by lead", "approval by boss", "redaction of email", "redaction of email, phone"]),
        prefixed("step ", numbered('s', steps)),
    ];
    let measured = [names.clone(), owned(&["all routes"]), prefixed("workflow ", numbered('w', workflows))].concat();
    let by = select(vec!["", " by provider", " by vendor", " by key", " by model"]);
    let limits = select(vec![
        ("cost", "$0.001"),
        ("cost", "$0.01"),
        ("cost", "$0.1"),
        ("cost", "$1"),
        ("cost", "$20"),
        ("latency", "3s"),
        ("latency", "30s"),
        ("latency", "123s"),
        ("latency", "10min"),
        ("attempts", "1"),
        ("attempts", "2"),
        ("attempts", "3"),
        ("attempts", "6"),
    ]);
    let most = select(vec![1, 1, 1, 2, 3]);
    let lost = select(vec!["provider", "vendor", "key", "region"]);
    let claim = prop_oneof![
        2 => (some(owned(&CLASSES), 2), many).prop_map(|(classes, whom)| format!("{classes} reaches only {whom}")),
        2 => (some(owned(&CLASSES), 2), few).prop_map(|(classes, whom)| format!("never {classes} reaches {whom}")),
        1 => (some(owned(&PATTERNS), 4), on()).prop_map(|(patterns, on)| format!("only {patterns} serve {on}")),
        4 => (select(goals.concat()), select(passages.concat())).prop_map(|(goal, passage)| format!("every path to {goal} passes {passage}")),
        4 => (on(), most, lost).prop_map(|(on, most, lost)| format!("{on} survives losing any {most} {lost}")),
        2 => (select(names.clone()), select(names), by).prop_map(|(one, other, by)| format!("{one} independent of {other}{by}")),
        3 => (select(measured), limits).prop_map(|(of, (what, limit))| format!("{what} of {of} <= {limit}")),
        1 => on().prop_map(|on| format!("own keys on {on}")),
        1 => on().prop_map(|on| format!("no fallback on {on}")),
    ];
    proptest::collection::vec(claim, how_many).prop_map(|claims| claims.iter().map(|claim| format!("assert {claim}\n")).collect())
}

fn prefixed(prefix: &str, names: Vec<String>) -> Vec<String> {
    names.into_iter().map(|name| format!("{prefix}{name}")).collect()
}
