//! What was checked and how it went: counts, and the one sentence that says them.

use super::{PolicyReport, Report, text::count};
pub use crate::compile::Counts as Summary;
use crate::diagnostic::{Diagnostic, Severity};

/// How many findings there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Errors that no waiver accepts.
    pub errors: usize,
    /// Warnings that no waiver accepts.
    pub warnings: usize,
    /// Findings that a waiver accepts.
    pub waived: usize,
}

impl Counts {
    fn add(&mut self, diagnostic: &Diagnostic) {
        match diagnostic.severity {
            _ if !diagnostic.counts() => self.waived += 1,
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
        }
    }

    /// `2 errors, 1 warning (1 waived)`.
    pub(super) fn sentence(self) -> String {
        let kinds = [(self.errors, "error"), (self.warnings, "warning")];
        let found: Vec<_> = kinds.iter().filter(|(number, _)| *number > 0).map(|(number, noun)| count(*number, noun)).collect();
        let found = if found.is_empty() { "no findings".to_owned() } else { found.join(", ") };
        if self.waived == 0 { found } else { format!("{found} ({} waived)", self.waived) }
    }
}

impl Report<'_> {
    /// Every finding with its policy, in order.
    pub fn findings(&self) -> impl Iterator<Item = (&PolicyReport, &Diagnostic)> {
        self.policies.iter().flat_map(|policy| policy.diagnostics.iter().map(move |diagnostic| (policy, diagnostic)))
    }

    /// How many findings there are in all policies together.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        self.findings().for_each(|(_, diagnostic)| counts.add(diagnostic));
        counts
    }

    /// What was checked in all policies together. A file that two of them import counts for each.
    pub fn totals(&self) -> Summary {
        self.policies.iter().fold(Summary::default(), |sum, PolicyReport { summary, .. }| Summary {
            files: sum.files + summary.files,
            routes: sum.routes + summary.routes,
            attempts: sum.attempts + summary.attempts,
            assertions: sum.assertions + summary.assertions,
            tests: sum.tests + summary.tests,
            undecided: sum.undecided + summary.undecided,
        })
    }

    /// `checked 7 routes, 11 attempts in 1 file: no findings`. What could not be decided is said too, and never that nothing was found where
    /// nothing was looked at.
    pub fn sentence(&self) -> String {
        let Summary { files, routes, attempts, assertions, tests, undecided } = self.totals();
        let parts = [(routes, "route"), (attempts, "attempt"), (assertions, "assertion"), (tests, "test")];
        let parts: Vec<_> = parts.iter().filter(|(number, _)| *number > 0).map(|(number, noun)| count(*number, noun)).collect();
        let checked = match (parts.is_empty(), files) {
            (true, 0) if self.findings().next().is_none() => return "nothing was checked".to_owned(),
            (true, 0) => return format!("nothing was checked: {}", self.counts().sentence()),
            (true, _) if self.findings().next().is_none() => {
                return format!("nothing was checked: no route is declared in {}", count(files, "file"));
            }
            (true, _) => count(files, "file"),
            (false, _) => format!("{} in {}", parts.join(", "), count(files, "file")),
        };
        let undecided = if undecided == 0 { String::new() } else { format!(", {undecided} undecided") };
        format!("checked {checked}: {}{undecided}", self.counts().sentence())
    }
}
