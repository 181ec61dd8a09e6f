//! What came of the tests of a policy, told in full: from a compilation to a report for people, and to `JUnit` XML. Pure: it reads nothing and prints nothing.

mod coverage;
mod human;
mod junit;

pub use coverage::{Coverage, Unvisited};
pub use human::human;
pub use junit::junit;

use crate::analysis::outcomes::{Outcome, Verdict};
use crate::analysis::scenario::MAX_RUNS;
use crate::compile::Compilation;
use crate::diagnostic::{Diagnostic, Severity, SubjectKind};
use crate::policy::model::{Expectation, Test};
use crate::render::{PolicyReport, Summary};
use crate::source::{Sources, Span};
use crate::text::{grouped, one_line};

/// The tests of one policy, those of a filter or all, and what came of them.
pub struct Tested<'c, 's> {
    sources: &'c Sources,
    /// The path of the policy.
    pub path: &'c str,
    /// The policy.
    pub compilation: &'c Compilation<'s>,
    chosen: Vec<usize>,
}

/// How a test ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Every expectation holds.
    Passed,
    /// One does not, or there is none.
    Failed,
    /// It could not be judged: why.
    Unjudged(String),
}

impl<'c, 's> Tested<'c, 's> {
    /// The tests whose name holds a text, letter case aside; every test without one.
    pub fn new(sources: &'c Sources, path: &'c str, compilation: &'c Compilation<'s>, filter: Option<&str>) -> Self {
        let filter = filter.map(str::to_lowercase);
        let wanted = |test: &Test<'_>| filter.as_ref().is_none_or(|filter| test.name.value.to_lowercase().contains(filter));
        let tests = compilation.policy.tests.iter().enumerate();
        let chosen = tests.filter(|(_, test)| wanted(test)).map(|(index, _)| index).collect();
        Self { sources, path, compilation, chosen }
    }

    /// Each test with its outcome, in source order.
    pub fn tests(&self) -> impl Iterator<Item = (&'c Test<'s>, &'c Outcome)> {
        let (tests, outcomes) = (&self.compilation.policy.tests, &self.compilation.outcomes);
        self.chosen.iter().filter_map(|index| tests.get(*index).zip(outcomes.get(*index)))
    }

    /// How a test ended.
    pub fn status(&self, test: &Test<'s>, outcome: &Outcome) -> Status {
        if outcome.failed() {
            return Status::Failed;
        }
        let judged = test.expect.iter().zip(&outcome.expects);
        let why = |(expectation, verdict): (&Expectation<'_>, &Verdict)| {
            let route = self.compilation.policy[expectation.route.value].name.text;
            match verdict {
                Verdict::Unjudged => Some(format!("route `{route}` has errors of its own")),
                Verdict::Beyond => Some(format!("route `{route}` has more than {} runs here", grouped(MAX_RUNS as u64))),
                Verdict::Passed | Verdict::Failed(_) => None,
            }
        };
        let unjudged = judged.map(|(expectation, judged)| (expectation, &judged.verdict)).find_map(why);
        unjudged.map_or(Status::Passed, Status::Unjudged)
    }

    /// How many tests passed, failed, and could not be judged.
    pub fn counts(&self) -> [usize; 3] {
        self.tests().fold([0; 3], |[passed, failed, unjudged], (test, outcome)| match self.status(test, outcome) {
            Status::Passed => [passed + 1, failed, unjudged],
            Status::Failed => [passed, failed + 1, unjudged],
            Status::Unjudged(_) => [passed, failed, unjudged + 1],
        })
    }

    /// How many errors keep the policy from being read whole: a test with one in it is not among these.
    pub fn unread(&self) -> usize {
        let found = self.compilation.diagnostics.iter();
        found.filter(|finding| finding.severity == Severity::Error && finding.counts() && finding.rule.code.0 < 200).count()
    }

    /// How much of the routes these tests exercise.
    pub fn coverage(&self) -> Coverage {
        Coverage::of(self.compilation, self.tests())
    }

    /// The findings about these tests, for the formats that hold findings.
    pub fn report(&self) -> PolicyReport {
        let names: Vec<&str> = self.tests().map(|(test, _)| &*test.name.value).collect();
        let about = |finding: &&Diagnostic| {
            let test = finding.subject.as_ref().filter(|subject| subject.kind == SubjectKind::Test);
            matches!(finding.rule.code.0, 803 | 804 | 806) && test.is_some_and(|subject| names.contains(&subject.name.as_str()))
        };
        let diagnostics: Vec<Diagnostic> = self.compilation.diagnostics.iter().filter(about).cloned().collect();
        let undecided = diagnostics.iter().filter(|finding| finding.rule.code.0 == 806).count();
        let summary = Summary { assertions: 0, tests: names.len(), undecided, ..self.compilation.counts() };
        PolicyReport { path: self.path.to_owned(), diagnostics, summary }
    }

    /// Warnings about a test: lines of it that change nothing.
    fn warnings(&self, test: &Test<'_>) -> impl Iterator<Item = &Diagnostic> {
        let about = |finding: &&Diagnostic| {
            finding.subject.as_ref().is_some_and(|subject| subject.kind == SubjectKind::Test && subject.name == test.name.value)
        };
        let found =
            self.compilation.diagnostics.iter().filter(|finding| finding.rule.code.0 == 804 && finding.severity == Severity::Warning);
        found.filter(|finding| finding.counts()).filter(about)
    }

    /// `policies/support.byok:41:3`.
    fn place(&self, span: Span) -> String {
        one_line(&self.sources.at(span)).into_owned()
    }

    /// What each failed expectation of a test expected and what ran instead, line by line: a heading where there is one, what is said, its place.
    fn difference(&self, test: &Test<'s>, outcome: &Outcome) -> Vec<[String; 3]> {
        let mut lines = Vec::new();
        let mut line = |head: &str, text: String, place: String| lines.push([head.to_owned(), one_line(&text).into_owned(), place]);
        if test.expect.is_empty() {
            line("expected", "nothing: the test has no `expect`".to_owned(), self.place(test.name.span));
        }
        for (expectation, judged) in test.expect.iter().zip(&outcome.expects) {
            let Verdict::Failed(mismatch) = &judged.verdict else { continue };
            let written = self.sources.text(expectation.span).split_whitespace().skip(1).collect::<Vec<_>>().join(" ");
            line("expected", written, self.place(expectation.span));
            for (number, event) in mismatch.events.iter().enumerate() {
                line(if number == 0 { "ran" } else { "" }, event.text.clone(), self.place(event.span));
            }
            if let Some(said) = &mismatch.said {
                line("said", said.clone(), String::new());
            }
        }
        lines
    }
}
