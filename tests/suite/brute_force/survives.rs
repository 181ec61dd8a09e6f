//! `ROUTE… survives losing any N KIND`, by every choice of what is lost and every class that each lost call may show.

use std::collections::BTreeSet;

use byokc::failure::{Failure, Failures};
use byokc::policy::model::{Loss, Routes};

use super::account::{Account, Behind};
use super::time;
use super::verdict::{Found, shortest};
use super::world::World;
use crate::interpreter::run::{Call, each_run};

/// The routes serve, whatever is lost.
pub(crate) fn judge(world: &World<'_>, routes: &Routes, most: usize, loss: Loss) -> Found {
    let routes = world.routes(routes);
    if routes.is_empty() {
        return Found::Nothing(true);
    }
    if routes.iter().all(|route| items(world, *route, loss).is_empty()) {
        return Found::Nothing(true);
    }
    shortest(routes.iter().flat_map(|route| failing(world, *route, most, loss)))
}

/// For every choice the number of calls of each failing run.
fn failing(world: &World<'_>, route: usize, most: usize, loss: Loss) -> BTreeSet<usize> {
    let classes: Vec<Option<Failure>> = group(loss).iter().map(Some).collect();
    let mut lengths = BTreeSet::new();
    for lost in choices(&items(world, route, loss), most) {
        let is_lost = |target: usize| {
            let target = &world.targets[target];
            lost.iter().any(|item| takes(&world.accounts[target.account], target.zone.as_ref(), loss, item))
        };
        let answers = |target: usize| if is_lost(target) { classes.clone() } else { vec![None] };
        each_run(&world.chains, route, &answers, &mut |run| lengths.extend(fails_after(world, run)));
    }
    lengths
}

/// Whether a run fails by losing no more than so many, and shows no class but those of the group.
pub(super) fn may_fail(world: &World<'_>, run: &[Call], most: usize, loss: Loss) -> bool {
    let takes_all = |lost: &Vec<&str>| {
        run.iter().all(|call| {
            let target = &world.targets[call.target];
            lost.iter().any(|item| takes(&world.accounts[target.account], target.zone.as_ref(), loss, item))
        })
    };
    run.iter().all(|call| call.answer.is_some_and(|class| group(loss).contains(class)))
        && choices(&items(world, run[0].way[0].0, loss), most).iter().any(takes_all)
}

/// The classes that a lost call may show.
fn group(loss: Loss) -> Failures {
    if loss == Loss::Key { Failures::AUTH } else { Failures::OUTAGE }
}

/// After how many calls a run has failed: because its time is up before the next, or because there is none.
pub(super) fn fails_after(world: &World<'_>, run: &[Call]) -> Option<usize> {
    let deadline = world.policy.routes[run[0].way[0].0].deadline.map(|deadline| deadline.value);
    let mut elapsed = 0;
    for (number, call) in run.iter().enumerate() {
        if number > 0 && deadline.is_some_and(|deadline| elapsed >= deadline) {
            return Some(number);
        }
        elapsed += time::of_failure(world, call);
    }
    run.last().unwrap().answer.map(|_| run.len())
}

/// What may be lost, among what the attempts of a route use.
fn items(world: &World<'_>, route: usize, loss: Loss) -> Vec<String> {
    let mut items: BTreeSet<String> = BTreeSet::new();
    for (call, _) in world.attempts(route) {
        let account = world.account(call);
        match loss {
            Loss::Provider => items.extend(account.place.clone()),
            Loss::Vendor => {
                items.extend(account.companies.clone());
                match &account.behind {
                    None => {}
                    Some(Behind::Only(upstreams)) => items.extend(upstreams.iter().flatten().cloned()),
                    // Nobody excepts whom nobody has heard of.
                    Some(Behind::AnyBut(_)) => drop(items.insert("somebody unheard of".to_owned())),
                }
            }
            Loss::Key => items.extend(account.key.clone()),
            Loss::Region => items.extend(account.places(world.targets[call.target].zone.as_ref()).unwrap_or_default()),
        }
    }
    if matches!(loss, Loss::Region | Loss::Provider) && items.is_empty() {
        items.insert("nobody knows where".to_owned());
    }
    items.into_iter().collect()
}

/// Whether losing a thing loses an account.
fn takes(account: &Account, zone: Option<&String>, loss: Loss, item: &str) -> bool {
    match loss {
        // What may be at any place is lost with each.
        Loss::Provider => account.place.as_ref().is_none_or(|place| place == item),
        Loss::Vendor => account.companies.contains(item) || account.may_pass_to(item),
        Loss::Key => account.key.as_deref() == Some(item),
        Loss::Region => account.may_be_in(zone, item),
    }
}

/// Every choice of at most so many, the empty one too.
fn choices(items: &[String], most: usize) -> Vec<Vec<&str>> {
    let Some((first, rest)) = items.split_first() else { return vec![Vec::new()] };
    let mut all = choices(rest, most);
    let with: Vec<Vec<&str>> =
        all.iter().filter(|chosen| chosen.len() < most).map(|chosen| [&[first.as_str()], &chosen[..]].concat()).collect();
    all.extend(with);
    all
}
