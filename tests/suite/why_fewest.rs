//! That no fewer statements let a route reach a target than `byokc why` tells: every smaller set is tried, on small policies.

use std::collections::BTreeSet;

use byokc::diagnostic::Edit;
use byokc::edit::{remove, with_keyword};
use byokc::policy::model::{Allowing, RouteId};
use byokc::recheck::Overlay;
use byokc::source::Span;
use byokc::why::{Question, Reached, why};
use proptest::prelude::*;

use crate::byokc::Folder;
use crate::small_policies::{TARGETS, ask_all, random};

/// Every statement that may have to do with the answer and can be left out, and the edit that does. What other accounts say, and routes that no run comes to,
/// have nothing to do with it.
fn statements(question: Question<'_>) -> Vec<(Span, Edit)> {
    let (policy, sources) = (&question.compilation.policy, question.original.sources);
    let mut fields: Vec<Span> = Vec::new();
    let mut entries: Vec<Span> = Vec::new();
    let account = &question.wanted.account;
    for provider in policy.providers.iter().filter(|provider| provider.name.text == account) {
        let said = [provider.key.as_ref().map(|at| at.span), provider.region.as_ref().map(|at| at.span)];
        let more = [provider.retention.map(|at| at.span), provider.clearance_span, provider.training_never, provider.upstreams_span];
        fields.extend(said.into_iter().chain(more).flatten());
    }
    fields.extend(policy.models.iter().map(|model| model.span));
    fields.extend(
        policy.allows.iter().flat_map(|list| &list.patterns).filter(|pattern| pattern.owner == account).map(|pattern| pattern.span),
    );
    entries.extend(policy.pools.iter().flat_map(|pool| &pool.members).map(|member| member.span));
    let automaton = question.compilation.automaton(question.route).unwrap();
    let hops = automaton.attempts.iter().flat_map(|attempt| automaton.path(automaton.place(attempt)));
    let called: BTreeSet<RouteId> = hops.map(|hop| hop.route).collect();
    for route in called.into_iter().map(|id| &policy[id]) {
        fields.extend(route.chain.iter().map(|step| step.span));
        fields.extend(route.lowers.iter().map(|lowers| lowers.span));
        fields.extend(route.approve.iter().map(|gate| gate.span));
        let (masked, stripped) = (&route.redact, &route.strip);
        if let (Some(first), Some(last)) = (masked.first(), masked.last()) {
            fields.push(with_keyword(sources, "redact", first.span, last.span).unwrap());
        }
        if let (Some(first), Some(last)) = (stripped.first(), stripped.last()) {
            let strip = with_keyword(sources, "strip", first.span, last.span).unwrap();
            fields.push(with_keyword(sources, "minimize", strip, strip).unwrap());
        }
        entries.extend(route.allow.iter().map(|entry| match entry {
            Allowing::List(list) => list.span,
            Allowing::Pattern(pattern) => pattern.span,
        }));
    }
    // A pool has to have a member, and without an `allow` `allow default` would step in: in place of such an entry stands one that is of no use.
    let entries = entries.into_iter().map(|span| (span, Edit { span, text: format!("{account}/none-{}", span.start) }));
    fields.into_iter().map(|span| (span, remove(sources, span))).chain(entries).collect()
}

/// Whether the route reaches the target with these statements taken out.
fn reaches_without<'e>(question: Question<'_>, out: impl Iterator<Item = &'e Edit>) -> bool {
    let overlay = Overlay::new(question.original, out.cloned());
    let after = overlay.compile();
    let original = byokc::recheck::Original { sources: overlay.sources(), root: after.policy.root(), ..question.original };
    Question { original, compilation: &after, ..question }.reaches() == Some(true)
}

/// What is wrong with an answer, if anything is. Where `all`, every smaller set is tried, else those that hold what alone cannot be left out.
fn wrong(question: Question<'_>, reached: &Reached, all: bool) -> Option<String> {
    let statements = statements(question);
    let told = |span: Span| reached.statements.iter().any(|statement| statement.span == span);
    let place = format!("{} {}", question.route_name(), question.wanted.text);
    for statement in &reached.statements {
        if !statements.iter().any(|(span, _)| *span == statement.span) {
            return Some(format!("{place}: `{}` is no statement", question.original.sources.text(statement.span)));
        }
    }
    if !reaches_without(question, statements.iter().filter(|(span, _)| !told(*span)).map(|(_, edit)| edit)) {
        return Some(format!("{place}: the statements do not suffice: {:#?}", reached.statements));
    }
    let (needed, free): (Vec<_>, Vec<_>) = statements.iter().partition(|(_, edit)| !all && !reaches_without(question, [edit].into_iter()));
    let most = reached.statements.len().checked_sub(needed.len() + 1)?;
    let fewer = sets(free.len(), most).into_iter().find(|kept| {
        let out = free.iter().enumerate().filter(|(index, _)| !kept.contains(index)).map(|(_, (_, edit))| edit);
        reaches_without(question, out)
    })?;
    let kept = needed.iter().chain(fewer.iter().map(|index| &free[*index]));
    let kept: Vec<&str> = kept.map(|(span, _)| question.original.sources.text(*span)).collect();
    Some(format!("{place}: fewer do, {kept:#?}, than {:#?}", reached.statements))
}

/// Every set of at most so many of the first numbers.
fn sets(numbers: usize, most: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for number in 0..numbers {
        let with: Vec<Vec<usize>> = all.iter().filter(|set| set.len() < most).map(|set| [&set[..], &[number]].concat()).collect();
        all.extend(with);
    }
    all
}

fn judge(text: &str, all: bool) -> usize {
    let mut judged = 0;
    ask_all(text, &TARGETS, |question| {
        let Some(reached) = why(question) else { return };
        judged += 1;
        assert!(reached.fewest);
        if let Some(wrong) = wrong(question, &reached, all) {
            panic!("{wrong}\n{text}");
        }
    });
    judged
}

#[test]
fn no_smaller_set_lets_it_in_policies_by_hand() {
    let openai = "data public < internal\n\nprovider openai {\n  key        env K\n  clearance  internal\n}\n\n";
    let two_ways = "allow one {\n  openai/gpt-6-luna\n  openai/gpt-6-sol\n}\n\n\
        route far {\n  accepts   public\n  allow     one, openai/gpt-6-*\n  primary   openai/gpt-6-sol\n  fallback  openai/gpt-6-luna on outage\n}\n\n\
        route near {\n  accepts   public\n  allow     openai/gpt-6-*\n  primary   openai/gpt-6-sol\n  fallback  route far on outage\n  fallback  openai/gpt-6-luna on quota\n}\n";
    let lowered = "route masked {\n  accepts   internal\n  allow     openai/gpt-6-luna\n  redact    email\n  lowers    internal to public because \"masked\"\n  minimize  strip images, files\n  primary   openai/gpt-6-luna\n  fallback  none\n}\n";
    let pool = "pool peers {\n  openai/gpt-6-luna\n  openai/gpt-6-sol\n}\n\n\
        route a {\n  accepts   internal\n  allow     openai/gpt-6-luna, openai/*\n  primary   pool peers on quota\n  fallback  openai/gpt-6-sol on any\n}\n";
    for (text, answers) in [(two_ways, 4), (lowered, 1), (pool, 2)] {
        assert_eq!(judge(&format!("{openai}{text}"), true), answers, "{text}");
    }
}

/// What a route answers of a target, in both formats, where it says that there may be fewer statements.
fn says_that_there_may_be_fewer(text: &str, route: &str, target: &str) {
    let folder = Folder::with(&[("p.byok", text)]);
    let ran = folder.run(&["why", "--as-of", "2026-11-24", "p.byok", route, target, "--output", "human", "--output", "json=out.json"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains(" statements let it; there may be fewer, "), "{}", ran.stdout);
    let document: serde_json::Value = serde_json::from_str(&folder.read("out.json")).unwrap();
    assert_eq!(document["complete"], false);
}

#[test]
fn with_more_entries_than_are_combined_there_may_be_fewer() {
    let id = "gpt-6-luna";
    let patterns = (1..id.len()).flat_map(|from| (from..id.len()).map(move |to| format!("openai/{}*{}", &id[..from], &id[to..])));
    let patterns: Vec<String> = patterns
        .chain((0..id.len()).map(|to| format!("openai/*{}", &id[to..])))
        .chain((1..id.len()).map(|from| format!("openai/{}*", &id[..from])))
        .collect();
    assert!(patterns.len() > 60);
    let lists: Vec<String> = (0..3).map(|list| format!("allow l{list} {{\n  {}\n}}\n", patterns.join("\n  "))).collect();
    let text = format!(
        "provider openai {{ key env K region us retention 30d }}\n{}\
        route a {{\n  accepts   public\n  allow     l0, l1\n  primary   openai/gpt-6-luna\n  fallback  none\n}}\n\
        route b {{\n  accepts   public\n  allow     l1, l2\n  primary   openai/gpt-6-sol\n  fallback  route a on outage\n}}\n",
        lists.concat()
    );
    says_that_there_may_be_fewer(&text, "b", "openai/gpt-6-luna");
}

#[test]
fn with_more_lowering_than_is_combined_there_may_be_fewer() {
    let classes: Vec<String> = (0..12).map(|class| format!("c{class}")).collect();
    let lowers = classes.windows(2).rev().map(|pair| format!("  lowers    {} to {} because \"masked\"\n", pair[1], pair[0]));
    let text = format!(
        "data {}\nprovider openai {{ key env K region us retention 30d }}\n\
        route a {{\n  accepts   c11\n  allow     openai/*\n  redact    email\n{}  minimize  strip images, files\n  primary   openai/gpt-6-luna\n  fallback  none\n}}\n",
        classes.join(" < "),
        lowers.collect::<String>()
    );
    says_that_there_may_be_fewer(&text, "a", "openai/gpt-6-luna");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_smaller_set_lets_it_in_random_policies(text in random()) {
        judge(&text, false);
    }
}
