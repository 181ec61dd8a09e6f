//! The fewest steps of a workflow that are over a limit together: with each step all that come before it.

use rustc_hash::FxHashSet;

use super::ways::Steps;
use crate::analysis::bounds::Unbounded;

/// The most sets of steps that are looked at. Beyond it steps are left out one by one, and a smaller set may be missed; whether there is one never is.
const MAX_SETS: usize = 10_000;

/// Steps whose sum is over the limit, in an order in which they can be done; `None` where all of them are within it. What has no bound is over any.
pub(super) fn over(own: &[Result<u128, Unbounded>], most: u128, befores: &[Steps]) -> Option<Vec<usize>> {
    let amounts: Vec<u128> = own.iter().map(|amount| amount.unwrap_or(u128::MAX)).collect();
    let endless = own.iter().any(Result::is_err);
    let sum = amounts.iter().fold(0u128, |sum, amount| sum.saturating_add(*amount));
    if !endless && sum <= most {
        return None;
    }
    // A limit may be the largest number that there is.
    let most = if endless { most.min(u128::MAX - 1) } else { most };
    let mut order: Vec<usize> = (0..own.len()).collect();
    order.sort_by_key(|step| (befores.get(*step).map_or(0, Steps::count), *step));
    match fewest(&amounts, most, befores, &order) {
        Some(steps) => order.retain(|step| steps.contains(*step)),
        None => leave_out(&amounts, most, befores, &mut order),
    }
    Some(order)
}

/// All sets of one step, then all of two, and so on, until one is over the limit; of several the one that is so most. `None`: there are too many.
fn fewest(amounts: &[u128], most: u128, befores: &[Steps], order: &[usize]) -> Option<Steps> {
    let mut layer: Vec<(Steps, u128)> = vec![(Steps::none(amounts.len()), 0)];
    let mut known: FxHashSet<Steps> = FxHashSet::default();
    for _ in order {
        let mut next: Vec<(Steps, u128)> = Vec::new();
        for (done, sum) in &layer {
            let ready = |step: &&usize| !done.contains(**step) && befores.get(**step).is_some_and(|before| before.within(done));
            for step in order.iter().filter(ready) {
                let mut more = done.clone();
                more.add(*step);
                if known.insert(more.clone()) {
                    next.push((more, sum.saturating_add(amounts.get(*step).copied().unwrap_or(0))));
                }
            }
            if known.len() > MAX_SETS {
                return None;
            }
        }
        let best = next.iter().rev().filter(|(_, sum)| *sum > most).max_by_key(|(_, sum)| *sum);
        if let Some((steps, _)) = best {
            return Some(steps.clone());
        }
        layer = next;
    }
    None
}

/// From the last back: a step before which nothing that is left comes may go, as long as the rest is over the limit.
fn leave_out(amounts: &[u128], most: u128, befores: &[Steps], order: &mut Vec<usize>) {
    for step in order.clone().into_iter().rev() {
        let needed = order.iter().any(|other| befores.get(*other).is_some_and(|before| before.contains(step)));
        let rest = order.iter().filter(|other| **other != step).filter_map(|other| amounts.get(*other));
        if !needed && rest.fold(0u128, |sum, amount| sum.saturating_add(*amount)) > most {
            order.retain(|other| *other != step);
        }
    }
}
