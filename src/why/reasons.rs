//! What stops a route from calling a target: nothing names it, or the errors that stand against it; found by naming it, in memory, and compiling.

use crate::diagnostic::{Code, Diagnostic};
use crate::recheck::Overlay;
use crate::source::Span;

use super::Question;
use super::change::{Change, declare, fallback};
use super::ways::{route_of, ways};

/// Why a route does not reach a target.
#[derive(Clone, Debug, Default)]
pub struct Reasons {
    /// Whether a run of the route would call it, were it not for errors. Else nothing names it.
    pub named: bool,
    /// What stops it; where nothing names it, what would stop it if something did.
    pub reasons: Vec<Reason>,
    /// Facts about the target.
    pub notes: Vec<String>,
}

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The finding that it is, or would be.
    pub code: Option<Code>,
    /// What.
    pub message: String,
    /// The places in the policy that decide it, the most telling first.
    pub places: Vec<Span>,
}

/// Finds the reasons.
pub(super) fn reasons(question: Question<'_>) -> Reasons {
    let (compilation, wanted) = (question.compilation, question.wanted);
    let policy = &compilation.policy;
    let mut found = Reasons::default();
    if let Some(near) = wanted.nearest_model(policy, question.original.options.catalogue) {
        found.notes.push(format!("the catalogue does not know `{}`; it knows `{near}`", wanted.text));
    }
    let there = ways(compilation, question.route, wanted).unwrap_or_default();
    if let Some(way) = there.first() {
        found.named = true;
        let errors = way.against.iter().filter_map(|index| compilation.diagnostics.get(*index));
        found.reasons.extend(errors.map(|error| reason(error, error.labels.iter().map(|label| label.span).collect())));
        return found;
    }
    let name = question.route_name();
    let chain = format!("no alternative of `{name}`, nor of a route that it falls back to, names it");
    found.reasons.push(Reason { code: None, message: chain, places: vec![policy[question.route].name.span] });
    let declared = wanted.provider(policy).is_some();
    if !declared {
        let message = format!("provider `{}` is not declared", wanted.account);
        found.reasons.push(Reason { code: None, message, places: Vec::new() });
    }
    let declaration = if declared { None } else { declare(question, None) };
    if let (false, None) = (declared, &declaration) {
        return found;
    }
    let trial: Vec<Change> = fallback(question, question.route).into_iter().chain(declaration).collect();
    let overlay = Overlay::new(question.original, trial.into_iter().map(|change| change.edit));
    let after = overlay.compile();
    let ways = route_of(&after, name).and_then(|route| ways(&after, route, wanted)).unwrap_or_default();
    let errors = ways.first().into_iter().flat_map(|way| &way.against).filter_map(|index| after.diagnostics.get(*index));
    for error in errors {
        let labels = error.labels.iter().map(|label| label.span).filter(|span| !overlay.is_new(*span));
        found.reasons.push(reason(error, labels.map(|span| overlay.before(span)).collect()));
    }
    found
}

fn reason(error: &Diagnostic, places: Vec<Span>) -> Reason {
    Reason { code: Some(error.rule.code), message: error.message.clone(), places }
}
