//! `ROUTE independent of ROUTE [by …]`, by every pair of attempts.

use byokc::policy::model::Common;

use super::account::{Account, Behind};
use super::verdict::{Found, shortest};
use super::world::World;
use crate::interpreter::run::Call;

/// The attempts of two routes have nothing of this kind in common. Its two runs have so many calls together.
pub(crate) fn judge(world: &World<'_>, one: usize, other: usize, by: Common) -> Found {
    let pairs = world.attempts(one).flat_map(|one| world.attempts(other).map(move |other| (one, other)));
    shortest(pairs.filter(|(one, other)| share(world, one.0, other.0, by)).map(|(one, other)| one.1 + other.1))
}

/// Whether two calls have something of a kind in common.
pub(super) fn share(world: &World<'_>, one: &Call, other: &Call, by: Common) -> bool {
    let (mine, theirs) = (world.account(one), world.account(other));
    match by {
        Common::Provider => mine.name == theirs.name || mine.may_be_beside(theirs),
        Common::Vendor => vendors_meet(mine, theirs),
        Common::Key => mine.key.is_some() && mine.key == theirs.key,
        Common::Model => {
            let (mine, theirs) = (&world.targets[one.target].base, &world.targets[other.target].base);
            one.target == other.target || mine.is_none() || mine == theirs || theirs.is_none()
        }
    }
}

/// Whether one company may see the calls of both.
fn vendors_meet(one: &Account, other: &Account) -> bool {
    let named = |account: &Account| {
        let upstreams = match &account.behind {
            Some(Behind::Only(upstreams)) => upstreams.iter().flatten().cloned().collect(),
            Some(Behind::AnyBut(_)) | None => Vec::new(),
        };
        account.companies.iter().cloned().chain(upstreams).collect::<Vec<String>>()
    };
    let anybody = |account: &Account| matches!(account.behind, Some(Behind::AnyBut(_)));
    let sees = |account: &Account, company: &String| account.companies.contains(company) || account.may_pass_to(company);
    let meets = |one: &Account, other: &Account| named(one).iter().any(|company| sees(other, company));
    // Of two that pass on to anybody somebody gets the data of both.
    meets(one, other) || meets(other, one) || anybody(one) && anybody(other)
}
