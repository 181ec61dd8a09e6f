//! What the attempts of two routes share: a provider, a vendor, a model or a key.

use super::whom::{Behind, address_of, apart, declared_model, key_of};
use super::{Event, Found, Judge, Refutation, Sum, Verdict, attempts_where, runs};
use crate::automaton::Automaton;
use crate::message::key_header;
use crate::policy::model::{At, Common, KeySource, RouteId, TargetId};

/// What two targets have in common.
struct Shared {
    what: String,
    /// Whether it is only not known to be different.
    unknown: bool,
}

pub(super) fn judge(judge: &Judge<'_, '_>, one: At<RouteId>, other: At<RouteId>, common: Common) -> (Verdict, Vec<Event>) {
    let mut all = Sum::default();
    let (Some(mine), Some(theirs)) = (judge.automaton(one.value), judge.automaton(other.value)) else {
        return (Verdict::Unjudged, Vec::new());
    };
    let (ours, others) = (nearest(judge, one.value, mine), nearest(judge, other.value, theirs));
    let mut shortest: Option<(u32, u16, u16, Shared)> = None;
    for (length, attempt, target) in &ours {
        for (further, other_attempt, other_target) in &others {
            let both = length + further;
            if shortest.as_ref().is_some_and(|(known, ..)| *known <= both) {
                continue;
            }
            if let Some(shared) = share(judge, common, *target, *other_target) {
                shortest = Some((both, *attempt, *other_attempt, shared));
            }
        }
    }
    let found = match shortest {
        Some((_, attempt, other_attempt, shared)) => {
            Found::Breaks(refutation(judge, (one.value, mine, attempt), (other.value, theirs, other_attempt), &shared))
        }
        None => Found::Holds(ours.iter().chain(&others).flat_map(|(_, _, target)| relies_on(judge, common, *target)).collect()),
    };
    all.add(found);
    all.verdict()
}

/// Each target of a route with its nearest attempt.
fn nearest(judge: &Judge<'_, '_>, route: RouteId, automaton: &Automaton) -> Vec<(u32, u16, TargetId)> {
    let mut targets: Vec<TargetId> = automaton.attempts.iter().map(|attempt| attempt.target).collect();
    targets.sort_unstable();
    targets.dedup();
    let nearest = |target: TargetId| {
        let (length, attempt) = judge.nearest(route, automaton, attempts_where(automaton, |attempt| attempt.target == target))?;
        Some((length, attempt, target))
    };
    let mut all: Vec<_> = targets.into_iter().filter_map(nearest).collect();
    all.sort_unstable();
    all
}

fn share(judge: &Judge<'_, '_>, common: Common, one: TargetId, other: TargetId) -> Option<Shared> {
    let (mine, theirs) = (judge.provider(one), judge.provider(other));
    let known = |what: String| Some(Shared { what, unknown: false });
    match common {
        Common::Provider if mine.name.text == theirs.name.text => known(format!("the account `{}`", mine.name.text)),
        Common::Provider => match (mine.place(), theirs.place()) {
            (Some(one), Some(other)) => (one == other).then(|| known(format!("the host `{one}`")))?,
            // An address that only the machine knows may be any.
            (None, _) => Some(Shared { what: format!("a host: the address of `{}` is in a variable", mine.name.text), unknown: true }),
            (_, None) => Some(Shared { what: format!("a host: the address of `{}` is in a variable", theirs.name.text), unknown: true }),
        },
        Common::Vendor => {
            if let Some(company) = mine.companies().find(|company| theirs.companies().any(|other| other == *company)) {
                return known(format!("the vendor `{company}`"));
            }
            let (behind, behind_theirs) = (Behind::of(mine), Behind::of(theirs));
            let company = theirs
                .companies()
                .find(|company| behind.permits(company))
                .or_else(|| mine.companies().find(|company| behind_theirs.permits(company)));
            if let Some(company) = company {
                return Some(Shared { what: format!("the vendor `{company}`, which may serve behind a router"), unknown: true });
            }
            behind.meets(&behind_theirs).then(|| Shared { what: "a vendor that may serve behind both routers".to_owned(), unknown: true })
        }
        Common::Model if one == other => known(format!("the model `{}`", judge.policy[one].text)),
        Common::Model => {
            let base = |target: TargetId| judge.facts_of(target)?.base.as_deref();
            match (base(one), base(other)) {
                (Some(one), Some(other)) => (one == other).then(|| known(format!("the model `{one}`")))?,
                (None, _) => {
                    Some(Shared { what: format!("a model: which one `{}` is cannot be told", judge.policy[one].text), unknown: true })
                }
                (_, None) => {
                    Some(Shared { what: format!("a model: which one `{}` is cannot be told", judge.policy[other].text), unknown: true })
                }
            }
        }
        Common::Key => {
            let (one, other) = (&mine.key.as_ref()?.value, &theirs.key.as_ref()?.value);
            let same = match one {
                KeySource::None => false,
                KeySource::PerRequest => one == other && key_header(mine.name.text) == key_header(theirs.name.text),
                _ => one == other,
            };
            same.then(|| known(format!("the key {}", one.describe())))?
        }
    }
}

fn relies_on(judge: &Judge<'_, '_>, common: Common, target: TargetId) -> Vec<Event> {
    match common {
        Common::Provider => address_of(judge, target).into_iter().collect(),
        Common::Vendor => apart(judge, target),
        Common::Model => declared_model(judge, target).into_iter().collect(),
        Common::Key => key_of(judge, target).into_iter().collect(),
    }
}

type Way<'a> = (RouteId, &'a Automaton, u16);

fn refutation(judge: &Judge<'_, '_>, one: Way<'_>, other: Way<'_>, shared: &Shared) -> Refutation {
    let policy = judge.policy;
    let mut events = Vec::new();
    let mut traces = Vec::new();
    for (route, automaton, attempt) in [one, other] {
        let name = policy[route].name.text;
        let trace = judge.run_to(route, automaton, attempt);
        events.extend(runs::events(policy, automaton, &trace, |target| format!("`{target}` serves `{name}`")));
        traces.push(trace);
    }
    let (name, of) = (policy[one.0].name.text, policy[other.0].name.text);
    let verb = if shared.unknown { "may share" } else { "share" };
    let help = if shared.what.starts_with("a host") {
        "write the address as a string, or claim independence by key".to_owned()
    } else if shared.what.starts_with("a model") {
        "say which model it is, `model TARGET { is VENDOR/MODEL }`, or claim independence by provider or vendor".to_owned()
    } else {
        format!("take one of the two out of its chain; fallbacks count, of `{name}` as of `{of}`")
    };
    Refutation {
        message: format!("routes `{name}` and `{of}` {verb} {}", shared.what),
        traces,
        events,
        help: vec![help],
        ..Refutation::default()
    }
}
