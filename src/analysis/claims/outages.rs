//! What a route survives: every choice of providers, vendors, keys or regions that are lost, and every class that a failed call may then show.

use std::cell::RefCell;

use rustc_hash::{FxHashMap, FxHashSet};

use super::runs::{Call, Trace, known_first, leads};
use super::whom::{Behind, apart, regions_meet, regions_of};
use super::{Empty, Event, Found, Judge, Refutation, Verdict, World, runs};
use crate::analysis::bounds::{attempt_latency, attempt_timeout};
use crate::automaton::Automaton;
use crate::policy::failure::{Failure, Failures};
use crate::policy::model::{BaseUrl, KeySource, Loss, Provider, RouteId, Routes};
use crate::source::Span;
use crate::text::{and, duration, tick};

/// The most things that are lost at once.
pub const MOST: u8 = 3;
/// The most situations (an attempt, and what has been lost up to there) that are looked at for one route.
pub const MAX_SITUATIONS: usize = 100_000;

/// Answers that are kept: claims about all routes ask again and again.
pub(super) type Known = RefCell<FxHashMap<(RouteId, Loss, u8), (Found, bool)>>;

pub(super) fn survives(judge: &Judge<'_, '_>, routes: &Routes, most: u8, loss: Loss) -> (Verdict, Vec<Event>) {
    let mut anything = false;
    let (verdict, relies_on) = judge.each(routes, |id, automaton| {
        if let Some((found, some)) = judge.outages.borrow().get(&(id, loss, most)) {
            anything |= some;
            return found.clone();
        }
        let things = Things::of(&judge.world, automaton, loss);
        let found = match search(&judge.world, id, automaton, &things, most, true) {
            Err(TooMany) => Found::Beyond(too_many(judge.policy[id].name.text)),
            Ok(found) => match found.into_iter().next() {
                Some(failing) => Found::Breaks(refutation(judge, id, automaton, &things, &failing)),
                None => Found::Holds(relies_on(judge, automaton, loss)),
            },
        };
        anything |= !things.all.is_empty();
        judge.outages.borrow_mut().insert((id, loss, most), (found.clone(), !things.all.is_empty()));
        found
    });
    if matches!(verdict, Verdict::Proved) && !anything {
        let message = format!("there is no {} to lose", loss.as_str());
        return (Verdict::Empty(Empty { error: true, message }), Vec::new());
    }
    (verdict, relies_on)
}

fn too_many(route: &str) -> String {
    format!("route `{route}` has more than {MAX_SITUATIONS} situations to look at")
}

/// There are more situations than [`MAX_SITUATIONS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany;

/// The smallest outages of one kind, of at most [`MOST`] things, under which the route may serve nobody; each as the names of what is lost.
pub fn smallest(world: World<'_, '_>, route: RouteId, automaton: &Automaton, loss: Loss) -> Result<Vec<Vec<String>>, TooMany> {
    let things = Things::of(&world, automaton, loss);
    let found = search(&world, route, automaton, &things, MOST, false)?;
    let mut sets: Vec<&Lost> = found.iter().map(|failing| &failing.lost).collect();
    sets.sort_by_key(|set| (set.len(), (*set).clone()));
    let mut minimal: Vec<&Lost> = Vec::new();
    for set in sets {
        if !minimal.iter().any(|known| known.iter().all(|thing| set.contains(thing))) {
            minimal.push(set);
        }
    }
    Ok(minimal.iter().map(|set| things.names(set)).collect())
}

/// Numbers of things that are lost, ascending.
type Lost = Vec<u16>;

/// What the attempts of a route use, and so may lose.
struct Things {
    loss: Loss,
    all: Vec<Thing>,
    /// For each attempt the things without which it may fail.
    of: Vec<Lost>,
}

struct Thing {
    /// What tells it from others.
    key: String,
    /// What people call it: with backticks where it is a name of the policy.
    name: String,
    span: Span,
}

impl Things {
    fn of(world: &World<'_, '_>, automaton: &Automaton, loss: Loss) -> Self {
        let mut things = Self { loss, all: Vec::new(), of: Vec::new() };
        let accounts: Vec<&Provider<'_>> =
            automaton.attempts.iter().map(|attempt| &world.policy[world.policy[attempt.target].provider]).collect();
        let zone = |attempt: usize| {
            let target = automaton.attempts.get(attempt)?.target;
            world.facts.get(target.0 as usize)?.entry?.zone.as_deref()
        };
        for (attempt, account) in accounts.iter().enumerate() {
            for (key, span) in uses(account, loss) {
                things.add(key, span);
            }
            if let Some(zone) = zone(attempt).filter(|_| loss == Loss::Region) {
                things.add(zone.to_owned(), account.name.span);
            }
        }
        if let (Loss::Region, true, Some(account)) = (loss, things.all.is_empty(), accounts.first()) {
            let name = "the one that all of its accounts may be in".to_owned();
            things.all.push(Thing { key: String::new(), name, span: account.name.span });
        }
        if loss == Loss::Provider {
            for thing in &mut things.all {
                let mut there: Vec<String> = accounts
                    .iter()
                    .filter(|account| uses(account, loss).iter().any(|(key, _)| *key == thing.key))
                    .map(|account| tick(account.name.text))
                    .collect();
                there.sort_unstable();
                there.dedup();
                thing.name = and(there);
            }
        }
        things.of = accounts.iter().enumerate().map(|(attempt, account)| things.losing(account, zone(attempt))).collect();
        things
    }

    fn add(&mut self, key: String, span: Span) {
        if !self.all.iter().any(|known| known.key == key) {
            self.all.push(Thing { name: tick(&key), key, span });
        }
    }

    /// The things without which an account may fail.
    fn losing(&self, account: &Provider<'_>, zone: Option<&str>) -> Lost {
        let own: Vec<String> = uses(account, self.loss).into_iter().map(|(key, _)| key).collect();
        let loses = |thing: &Thing| match self.loss {
            Loss::Provider | Loss::Key => own.contains(&thing.key),
            Loss::Vendor => own.contains(&thing.key) || Behind::of(account).permits(&thing.key),
            Loss::Region => {
                let unknown = account.region.is_none() || account.address_variable().is_some();
                unknown || own.iter().map(String::as_str).chain(zone).any(|region| regions_meet(region, &thing.key))
            }
        };
        (0..).zip(&self.all).filter(|(_, thing)| loses(thing)).map(|(number, _)| number).collect()
    }

    fn names(&self, lost: &Lost) -> Vec<String> {
        lost.iter().filter_map(|number| self.all.get(usize::from(*number))).map(|thing| thing.name.clone()).collect()
    }
}

/// What of a kind an account uses, by what tells it from others, with the place that says so.
fn uses(account: &Provider<'_>, loss: Loss) -> Vec<(String, Span)> {
    let address = account.base_url_span.unwrap_or(account.name.span);
    match loss {
        // Accounts at one host go down together; those on this machine too.
        Loss::Provider => vec![match &account.base_url {
            Some(BaseUrl::Address { loopback: true, .. }) => ("localhost".to_owned(), address),
            Some(BaseUrl::Address { host, .. }) => (host.clone(), address),
            Some(BaseUrl::Variable(name)) => (format!("${name}"), address),
            None => (account.name.text.to_owned(), account.name.span),
        }],
        Loss::Vendor => {
            let own = account.companies().map(|company| (company.to_owned(), account.vendor_span.unwrap_or(address)));
            let behind = match Behind::of(account) {
                Behind::Only(only) => {
                    only.iter().map(|company| ((*company).to_owned(), account.upstreams_span.unwrap_or(address))).collect()
                }
                _ => Vec::new(),
            };
            own.chain(behind).collect()
        }
        Loss::Key => match &account.key {
            None => Vec::new(),
            Some(key) => match &key.value {
                KeySource::None => Vec::new(),
                KeySource::PerRequest => vec![(format!("the key for {} in the request", account.name.text), key.span)],
                source => vec![(source_name(source), key.span)],
            },
        },
        Loss::Region => match (&account.region, account.address_variable()) {
            (Some(regions), None) => regions.value.iter().map(|region| (region.text.to_owned(), region.span)).collect(),
            _ => Vec::new(),
        },
    }
}

/// A name that no other source has.
fn source_name(source: &KeySource<'_>) -> String {
    match source {
        KeySource::Exec(words) => format!("exec {}", words.join(" ")),
        source => source.describe(),
    }
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

/// Runs all of whose calls fail by what is lost: those with the fewest calls first. Only the first, or one for each set of things lost.
fn search(
    world: &World<'_, '_>,
    route: RouteId,
    automaton: &Automaton,
    things: &Things,
    most: u8,
    only_first: bool,
) -> Result<Vec<Failing>, TooMany> {
    let group = if things.loss == Loss::Key { Failures::AUTH } else { Failures::OUTAGE };
    let deadline = world.policy[route].deadline.map(|deadline| deadline.value);
    let mut arena: Vec<Situation> = Vec::new();
    let mut seen: FxHashSet<(u16, Lost)> = FxHashSet::default();
    let mut found: Vec<Failing> = Vec::new();
    let mut failed: FxHashSet<Lost> = FxHashSet::default();
    let start = |entry: &u16| Situation { attempt: *entry, lost: Lost::new(), elapsed: 0, before: None };
    let mut arrivals: Vec<Situation> = automaton.entries.iter().map(start).collect();
    while !arrivals.is_empty() {
        // One layer: all situations after so many calls. Of those that are alike the latest can do all that the others can.
        let mut layer: FxHashMap<(u16, Lost), usize> = FxHashMap::default();
        let first = arena.len();
        for Situation { attempt, lost, elapsed, before } in arrivals.drain(..) {
            let losing = things.of.get(usize::from(attempt)).map(Vec::as_slice).unwrap_or_default();
            let choices: Vec<Lost> = if lost.iter().any(|thing| losing.contains(thing)) {
                vec![lost]
            } else if lost.len() < usize::from(most) {
                losing.iter().map(|thing| with(&lost, *thing)).collect()
            } else {
                Vec::new()
            };
            for lost in choices {
                // Without a deadline no time matters, so what has been looked at before is not looked at again.
                if deadline.is_none() && !seen.insert((attempt, lost.clone())) {
                    continue;
                }
                let next = arena.len();
                let number = *layer.entry((attempt, lost.clone())).or_insert(next);
                if number == next {
                    arena.push(Situation { attempt, lost, elapsed, before });
                } else if let Some(known) = arena.get_mut(number).filter(|known| known.elapsed < elapsed) {
                    (known.elapsed, known.before) = (elapsed, before);
                }
            }
        }
        if arena.len() > MAX_SITUATIONS {
            return Err(TooMany);
        }
        for number in first..arena.len() {
            let Some(Situation { attempt, lost, elapsed, .. }) = arena.get(number) else { continue };
            let (Some(at), elapsed) = (automaton.attempts.get(usize::from(*attempt)), *elapsed) else { continue };
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
                && failed.insert(lost.clone())
            {
                found.push(Failing { lost: lost.clone(), calls: calls(&arena, number, class), late });
                if only_first {
                    return Ok(found);
                }
            }
            for (class, _, after) in ends.into_iter().filter(|(.., after)| !late(after)) {
                let before = Some((number, class));
                arrivals.extend(leads(edges, class).map(|to| Situation { attempt: to, lost: lost.clone(), elapsed: after, before }));
            }
        }
    }
    Ok(found)
}

fn with(lost: &Lost, thing: u16) -> Lost {
    let mut more = lost.clone();
    more.insert(lost.partition_point(|known| *known < thing), thing);
    more
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
        Loss::Provider | Loss::Key => Vec::new(),
        Loss::Vendor => targets.flat_map(|target| apart(judge, target)).collect(),
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
    let lost = things.names(&failing.lost);
    let what = format!("{}{} {}", things.loss.as_str(), if lost.len() == 1 { "" } else { "s" }, and(&lost));
    let unknown = things.loss == Loss::Region
        && automaton.attempts.iter().any(|attempt| {
            let account = judge.provider(attempt.target);
            account.region.is_none() || account.address_variable().is_some()
        });
    let thing = |number: &u16| place_of(things, *number);
    let places = failing.lost.iter().filter_map(thing).collect();
    let mut notes = Vec::new();
    if unknown {
        notes.push(
            "an account that says no `region`, or whose address is in a variable, may be in any, so it may be lost with each".to_owned(),
        );
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

/// Where a thing that is lost is named.
fn place_of(things: &Things, number: u16) -> Option<Event> {
    let thing = things.all.get(usize::from(number))?;
    let verb = if thing.name.contains(" and ") { "are" } else { "is" };
    Some(Event { span: thing.span, text: format!("suppose {} {} {verb} lost", things.loss.as_str(), thing.name) })
}
