//! Checks an edit before anybody sees it: makes it in memory, compiles what comes of it, and keeps it only where it does what it says.

mod findings;
mod overlay;
mod reachable;

pub use findings::Pairs;
pub use overlay::{Original, Overlay};
pub use reachable::{Sent, grown, reachable};

use crate::compile::Compilation;
use crate::diagnostic::{Code, Diagnostic, Fix, Grade};

/// The most effort, in bytes of text, that is spent to check the fixes of one policy: some tenths of a second.
pub const MAX_BYTES: usize = 8 << 20;

/// What came of a fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It mends its finding and makes no new error.
    Holds,
    /// Its finding is still there.
    DoesNotMend,
    /// It makes an error that was not there: which, by its message.
    NewError(String),
    /// It says that it is safe, and lets something happen that could not happen before.
    Widens,
}

/// Checks the fixes of a policy's findings, the first ones first, as many as `most` bytes hold the policy's [effort](Compilation::effort). One that does not hold up is dropped;
/// those beyond the limit stay, but a person has to review them. A policy whose findings have no fix costs nothing.
pub fn recheck(original: Original<'_>, compilation: &mut Compilation<'_>, most: usize) {
    let mut left = most.checked_div(compilation.effort(original.sources)).unwrap_or(usize::MAX);
    let fixes: Vec<(usize, Fix)> =
        compilation.diagnostics.iter().enumerate().filter_map(|(index, finding)| Some((index, finding.fix.clone()?))).collect();
    for (index, mut fix) in fixes {
        let kept = if let Some(rest) = left.checked_sub(1) {
            left = rest;
            (judge(original, compilation, index, &fix) == Verdict::Holds).then_some(fix)
        } else {
            fix.grade = Grade::Review;
            Some(fix)
        };
        if let Some(finding) = compilation.diagnostics.get_mut(index) {
            finding.fix = kept;
        }
    }
}

/// Makes the fix of a finding, named by its place among the findings, and says what comes of it.
pub fn judge(original: Original<'_>, compilation: &Compilation<'_>, finding: usize, fix: &Fix) -> Verdict {
    let overlay = Overlay::new(original, fix.edits.iter().cloned());
    let after = overlay.compile();
    let pairs = Pairs::new(&compilation.diagnostics, &after.diagnostics, &overlay);
    if pairs.stays(finding) {
        return Verdict::DoesNotMend;
    }
    let mended = compilation.diagnostics.get(finding);
    let made = |error: &&Diagnostic| mended.is_none_or(|mended| !was_hidden(mended, error, &overlay));
    if let Some(error) = pairs.new_errors(&after.diagnostics).find(made) {
        return Verdict::NewError(error.message.clone());
    }
    if fix.grade == Grade::Safe && !grown(&reachable(compilation), &reachable(&after)).is_empty() {
        return Verdict::Widens;
    }
    Verdict::Holds
}

/// Whether an error was there all along, behind a mistake that kept it from being seen: what could not be read was not resolved, and what could not be
/// resolved was not checked. In a declaration the parser stops at the first mistake, and finds the next one further on.
fn was_hidden(mended: &Diagnostic, error: &Diagnostic, overlay: &Overlay<'_>) -> bool {
    let (behind, ahead) = (stage(mended.rule.code), stage(error.rule.code));
    let place = overlay.before(error.span);
    behind < ahead || behind == 0 && ahead == 0 && place.file == mended.span.file && place.start >= mended.span.start
}

/// The order of the passes that find things: syntax, imports, names and values, all else.
fn stage(Code(code): Code) -> u8 {
    match code {
        3 => 1,
        0..=99 => 0,
        101..=104 => 2,
        _ => 3,
    }
}
