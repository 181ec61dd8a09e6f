//! Policies so small that every part of them can be tried: one statement on a line, written by hand and at random.

use std::fmt::Write;

use byokc::catalogue::Catalogue;
use byokc::compile::{Options, compile};
use byokc::imports::NoImports;
use byokc::policy::model::RouteId;
use byokc::recheck::Original;
use byokc::source::{Source, Sources};
use byokc::units::Date;
use byokc::why::{Question, Wanted};
use proptest::prelude::*;

pub(crate) const TARGETS: [&str; 4] = ["openai/gpt-6-luna", "openai/gpt-6-sol", "anthropic/claude-haiku-5-5", "anthropic/claude-opus-5-5"];
const ENTRIES: [&str; 6] = [TARGETS[0], TARGETS[1], TARGETS[2], TARGETS[3], "openai/gpt-*", "anthropic/*"];
const ALLOWED: [&str; 4] = ["one", "two", "openai/gpt-6-sol", "anthropic/claude-*"];
const CLASSES: [&str; 3] = ["public", "internal", "restricted"];
const ON: [&str; 4] = ["outage", "rate_limit", "quota", "any"];

/// A policy at random.
pub(crate) fn random() -> impl Strategy<Value = String> {
    let list = || proptest::sample::subsequence(ENTRIES.to_vec(), 1..4);
    let account = || (0..CLASSES.len(), proptest::bool::weighted(0.9));
    let whom = || 0..TARGETS.len() + 4;
    let fallbacks = proptest::collection::vec((whom(), 0..ON.len()), 0..3);
    let allowed = proptest::sample::subsequence(ALLOWED.to_vec(), 1..4);
    let route = (0..CLASSES.len(), whom(), fallbacks, allowed, proptest::bool::weighted(0.3));
    let denied = proptest::option::weighted(0.3, 0..ENTRIES.len());
    let pool = proptest::sample::subsequence(TARGETS.to_vec(), 1..3);
    let routes = proptest::collection::vec(route, 1..4);
    let accounts = (account(), account());
    (accounts, list(), list(), denied, pool, routes).prop_map(|((openai, anthropic), one, two, denied, pool, routes)| {
        let mut text = String::new();
        for (name, (clearance, key)) in [("openai", openai), ("anthropic", anthropic)] {
            let key = if key { format!("  key  env {}_KEY\n", name.to_uppercase()) } else { String::new() };
            let class = CLASSES[clearance];
            write!(text, "provider {name} {{\n{key}  clearance  {class}\n  region     us\n  retention  30d\n}}\n\n").unwrap();
        }
        text = format!("data {}\n\n{text}", CLASSES.join(" < "));
        write!(text, "allow one {{\n  {}\n}}\n\nallow two {{\n  {}\n}}\n\n", one.join("\n  "), two.join("\n  ")).unwrap();
        if let Some(denied) = denied {
            write!(text, "deny {}\n\n", ENTRIES[denied]).unwrap();
        }
        write!(text, "pool peers {{\n  {}\n}}\n\n", pool.join("\n  ")).unwrap();
        for (number, (accepts, primary, fallbacks, allowed, lowers)) in routes.into_iter().enumerate() {
            let whom = |choice: usize| match TARGETS.get(choice) {
                Some(target) => (*target).to_owned(),
                None if choice > TARGETS.len() && number > 0 => format!("route r{}", (choice - TARGETS.len()) % number),
                None => "pool peers".to_owned(),
            };
            let lowers = if lowers {
                "  redact     email, phone\n  lowers     restricted to public because \"masked\"\n  lowers     internal to public because \"masked\"\n  minimize   strip images, files\n"
            } else {
                ""
            };
            let (accepts, allowed, primary) = (CLASSES[accepts], allowed.join(", "), whom(primary.min(TARGETS.len())));
            write!(text, "route r{number} {{\n  accepts    {accepts}\n  allow      {allowed}\n{lowers}  primary    {primary}\n").unwrap();
            for (choice, on) in &fallbacks {
                writeln!(text, "  fallback   {} on {}", whom(*choice), ON[*on]).unwrap();
            }
            text += if fallbacks.is_empty() { "  fallback   none\n}\n\n" } else { "}\n\n" };
        }
        text
    })
}

/// Asks of every route of a policy about every one of these targets.
pub(crate) fn ask_all(text: &str, targets: &[&str], mut judge: impl FnMut(Question<'_>)) {
    let sources = Sources::default();
    let root = sources.add(Source::new("policy.byok", text));
    let options = Options { catalogue: Catalogue::builtin(), today: Date::parse("2026-11-24").unwrap() };
    let compilation = compile(&sources, root, &NoImports, options);
    let original = Original { sources: &sources, root, loader: &NoImports, options };
    for route in (0..).map(RouteId).take(compilation.policy.routes.len()) {
        for target in targets {
            judge(Question { original, compilation: &compilation, route, wanted: &Wanted::parse(target).unwrap() });
        }
    }
}
