//! That no fewer changes let a route reach a target than `byokc why-not` proposes: every smaller set of changes of the same kinds is tried, on small
//! policies.

use byokc::diagnostic::Edit;
use byokc::edit::{add_after, add_first, remove};
use byokc::policy::model::Fallback;
use byokc::recheck::{Overlay, Pairs};
use byokc::source::Span;
use byokc::why::{Question, why_not};
use proptest::prelude::*;

use crate::small_policies::{TARGETS, ask_all, random};

fn behind(span: Span, text: String) -> Edit {
    Edit { span: Span { start: span.end, ..span }, text }
}

/// Every change of the kinds that are proposed, each as permissive as it can be.
fn candidates(question: Question<'_>) -> Vec<Edit> {
    let (policy, sources) = (&question.compilation.policy, question.original.sources);
    let target = &question.wanted.text;
    let mut all = Vec::new();
    for route in &policy.routes {
        let value = format!("{target} on outage, rate_limit");
        all.push(match route.fallback {
            Fallback::None(span) => Edit { span, text: format!("fallback {value}") },
            _ => add_after(sources, route.chain.last().unwrap().span, "fallback", &value),
        });
        all.push(behind(route.allow_span.unwrap(), format!(", {target}")));
    }
    all.extend(policy.allows.iter().map(|list| behind(list.patterns.last().unwrap().span, format!("\n  {target}"))));
    all.extend(policy.denies.iter().map(|deny| remove(sources, deny.span)));
    let highest = policy.classes.name(policy.classes.all().iter().last().unwrap());
    for provider in &policy.providers {
        if provider.key.is_none() {
            all.push(add_first(sources, provider.name.span, "key env SOME_KEY").unwrap());
        }
        all.push(Edit { span: provider.clearance_span.unwrap(), text: format!("clearance {highest}") });
    }
    all
}

/// Whether the route reaches the target with these changes, and no error is new.
fn allowed<'e>(question: Question<'_>, edits: impl IntoIterator<Item = &'e Edit>) -> bool {
    let overlay = Overlay::new(question.original, edits.into_iter().cloned());
    let after = overlay.compile();
    let pairs = Pairs::new(&question.compilation.diagnostics, &after.diagnostics, &overlay);
    let original = byokc::recheck::Original { sources: overlay.sources(), root: after.policy.root(), ..question.original };
    pairs.new_errors(&after.diagnostics).next().is_none() && Question { original, compilation: &after, ..question }.reaches() == Some(true)
}

/// Tries every route and target; gives the numbers of changes that were proposed.
fn judge(text: &str) -> Vec<usize> {
    let mut proposed = Vec::new();
    ask_all(text, &TARGETS, |question| {
        if question.reaches() != Some(false) {
            return;
        }
        let answer = why_not(question);
        let place = format!("{} {}", question.route_name(), question.wanted.text);
        assert!(answer.complete, "{place}\n{text}");
        let changes = answer.proposal.as_ref().map(|proposal| proposal.changes.as_slice());
        if let Some(changes) = changes {
            assert!(allowed(question, changes.iter().map(|change| &change.edit)), "{place}\n{text}");
            proposed.push(changes.len());
        }
        let fewer = |number: usize| changes.is_none_or(|changes| number < changes.len());
        let titles: Option<Vec<&str>> = changes.map(|changes| changes.iter().map(|change| change.title.as_str()).collect());
        let told = format!("{place}, where {titles:#?} was proposed, or {:#?} told\n{text}", answer.decide);
        let all = candidates(question);
        for (index, one) in all.iter().enumerate() {
            assert!(!fewer(1) || !allowed(question, [one]), "{one:?} is enough for {told}");
            for other in all.iter().skip(index + 1).filter(|_| fewer(2)) {
                assert!(!allowed(question, [one, other]), "{one:?} and {other:?} are enough for {told}");
            }
        }
    });
    proposed
}

const ACCOUNTS: &str = "data public < internal\n\nprovider openai {\n  key        env K\n  clearance  internal\n}\n\n\
    provider anthropic {\n  key        env A\n  clearance  public\n}\n\n";

#[test]
fn naming_it_nearer_takes_fewer_changes_than_three_allowlists() {
    let text = format!(
        "{ACCOUNTS}allow one {{\n  openai/gpt-6-luna\n}}\n\n\
        route last {{\n  accepts   public\n  allow     openai/gpt-6-luna\n  primary   openai/gpt-6-luna\n  fallback  openai/gpt-6-sol on outage\n}}\n\n\
        route middle {{\n  accepts   public\n  allow     openai/gpt-6-luna\n  primary   openai/gpt-6-luna\n  fallback  route last on outage\n}}\n\n\
        route first {{\n  accepts   public\n  allow     openai/gpt-6-luna\n  primary   openai/gpt-6-luna\n  fallback  route middle on outage\n}}\n"
    );
    let mut titles = Vec::new();
    ask_all(&text, &["openai/gpt-6-sol"], |question| {
        if question.route_name() == "first" {
            let changes = why_not(question).proposal.unwrap().changes;
            titles.extend(changes.into_iter().map(|change| change.title));
        }
    });
    titles.sort_unstable();
    assert_eq!(titles, ["let route `first` allow `openai/gpt-6-sol`", "let route `first` fall back to `openai/gpt-6-sol`"]);
    judge(&text);
}

#[test]
fn where_a_called_route_lowers_it_is_named_there() {
    let text = format!(
        "{ACCOUNTS}route masked {{\n  accepts   internal\n  allow     openai/*, anthropic/*\n  redact    email\n  lowers    internal to public because \"masked\"\n  minimize  strip images, files\n  primary   openai/gpt-6-luna\n  fallback  none\n}}\n\n\
        route open {{\n  accepts   internal\n  allow     openai/*, anthropic/*\n  primary   openai/gpt-6-sol\n  fallback  route masked on outage\n}}\n"
    );
    assert_eq!(judge(&text), [1, 1, 1, 1, 1]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_smaller_edit_allows_it_in_random_policies(text in random()) {
        judge(&text);
    }
}
