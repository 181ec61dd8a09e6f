//! Claims about single attempts: who may receive data, who may serve, whose key pays.

use super::Decision;
use crate::plan::{KeyOwner, Texts, Upstreams, Whom};
use crate::verify::accounts::{behind, companies, is_called, overlap, regions, within};
use crate::verify::attempts::{Called, Stop};
use crate::verify::glob::{covers, matches};
use crate::verify::world::World;

/// Decides `CLASS… reaches only WHOM…`.
pub(super) fn reaches_only(world: &World<'_>, classes: &Texts<'_>, whom: &[Whom<'_>]) -> Decision {
    receiver(world, classes, |stop| !is_among(stop, whom))
}

/// Decides `never CLASS… reaches WHOM…`.
pub(super) fn never_reaches(world: &World<'_>, classes: &Texts<'_>, whom: &[Whom<'_>]) -> Decision {
    receiver(world, classes, |stop| whom.iter().any(|whom| touches(world, stop, whom)))
}

/// Broken by an attempt that may receive one of these classes, or one above it, and is of a kind.
fn receiver(world: &World<'_>, classes: &Texts<'_>, breaks: impl Fn(&Stop<'_>) -> bool) -> Decision {
    let asked = world.classes.above(world.set(classes));
    let received = |stop: &Stop<'_>| stop.data.and(asked);
    let found = find(world, None, |_, stop| !received(stop).is_empty() && breaks(stop));
    found.map_or(Decision::Holds, |(called, index, stop)| {
        let data = world.classes.describe(received(stop));
        broken(called, index, &format!("`{}` receives {data} data", stop.attempt.target))
    })
}

/// Decides `only PATTERN… serve ROUTE…`.
pub(super) fn only_serve(world: &World<'_>, patterns: &Texts<'_>, routes: Option<&Texts<'_>>) -> Decision {
    let found = find(world, routes, |_, stop| !patterns.iter().any(|pattern| is_target(stop, pattern)));
    found.map_or(Decision::Holds, |(called, index, stop)| broken(called, index, &format!("`{}` may serve it", stop.attempt.target)))
}

/// Decides `own keys on ROUTE…`.
pub(super) fn own_keys(world: &World<'_>, routes: Option<&Texts<'_>>) -> Decision {
    let found = find(world, routes, |_, stop| stop.provider.key_owner != KeyOwner::Own);
    found.map_or(Decision::Holds, |(called, index, stop)| {
        broken(called, index, &format!("`{}` is called with a key that is not your own", stop.attempt.target))
    })
}

/// Decides `no fallback on ROUTE…`.
pub(super) fn no_fallback(world: &World<'_>, routes: Option<&Texts<'_>>) -> Decision {
    let found = world.spoken_of(routes).find(|called| called.stops.len() != 1);
    found.map_or(Decision::Holds, |called| {
        Decision::broken(format!("route `{}` has {} attempts", called.name, called.stops.len()), Vec::new())
    })
}

/// The first attempt of these routes that is of a kind.
fn find<'w, 'p>(
    world: &'w World<'p>,
    routes: Option<&'w Texts<'_>>,
    breaks: impl Fn(&Called<'p>, &Stop<'p>) -> bool,
) -> Option<(&'w Called<'p>, usize, &'w Stop<'p>)> {
    world.spoken_of(routes).find_map(|called| {
        let (index, stop) = called.stops.iter().enumerate().find(|(_, stop)| breaks(called, stop))?;
        Some((called, index, stop))
    })
}

fn broken(called: &Called<'_>, index: usize, what: &str) -> Decision {
    let mut run = called.way(index);
    run.push(what.to_owned());
    Decision::broken(what, run)
}

/// Whether a pattern is exactly of an attempt's target.
fn is_target(stop: &Stop<'_>, pattern: &str) -> bool {
    let own = |owner: &str| *owner == *stop.attempt.provider && !stop.provider.misnamed;
    let all = |owner: &str| companies(stop.provider).all(|company| company == owner);
    pattern.split_once('/').is_some_and(|(owner, id)| (own(owner) || all(owner)) && matches(id, &stop.attempt.model))
}

/// Whether an attempt stays among these: the account, and everyone behind it.
fn is_among(stop: &Stop<'_>, whom: &[Whom<'_>]) -> bool {
    let named = |name: &str| whom.iter().any(|whom| matches!(whom, Whom::Name(known) if known == name));
    let held = |region: &str| whom.iter().any(|whom| matches!(whom, Whom::Region(known) if within(region, known)));
    if regions(stop.provider, stop.model).is_some_and(|places| places.into_iter().all(held)) {
        return true;
    }
    let pattern = whom.iter().any(|whom| matches!(whom, Whom::Pattern(pattern) if is_target(stop, pattern)));
    // The name of a company that has nothing to do with it says nothing of who it is.
    let by_name = named(&stop.attempt.provider) && !stop.provider.misnamed;
    let account = pattern || by_name || companies(stop.provider).all(named);
    account
        && match behind(stop.provider) {
            None => true,
            Some(Upstreams::Only(only)) => !only.is_empty() && only.iter().all(|name| named(name)),
            Some(Upstreams::AnyExcept(_)) => false,
        }
}

/// Whether somebody may see what is sent in an attempt.
fn touches(world: &World<'_>, stop: &Stop<'_>, whom: &Whom<'_>) -> bool {
    match whom {
        Whom::Name(name) => is_called(name, &stop.attempt.provider, stop.provider) || world.permits(stop.provider, name),
        Whom::Region(region) => {
            regions(stop.provider, stop.model).is_none_or(|places| places.into_iter().any(|place| overlap(place, region)))
        }
        Whom::Pattern(pattern) => pattern.split_once('/').is_none_or(|(owner, id)| is_covered(world, stop, owner, id)),
    }
}

/// Whether an attempt may be one at a model that a pattern means, under whatever name. A model of which nobody knows which it is may be any that is served there.
fn is_covered(world: &World<'_>, stop: &Stop<'_>, owner: &str, id: &str) -> bool {
    let own = is_called(owner, &stop.attempt.provider, stop.provider);
    let mut names = [&stop.attempt.model].into_iter().chain(stop.model.aliases.iter());
    if own && names.any(|name| covers(id, name)) {
        return true;
    }
    let behind = world.permits(stop.provider, owner);
    match stop.model.base.as_ref().and_then(|base| base.split_once('/')) {
        // Operators name models as they like at Azure.
        Some((_, base)) => behind && (owner == "azure" || covers(id, base)),
        None => behind || own && stop.provider.known_host,
    }
}
