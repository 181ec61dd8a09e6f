//! Shortest runs of a route to an attempt, and what happens on them, in words.

use std::collections::VecDeque;

use super::claims::Event;
use crate::automaton::{Automaton, Edge};
use crate::failure::{Failure, Failures};
use crate::policy::model::{Policy, RouteId};

/// One call of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// The attempt, an index of the automaton's.
    pub attempt: u16,
    /// The class that it fails with; `None` for one whose answer is not the point.
    pub failure: Option<Failure>,
}

/// A run, or its beginning, of one route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The route that is called.
    pub route: RouteId,
    /// The calls, in order.
    pub calls: Vec<Call>,
}

/// For each attempt of a route how a shortest run gets there.
#[derive(Debug)]
pub struct Shortest {
    /// The number of calls, this attempt's own included; 0 where nothing leads there.
    length: Vec<u32>,
    /// The attempt before, and the classes that lead on from it.
    before: Vec<Option<(u16, Failures)>>,
}

impl Shortest {
    /// Of every attempt.
    pub fn new(automaton: &Automaton) -> Self {
        let mut all = Self { length: vec![0; automaton.attempts.len()], before: vec![None; automaton.attempts.len()] };
        let mut open: VecDeque<u16> = VecDeque::new();
        for entry in &automaton.entries {
            all.reach(*entry, 1, None, &mut open);
        }
        while let Some(at) = open.pop_front() {
            let Some(attempt) = automaton.attempts.get(usize::from(at)) else { continue };
            let length = all.length(at);
            for edge in automaton.next(attempt) {
                all.reach(edge.to, length + 1, Some((at, edge.on)), &mut open);
            }
        }
        all
    }

    fn reach(&mut self, at: u16, calls: u32, from: Option<(u16, Failures)>, open: &mut VecDeque<u16>) {
        if let (Some(length @ 0), Some(before)) = (self.length.get_mut(usize::from(at)), self.before.get_mut(usize::from(at))) {
            *length = calls;
            *before = from;
            open.push_back(at);
        }
    }

    /// The number of calls up to an attempt, its own included.
    pub fn length(&self, attempt: u16) -> u32 {
        self.length.get(usize::from(attempt)).copied().unwrap_or(0)
    }

    /// A shortest run to an attempt, which is its last call.
    pub fn run(&self, attempt: u16) -> Vec<Call> {
        let mut calls = vec![Call { attempt, failure: None }];
        let mut at = attempt;
        while let Some((from, on)) = self.before.get(usize::from(at)).copied().flatten() {
            calls.push(Call { attempt: from, failure: likeliest(on) });
            at = from;
        }
        calls.reverse();
        calls
    }
}

/// The classes of a set, those first that a reader knows best.
pub fn known_first(classes: Failures) -> impl Iterator<Item = Failure> {
    const FIRST: [Failure; 3] = [Failure::Timeout, Failure::RateLimit, Failure::Overloaded];
    let first = FIRST.into_iter().filter(move |class| classes.contains(*class));
    first.chain(classes.without(Failures::of(&FIRST)).iter())
}

/// The class of a set that a reader knows best.
pub fn likeliest(classes: Failures) -> Option<Failure> {
    known_first(classes).next()
}

/// Where a failure of this class leads.
pub fn leads(edges: &[Edge], class: Failure) -> impl Iterator<Item = u16> {
    edges.iter().filter(move |edge| edge.on.contains(class)).map(|edge| edge.to)
}

/// What happens on a run: one event for each call; `last` says what becomes of the last one, of which it is given the target.
pub fn events(policy: &Policy<'_>, automaton: &Automaton, trace: &Trace, last: impl FnOnce(&str) -> String) -> Vec<Event> {
    let mut last = Some(last);
    let count = trace.calls.len();
    let events = trace.calls.iter().enumerate().filter_map(|(index, call)| {
        let attempt = automaton.attempts.get(usize::from(call.attempt))?;
        let place = automaton.place(attempt);
        let target = policy[attempt.target].text;
        let text = match (call.failure, last.take_if(|_| index + 1 == count)) {
            (_, Some(last)) => last(target),
            (failure, None) => format!("`{target}` {}", failure.map_or("fails", Failure::happens)),
        };
        Some(Event { span: place.span, text })
    });
    events.collect()
}
