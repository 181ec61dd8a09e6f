//! Claims about losses: whichever providers, companies, keys or regions are lost, a route serves.

use super::Decision;
use crate::plan::{Attempt, Loss, Texts};
use crate::verify::accounts::{Host, Key, describe_key, host, involves, key, listed, overlap, regions};
use crate::verify::attempts::{Called, Stop};
use crate::verify::world::World;

/// The most attempts that are looked at for one claim, over every choice of what is lost.
const MOST: u64 = 50_000_000;

const OUTAGE: &[&str] = &["overloaded", "server_error", "timeout", "network"];
const AUTH: &[&str] = &["missing_key", "invalid_key", "permission"];

/// What may be lost at once.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Item<'p> {
    Host(Host<'p>),
    Company(&'p str),
    Key(Key<'p>),
    Region(&'p str),
    /// The one region that is there where none is known.
    Anywhere,
}

/// Decides `ROUTE… survives losing any N KIND`.
pub(super) fn survives(world: &World<'_>, kind: Loss, losing: usize, routes: Option<&Texts<'_>>) -> Decision {
    let mut left = MOST;
    for called in world.spoken_of(routes) {
        let items = items(called, kind);
        let losing = losing.min(items.len());
        // Whatever fails when less is lost fails when more is, so only the largest choices are looked at.
        let choices = (0..losing as u64).fold(1u64, |count, chosen| count.saturating_mul(items.len() as u64 - chosen) / (chosen + 1));
        let Some(rest) = left.checked_sub(choices.saturating_mul(called.stops.len() as u64)) else {
            return Decision::Beyond(format!(
                "the attempts of route `{}` use {} that may be lost, {choices} choices",
                called.name,
                items.len()
            ));
        };
        left = rest;
        let loses: Vec<Vec<bool>> = items.iter().map(|item| called.stops.iter().map(|stop| is_lost(item, stop)).collect()).collect();
        let mut chosen: Vec<usize> = (0..losing).collect();
        loop {
            let lost: Vec<bool> = (0..called.stops.len())
                .map(|stop| chosen.iter().any(|item| loses.get(*item).and_then(|loses| loses.get(stop)) == Some(&true)))
                .collect();
            if let Some(run) = failing_run(called, &lost, if kind == Loss::Key { AUTH } else { OUTAGE }) {
                let names: Vec<String> = chosen.iter().filter_map(|item| items.get(*item)).map(describe).collect();
                let what = if names.is_empty() { "nothing".to_owned() } else { names.join(" and ") };
                return Decision::broken(format!("route `{}` does not serve when {what} is lost", called.name), run);
            }
            if !next_choice(&mut chosen, items.len()) {
                break;
            }
        }
    }
    Decision::Holds
}

/// The next choice of so many out of so many, in order; false after the last.
fn next_choice(chosen: &mut [usize], of: usize) -> bool {
    let count = chosen.len();
    let Some(at) = (0..count).rev().find(|at| chosen.get(*at).is_some_and(|item| *item + (count - at) < of)) else { return false };
    let first = chosen.get(at).map_or(0, |item| item + 1);
    for (slot, item) in chosen.iter_mut().skip(at).zip(first..) {
        *slot = item;
    }
    true
}

/// What a route's attempts use that may be lost.
fn items<'p>(called: &Called<'p>, kind: Loss) -> Vec<Item<'p>> {
    let mut items = Vec::new();
    for stop in &called.stops {
        let provider = stop.provider;
        let more: Vec<Item<'p>> = match kind {
            Loss::Provider => vec![Item::Host(host(provider))],
            Loss::Vendor => listed(provider).map(Item::Company).collect(),
            Loss::Key => key(&stop.attempt.provider, provider).map(Item::Key).into_iter().collect(),
            Loss::Region => regions(provider).map(Item::Region).collect(),
        };
        for item in more {
            if !items.contains(&item) {
                items.push(item);
            }
        }
    }
    if kind == Loss::Region && items.is_empty() {
        items.push(Item::Anywhere);
    }
    items
}

fn is_lost(item: &Item<'_>, stop: &Stop<'_>) -> bool {
    match item {
        Item::Host(lost) => host(stop.provider) == *lost,
        Item::Company(lost) => involves(lost, stop.provider),
        Item::Key(lost) => key(&stop.attempt.provider, stop.provider).as_ref() == Some(lost),
        Item::Region(lost) => {
            let mut places = regions(stop.provider).peekable();
            places.peek().is_none() || places.any(|place| overlap(place, lost))
        }
        Item::Anywhere => true,
    }
}

/// A run all of whose calls are lost, and that ends without an answer.
fn failing_run(called: &Called<'_>, lost: &[bool], classes: &[&'static str]) -> Option<Vec<String>> {
    // For each attempt that such a run gets to: how late at the latest, and from where.
    let mut arrivals: Vec<Option<Arrival>> = vec![None; called.stops.len()];
    for entry in &called.entries {
        if let Some(slot) = arrivals.get_mut(*entry) {
            *slot = Some(Arrival { late: 0, from: None });
        }
    }
    for index in &called.order {
        let (Some(stop), Some(Some(arrival))) = (called.stops.get(*index), arrivals.get(*index).copied()) else { continue };
        if arrival.from.is_some() && called.route.deadline_ms.is_some_and(|deadline| arrival.late >= deadline) {
            return Some(shown(called, &arrivals, *index, &format!("the deadline is over before `{}` is called", stop.attempt.target)));
        }
        if lost.get(*index) != Some(&true) {
            continue;
        }
        for class in classes {
            let next = stop.after(class);
            if next.is_empty() {
                return Some(shown(called, &arrivals, *index, &format!("`{}` fails with {class}, and the run ends", stop.attempt.target)));
            }
            let late = arrival.late.saturating_add(longest(stop.attempt, class));
            for next in next {
                if let Some(slot) = arrivals.get_mut(usize::from(*next)).filter(|slot| slot.is_none_or(|known| known.late < late)) {
                    *slot = Some(Arrival { late, from: Some((*index, class)) });
                }
            }
        }
    }
    None
}

#[derive(Clone, Copy)]
struct Arrival {
    /// In milliseconds after the start.
    late: u64,
    from: Option<(usize, &'static str)>,
}

fn shown(called: &Called<'_>, arrivals: &[Option<Arrival>], index: usize, end: &str) -> Vec<String> {
    let mut run = vec![end.to_owned()];
    let mut here = index;
    while let Some((before, class)) = arrivals.get(here).copied().flatten().and_then(|arrival| arrival.from) {
        run.push(format!("`{}` fails with {class}", called.target(before)));
        here = before;
    }
    run.push(format!("route `{}` is called", called.name));
    run.reverse();
    run
}

/// How long an attempt takes to fail with a class, at the longest.
fn longest(attempt: &Attempt<'_>, class: &str) -> u64 {
    match class {
        "missing_key" => 0,
        "invalid_key" | "permission" => attempt.timeout_ms,
        _ => super::bounds::slowest(attempt),
    }
}

fn describe(item: &Item<'_>) -> String {
    match item {
        Item::Host(Host::Named(name)) => format!("host `{name}`"),
        Item::Host(Host::Variable(name)) => format!("the host in `{name}`"),
        Item::Company(name) => format!("company `{name}`"),
        Item::Key(key) => describe_key(*key),
        Item::Region(name) => format!("region `{name}`"),
        Item::Anywhere => "the region that nobody knows".to_owned(),
    }
}
