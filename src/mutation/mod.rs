//! How much tests and assertions notice: changes a policy in one place at a time, and says of each change whether anything fails. Pure: it reads nothing and prints nothing.

mod changes;
mod human;
mod lists;

pub use changes::changes;
pub use human::human;

use std::collections::BTreeMap;

use crate::compile::Compilation;
use crate::diagnostic::{Code, Edit};
use crate::recheck::{Original, Overlay, Pairs};
use crate::source::Span;

/// The most changes that are tried for one policy.
pub const MAX_CHANGES: usize = 2000;
/// The most bytes that are compiled for one policy: changes times the length of its files.
pub const MAX_BYTES: usize = 64 << 20;

/// One change of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it does, in the imperative.
    pub what: String,
    /// Where.
    pub span: Span,
    /// The edits; they do not overlap.
    pub edits: Vec<Edit>,
    /// Whether it changes only who may be called, and no run: what is called now stays as it is, and a later change could call more.
    pub rule: bool,
}

/// What came of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// A test or an assertion that held before fails.
    Noticed,
    /// Another error keeps it from compiling: the code of the first.
    Stopped(Code),
    /// Nothing happens.
    Unnoticed,
}

/// Why no change was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Untried {
    /// The policy has so many errors as it is.
    Errors(usize),
}

/// What came of the changes of a policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mutation {
    /// Each change that was tried, in the order of the source.
    pub tried: Vec<(Change, Fate)>,
    /// How many were not: [`MAX_CHANGES`] and [`MAX_BYTES`] leave no room for them.
    pub left_out: usize,
}

impl Mutation {
    /// Makes each change, compiles what comes of it, and compares the findings with those of the policy as it is. At most so many bytes are compiled.
    pub fn of(original: Original<'_>, compilation: &Compilation<'_>, most_bytes: usize) -> Result<Self, Untried> {
        match compilation.errors() {
            0 => {}
            errors => return Err(Untried::Errors(errors)),
        }
        let most = most_bytes.checked_div(compilation.effort(original.sources)).unwrap_or(MAX_CHANGES).min(MAX_CHANGES);
        let mut all = changes(original.sources, compilation);
        let left_out = all.len().saturating_sub(most);
        all.truncate(most);
        let tried = all.into_iter().map(|change| {
            let fate = fate(original, compilation, &change);
            (change, fate)
        });
        Ok(Self { tried: tried.collect(), left_out })
    }

    /// How many changes were noticed.
    pub fn noticed(&self) -> usize {
        self.tried.iter().filter(|(_, fate)| *fate == Fate::Noticed).count()
    }

    /// How many changes each code stopped.
    pub fn stopped(&self) -> BTreeMap<Code, usize> {
        let mut stopped = BTreeMap::new();
        for (_, fate) in &self.tried {
            if let Fate::Stopped(code) = fate {
                *stopped.entry(*code).or_default() += 1;
            }
        }
        stopped
    }

    /// The changes that nothing noticed or stopped: those of runs, or those of rules only.
    pub fn unnoticed(&self, rule: bool) -> impl Iterator<Item = &Change> {
        self.tried.iter().filter(move |(change, fate)| *fate == Fate::Unnoticed && change.rule == rule).map(|(change, _)| change)
    }
}

fn fate(original: Original<'_>, compilation: &Compilation<'_>, change: &Change) -> Fate {
    let overlay = Overlay::new(original, change.edits.iter().cloned());
    let after = overlay.compile();
    let pairs = Pairs::new(&compilation.diagnostics, &after.diagnostics, &overlay);
    let codes: Vec<Code> = pairs.new_errors(&after.diagnostics).map(|finding| finding.rule.code).collect();
    if codes.iter().any(|code| matches!(code.0, 801 | 803)) {
        return Fate::Noticed;
    }
    codes.first().map_or(Fate::Unnoticed, |code| Fate::Stopped(*code))
}

#[cfg(test)]
mod tests;
