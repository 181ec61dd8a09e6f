//! `CLASS… reaches only WHOM…` and `never CLASS… reaches WHOM…`, by what each attempt of any run carries.

use byokc::policy::model::{At, Pattern, Whom};

use super::account::{Account, Behind};
use super::glob::{covers, matches};
use super::verdict::{Found, shortest};
use super::world::{Target, World};
use crate::interpreter::run::Call;

/// Everyone who can receive one of the classes, or one above, is among these.
pub(crate) fn only(world: &World<'_>, classes: &[At<usize>], whom: &[Whom<'_>]) -> Found {
    judge(world, classes, |call| breaks_only(world, whom, call))
}

/// Nobody among these can.
pub(crate) fn never(world: &World<'_>, classes: &[At<usize>], whom: &[Whom<'_>]) -> Found {
    judge(world, classes, |call| breaks_never(world, whom, call))
}

fn judge(world: &World<'_>, classes: &[At<usize>], breaks: impl Fn(&Call) -> bool) -> Found {
    let attempts = || (0..world.reached.len()).flat_map(|route| world.attempts(route)).filter(|(call, _)| carries(world, classes, call));
    if attempts().next().is_none() {
        return Found::Nothing(false);
    }
    shortest(attempts().filter(|(call, _)| breaks(call)).map(|(_, calls)| calls))
}

/// Whether a call carries one of the classes, or one above.
pub(super) fn carries(world: &World<'_>, classes: &[At<usize>], call: &Call) -> bool {
    let data = world.carried(call);
    classes.iter().any(|asked| data.iter().any(|class| world.policy.classes.below(*class).contains(asked.value)))
}

/// Whether somebody else may see a call.
pub(super) fn breaks_only(world: &World<'_>, whom: &[Whom<'_>], call: &Call) -> bool {
    !is_among(world, call, whom)
}

/// Whether somebody of these may see a call.
pub(super) fn breaks_never(world: &World<'_>, whom: &[Whom<'_>], call: &Call) -> bool {
    whom.iter().any(|whom| may_see(world, call, whom))
}

/// Whether whoever sees a call is among these for certain. A region admits a router with all behind it.
fn is_among(world: &World<'_>, call: &Call, whom: &[Whom<'_>]) -> bool {
    let (target, account) = (&world.targets[call.target], world.account(call));
    let names: Vec<&str> = whom.iter().filter_map(|whom| if let Whom::Name(name) = whom { Some(name.text) } else { None }).collect();
    let regions: Vec<&str> =
        whom.iter().filter_map(|whom| if let Whom::Region(region) = whom { Some(region.text) } else { None }).collect();
    if account.stays_within(target.zone.as_ref(), &regions) {
        return true;
    }
    let by_own_name = names.contains(&account.name.as_str()) && !account.misnamed;
    let by_name = by_own_name || account.companies.iter().all(|company| names.contains(&company.as_str()));
    let by_pattern = whom.iter().any(|whom| matches!(whom, Whom::Pattern(pattern) if is_target(target, account, pattern)));
    let all_behind = match &account.behind {
        None => true,
        Some(Behind::Only(upstreams)) => upstreams.iter().all(|of| names.iter().any(|name| of.contains(*name))),
        Some(Behind::AnyBut(_)) => false,
    };
    (by_name || by_pattern) && all_behind
}

/// Whether a pattern matches a target exactly; its owner is the account, by a name that does not mislead, or all companies of it.
pub(crate) fn is_target(target: &Target, account: &Account, pattern: &Pattern<'_>) -> bool {
    let owner = pattern.owner == account.name && !account.misnamed || account.companies.iter().all(|company| company == pattern.owner);
    owner && matches(&pattern.id, &target.id)
}

/// Whether somebody of these may see a call.
fn may_see(world: &World<'_>, call: &Call, whom: &Whom<'_>) -> bool {
    let (target, account) = (&world.targets[call.target], world.account(call));
    match whom {
        Whom::Name(name) => world.may_be_seen_by(account, name.text),
        Whom::Region(region) => account.may_be_in(target.zone.as_ref(), region.text),
        Whom::Pattern(pattern) => {
            let mut names = std::iter::once(&target.id).chain(&target.aliases);
            let (own, passed_on) = (account.is_of(pattern.owner), world.may_be_passed_to(account, pattern.owner));
            let called_so = own && names.any(|name| covers(&pattern.id, name));
            // At Azure everybody names models as he likes.
            let is_so = |base: &String| {
                passed_on && (pattern.owner == "azure" || world.names(pattern.owner, base).iter().any(|name| covers(&pattern.id, name)))
            };
            // What nobody knows may be any model that is served there, under a name of its own.
            called_so || target.base.as_ref().map_or(passed_on || own && account.at_home, is_so)
        }
    }
}
