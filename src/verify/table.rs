//! A route's table of attempts: it leads forward, leaves no attempt out, and calls no target twice in one run.

use super::attempts::{MOST, follow};
use super::fault::{Faults, at};
use crate::plan::Route;

/// The attempts, each before those that may follow it; `None` where they go in a circle.
pub(super) fn in_order(name: &str, route: &Route<'_>, faults: &mut Faults) -> Option<Vec<usize>> {
    let mut waits = vec![0usize; route.attempts.len()];
    for next in route.attempts.iter().flat_map(follow) {
        if let Some(count) = waits.get_mut(next) {
            *count += 1;
        }
    }
    let mut order: Vec<usize> = waits.iter().enumerate().filter(|(_, count)| **count == 0).map(|(index, _)| index).collect();
    let mut at_order = 0;
    while let Some(index) = order.get(at_order).copied() {
        at_order += 1;
        for next in route.attempts.get(index).into_iter().flat_map(follow) {
            if let Some(count) = waits.get_mut(next) {
                *count -= 1;
                if *count == 0 {
                    order.push(next);
                }
            }
        }
    }
    let stuck = waits.iter().position(|count| *count > 0);
    if let Some(index) = stuck {
        let message = "`next` leads back to an attempt that was made before, so a run need not end";
        faults.add(at(["routes", name, "attempts", &index.to_string()]), message);
    }
    stuck.is_none().then_some(order)
}

/// Every attempt is made in some run.
pub(super) fn all_reached(name: &str, route: &Route<'_>, entries: &[usize], order: &[usize], faults: &mut Faults) {
    let mut reached = vec![false; route.attempts.len()];
    for index in entries.iter().copied() {
        if let Some(slot) = reached.get_mut(index) {
            *slot = true;
        }
    }
    for index in order {
        if reached.get(*index) != Some(&true) {
            faults.add(at(["routes", name, "attempts", &index.to_string()]), format!("no run gets to attempt {index}"));
            continue;
        }
        for next in route.attempts.get(*index).into_iter().flat_map(follow) {
            if let Some(slot) = reached.get_mut(next) {
                *slot = true;
            }
        }
    }
}

/// No run calls a target twice.
pub(super) fn none_twice(name: &str, route: &Route<'_>, order: &[usize], faults: &mut Faults) {
    let mut targets: Vec<&str> = route.attempts.iter().map(|attempt| &*attempt.target).collect();
    targets.sort_unstable();
    targets.dedup();
    if targets.len() == route.attempts.len() {
        return;
    }
    // For each attempt the targets that may still be called, from the last attempt back.
    let mut later: Vec<[u64; MOST / 64]> = vec![Default::default(); route.attempts.len()];
    for index in order.iter().rev() {
        let Some(attempt) = route.attempts.get(*index) else { continue };
        let mut all: [u64; MOST / 64] = Default::default();
        for next in follow(attempt) {
            let Some((following, target)) = later.get(next).zip(route.attempts.get(next).map(|next| &*next.target)) else { continue };
            all.iter_mut().zip(following).for_each(|(all, more)| *all |= more);
            mark(&mut all, &targets, target);
        }
        let mut with_own = all;
        mark(&mut with_own, &targets, &attempt.target);
        if with_own == all {
            let message = format!("a run may call `{}` again after this", attempt.target);
            faults.add(at(["routes", name, "attempts", &index.to_string()]), message);
        }
        if let Some(slot) = later.get_mut(*index) {
            *slot = all;
        }
    }
}

fn mark(set: &mut [u64], targets: &[&str], target: &str) {
    let Ok(number) = targets.binary_search(&target) else { return };
    if let Some(word) = set.get_mut(number / 64) {
        *word |= 1 << (number % 64);
    }
}
