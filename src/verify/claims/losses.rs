//! Claims about losses: whichever providers, companies, keys or regions are lost, a route serves.

use std::collections::BTreeMap;

use super::Decision;
use crate::plan::{Attempt, Loss, Texts};
use crate::text::and;
use crate::verify::accounts::{Host, Key, describe_key, host, involves, key, listed, overlap, passes_to_anybody, regions};
use crate::verify::attempts::{Called, Stop};
use crate::verify::world::World;

/// The most situations of one route that are looked at: an attempt that fails, and what has been lost up to there.
const MOST: usize = 100_000;

const OUTAGE: &[&str] = &["overloaded", "server_error", "timeout", "network"];
const AUTH: &[&str] = &["missing_key", "invalid_key", "permission"];

/// What may be lost at once.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Item<'p> {
    /// A host, and with it every account that may be there.
    Host(Host),
    Company(&'p str),
    /// A company that nobody names, which may serve behind whoever passes data on to anybody.
    Unnamed,
    Key(Key<'p>),
    Region(&'p str),
    /// The one region that is there where none is known.
    Anywhere,
}

/// Decides `ROUTE… survives losing any N KIND`.
pub(super) fn survives(world: &World<'_>, kind: Loss, losing: usize, routes: Option<&Texts<'_>>) -> Decision {
    let classes = if kind == Loss::Key { AUTH } else { OUTAGE };
    for called in world.spoken_of(routes) {
        let items = items(called, kind);
        let loses = |stop: &Stop<'_>| items.iter().enumerate().filter(|(_, item)| is_lost(item, stop)).map(|(number, _)| number).collect();
        let loses: Vec<Lost> = called.stops.iter().map(loses).collect();
        match failing_run(called, &loses, losing, classes) {
            Search::Serves => {}
            Search::TooMuch => return Decision::Beyond(format!("route `{}` has more than {MOST} situations", called.name)),
            Search::Fails { lost, run } => {
                let names: Vec<String> = lost.iter().filter_map(|item| items.get(*item)).map(describe).collect();
                let is = if names.len() == 1 { "is" } else { "are" };
                return Decision::broken(format!("route `{}` does not serve when {} {is} lost", called.name, and(&names)), run);
            }
        }
    }
    Decision::Holds
}

/// What a route's attempts use that may be lost.
fn items<'p>(called: &Called<'p>, kind: Loss) -> Vec<Item<'p>> {
    let mut items = Vec::new();
    for stop in &called.stops {
        let provider = stop.provider;
        let more: Vec<Item<'p>> = match kind {
            Loss::Provider => vec![Item::Host(host(provider))],
            Loss::Vendor => {
                let unnamed = passes_to_anybody(provider).then_some(Item::Unnamed);
                listed(provider).map(Item::Company).chain(unnamed).collect()
            }
            Loss::Key => key(provider).map(Item::Key).into_iter().collect(),
            Loss::Region => regions(provider, stop.model).into_iter().flatten().map(Item::Region).collect(),
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
    // What may be at any host is lost with each, and is something of its own only where no host is known.
    if items.iter().any(|item| matches!(item, Item::Host(Host::Named(_)))) {
        items.retain(|item| *item != Item::Host(Host::Any));
    }
    items
}

fn is_lost(item: &Item<'_>, stop: &Stop<'_>) -> bool {
    match item {
        Item::Host(lost) => host(stop.provider).meets(lost),
        Item::Company(lost) => involves(lost, stop.provider),
        Item::Unnamed => passes_to_anybody(stop.provider),
        Item::Key(lost) => key(stop.provider).as_ref() == Some(lost),
        Item::Region(lost) => regions(stop.provider, stop.model).is_none_or(|places| places.into_iter().any(|place| overlap(place, lost))),
        Item::Anywhere => true,
    }
}

/// Numbers of items, ascending.
type Lost = Vec<usize>;

/// What came of looking for a run that nobody serves.
enum Search {
    Serves,
    Fails { lost: Lost, run: Vec<String> },
    TooMuch,
}

/// How a run comes to a situation.
#[derive(Clone)]
struct Arrival {
    /// In milliseconds after the start, at the latest.
    late: u64,
    /// The attempt before, what was lost then, and how it failed.
    from: Option<(usize, Lost, &'static str)>,
}

/// For each attempt what has been lost, and how a run comes there.
type Situations = Vec<BTreeMap<Lost, Arrival>>;

/// Looks for a run all of whose calls are lost, and that ends without an answer. `loses`: for each attempt the items without which it fails.
fn failing_run(called: &Called<'_>, loses: &[Lost], losing: usize, classes: &[&'static str]) -> Search {
    let mut arrivals: Situations = vec![BTreeMap::new(); called.stops.len()];
    let mut failed: Situations = arrivals.clone();
    for entry in &called.entries {
        arrive(&mut arrivals, *entry, Lost::new(), Arrival { late: 0, from: None });
    }
    let mut left = MOST;
    // Every attempt comes after those from which a run comes to it, so all its arrivals are known.
    for index in called.order.iter().copied() {
        let (Some(stop), Some(loses)) = (called.stops.get(index), loses.get(index)) else { continue };
        for (lost, arrival) in arrivals.get_mut(index).map(std::mem::take).unwrap_or_default() {
            let more: Vec<Lost> = if lost.iter().any(|item| loses.contains(item)) {
                vec![lost]
            } else if lost.len() < losing {
                loses.iter().map(|item| with(&lost, *item)).collect()
            } else {
                Vec::new()
            };
            for lost in more {
                if arrive(&mut failed, index, lost, arrival.clone()) {
                    let Some(fewer) = left.checked_sub(1) else { return Search::TooMuch };
                    left = fewer;
                }
            }
        }
        for (lost, arrival) in failed.get(index).cloned().unwrap_or_default() {
            for class in classes {
                let next = stop.after(class);
                let late = arrival.late.saturating_add(longest(stop.attempt, class));
                let over = called.route.deadline_ms.is_some_and(|deadline| late >= deadline);
                if next.is_empty() || over {
                    let why = if next.is_empty() { "nobody is called next" } else { "the deadline is over" };
                    let end = format!("`{}` fails with {class}, and {why}", stop.attempt.target);
                    return Search::Fails { run: shown(called, &failed, &arrival, end), lost };
                }
                for next in next {
                    arrive(&mut arrivals, usize::from(*next), lost.clone(), Arrival { late, from: Some((index, lost.clone(), class)) });
                }
            }
        }
    }
    Search::Serves
}

fn with(lost: &Lost, item: usize) -> Lost {
    let mut more = lost.clone();
    more.insert(lost.partition_point(|known| *known < item), item);
    more
}

/// Whether it is a new situation. Of arrivals that are alike the latest can do all that the others can.
fn arrive(situations: &mut Situations, index: usize, lost: Lost, arrival: Arrival) -> bool {
    let Some(known) = situations.get_mut(index) else { return false };
    let late = known.get(&lost).map(|known| known.late);
    if late.is_none_or(|late| late < arrival.late) {
        known.insert(lost, arrival);
    }
    late.is_none()
}

fn shown(called: &Called<'_>, failed: &Situations, arrival: &Arrival, end: String) -> Vec<String> {
    let mut run = vec![end];
    let mut here = Some(arrival);
    while let Some((before, lost, class)) = here.and_then(|arrival| arrival.from.as_ref()) {
        run.push(format!("`{}` fails with {class}", called.target(*before)));
        here = failed.get(*before).and_then(|known| known.get(lost));
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
        Item::Host(Host::Any) => "the host that only a variable names".to_owned(),
        Item::Unnamed => "a company that may serve behind".to_owned(),
        Item::Company(name) => format!("company `{name}`"),
        Item::Key(key) => describe_key(*key),
        Item::Region(name) => format!("region `{name}`"),
        Item::Anywhere => "the region that nobody knows".to_owned(),
    }
}
