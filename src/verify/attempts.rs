//! The attempts of a route: that its table leads forward to an end, and what each attempt may receive.

use super::classes::{Classes, Set};
use super::fault::{Faults, at};
use super::table::{all_reached, in_order, none_twice};
use crate::plan::{Attempt, Minimize, Model, Next, Plan, Provider, Route, Text, Texts};

/// The most attempts that a route may have.
pub(super) const MOST: usize = 256;

/// The classes after which a run may go on.
const GOES_ON: [&str; 12] = [
    "content_policy",
    "context_length",
    "invalid_key",
    "missing_key",
    "model_not_found",
    "network",
    "overloaded",
    "permission",
    "quota",
    "rate_limit",
    "server_error",
    "timeout",
];

/// A route whose table is sound.
pub(super) struct Called<'p> {
    pub(super) name: &'p str,
    pub(super) route: &'p Route<'p>,
    pub(super) accepts: Set,
    pub(super) stops: Vec<Stop<'p>>,
    /// Where a run may start.
    pub(super) entries: Vec<usize>,
    /// Every attempt before those that may follow it.
    pub(super) order: Vec<usize>,
}

/// An attempt, and what belongs to it.
pub(super) struct Stop<'p> {
    pub(super) attempt: &'p Attempt<'p>,
    pub(super) provider: &'p Provider<'p>,
    pub(super) model: &'p Model<'p>,
    /// The classes that it may receive.
    pub(super) data: Set,
}

impl<'p> Stop<'p> {
    /// For each class of failure the attempts that may follow.
    pub(super) fn next(&self) -> impl Iterator<Item = (&'p str, &'p [u16])> + use<'p> {
        self.attempt.next.iter().map(|(class, next)| (&**class, choices(next)))
    }

    /// The attempts that may follow a class of failure; none: the run ends.
    pub(super) fn after(&self, class: &str) -> &'p [u16] {
        self.attempt.next.get(class).map(choices).unwrap_or_default()
    }

    fn follow(&self) -> impl Iterator<Item = usize> + use<'p> {
        follow(self.attempt)
    }
}

fn choices(next: &Next) -> &[u16] {
    match next {
        Next::One(one) => std::slice::from_ref(one),
        Next::Any(any) => any,
    }
}

/// The attempts that may follow an attempt.
pub(super) fn follow<'p>(attempt: &'p Attempt<'p>) -> impl Iterator<Item = usize> + use<'p> {
    attempt.next.values().flat_map(choices).map(|next| usize::from(*next))
}

/// What is masked at an attempt: what its route and the routes on the way there name.
pub(super) fn masks<'p>(route: &'p Route<'p>, attempt: &'p Attempt<'p>) -> impl Iterator<Item = &'p Text<'p>> {
    route.redact.iter().chain(attempt.redact.iter())
}

/// What an attempt leaves out of a request.
pub(super) fn strips<'p>(route: &'p Route<'p>, attempt: &'p Attempt<'p>) -> &'p Texts<'p> {
    let sent: &Minimize<'_> = if attempt.minimize.is_empty() { &route.minimize } else { &attempt.minimize };
    &sent.strip
}

impl<'p> Called<'p> {
    /// `None` where the table is not sound.
    pub(super) fn read(
        plan: &'p Plan<'p>,
        classes: &Classes<'_>,
        name: &'p str,
        route: &'p Route<'p>,
        faults: &mut Faults,
    ) -> Option<Self> {
        let known = faults.0.len();
        let count = route.attempts.len();
        faults.unless(
            (1..=MOST).contains(&count),
            || at(["routes", name, "attempts"]),
            || format!("there are {count} attempts, not 1 to {MOST}"),
        );
        let entries: Vec<usize> =
            route.entries.as_ref().map_or_else(|| vec![0], |entries| entries.iter().map(|entry| usize::from(*entry)).collect());
        faults.unless(
            !entries.is_empty() && entries.iter().all(|entry| *entry < count),
            || at(["routes", name, "entries"]),
            || format!("a run has to start at some of the {count} attempts"),
        );
        for (index, attempt) in route.attempts.iter().enumerate() {
            for (class, next) in attempt.next.iter() {
                let place = || at(["routes", name, "attempts", &index.to_string(), "next", class]);
                faults.unless(GOES_ON.contains(&&**class), place, || format!("no run goes on after `{class}`"));
                let right = matches!(next, Next::Any(_)) == route.entries.is_some();
                faults.unless(right, place, || "the values of `next` are lists where the route has `entries`, and only there".to_owned());
                let inside = !choices(next).is_empty() && choices(next).iter().all(|next| usize::from(*next) < count);
                faults.unless(inside, place, || format!("it leads to none of the {count} attempts"));
            }
        }
        if faults.0.len() > known {
            return None;
        }
        let order = in_order(name, route, faults)?;
        all_reached(name, route, &entries, &order, faults);
        none_twice(name, route, &order, faults);
        let accepts = classes.set(&route.accepts)?;
        let stops = route.attempts.iter().map(|attempt| {
            let lowers = if attempt.lowers.is_empty() { &route.lowers } else { &attempt.lowers };
            Some(Stop {
                attempt,
                provider: plan.providers.get(&attempt.provider)?,
                model: plan.models.get(&attempt.target)?,
                data: classes.lower(accepts, lowers),
            })
        });
        let stops = stops.collect::<Option<Vec<_>>>()?;
        (faults.0.len() == known).then_some(Self { name, route, accepts, stops, entries, order })
    }

    /// What happens in a shortest run before an attempt is made.
    pub(super) fn way(&self, to: usize) -> Vec<String> {
        let mut from: Vec<Option<(usize, &str)>> = vec![None; self.stops.len()];
        let mut seen = self.entries.clone();
        let mut at = 0;
        while let Some(index) = seen.get(at).copied() {
            at += 1;
            for (class, next) in self.stops.get(index).into_iter().flat_map(Stop::next) {
                for next in next.iter().map(|next| usize::from(*next)) {
                    if !seen.contains(&next) {
                        seen.push(next);
                        if let Some(slot) = from.get_mut(next) {
                            *slot = Some((index, class));
                        }
                    }
                }
            }
        }
        let mut way = Vec::new();
        let mut here = to;
        while let Some((before, class)) = from.get(here).copied().flatten() {
            way.push(format!("`{}` fails with {class}", self.target(before)));
            here = before;
        }
        way.push(format!("route `{}` is called", self.name));
        way.reverse();
        way
    }

    /// The target of an attempt.
    pub(super) fn target(&self, index: usize) -> &'p str {
        self.stops.get(index).map_or("", |stop| &stop.attempt.target)
    }

    /// The attempts that may follow an attempt.
    pub(super) fn follow(&self, index: usize) -> impl Iterator<Item = usize> + use<'p> {
        self.stops.get(index).map(Stop::follow).into_iter().flatten()
    }
}
