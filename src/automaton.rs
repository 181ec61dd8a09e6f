//! A route as a deterministic automaton: its attempts, and where a run goes after each failure (language reference, section 5).
//!
//! The chain of a route, with every pool and every `fallback route` spliced in, is a tree written in preorder as one list of places.
//! What comes next is then a scan to the right: the first later place whose `on` holds the class, where a place that is not entered is passed over with all that it holds.

use rustc_hash::FxHashMap;

use crate::failure::Failures;
use crate::policy::model::{At, Callee, Policy, RouteId, TargetId};
use crate::source::Span;

/// The most attempts that a route may have.
pub const MAX_ATTEMPTS: usize = 256;
/// The most places that a route may unfold to. A route with so many has more attempts than allowed, or splices the same routes again and again.
pub const MAX_PLACES: usize = 4096;

/// One place of the unfolded chain.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The route whose chain names it.
    pub route: RouteId,
    /// Which alternative of that chain it belongs to; 0 is the primary.
    pub alternative: u16,
    /// What stands there.
    pub what: What,
    /// After which failures it is entered from an earlier place.
    pub on: Failures,
    /// The place that holds it: a splice, or a `spread` pool.
    parent: Option<u16>,
    /// One past the last place that it holds.
    end: u16,
    /// Where the target, pool or route is named.
    pub span: Span,
}

/// What stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A target that is called.
    Target(TargetId),
    /// Another route's chain.
    Splice(RouteId),
    /// A `spread` pool: so many places to start at, then all members in order.
    Spread(u16),
}

/// One attempt: a place, together with what has been tried before and still matters.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// Its place (an index of [`Automaton::places`]).
    pub place: u16,
    /// Who is called.
    pub target: TargetId,
    first_edge: u32,
    last_edge: u32,
}

/// After a failure of one of these classes the run goes to that attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Edge {
    /// The classes.
    pub on: Failures,
    /// The attempt (an index of [`Automaton::attempts`]).
    pub to: u16,
}

/// A route's attempts.
#[derive(Clone, Debug, Default)]
pub struct Automaton {
    /// The unfolded chain, in preorder.
    pub places: Vec<Place>,
    /// The attempts in order of first reach.
    pub attempts: Vec<Attempt>,
    /// Where a run may start: attempt 0, or any of several where it starts in a `spread` pool.
    pub entries: Vec<u16>,
    edges: Vec<Edge>,
}

/// Why a route has no automaton.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooLong {
    /// It unfolds to more than [`MAX_PLACES`] places: so many at least.
    Places(u64),
    /// It has more than [`MAX_ATTEMPTS`] attempts.
    Attempts,
}

impl Automaton {
    /// Unfolds a route. It must not be on a fallback cycle, nor reach one.
    pub fn build(policy: &Policy<'_>, route: RouteId) -> Result<Self, TooLong> {
        let mut automaton = Self::default();
        automaton.unfold(policy, route, None)?;
        automaton.run()?;
        Ok(automaton)
    }

    /// Where an attempt goes on: each class stands in one edge, or in one for every member where a `spread` pool is entered.
    pub fn next(&self, attempt: &Attempt) -> &[Edge] {
        self.edges.get(attempt.first_edge as usize..attempt.last_edge as usize).unwrap_or_default()
    }

    /// The place of an attempt.
    #[expect(clippy::indexing_slicing, reason = "an attempt's place is made with it")]
    pub fn place(&self, attempt: &Attempt) -> &Place {
        &self.places[attempt.place as usize]
    }

    /// The way from the called route to a place: the place itself last, before it the splices that hold it, outermost first.
    pub fn path(&self, place: &Place) -> Vec<Place> {
        let mut path = vec![*place];
        let mut parent = place.parent;
        while let Some(holder) = parent.and_then(|index| self.places.get(index as usize)) {
            if matches!(holder.what, What::Splice(_)) {
                path.push(*holder);
            }
            parent = holder.parent;
        }
        path.reverse();
        path
    }

    /// The routes that an attempt is subject to, the called one first.
    pub fn routes(&self, place: &Place) -> impl Iterator<Item = RouteId> {
        self.path(place).into_iter().map(|hop| hop.route)
    }

    /// For each alternative of the called route: the range of its places.
    pub fn alternatives(&self) -> impl Iterator<Item = (usize, &Place)> {
        let mut at = 0;
        std::iter::from_fn(move || {
            let place = self.places.get(at)?;
            let index = at;
            at = place.end as usize;
            Some((index, place))
        })
    }

    /// For each place the alternative of the called route that holds it.
    pub fn holders(&self) -> Vec<u16> {
        self.alternatives().flat_map(|(index, top)| self.within(index).iter().map(|_| top.alternative)).collect()
    }

    /// The places that a place holds, itself included.
    pub fn within(&self, index: usize) -> &[Place] {
        let end = self.places.get(index).map_or(index, |place| place.end as usize);
        self.places.get(index..end).unwrap_or_default()
    }

    fn unfold(&mut self, policy: &Policy<'_>, route: RouteId, parent: Option<u16>) -> Result<(), TooLong> {
        for (alternative, step) in policy[route].chain.iter().enumerate() {
            let on = if alternative == 0 { Failures::NONE } else { step.on };
            let alternative = u16::try_from(alternative).unwrap_or(u16::MAX);
            let mut place = Place { route, alternative, what: What::Spread(0), on, parent, end: 0, span: step.callee_span };
            match step.callee {
                Callee::Target(target) => {
                    place.what = What::Target(target);
                    self.push(place)?;
                }
                Callee::Route(called) => {
                    place.what = What::Splice(called);
                    let index = self.push(place)?;
                    self.unfold(policy, called, Some(index))?;
                    self.close(index);
                }
                Callee::Pool(pool) if policy[pool].spread => {
                    let members = &policy[pool].members;
                    place.what = What::Spread(u16::try_from(members.len()).unwrap_or(u16::MAX));
                    let index = self.push(place)?;
                    place.parent = Some(index);
                    self.members(members, place, Failures::NONE, Failures::NONE)?;
                    self.members(members, place, step.on, step.on)?;
                    self.close(index);
                }
                Callee::Pool(pool) => self.members(&policy[pool].members, place, on, step.on)?,
            }
        }
        Ok(())
    }

    fn members(&mut self, members: &[At<TargetId>], like: Place, first: Failures, others: Failures) -> Result<(), TooLong> {
        for (index, member) in members.iter().enumerate() {
            let on = if index == 0 { first } else { others };
            self.push(Place { what: What::Target(member.value), on, span: member.span, ..like })?;
        }
        Ok(())
    }

    fn push(&mut self, mut place: Place) -> Result<u16, TooLong> {
        let index = self.places.len();
        if index >= MAX_PLACES {
            return Err(TooLong::Places(MAX_PLACES as u64 + 1));
        }
        let index = u16::try_from(index).unwrap_or(u16::MAX);
        place.end = index + 1;
        self.places.push(place);
        Ok(index)
    }

    fn close(&mut self, index: u16) {
        let end = u16::try_from(self.places.len()).unwrap_or(u16::MAX);
        if let Some(place) = self.places.get_mut(index as usize) {
            place.end = end;
        }
    }

    /// Goes through every run and numbers the attempts.
    fn run(&mut self) -> Result<(), TooLong> {
        let locals = Locals::new(&self.places)?;
        let matters = if locals.repeated { self.matters(&locals) } else { Vec::new() };
        let mut numbers: FxHashMap<(u16, Set), u16> = FxHashMap::default();
        let mut states: Vec<(u16, Set)> = Vec::new();
        let mut found = Vec::new();
        self.enter(0, Failures::ANY, &Set::default(), &locals, &mut found);
        let mut visit = |place: u16, tried: &Set, states: &mut Vec<(u16, Set)>| {
            let tried = matters.get(place as usize).map_or_else(Set::default, |set| tried.and(set));
            let next = u16::try_from(states.len()).unwrap_or(u16::MAX);
            let number = *numbers.entry((place, tried)).or_insert(next);
            if number == next {
                states.push((place, tried));
            }
            if states.len() > MAX_ATTEMPTS { Err(TooLong::Attempts) } else { Ok(number) }
        };
        for (_, place) in found.drain(..) {
            let number = visit(place, &Set::default(), &mut states)?;
            self.entries.push(number);
        }
        let mut at = 0;
        while let Some((index, tried)) = states.get(at).copied() {
            at += 1;
            let Some(Place { what: What::Target(target), end, .. }) = self.places.get(index as usize).copied() else { continue };
            let tried = if locals.repeated { tried.with(locals.of(index)) } else { tried };
            self.follow(end, Failures::ANY, &tried, &locals, &mut found);
            let first_edge = u32::try_from(self.edges.len()).unwrap_or(u32::MAX);
            for (on, place) in found.drain(..) {
                let to = visit(place, &tried, &mut states)?;
                self.edges.push(Edge { on, to });
            }
            let last_edge = u32::try_from(self.edges.len()).unwrap_or(u32::MAX);
            self.attempts.push(Attempt { place: index, target, first_edge, last_edge });
        }
        Ok(())
    }

    /// From behind a place, with these classes: every place where a run goes on, with the classes that lead there.
    fn follow(&self, from: u16, mut classes: Failures, tried: &Set, locals: &Locals, found: &mut Vec<(Failures, u16)>) {
        let mut at = from;
        while let Some(place) = self.places.get(at as usize).filter(|_| !classes.is_empty()) {
            let taken = classes.and(place.on);
            if !taken.is_empty() {
                classes = classes.without(taken);
                self.enter(at, taken, tried, locals, found);
            }
            at = place.end;
        }
    }

    /// Arrives at a place with these classes. A target that was tried already counts as failing again with the class of the arrival; of a `spread`
    /// pool it is no choice while there is one that was not.
    fn enter(&self, at: u16, classes: Failures, tried: &Set, locals: &Locals, found: &mut Vec<(Failures, u16)>) {
        let Some(place) = self.places.get(at as usize) else { return };
        match place.what {
            What::Target(_) if tried.contains(locals.of(at)) => self.follow(place.end, classes, tried, locals, found),
            What::Target(_) => found.push((classes, at)),
            What::Splice(_) if place.end == at + 1 => self.follow(place.end, classes, tried, locals, found),
            What::Splice(_) => self.enter(at + 1, classes, tried, locals, found),
            What::Spread(members) => {
                let starts = at + 1..at + 1 + members;
                let known = found.len();
                found.extend(starts.clone().filter(|start| !tried.contains(locals.of(*start))).map(|start| (classes, start)));
                if found.len() == known {
                    self.follow(starts.end, classes, tried, locals, found);
                }
            }
        }
    }

    /// For each place the targets that a run may still arrive at: what has been tried of others does not matter.
    fn matters(&self, locals: &Locals) -> Vec<Set> {
        let mut matters = vec![Set::default(); self.places.len()];
        let mut found = Vec::new();
        for index in (0..u16::try_from(self.places.len()).unwrap_or(u16::MAX)).rev() {
            if let Some(Place { what: What::Target(_), end, .. }) = self.places.get(index as usize) {
                self.follow(*end, Failures::ANY, &Set::default(), locals, &mut found);
                let set = found.drain(..).fold(Set::default(), |set, (_, next)| {
                    set.with(locals.of(next)).or(&matters.get(next as usize).copied().unwrap_or_default())
                });
                if let Some(slot) = matters.get_mut(index as usize) {
                    *slot = set;
                }
            }
        }
        matters
    }
}

/// The number of places that each route unfolds to, holders included; saturating. Routes must come after those that they call.
pub fn unfolded_sizes(policy: &Policy<'_>, callees_first: &[RouteId]) -> Vec<u64> {
    let mut sizes = vec![0u64; policy.routes.len()];
    for route in callees_first {
        let size = policy[*route].chain.iter().fold(0u64, |sum, step| sum.saturating_add(unfolded_size(policy, step.callee, &sizes)));
        if let Some(slot) = sizes.get_mut(route.0 as usize) {
            *slot = size;
        }
    }
    sizes
}

/// The number of places that one alternative unfolds to.
pub fn unfolded_size(policy: &Policy<'_>, callee: Callee, sizes: &[u64]) -> u64 {
    match callee {
        Callee::Target(_) => 1,
        Callee::Pool(pool) if policy[pool].spread => policy[pool].members.len() as u64 * 2 + 1,
        Callee::Pool(pool) => policy[pool].members.len() as u64,
        Callee::Route(called) => sizes.get(called.0 as usize).map_or(1, |size| size.saturating_add(1)),
    }
}

/// The distinct targets of a route, numbered within it.
struct Locals {
    numbers: Vec<u8>,
    /// Whether any target stands at two places.
    repeated: bool,
}

impl Locals {
    fn new(places: &[Place]) -> Result<Self, TooLong> {
        let mut known: Vec<TargetId> = Vec::new();
        let mut by_target: FxHashMap<TargetId, u8> = FxHashMap::default();
        let mut numbers = Vec::with_capacity(places.len());
        let mut repeated = false;
        for place in places {
            let What::Target(target) = place.what else {
                numbers.push(0);
                continue;
            };
            let seen = if by_target.is_empty() {
                known.iter().position(|other| *other == target).and_then(|index| u8::try_from(index).ok())
            } else {
                by_target.get(&target).copied()
            };
            repeated |= seen.is_some();
            let number = match seen {
                Some(number) => number,
                None => u8::try_from(known.len()).map_err(|_| TooLong::Attempts)?,
            };
            if seen.is_none() {
                known.push(target);
                // A short list is searched faster than a map; a long one is not.
                if known.len() == 16 {
                    by_target = (0u8..).zip(&known).map(|(number, target)| (*target, number)).collect();
                } else if known.len() > 16 {
                    by_target.insert(target, number);
                }
            }
            numbers.push(number);
        }
        Ok(Self { numbers, repeated })
    }

    fn of(&self, place: u16) -> u8 {
        self.numbers.get(place as usize).copied().unwrap_or_default()
    }
}

/// A set of the targets of a route.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Set([u64; 4]);

impl Set {
    fn split(number: u8) -> (usize, u64) {
        (usize::from(number / 64), 1 << (number % 64))
    }

    fn contains(&self, number: u8) -> bool {
        let (word, bit) = Self::split(number);
        self.0.get(word).is_some_and(|bits| bits & bit != 0)
    }

    fn with(mut self, number: u8) -> Self {
        let (word, bit) = Self::split(number);
        if let Some(bits) = self.0.get_mut(word) {
            *bits |= bit;
        }
        self
    }

    fn and(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|word| self.0.get(word).zip(other.0.get(word)).map_or(0, |(a, b)| a & b)))
    }

    fn or(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|word| self.0.get(word).zip(other.0.get(word)).map_or(0, |(a, b)| a | b)))
    }
}

#[cfg(test)]
mod tests;
