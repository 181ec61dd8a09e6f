//! What must hold for every policy, tried on random ones.

use std::collections::BTreeSet;
use std::fmt::Write;

use byokc::catalogue::Catalogue;
use byokc::compile::{Compilation, Options, compile};
use byokc::imports::NoImports;
use byokc::plan::lower;
use byokc::source::{FileId, Source, Sources};
use byokc::syntax::format_checked;
use byokc::units::Date;
use byokc::verify::verify;
use proptest::prelude::*;

const TARGETS: [&str; 6] = [
    "openai/gpt-6-luna",
    "openai/gpt-6-sol",
    "anthropic/claude-haiku-5-5",
    "anthropic/claude-opus-5-5",
    "gemini/gemini-3.8-flash",
    "openrouter/mistralai/mistral-small-2603",
];
const CLASSES: [&str; 4] = ["public", "internal", "confidential", "restricted"];
const ON: [&str; 6] = ["outage", "rate_limit", "quota", "auth", "any", "context_length, timeout"];
const PROVIDERS: [&str; 4] = ["openai", "anthropic", "gemini", "openrouter"];

/// A policy as choices, so that it can be changed in one place.
#[derive(Clone, Debug)]
struct Choices {
    /// For each provider the class it is cleared for.
    clearance: [usize; 4],
    /// Which targets the allowlist holds.
    allowed: BTreeSet<usize>,
    /// Which targets are denied.
    denied: BTreeSet<usize>,
    pool: (bool, Vec<usize>),
    routes: Vec<RouteChoices>,
}

#[derive(Clone, Debug)]
struct RouteChoices {
    accepts: usize,
    primary: usize,
    /// Whom, by number: a target, the pool, or an earlier route; and after which failures.
    fallbacks: Vec<(usize, usize)>,
    redacts: bool,
}

fn choices() -> impl Strategy<Value = Choices> {
    let targets = || proptest::collection::btree_set(0..TARGETS.len(), 0..TARGETS.len());
    let fallbacks = proptest::collection::vec((0..TARGETS.len() + 4, 0..ON.len()), 0..4);
    let route = (0..4usize, 0..TARGETS.len() + 1, fallbacks, any::<bool>());
    let route = route.prop_map(|(accepts, primary, fallbacks, redacts)| RouteChoices { accepts, primary, fallbacks, redacts });
    let pool = (any::<bool>(), proptest::sample::subsequence((0..TARGETS.len()).collect::<Vec<_>>(), 1..4));
    let clearance = proptest::array::uniform4(0..4usize);
    (clearance, targets(), targets(), pool, proptest::collection::vec(route, 1..5))
        .prop_map(|(clearance, allowed, denied, pool, routes)| Choices { clearance, allowed, denied, pool, routes })
}

impl Choices {
    /// The declarations, each a text of its own.
    fn declarations(&self) -> Vec<String> {
        let mut all = Vec::new();
        for (provider, clearance) in PROVIDERS.iter().zip(self.clearance) {
            let class = CLASSES[clearance];
            all.push(format!(
                "provider {provider} {{ key env {}_API_KEY clearance {class} region us retention 30d }}",
                provider.to_uppercase()
            ));
        }
        let list = |targets: &BTreeSet<usize>| targets.iter().map(|target| TARGETS[*target]).collect::<Vec<_>>();
        all.push(format!("allow production {{ {} }}", list(&self.allowed).join(" ")));
        if !self.denied.is_empty() {
            all.push(format!("deny {} # for a reason", list(&self.denied).join(", ")));
        }
        let members: Vec<_> = self.pool.1.iter().map(|target| TARGETS[*target]).collect();
        all.push(format!("pool peers {} {{ {} }}", if self.pool.0 { "spread" } else { "" }, members.join(" ")));
        for (number, route) in self.routes.iter().enumerate() {
            let whom = |choice: usize| match TARGETS.get(choice) {
                Some(target) => (*target).to_owned(),
                None if choice > TARGETS.len() && number > 0 => format!("route r{}", (choice - TARGETS.len() - 1) % number),
                None => "pool peers".to_owned(),
            };
            let mut text = format!(
                "route r{number} {{ accepts {} allow production primary {}",
                CLASSES[route.accepts],
                whom(route.primary.min(TARGETS.len()))
            );
            for (choice, on) in &route.fallbacks {
                write!(text, "\n fallback {} on {}", whom(*choice), ON[*on]).unwrap();
            }
            text += if route.fallbacks.is_empty() { " fallback none" } else { "" };
            text += if route.redacts { " redact email minimize strip images, files" } else { "" };
            all.push(text + " }");
        }
        all
    }

    fn text(&self) -> String {
        self.declarations().join("\n")
    }
}

pub(crate) fn with<R>(text: &str, look: impl FnOnce(&Sources, &Compilation<'_>) -> R) -> R {
    compiled(text, |sources, compilation| look(sources, &compilation))
}

pub(crate) fn compiled<R>(text: &str, look: impl for<'a> FnOnce(&'a Sources, Compilation<'a>) -> R) -> R {
    let sources = Sources::default();
    let root = sources.add(Source::new("p.byok", text));
    let options = Options { catalogue: Catalogue::builtin(), today: Date::new(2026, 11, 24).unwrap() };
    look(&sources, compile(&sources, root, &NoImports, options))
}

/// The plan's digest, where there are no errors.
fn digest(text: &str) -> Option<String> {
    with(text, |sources, compilation| compilation.checked().ok().map(|checked| lower(sources, &checked).digest.into_owned()))
}

/// Every finding of these codes: code, subject, and the text at its place.
fn findings(text: &str, codes: &[u16]) -> BTreeSet<(u16, String, String)> {
    with(text, |sources, compilation| {
        let chosen = compilation.diagnostics.iter().filter(|finding| codes.contains(&finding.rule.code.0));
        chosen
            .map(|finding| {
                (
                    finding.rule.code.0,
                    finding.subject.as_ref().map_or(String::new(), |subject| subject.name.clone()),
                    sources.text(finding.span).to_owned(),
                )
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_layout_is_stable_and_keeps_the_meaning(choices in choices()) {
        let text = choices.text();
        let once = format_checked(FileId(0), &text).unwrap();
        prop_assert_eq!(&format_checked(FileId(0), &once).unwrap(), &once);
        prop_assert_eq!(digest(&once), digest(&text));
    }

    #[test]
    fn the_order_of_declarations_does_not_matter(choices in choices(), seed in any::<u64>()) {
        let declarations = choices.declarations();
        let mut order: Vec<usize> = (0..declarations.len()).collect();
        order.sort_by_key(|index| seed.rotate_left(u32::try_from(*index).unwrap() * 7) ^ (*index as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let shuffled: Vec<&str> = order.iter().map(|index| declarations[*index].as_str()).collect();
        let every = |text: &str| findings(text, &(0..1000).collect::<Vec<_>>());
        prop_assert_eq!(digest(&shuffled.join("\n")), digest(&choices.text()));
        // An unknown name is shown where it stands first, so places may differ; here every name is known.
        prop_assert_eq!(every(&shuffled.join("\n")), every(&choices.text()));
    }

    #[test]
    fn every_plan_is_what_it_says(choices in choices()) {
        let faults = with(&choices.text(), |sources, compilation| {
            let checked = compilation.checked().ok()?;
            verify(&lower(sources, &checked)).err()
        });
        prop_assert_eq!(faults, None);
    }

    #[test]
    fn narrowing_never_hides_a_finding(choices in choices(), which in 0..6usize, provider in 0..4usize) {
        let codes = [202, 203, 401];
        let before = findings(&choices.text(), &codes);
        // An empty allowlist is another finding, BYOK208, in whose place 202 is silent.
        if choices.allowed.len() > 1 {
            let mut narrower = choices.clone();
            narrower.allowed.remove(&which);
            prop_assert!(before.is_subset(&findings(&narrower.text(), &codes)), "a narrower allowlist");
        }
        let mut lower_clearance = choices.clone();
        lower_clearance.clearance[provider] = lower_clearance.clearance[provider].saturating_sub(1);
        prop_assert!(before.is_subset(&findings(&lower_clearance.text(), &codes)), "a lower clearance");
        let mut wider_deny = choices;
        wider_deny.denied.insert(which);
        prop_assert!(before.is_subset(&findings(&wider_deny.text(), &codes)), "a wider deny");
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,200}", cut in 0..400usize, choices in choices()) {
        let mut mixed = choices.text();
        let at = (0..=cut.min(mixed.len())).rev().find(|at| mixed.is_char_boundary(*at)).unwrap();
        mixed.insert_str(at, &text);
        with(&text, |_, _| ());
        with(&mixed, |_, _| ());
        let _ = format_checked(FileId(0), &mixed);
    }

    #[test]
    fn every_attempt_leads_forward_and_every_place_is_reached_once(choices in choices()) {
        with(&choices.text(), |_, compilation| {
            for automaton in compilation.automata.iter().flatten().flatten() {
                let mut reached: BTreeSet<u16> = automaton.entries.iter().copied().collect();
                for (number, attempt) in automaton.attempts.iter().enumerate() {
                    assert!(reached.contains(&u16::try_from(number).unwrap()), "attempts are numbered in order of first reach");
                    for edge in automaton.next(attempt) {
                        assert!(automaton.attempts[usize::from(edge.to)].place > attempt.place);
                        reached.insert(edge.to);
                    }
                }
            }
        });
    }
}
