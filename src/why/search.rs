//! Looks for the smallest set of changes that lets a route reach a target: tries sets in the order of their cost, each by compiling what it makes of the policy.

use std::collections::BTreeSet;
use std::iter;

use crate::diagnostic::Diagnostic;
use crate::policy::model::RouteId;
use crate::recheck::{Overlay, Pairs};

use super::Question;
use super::change::{Change, declare, fallback};
use super::offers::offers;
use super::proposal::{Answer, Proposal};
use super::reasons::Reasons;
use super::ways::{Way, route_of, ways};

/// The most statements that a proposal changes.
const MOST_CHANGES: usize = 6;
/// The most sets that are tried.
const MOST_TRIALS: usize = 100;
/// The most bytes that are compiled for it.
const MOST_BYTES: usize = 32 << 20;
/// The most that a person is told to decide.
const MOST_TOLD: usize = 8;

/// Searches, and says what came of it.
pub(super) fn search(question: Question<'_>, reasons: Reasons) -> Answer {
    let policy = &question.compilation.policy;
    let bytes: usize = policy.files.iter().filter_map(|file| question.original.sources.get(*file)).map(|source| source.text().len()).sum();
    let trials = MOST_BYTES.checked_div(bytes).unwrap_or(MOST_TRIALS).clamp(1, MOST_TRIALS);
    let mut answer = Answer { reasons, proposal: None, decide: Vec::new(), complete: true };
    let Some(starts) = starts(question, answer.reasons.named) else {
        answer.decide.push(format!(
            "what provider `{}` is: its `protocol`, its `base_url` and where its `key` is; the name alone does not say",
            question.wanted.account
        ));
        return answer;
    };
    let mut open = starts;
    let mut seen = BTreeSet::new();
    let mut tried = 0;
    while let Some(set) = cheapest(&mut open) {
        if !seen.insert(titles(&set)) {
            continue;
        }
        if tried == trials {
            answer.complete = false;
            break;
        }
        tried += 1;
        match attempt(question, &set) {
            Ok(proposal) => {
                answer.proposal = Some(proposal);
                answer.decide.clear();
                return answer;
            }
            Err(Stopped { told, next }) => {
                for what in told {
                    if !answer.decide.contains(&what) && answer.decide.len() < MOST_TOLD {
                        answer.decide.push(what);
                    }
                }
                open.extend(next.into_iter().filter(|set| cost(set).0 <= MOST_CHANGES));
            }
        }
    }
    answer
}

/// What proposals begin with: nothing, where the target is named already, and naming it in any of the routes that a run comes to. `None` where the account
/// is not declared and its name does not say what it is.
fn starts(question: Question<'_>, named: bool) -> Option<Vec<Vec<Change>>> {
    let declared = question.wanted.provider(&question.compilation.policy).is_some();
    let account = if declared { None } else { Some(declare(question, None)?) };
    let named = named.then(Vec::new);
    let fallbacks = routes(question).into_iter().filter_map(|route| fallback(question, route));
    Some(named.into_iter().chain(fallbacks.map(|change| iter::once(change).chain(account.clone()).collect())).collect())
}

/// The route that is asked about, and those that it falls back to.
fn routes(question: Question<'_>) -> Vec<RouteId> {
    let mut routes = vec![question.route];
    let automaton = question.compilation.automaton(question.route);
    let paths =
        automaton.into_iter().flat_map(|automaton| automaton.attempts.iter().map(|attempt| automaton.path(automaton.place(attempt))));
    for hop in paths.flatten() {
        if !routes.contains(&hop.route) {
            routes.push(hop.route);
        }
    }
    routes
}

/// Why a set of changes does not do, and the larger sets that may.
#[derive(Default)]
struct Stopped {
    /// What stands against it that no change mends.
    told: Vec<String>,
    next: Vec<Vec<Change>>,
}

fn attempt(question: Question<'_>, set: &[Change]) -> Result<Proposal, Stopped> {
    let overlay = Overlay::new(question.original, set.iter().map(|change| change.edit.clone()));
    let after = overlay.compile();
    let pairs = Pairs::new(&question.compilation.diagnostics, &after.diagnostics, &overlay);
    let route = route_of(&after, question.route_name());
    let all = route.and_then(|route| ways(&after, route, question.wanted)).unwrap_or_default();
    let new: Vec<&Diagnostic> = pairs.new_errors(&after.diagnostics).collect();
    let stands_against = |way: &Way| way.against.iter().filter_map(|index| after.diagnostics.get(*index)).collect::<Vec<_>>();
    if new.is_empty() && all.iter().any(|way| way.against.is_empty()) {
        return Ok(Proposal::new(question, set.to_vec(), &after, &pairs));
    }
    let mut stopped = Stopped::default();
    // What stands against one way need not stand against another. Where there is none, what is new tells why.
    let ways = if all.is_empty() { vec![Vec::new()] } else { all.iter().map(stands_against).collect() };
    for mut errors in ways {
        for error in &new {
            if !errors.iter().any(|known| std::ptr::eq(*known, *error)) {
                errors.push(error);
            }
        }
        let mended: Vec<(&Diagnostic, Vec<Change>)> =
            errors.into_iter().map(|error| (error, offers(question, &overlay, &after, error))).collect();
        let for_good = mended.iter().filter(|(_, changes)| changes.is_empty()).map(|(error, _)| tell(error));
        let for_good: Vec<String> = for_good.collect();
        // One error after the other: all have to go, so it does not matter which goes first.
        if for_good.is_empty()
            && let Some((_, changes)) = mended.into_iter().next()
        {
            stopped.next.extend(changes.into_iter().map(|change| with(set, change)));
        }
        stopped.told.extend(for_good);
    }
    Err(stopped)
}

/// An error that no change mends, and what it says that a person may do.
fn tell(error: &Diagnostic) -> String {
    let help = error.help.first().map_or(String::new(), |help| format!("; {help}"));
    format!("{}: {}{help}", error.rule.code, error.message)
}

/// A set with one more change, in place of one that is about the same.
fn with(set: &[Change], change: Change) -> Vec<Change> {
    let mut set = set.to_vec();
    match set.iter_mut().find(|known| known.kind == change.kind) {
        Some(known) => *known = change,
        None => set.push(change),
    }
    set
}

/// Statements, then caution, then bytes: what comes first is proposed.
fn cost(set: &[Change]) -> (usize, usize, usize) {
    let bytes = |change: &Change| change.edit.text.len() + (change.edit.span.end - change.edit.span.start) as usize;
    set.iter().fold((0, 0, 0), |(weight, rank, size), change| (weight + change.weight, rank + change.rank, size + bytes(change)))
}

fn titles(set: &[Change]) -> Vec<String> {
    let mut titles: Vec<String> = set.iter().map(|change| change.title.clone()).collect();
    titles.sort_unstable();
    titles
}

/// Takes the cheapest set out, the one found first among equals.
fn cheapest(open: &mut Vec<Vec<Change>>) -> Option<Vec<Change>> {
    let first = open.iter().enumerate().min_by_key(|(_, set)| cost(set)).map(|(index, _)| index)?;
    Some(open.remove(first))
}
