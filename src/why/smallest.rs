//! Of all ways from a route to a target the one that takes the fewest statements, and a run that goes it.

use std::collections::VecDeque;

use crate::analysis::runs::{Call, Shortest};
use crate::edit::remove;
use crate::recheck::Overlay;
use crate::source::Span;

use super::Question;
use super::statement::{Statement, extend};
use super::ways::{Way, hidden, reaches, ways};
use super::{account, admitted, chain};

/// The most policies that are compiled for an answer.
const MOST_TRIALS: usize = 64;

/// That a route reaches a target, and what lets it.
#[derive(Clone, Debug)]
pub struct Reached {
    /// A shortest run that calls the target, which is its last call.
    pub run: Vec<Call>,
    /// The statements: chains first, then allowlists, then what the account says.
    pub statements: Vec<Statement>,
    /// Whether no fewer do; else there were more choices than are looked at.
    pub fewest: bool,
}

/// The smallest set of statements that lets a route reach a target; `None` where it does not, or an error stands against every way.
pub fn why(question: Question<'_>) -> Option<Reached> {
    let ways = ways(question.compilation, question.route, question.wanted)?;
    let hidden = hidden(question.compilation, question.route, &ways);
    let clean: Vec<&Way> = ways.iter().filter(|way| way.against.is_empty()).collect();
    let run = clean.first()?.attempt;
    let mut known: Vec<(&Way, Reached)> =
        clean.into_iter().chain(&hidden).filter_map(|way| Some((way, reach(question, way, run)?))).collect();
    known.sort_by_key(|(_, reached)| cost(reached));
    let mut fewest = known.iter().all(|(_, reached)| reached.fewest);
    // What can be read off a way may not be all that it needs; the rest only a compilation tells. It can but add to a set, so the other ways need not be
    // looked at once one is no larger than the next.
    let mut best: Option<Reached> = None;
    let mut left = MOST_TRIALS;
    for (way, reached) in known {
        if best.as_ref().is_some_and(|best| cost(best) <= cost(&reached)) {
            break;
        }
        let (others, all_tried) = others(question, way, &mut left);
        fewest &= all_tried;
        let Some(others) = others else { continue };
        let mut whole = reached;
        extend(&mut whole.statements, others);
        extend(&mut whole.statements, model(question, way));
        if best.as_ref().is_none_or(|best| cost(&whole) < cost(best)) {
            best = Some(whole);
        }
    }
    best.map(|best| Reached { fewest, ..best })
}

/// The fewest alternatives besides those of a way without which no run goes it: a target that was called before is not called again, and the run goes on with
/// what it failed with then. `None` where a hidden way is none with any. With it whether all choices were tried.
fn others(question: Question<'_>, way: &Way, left: &mut usize) -> (Option<Vec<Statement>>, bool) {
    let others = chain::others(&question.compilation.policy, way);
    let mut sets: VecDeque<Vec<usize>> = VecDeque::from([Vec::new()]);
    let chosen = |set: &[usize]| set.iter().filter_map(|index| others.get(*index)).cloned().collect();
    while let Some(set) = sets.pop_front() {
        let Some(rest) = left.checked_sub(1) else {
            // A run goes it with all of them.
            return ((!way.hidden).then_some(others), false);
        };
        *left = rest;
        let out = others.iter().enumerate().filter(|(index, _)| !set.contains(index));
        let overlay = Overlay::new(question.original, out.map(|(_, other)| remove(question.original.sources, other.span)));
        if reaches(&overlay.compile(), question.route_name(), question.wanted) {
            return (Some(chosen(&set)), true);
        }
        let next = set.last().map_or(0, |last| last + 1);
        sets.extend((next..others.len()).map(|index| [&set[..], &[index]].concat()));
    }
    (None, true)
}

/// How many statements there are, and where.
fn cost(reached: &Reached) -> (usize, Vec<Span>) {
    let mut places: Vec<Span> = reached.statements.iter().map(|statement| statement.span).collect();
    places.sort_unstable();
    (places.len(), places)
}

/// The statements of a way that can be read off it.
fn reach(question: Question<'_>, way: &Way, run: u16) -> Option<Reached> {
    let policy = &question.compilation.policy;
    let run = Shortest::new(question.compilation.automaton(question.route)?).run(if way.hidden { run } else { way.attempt });
    let mut statements = chain::lines(policy, way);
    let (entries, fewest_entries) = admitted::entries(policy, way);
    let (account, fewest_of_account) = account::parts(question, way);
    extend(&mut statements, entries.into_iter().chain(account));
    Some(Reached { run, statements, fewest: fewest_entries && fewest_of_account })
}

/// The declaration of facts about the model, where the target cannot be called without them.
fn model(question: Question<'_>, way: &Way) -> Option<Statement> {
    let policy = &question.compilation.policy;
    let model = policy.models.get(policy[way.target].model? as usize)?;
    let overlay = Overlay::new(question.original, [remove(question.original.sources, model.span)]);
    let needed = !reaches(&overlay.compile(), question.route_name(), question.wanted);
    needed.then(|| Statement::new(model.span, format!("what `{}` can do, which is asked of it", model.name.text)))
}
