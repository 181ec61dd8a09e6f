//! The closed set of whom a route's runs can reach, derived again and compared with what the plan claims, in both directions.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::accounts::{behind, companies, listed, regions};
use super::attempts::{Called, Stop};
use super::classes::Set;
use super::fault::{Faults, at};
use super::world::World;
use crate::plan::{Reached, Texts, Upstreams};

/// Compares; gives the number of entries that agree.
pub(super) fn check(world: &World<'_>, faults: &mut Faults) -> usize {
    let claimed = &world.plan.claims.reach;
    for name in claimed.keys().filter(|name| !world.routes.contains_key(&***name)) {
        faults.add(at(["claims", "reach", name]), format!("there is no route `{name}`"));
    }
    let mut agree = 0;
    for (name, called) in &world.routes {
        match claimed.get(*name) {
            Some(claimed) => agree += of_route(world, called, claimed, faults),
            None => faults.add(at(["claims", "reach"]), format!("whom route `{name}` reaches is missing")),
        }
    }
    agree
}

fn of_route(world: &World<'_>, called: &Called<'_>, claimed: &[Reached<'_>], faults: &mut Faults) -> usize {
    let mut derived: BTreeMap<(&str, &str), (usize, Set)> = BTreeMap::new();
    for (index, stop) in called.stops.iter().enumerate() {
        let (_, data) = derived.entry((&stop.attempt.provider, &stop.attempt.model)).or_insert((index, Set::default()));
        *data = data.union(stop.data);
    }
    let mut agree = 0;
    let mut seen = BTreeSet::new();
    for (index, entry) in claimed.iter().enumerate() {
        let place = || at(["claims", "reach", called.name, &index.to_string()]);
        let key = (&*entry.provider, &*entry.model);
        let Some((stop, data)) = derived.get(&key).and_then(|(stop, data)| Some((called.stops.get(*stop)?, *data))) else {
            faults.add(place(), format!("no run of `{}` reaches `{}/{}`", called.name, key.0, key.1));
            continue;
        };
        if !seen.insert(key) {
            faults.add(place(), format!("`{}/{}` is there twice", key.0, key.1));
            continue;
        }
        let wrong = differences(world, entry, stop, data);
        faults.unless(wrong.is_empty(), place, || format!("what is said of `{}` is not so: {}", stop.attempt.target, wrong.join(", ")));
        agree += usize::from(wrong.is_empty());
    }
    for (key, (index, _)) in derived.iter().filter(|(key, _)| !seen.contains(*key)) {
        let message = format!("a run of `{}` reaches `{}/{}`, which is missing", called.name, key.0, key.1);
        faults.0.push(super::Fault { run: called.way(*index), ..super::Fault::new(at(["claims", "reach", called.name]), message) });
    }
    agree
}

/// The members that are not what they should be.
fn differences(world: &World<'_>, entry: &Reached<'_>, stop: &Stop<'_>, data: Set) -> Vec<&'static str> {
    let members = [
        ("data", world.classes.set(&entry.data) == Some(data)),
        ("key_owner", entry.key_owner == stop.provider.key_owner),
        ("region", entry.region.as_ref().map(|named| named.iter().map(|region| &**region).collect()) == regions(stop.provider, stop.model)),
        ("vendors", are_vendors(&entry.vendors, stop)),
    ];
    members.iter().filter(|(_, right)| !right).map(|(member, _)| *member).collect()
}

fn are_vendors(claimed: &Texts<'_>, stop: &Stop<'_>) -> bool {
    let vendors: BTreeSet<&str> = match behind(stop.provider) {
        Some(Upstreams::AnyExcept(_)) => companies(stop.provider).chain(["*"]).collect(),
        _ => listed(stop.provider).collect(),
    };
    claimed.len() == vendors.len() && vendors.iter().all(|vendor| claimed.contains(*vendor))
}
