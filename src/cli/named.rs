//! Names on the command line: which of the policy's they are, and which was probably meant.

use crate::policy::model::{Policy, RouteId};
use crate::text::nearest;

use super::Failure;

/// The place of a name among those that are known; a name that is not among them is wrong usage.
pub(super) fn find(kind: &str, name: &str, known: &[&str]) -> Result<usize, Failure> {
    known.iter().position(|other| *other == name).ok_or_else(|| {
        let help = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => "there is none in this policy".to_owned(),
            None => format!("there are {}", known.join(", ")),
        };
        Failure::usage(format!("there is no {kind} `{name}`")).help(help)
    })
}

/// The route of a name.
pub(super) fn route(policy: &Policy<'_>, name: &str) -> Result<RouteId, Failure> {
    let known: Vec<&str> = policy.routes.iter().map(|route| route.name.text).collect();
    find("route", name, &known).map(|index| RouteId(u32::try_from(index).unwrap_or(u32::MAX)))
}
