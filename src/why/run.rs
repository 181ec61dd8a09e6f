//! A shortest run that gets to an attempt: whose failures lead there.

use crate::automaton::Automaton;
use crate::policy::failure::{Failure, Failures};

/// One call on the way that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The attempt.
    pub attempt: usize,
    /// How it fails.
    pub failure: Failure,
}

/// The failures after which a run calls an attempt; no run needs fewer. Of several classes that lead on the most familiar is told.
pub(super) fn shortest(automaton: &Automaton, to: usize) -> Vec<Event> {
    let mut from: Vec<Option<Event>> = vec![None; automaton.attempts.len()];
    let mut open: Vec<usize> = automaton.entries.iter().map(|entry| usize::from(*entry)).collect();
    let mut seen = open.clone();
    let mut at = 0;
    while let Some(number) = open.get(at).copied() {
        at += 1;
        let Some(attempt) = automaton.attempts.get(number).filter(|_| number != to) else { continue };
        for edge in automaton.next(attempt) {
            let next = usize::from(edge.to);
            if !seen.contains(&next) {
                seen.push(next);
                open.push(next);
                if let (Some(slot), Some(failure)) = (from.get_mut(next), familiar(edge.on)) {
                    *slot = Some(Event { attempt: number, failure });
                }
            }
        }
    }
    let mut events = Vec::new();
    let mut here = to;
    while let Some(event) = from.get(here).copied().flatten() {
        events.push(event);
        here = event.attempt;
    }
    events.reverse();
    events
}

fn familiar(on: Failures) -> Option<Failure> {
    let first = [Failure::Timeout, Failure::RateLimit];
    first.into_iter().find(|failure| on.contains(*failure)).or_else(|| on.iter().next())
}
