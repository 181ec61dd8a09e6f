//! What is proposed: changes that were tried, and what they let happen.

use crate::analysis::reach::received;
use crate::compile::Compilation;
use crate::diagnostic::{Diagnostic, Severity};
use crate::policy::class::ClassSet;
use crate::recheck::Pairs;
use crate::source::FileId;
use crate::text::and;

use super::Question;
use super::change::Change;
use super::reasons::Reasons;
use super::ways::{reaches, ways};

/// What came of a question why not.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What stops it.
    pub reasons: Reasons,
    /// The smallest edit that allows it, where there is one within the bounds.
    pub proposal: Option<Proposal>,
    /// Where there is none: what a person would have to decide.
    pub decide: Vec<String>,
    /// Whether the search came to an end of its own; else there were more changes to try than it tries.
    pub complete: bool,
}

/// Changes that let the route reach the target, and make no new error: it was tried.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The changes.
    pub changes: Vec<Change>,
    /// What they let happen that could not happen before.
    pub lets: Vec<String>,
    /// Warnings that are there only with them.
    pub warnings: Vec<String>,
}

impl Proposal {
    pub(super) fn new(question: Question<'_>, changes: Vec<Change>, after: &Compilation<'_>, pairs: &Pairs) -> Self {
        let warning = |finding: &&Diagnostic| finding.severity == Severity::Warning && finding.counts();
        let new = pairs.new_ones(&after.diagnostics).filter(warning);
        let warnings = new.map(|finding| format!("{}: {}", finding.rule.code, finding.message)).collect();
        let mut lets = lets(question, after);
        let mut files: Vec<FileId> =
            changes.iter().map(|change| change.edit.span.file).filter(|file| *file != question.original.root).collect();
        files.sort_unstable();
        files.dedup();
        lets.extend(
            files
                .into_iter()
                .map(|file| format!("`{}` changes, and with it every other policy that imports it", question.original.sources.name(file))),
        );
        Self { changes, lets, warnings }
    }
}

/// Every route that reaches the target now and did not before, with the data that it may send.
fn lets(question: Question<'_>, after: &Compilation<'_>) -> Vec<String> {
    let policy = &after.policy;
    let mut lets = Vec::new();
    for (id, automaton) in after.attempted() {
        let name = policy[id].name.text;
        if reaches(question.compilation, name, question.wanted) {
            continue;
        }
        let ways = ways(after, id, question.wanted).unwrap_or_default();
        let clean = ways.iter().filter(|way| way.against.is_empty());
        let attempts = clean.filter_map(|way| automaton.attempts.get(usize::from(way.attempt)));
        let sent = attempts.fold(ClassSet::NONE, |all, attempt| all.union(received(policy, id, automaton, attempt)));
        if !sent.is_empty() {
            let title = question.wanted.provider(policy).map_or("", |provider| &policy[provider].title);
            let classes: Vec<&str> = policy.classes.top(sent).iter().map(|class| policy.classes.name(class)).collect();
            lets.push(format!("route `{name}` may send {} data to {title} (`{}`)", and(classes), question.wanted.text));
        }
    }
    lets
}
