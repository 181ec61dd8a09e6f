//! Compares the runs that a scenario permits, and every run of a route, with those of the interpreter.

use std::collections::BTreeSet;

use ::byokc::analysis::every_run::every_run;
use ::byokc::analysis::scenario::{self, Scenario};
use ::byokc::compile::Compilation;
use ::byokc::failure::Failure;
use ::byokc::policy::model::{Failing, ProviderId, RouteId};
use proptest::prelude::*;

use super::random::policy;
use super::with_world;
use super::world::World;
use crate::interpreter::compare::alike;
use crate::interpreter::run::{Answer, Call, runs};

/// Who is called and answers what, in order; and how the run ends.
pub(super) type Told = (Vec<(usize, Answer)>, Answer);

/// What goes wrong, by number: for each account and for each target what becomes of it, and which roles refuse.
#[derive(Clone, Debug)]
pub(super) struct Wrong {
    accounts: Vec<usize>,
    targets: Vec<usize>,
    refuses: [bool; 2],
}

const ROLES: [&str; 2] = ["lead", "boss"];
const CLASSES: [Failure; 7] = [
    Failure::Timeout,
    Failure::ServerError,
    Failure::RateLimit,
    Failure::Quota,
    Failure::InvalidKey,
    Failure::ContextLength,
    Failure::BadRequest,
];

pub(super) fn wrong() -> impl Strategy<Value = Wrong> {
    let number = || proptest::collection::vec(0..14usize, 8);
    (number(), number(), any::<[bool; 4]>()).prop_map(|(accounts, targets, refuses)| Wrong {
        accounts,
        targets,
        refuses: [refuses[0] && refuses[1], refuses[2] && refuses[3]],
    })
}

impl Wrong {
    /// An account is fine, its key is missing, or its calls fail with a class.
    fn scenario(&self, world: &World<'_>) -> Scenario {
        let mut scenario = Scenario::default();
        for (id, account) in (0..).map(ProviderId).zip(0..world.accounts.len()) {
            match self.accounts[account] {
                0..5 => {}
                5 | 6 => scenario.miss(id),
                number => scenario.fail(&Failing::Provider(id), CLASSES[number - 7]),
            }
        }
        for (number, target) in world.targets.iter().enumerate() {
            if let Some(class) = self.targets[number].checked_sub(7) {
                let account = ProviderId(u32::try_from(target.account).unwrap());
                scenario.fail(&Failing::Target(account, target.id.clone().into()), CLASSES[class]);
            }
        }
        ROLES.iter().zip(self.refuses).filter(|(_, refuses)| *refuses).for_each(|(role, _)| scenario.refuse(role));
        scenario
    }

    /// The same as the lines of a test.
    pub(super) fn lines(&self, world: &World<'_>) -> Vec<String> {
        let mut lines = Vec::new();
        for (number, account) in world.accounts.iter().enumerate() {
            match self.accounts[number] {
                0..5 => {}
                5 | 6 => lines.push(format!("missing {}", account.name)),
                8 => lines.push(format!("down {}", account.name)),
                number => lines.push(format!("fail {} with {}", account.name, CLASSES[number - 7].as_str())),
            }
        }
        for (number, target) in world.policy.targets.iter().enumerate() {
            if let Some(class) = self.targets[number].checked_sub(7) {
                lines.push(format!("fail {} with {}", target.text, CLASSES[class].as_str()));
            }
        }
        let refused = ROLES.iter().zip(self.refuses).filter(|(_, refuses)| *refuses);
        lines.extend(refused.map(|(role, _)| format!("refuse {role}")));
        lines
    }

    /// "A target's line beats its provider's; `missing` beats both."
    pub(super) fn answer(&self, world: &World<'_>, target: usize) -> Answer {
        let account = world.targets[target].account;
        match (self.accounts[account], self.targets[target].checked_sub(7)) {
            (5 | 6, _) if world.accounts[account].key.is_some() => Some(Failure::MissingKey),
            (_, Some(class)) => Some(CLASSES[class]),
            (number, None) => number.checked_sub(7).map(|class| CLASSES[class]),
        }
    }

    pub(super) fn refuses(&self, world: &World<'_>, route: usize) -> bool {
        let gate = world.policy.routes[route].approve.as_ref();
        gate.is_some_and(|gate| ROLES.iter().zip(self.refuses).any(|(role, refuses)| refuses && gate.role.text == *role))
    }
}

pub(super) fn told(run: &[Call]) -> Told {
    (run.iter().map(|call| (call.target, call.answer)).collect(), run.last().and_then(|call| call.answer))
}

fn told_of(runs: Vec<scenario::Run>) -> Vec<Told> {
    let mut all: Vec<Told> =
        runs.into_iter().map(|run| (run.calls.iter().map(|call| (call.target.0 as usize, call.failed)).collect(), run.fails)).collect();
    all.sort();
    all
}

/// The runs that a scenario permits are those of the interpreter, each once.
fn compare(world: &World<'_>, compilation: &Compilation<'_>, wrong: &Wrong, text: &str) {
    for (id, automaton) in compilation.attempted() {
        let route = id.0 as usize;
        let mut expected: Vec<Told> = if wrong.refuses(world, route) {
            vec![(Vec::new(), Some(Failure::Refused))]
        } else {
            runs(&world.chains, route, &|target| vec![wrong.answer(world, target)]).iter().map(|run| told(run)).collect()
        };
        expected.sort();
        let found = scenario::runs(world.policy, automaton, RouteId(id.0), &wrong.scenario(world)).unwrap();
        assert_eq!(told_of(found), expected, "{text}\nr{route} where {wrong:?}");
    }
}

/// Every way to call targets, and every class with which it may end, is that of some run.
fn compare_every_run(world: &World<'_>, compilation: &Compilation<'_>, text: &str) {
    for (id, automaton) in compilation.attempted() {
        let Ok(found) = every_run(world.policy, automaton, id) else { continue };
        let found: BTreeSet<(Vec<usize>, Answer)> =
            told_of(found).into_iter().map(|(calls, end)| (calls.iter().map(|call| call.0).collect(), end)).collect();
        let route = id.0 as usize;
        let groups = alike(&world.chains, route);
        // Of the classes that lead the same way those that a call of the target can show.
        let can = |target: usize, class: &Failure| {
            let keyed = world.accounts[world.targets[target].account].key.is_some();
            let of_a_call = !matches!(class, Failure::Deadline | Failure::Refused | Failure::TooLarge);
            of_a_call && (keyed || *class != Failure::MissingKey)
        };
        let answers = |target: usize| {
            let first = groups.iter().filter_map(|group| group.iter().copied().find(|class| can(target, class)));
            std::iter::once(None).chain(first.map(Some)).collect::<Vec<Answer>>()
        };
        let mut expected = BTreeSet::new();
        if world.policy.routes[route].approve.is_some() {
            expected.insert((Vec::new(), Some(Failure::Refused)));
        }
        for run in runs(&world.chains, route, &answers) {
            let last = run.last().unwrap();
            let group = groups.iter().find(|group| last.answer.is_some_and(|class| group.contains(&class)));
            let ends = match group {
                None => vec![None],
                Some(group) => group.iter().filter(|class| can(last.target, class)).map(|class| Some(*class)).collect(),
            };
            let calls: Vec<usize> = run.iter().map(|call| call.target).collect();
            expected.extend(ends.into_iter().map(|end| (calls.clone(), end)));
        }
        let only = |one: &BTreeSet<_>, other: &BTreeSet<_>| one.difference(other).next().cloned();
        assert!(found == expected, "{text}\nr{route}: found only {:?}, told only {:?}", only(&found, &expected), only(&expected, &found));
    }
}

proptest! {
    #![proptest_config(crate::interpreter::cases(64))]

    #[test]
    fn runs_of_many_scenarios(text in policy(0), wrong in proptest::collection::vec(wrong(), 16)) {
        with_world(&text, |world, compilation| {
            compare_every_run(world, compilation, &text);
            for wrong in wrong {
                compare(world, compilation, &wrong, &text);
            }
        });
    }
}
