//! What a route survives: every choice of providers, vendors, keys or regions that are lost, and every class that a failed call may then show.

use std::cell::{Cell, RefCell};

use rustc_hash::{FxHashMap, FxHashSet};

use super::runs::{Call, Trace, known_first, leads};
use super::things::{Lost, Things};
use super::whom::{address_of, apart, key_of, regions_of};
use super::{Empty, Event, Found, Judge, Refutation, Verdict, World, runs};
use crate::analysis::bounds::{attempt_latency, attempt_timeout};
use crate::automaton::Automaton;
use crate::failure::{Failure, Failures};
use crate::policy::model::{Loss, RouteId, Routes};
use crate::text::{and, duration, grouped};

/// The most things that are lost at once.
pub const MOST: u8 = 3;
/// The most situations (an attempt, and what has been lost up to there) that are looked at for one route.
pub const MAX_SITUATIONS: usize = 100_000;

/// Whether a route survives the loss of so many things of a kind.
type Question = (RouteId, Loss, u8);

/// Answers that are kept, each with whether there is anything to lose: claims about all routes ask again and again.
#[derive(Default)]
pub(super) struct Known {
    answers: RefCell<FxHashMap<Question, (Found, bool)>>,
    /// The situations that were looked at since somebody asked.
    pub(super) looked: Cell<usize>,
}

pub(super) fn survives(judge: &Judge<'_, '_>, routes: &Routes, most: u8, loss: Loss) -> (Verdict, Vec<Event>) {
    let mut anything = false;
    let (verdict, relies_on) = judge.each(routes, |id, automaton| {
        if let Some((found, some)) = judge.outages.answers.borrow().get(&(id, loss, most)) {
            anything |= some;
            return found.clone();
        }
        let things = Things::of(&judge.world, automaton, loss);
        let found = match search(&judge.world, id, automaton, &things, Extent { most, only_first: true }, &judge.outages.looked) {
            Err(TooMany) => Found::Beyond(too_many(judge.policy[id].name.text)),
            Ok(found) => match found.into_iter().next() {
                Some(failing) => Found::Breaks(refutation(judge, id, automaton, &things, &failing)),
                None => Found::Holds(relies_on(judge, automaton, loss)),
            },
        };
        anything |= !things.all.is_empty();
        judge.outages.answers.borrow_mut().insert((id, loss, most), (found.clone(), !things.all.is_empty()));
        found
    });
    if matches!(verdict, Verdict::Proved) && !anything {
        let message = format!("there is no {} to lose", loss.as_str());
        return (Verdict::Empty(Empty { error: true, message }), Vec::new());
    }
    (verdict, relies_on)
}

fn too_many(route: &str) -> String {
    format!("route `{route}` has more than {} situations to look at", grouped(MAX_SITUATIONS as u64))
}

/// There are more situations than [`MAX_SITUATIONS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany;

/// The smallest outages of one kind, of at most [`MOST`] things, under which the route may serve nobody; each as the names of what is lost.
pub fn smallest(world: World<'_, '_>, route: RouteId, automaton: &Automaton, loss: Loss) -> Result<Vec<Vec<String>>, TooMany> {
    let things = Things::of(&world, automaton, loss);
    let found = search(&world, route, automaton, &things, Extent { most: MOST, only_first: false }, &Cell::new(0))?;
    let mut sets: Vec<&Lost> = found.iter().map(|failing| &failing.lost).collect();
    sets.sort();
    let mut minimal: Vec<&Lost> = Vec::new();
    for set in sets {
        if !minimal.iter().any(|known| known.numbers().iter().all(|thing| set.numbers().contains(thing))) {
            minimal.push(set);
        }
    }
    Ok(minimal.iter().map(|set| things.names(**set)).collect())
}

/// A run that ends without serving, and what has to be lost for it.
struct Failing {
    lost: Lost,
    calls: Vec<Call>,
    /// Set where the deadline ends the run: how long the calls have taken by then.
    late: Option<u64>,
}

/// A call that fails because of what is lost, and how the run came to it; on arrival, what had been lost before it.
struct Situation {
    attempt: u16,
    lost: Lost,
    /// How long the calls before may have taken, in milliseconds.
    elapsed: u64,
    /// The situation before, and the class that led on from there.
    before: Option<(usize, Failure)>,
}

/// All situations after so many calls. Of those that are alike the latest can do all that the others can.
#[derive(Default)]
struct Layer {
    situations: Vec<Situation>,
    known: FxHashMap<(u16, Lost), usize>,
}

impl Layer {
    fn add(&mut self, situation: Situation) -> Result<(), TooMany> {
        let next = self.situations.len();
        let number = *self.known.entry((situation.attempt, situation.lost)).or_insert(next);
        match self.situations.get_mut(number) {
            Some(known) if known.elapsed < situation.elapsed => *known = situation,
            Some(_) => {}
            None if next >= MAX_SITUATIONS => return Err(TooMany),
            None => self.situations.push(situation),
        }
        Ok(())
    }
}

/// How far a search goes: how many things are lost at most, and whether it ends with the first run that it finds.
struct Extent {
    most: u8,
    only_first: bool,
}

/// Runs all of whose calls fail by what is lost: those with the fewest calls first. Only the first, or one for each set of things lost.
fn search(
    world: &World<'_, '_>,
    route: RouteId,
    automaton: &Automaton,
    things: &Things,
    Extent { most, only_first }: Extent,
    looked: &Cell<usize>,
) -> Result<Vec<Failing>, TooMany> {
    let group = if things.loss == Loss::Key { Failures::AUTH } else { Failures::OUTAGE };
    let deadline = world.policy[route].deadline.map(|deadline| deadline.value);
    let mut arena: Vec<Situation> = Vec::new();
    let mut seen: FxHashSet<(u16, Lost)> = FxHashSet::default();
    let mut found: Vec<Failing> = Vec::new();
    let mut failed: FxHashSet<Lost> = FxHashSet::default();
    let mut arrivals = Layer::default();
    for entry in &automaton.entries {
        arrivals.add(Situation { attempt: *entry, lost: Lost::default(), elapsed: 0, before: None })?;
    }
    while !arrivals.situations.is_empty() {
        let mut layer = Layer::default();
        for Situation { attempt, lost, elapsed, before } in std::mem::take(&mut arrivals).situations {
            let losing = things.of.get(usize::from(attempt)).map(Vec::as_slice).unwrap_or_default();
            let choices: Vec<Lost> = if lost.numbers().iter().any(|thing| losing.contains(thing)) {
                vec![lost]
            } else {
                losing.iter().filter_map(|thing| lost.with(*thing, most)).collect()
            };
            for lost in choices {
                // Without a deadline no time matters, so what has been looked at before is not looked at again.
                if deadline.is_some() || seen.insert((attempt, lost)) {
                    layer.add(Situation { attempt, lost, elapsed, before }).inspect_err(|_| looked.set(looked.get() + MAX_SITUATIONS))?;
                }
            }
        }
        let first = arena.len();
        looked.set(looked.get() + layer.situations.len());
        arena.append(&mut layer.situations);
        if arena.len() > MAX_SITUATIONS {
            return Err(TooMany);
        }
        for number in first..arena.len() {
            let Some(&Situation { attempt, lost, elapsed, .. }) = arena.get(number) else { continue };
            let Some(at) = automaton.attempts.get(usize::from(attempt)) else { continue };
            let edges = automaton.next(at);
            let took = |class| match things.loss {
                Loss::Key if class == Failure::MissingKey => 0,
                // What is not repeated takes one try.
                Loss::Key => attempt_timeout(world.policy, automaton, at),
                _ => attempt_latency(world.policy, automaton, at),
            };
            let late = |after: &u64| deadline.is_some_and(|deadline| *after >= deadline);
            let ends: Vec<(Failure, bool, u64)> = known_first(group)
                .map(|class| (class, leads(edges, class).next().is_none(), elapsed.saturating_add(took(class))))
                .collect();
            let nobody = ends.iter().find(|(_, last, _)| *last).map(|(class, ..)| (*class, None));
            let ending = nobody.or_else(|| ends.iter().find(|(.., after)| late(after)).map(|(class, _, after)| (*class, Some(*after))));
            if let Some((class, late)) = ending
                && failed.insert(lost)
            {
                found.push(Failing { lost, calls: calls(&arena, number, class), late });
                if only_first {
                    return Ok(found);
                }
            }
            for (class, _, after) in ends.into_iter().filter(|(.., after)| !late(after)) {
                let before = Some((number, class));
                for to in leads(edges, class) {
                    arrivals.add(Situation { attempt: to, lost, elapsed: after, before })?;
                }
            }
        }
    }
    Ok(found)
}

fn calls(arena: &[Situation], last: usize, class: Failure) -> Vec<Call> {
    let mut calls = Vec::new();
    let mut at = Some((last, class));
    while let Some((situation, class)) = at.and_then(|(number, class)| Some((arena.get(number)?, class))) {
        calls.push(Call { attempt: situation.attempt, failure: Some(class) });
        at = situation.before;
    }
    calls.reverse();
    calls
}

fn relies_on(judge: &Judge<'_, '_>, automaton: &Automaton, loss: Loss) -> Vec<Event> {
    let targets = automaton.attempts.iter().map(|attempt| attempt.target);
    match loss {
        Loss::Provider => targets.filter_map(|target| address_of(judge, target)).collect(),
        Loss::Vendor => targets.flat_map(|target| apart(judge, target)).collect(),
        Loss::Key => targets.filter_map(|target| key_of(judge, target)).collect(),
        Loss::Region => targets.filter_map(|target| regions_of(judge, target)).collect(),
    }
}

fn refutation(judge: &Judge<'_, '_>, id: RouteId, automaton: &Automaton, things: &Things, failing: &Failing) -> Refutation {
    let policy = judge.policy;
    let name = policy[id].name.text;
    let trace = Trace { route: id, calls: failing.calls.clone() };
    let last = failing.calls.last().and_then(|call| call.failure).unwrap_or(Failure::Timeout);
    let events = runs::events(policy, automaton, &trace, |target| {
        let happens = format!("`{target}` {}", last.happens());
        match failing.late {
            Some(late) => format!("{happens}, {} in all: the deadline has passed, and the run fails with `deadline`", duration(late)),
            None => format!("{happens}: nothing follows, and the run fails with `{}`", last.as_str()),
        }
    });
    let lost = things.names(failing.lost);
    let what = format!("{}{} {}", things.loss.as_str(), if lost.len() == 1 { "" } else { "s" }, and(&lost));
    let unknown = things.loss == Loss::Region
        && automaton.attempts.iter().any(|attempt| judge.provider(attempt.target).processes_in(judge.zone(attempt.target)).is_none());
    let places = failing.lost.numbers().iter().filter_map(|number| things.place(*number)).collect();
    let mut notes = Vec::new();
    if unknown {
        notes.push("an account of which nobody can tell where it processes may be in any, so it may be lost with each".to_owned());
    }
    Refutation {
        message: format!("route `{name}` does not survive losing {what}"),
        traces: vec![trace],
        events,
        places,
        notes,
        help: vec![match (failing.late, things.loss) {
            (Some(_), _) => format!("lower `timeout` or `retry` of `{name}`, or give it a later `deadline`"),
            (None, Loss::Key) => format!("add a fallback to `{name}` that uses none of {}, on `auth`", and(&lost)),
            (None, _) => format!("add a fallback to `{name}` that uses none of {}, on `outage`", and(&lost)),
        }],
        ..Refutation::default()
    }
}
