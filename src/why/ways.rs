//! The ways on which a route may call a target, and the errors that stand against each.

use crate::automaton::{Place, What};
use crate::compile::Compilation;
use crate::diagnostic::{Diagnostic, Severity, SubjectKind};
use crate::policy::model::{RouteId, TargetId};
use crate::source::Span;

use super::wanted::Wanted;

/// One way from a route to a target.
#[derive(Clone, Debug)]
pub(super) struct Way {
    /// Whether no run goes it as the policy is, because each has called the target before.
    pub(super) hidden: bool,
    /// The attempt at its end, the first one at its place; of a hidden way one at the end of another.
    pub(super) attempt: u16,
    /// The target.
    pub(super) target: TargetId,
    /// The places on it, the target's own last.
    pub(super) path: Vec<Place>,
    /// The errors against it, by their place among the findings.
    pub(super) against: Vec<usize>,
}

/// Every way of a route to a target, by first reach; `None` where the route has no attempts.
pub(super) fn ways(compilation: &Compilation<'_>, route: RouteId, wanted: &Wanted) -> Option<Vec<Way>> {
    let automaton = compilation.automaton(route)?;
    let mut ways: Vec<Way> = Vec::new();
    let mut seen = Vec::new();
    let target = wanted.target(&compilation.policy);
    for (number, attempt) in (0u16..).zip(&automaton.attempts) {
        if Some(attempt.target) == target && !seen.contains(&attempt.place) {
            seen.push(attempt.place);
            let path = automaton.path(automaton.place(attempt));
            let against = against(compilation, route, wanted, &path);
            ways.push(Way { hidden: false, attempt: number, target: attempt.target, path, against });
        }
    }
    Some(ways)
}

/// The ways that no run goes, because each run has called the target before: were the alternatives out that come before, a run would.
pub(super) fn hidden(compilation: &Compilation<'_>, route: RouteId, known: &[Way]) -> Vec<Way> {
    let (Some(automaton), Some(first)) = (compilation.automaton(route), known.first()) else { return Vec::new() };
    let reached = |index: u16| automaton.attempts.iter().any(|attempt| attempt.place == index);
    let places = (0u16..)
        .zip(&automaton.places)
        .filter(|(index, place)| matches!(place.what, What::Target(target) if target == first.target) && !reached(*index));
    places.map(|(_, place)| Way { hidden: true, path: automaton.path(place), against: Vec::new(), ..first.clone() }).collect()
}

/// Whether a route, by its name, reaches a target in a compilation of a policy.
pub(super) fn reaches(compilation: &Compilation<'_>, route: &str, wanted: &Wanted) -> bool {
    let ways = route_of(compilation, route).and_then(|route| ways(compilation, route, wanted));
    ways.is_some_and(|ways| ways.iter().any(|way| way.against.is_empty()))
}

/// The route of a name.
pub(super) fn route_of(compilation: &Compilation<'_>, name: &str) -> Option<RouteId> {
    (0..).map(RouteId).zip(&compilation.policy.routes).find(|(_, route)| route.name.text == name).map(|(id, _)| id)
}

/// The errors that stand against a way.
fn against(compilation: &Compilation<'_>, route: RouteId, wanted: &Wanted, path: &[Place]) -> Vec<usize> {
    let errors = compilation.diagnostics.iter().enumerate();
    let errors = errors.filter(|(_, finding)| finding.severity == Severity::Error && finding.counts());
    errors.filter(|(_, finding)| stands_against(compilation, route, wanted, path, finding)).map(|(index, _)| index).collect()
}

fn stands_against(compilation: &Compilation<'_>, route: RouteId, wanted: &Wanted, path: &[Place], finding: &Diagnostic) -> bool {
    let policy = &compilation.policy;
    let Some(subject) = &finding.subject else { return false };
    let code = finding.rule.code.0;
    let is_at = |span: Span| finding.span == span || finding.labels.iter().any(|label| label.span == span);
    match subject.kind {
        SubjectKind::Route => {
            let end = path.last().is_some_and(|place| place.span == finding.span);
            let on_way = path.iter().any(|hop| policy[hop.route].name.text == subject.name);
            // What is judged on attempts stands at the end of the way; what is judged on alternatives at a hop; what keeps a route from being read at the route.
            (end && policy[route].name.text == subject.name)
                || (on_way && path.iter().any(|hop| hop.span == finding.span) && finding.rule.judged_on == "alternative")
                || (on_way && (code < 200 || matches!(code, 208 | 405)))
        }
        // One finding tells of all the models of an account that nobody knows.
        SubjectKind::Provider if code == 503 => {
            subject.name == wanted.account && wanted.target(policy).is_some_and(|target| is_at(policy[target].span))
        }
        SubjectKind::Provider => subject.name == wanted.account,
        SubjectKind::Model => subject.name == wanted.text,
        _ => false,
    }
}
