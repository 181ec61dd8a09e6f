//! Claims that two routes have something not in common.

use super::Decision;
use crate::plan::{Common, Provider, Text};
use crate::verify::accounts::{host, involves, key, listed, passes_to_anybody};
use crate::verify::attempts::Stop;
use crate::verify::world::World;

/// Decides `ROUTE independent of ROUTE by …`.
pub(super) fn independent(world: &World<'_>, by: Common, routes: &[Text<'_>; 2]) -> Decision {
    let [one, other] = routes;
    let (Some(one), Some(other)) = (world.routes.get(&**one), world.routes.get(&**other)) else { return Decision::Holds };
    for (first, stop) in one.stops.iter().enumerate() {
        for (second, against) in other.stops.iter().enumerate() {
            if let Some(what) = shared(by, stop, against) {
                let mut run = one.way(first);
                run.push(format!("`{}` is called", stop.attempt.target));
                run.extend(other.way(second));
                run.push(format!("`{}` is called", against.attempt.target));
                return Decision::broken(format!("`{}` and `{}` {what}", stop.attempt.target, against.attempt.target), run);
            }
        }
    }
    Decision::Holds
}

/// What two attempts have in common, in words.
fn shared(by: Common, one: &Stop<'_>, other: &Stop<'_>) -> Option<&'static str> {
    let (account, against) = (&*one.attempt.provider, &*other.attempt.provider);
    match by {
        Common::Provider => (account == against || host(one.provider).meets(&host(other.provider))).then_some("may be at one provider"),
        Common::Vendor => share_company(one.provider, other.provider).then_some("may be served by one company"),
        Common::Key => {
            let (mine, theirs) = (key(one.provider)?, key(other.provider)?);
            (mine == theirs).then_some("use one key")
        }
        Common::Model if one.attempt.target == other.attempt.target => Some("are one model"),
        Common::Model => match (&one.model.base, &other.model.base) {
            (Some(base), Some(other)) => (base == other).then_some("are one model"),
            _ => Some("cannot be shown to be different models"),
        },
    }
}

/// Whether some company may see what is sent to either.
fn share_company(one: &Provider<'_>, other: &Provider<'_>) -> bool {
    // Two that pass data on to anybody have somebody in common: of companies there is no end.
    passes_to_anybody(one) && passes_to_anybody(other)
        || listed(one).any(|company| involves(company, other))
        || listed(other).any(|company| involves(company, one))
}
