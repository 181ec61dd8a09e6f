//! The fewest steps of a workflow that are over a limit together: with each step all that come before it.

use rustc_hash::FxHashSet;

use super::ways::Steps;
use crate::analysis::bounds::Unbounded;

/// The most looks at a step of a set: 10,000 sets of a workflow of 200 steps. Beyond it steps are left out one by one, and a smaller set may be
/// missed; whether there is one never is.
const MAX_LOOKS: usize = 2_000_000;

/// Steps whose sum is over a limit, in an order in which they can be done.
pub(super) struct Fewest {
    pub(super) steps: Vec<usize>,
    /// Whether no fewer are; else only none of them can be left out.
    pub(super) exact: bool,
}

/// Steps whose sum is over the limit; `None` where all of them are within it. What has no bound is over any.
pub(super) fn over(own: &[Result<u128, Unbounded>], most: u128, befores: &[Steps]) -> Option<Fewest> {
    let amounts: Vec<u128> = own.iter().map(|amount| amount.unwrap_or(u128::MAX)).collect();
    let endless = own.iter().any(Result::is_err);
    if !endless && sum(&amounts, 0..amounts.len()) <= most {
        return None;
    }
    // A limit may be the largest number that there is.
    let most = if endless { most.min(u128::MAX - 1) } else { most };
    let mut order: Vec<usize> = (0..own.len()).collect();
    order.sort_by_key(|step| (befores.get(*step).map_or(0, Steps::count), *step));
    if befores.iter().all(|before| before.count() == 0) {
        return Some(Fewest { steps: heaviest(&amounts, most), exact: true });
    }
    let found = fewest(&amounts, most, befores, &order);
    let exact = found.is_some();
    match found {
        Some(steps) => order.retain(|step| steps.contains(*step)),
        None => leave_out(&amounts, most, befores, &mut order),
    }
    Some(Fewest { steps: order, exact })
}

fn sum(amounts: &[u128], steps: impl IntoIterator<Item = usize>) -> u128 {
    steps.into_iter().filter_map(|step| amounts.get(step)).fold(0u128, |sum, amount| sum.saturating_add(*amount))
}

/// Of steps none of which waits for another the heaviest, until they are over the limit: no fewer are.
fn heaviest(amounts: &[u128], most: u128) -> Vec<usize> {
    let mut steps: Vec<usize> = (0..amounts.len()).collect();
    steps.sort_by_key(|step| std::cmp::Reverse(amounts.get(*step).copied()));
    let enough = (1..=steps.len()).find(|count| sum(amounts, steps.iter().take(*count).copied()) > most);
    steps.truncate(enough.unwrap_or(steps.len()));
    steps.sort_unstable();
    steps
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
            if known.len() * order.len() > MAX_LOOKS {
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

/// The lightest first: a step before which nothing that is left comes may go, as long as the rest is over the limit.
fn leave_out(amounts: &[u128], most: u128, befores: &[Steps], order: &mut Vec<usize>) {
    let mut lightest = order.clone();
    lightest.sort_by_key(|step| amounts.get(*step).copied());
    // For each step how many that are left come after it.
    let mut after = vec![0usize; amounts.len()];
    for before in befores {
        before.iter().for_each(|step| after.get_mut(step).into_iter().for_each(|count| *count += 1));
    }
    // Where the lightest that is free may not go, no heavier one may.
    while let Some(place) = lightest.iter().position(|step| after.get(*step) == Some(&0)) {
        if sum(amounts, lightest.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, step)| *step)) <= most {
            break;
        }
        let gone = lightest.remove(place);
        let before = befores.get(gone).into_iter().flat_map(Steps::iter);
        before.for_each(|step| after.get_mut(step).into_iter().for_each(|count| *count -= 1));
    }
    order.retain(|step| lightest.contains(step));
}
