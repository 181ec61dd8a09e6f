//! Of all ways from a route to a target the one that takes the fewest statements, and a run that goes it.

use crate::analysis::runs::{Call, Shortest};
use crate::edit::remove;
use crate::recheck::Overlay;
use crate::source::Span;

use super::Question;
use super::statement::{Statement, extend};
use super::ways::{Way, reaches, ways};
use super::{account, admitted, chain};

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
    let mut known: Vec<(&Way, Reached)> =
        ways.iter().filter(|way| way.against.is_empty()).filter_map(|way| Some((way, reach(question, way)?))).collect();
    known.sort_by_key(|(_, reached)| cost(reached));
    let fewest = known.iter().all(|(_, reached)| reached.fewest);
    // Whether facts about the model are needed only a compilation tells. They can but add to a set, so the rest need not be looked at once one is no
    // larger than the next.
    let mut best: Option<Reached> = None;
    for (way, reached) in known {
        if best.as_ref().is_some_and(|best| cost(best) <= cost(&reached)) {
            break;
        }
        let mut whole = reached;
        extend(&mut whole.statements, model(question, way));
        if best.as_ref().is_none_or(|best| cost(&whole) < cost(best)) {
            best = Some(whole);
        }
    }
    best.map(|best| Reached { fewest, ..best })
}

/// How many statements there are, and where.
fn cost(reached: &Reached) -> (usize, Vec<Span>) {
    let mut places: Vec<Span> = reached.statements.iter().map(|statement| statement.span).collect();
    places.sort_unstable();
    (places.len(), places)
}

/// The statements of a way that can be read off it.
fn reach(question: Question<'_>, way: &Way) -> Option<Reached> {
    let policy = &question.compilation.policy;
    let run = Shortest::new(question.compilation.automaton(question.route)?).run(way.attempt);
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
