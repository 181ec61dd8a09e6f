//! What is claimed, whether it holds, and what each proof relies on.

use crate::analysis::claims::{Verdict, always};
use crate::analysis::outcomes;
use crate::compile::Compilation;
use crate::source::Sources;
use crate::text::Table;

use super::Section;
use super::words::{NONE, list};

pub(super) fn assertions(sources: &Sources, compilation: &Compilation<'_>) -> Option<Section> {
    let mut table = Table::new(&["claim", "verdict", "relies on"]);
    for (assertion, judgement) in compilation.policy.assertions.iter().zip(&compilation.judgements) {
        let (verdict, first) = match &judgement.verdict {
            Verdict::Proved => ("proved", None),
            Verdict::Refuted(refutation) => ("refuted", Some(refutation.message.as_str())),
            Verdict::Empty(empty) => ("about nothing", Some(empty.message.as_str())),
            Verdict::Undecided(limit) => ("not decided", Some(limit.as_str())),
            Verdict::Unjudged => ("not judged", Some("what it speaks of has errors")),
        };
        let mut lines = first.into_iter().chain(judgement.relies_on.iter().map(|reliance| reliance.text.as_str()));
        table.row([assertion.text(sources), verdict.to_owned(), lines.next().unwrap_or(NONE).to_owned()]);
        lines.for_each(|line| table.row([String::new(), String::new(), line.to_owned()]));
    }
    Section::new("What is claimed of every run, and does it hold?", table).unless_empty()
}

/// What no way to a tool leaves out: its dominators.
pub(super) fn ways(compilation: &Compilation<'_>) -> Option<Section> {
    let mut table = Table::new(&["tool", "steps", "approval by", "masked"]);
    for (tool, always) in compilation.policy.tools.iter().zip(always(compilation.world())) {
        let Some(always) = always else { continue };
        let approvals = list(always.roles.iter().copied());
        table.row([tool.name.text.to_owned(), list(always.steps.iter().map(String::as_str)), approvals, list(always.detectors)]);
    }
    Section::new("What does every way to a tool pass?", table).unless_empty()
}

pub(super) fn tests(compilation: &Compilation<'_>) -> Option<Section> {
    let mut table = Table::new(&["test", "outcome"]);
    for (test, outcome) in compilation.policy.tests.iter().zip(&compilation.outcomes) {
        let said = if outcome.passed() {
            "passed"
        } else if outcome.expects.iter().any(|judged| matches!(judged.verdict, outcomes::Verdict::Failed(_))) {
            "failed"
        } else {
            "not judged"
        };
        table.row([test.name.value.to_string(), said.to_owned()]);
    }
    Section::new("What is tested?", table).unless_empty()
}
