//! What an assertion claims, with the names of the plan.

use std::borrow::Cow;
use std::sync::Arc;

use super::shared::{borrow, decimal, texts};
use crate::plan::{Bounded, Common, Goal, Limit, Loss, Passage, Statement, Text, Texts, Whom};
use crate::policy::model::{self, At, Policy, StepId};

pub(super) fn lower_statement<'a>(policy: &'a Policy<'_>, claim: &'a model::Claim<'_>) -> Statement<'a> {
    let routes = |routes| named(policy, routes);
    match claim {
        model::Claim::ReachesOnly(held, whom) => Statement::ReachesOnly { classes: classes(policy, held), whom: lower_whom(whom) },
        model::Claim::NeverReaches(held, whom) => Statement::NeverReaches { classes: classes(policy, held), whom: lower_whom(whom) },
        model::Claim::OnlyServe(patterns, of) => {
            Statement::OnlyServe { patterns: Arc::new(patterns.iter().map(pattern).collect()), routes: routes(of) }
        }
        model::Claim::Passes(goal, passage) => {
            Statement::Passes { goal: lower_goal(policy, goal), passage: lower_passage(policy, passage) }
        }
        model::Claim::Survives(of, losing, loss) => Statement::Survives {
            kind: match loss {
                model::Loss::Provider => Loss::Provider,
                model::Loss::Vendor => Loss::Vendor,
                model::Loss::Key => Loss::Key,
                model::Loss::Region => Loss::Region,
            },
            losing: losing.value,
            routes: routes(of),
        },
        model::Claim::Independent(one, other, common) => Statement::Independent {
            by: match common {
                model::Common::Provider => Common::Provider,
                model::Common::Vendor => Common::Vendor,
                model::Common::Model => Common::Model,
                model::Common::Key => Common::Key,
            },
            routes: [one, other].map(|route| policy[route.value].name.text.into()),
        },
        model::Claim::Bound(of, limit) => Statement::Bound {
            limit: match limit.value {
                model::Limit::Cost(money) => Limit::Cost(decimal(money)),
                model::Limit::Latency(milliseconds) => Limit::LatencyMs(milliseconds),
                model::Limit::Attempts(count) => Limit::Attempts(count),
            },
            of: match of {
                model::Bounded::Routes(of) => Bounded::Routes(routes(of)),
                model::Bounded::Workflow(workflow) => Bounded::Workflow(policy[workflow.value].name.text.into()),
            },
        },
        model::Claim::OwnKeys(of) => Statement::OwnKeys { routes: routes(of) },
        model::Claim::NoFallback(of) => Statement::NoFallback { routes: routes(of) },
    }
}

fn named<'a>(policy: &'a Policy<'_>, routes: &model::Routes) -> Option<Texts<'a>> {
    match routes {
        model::Routes::All(_) => None,
        model::Routes::Named(routes) => Some(texts(routes.iter().map(|route| policy[route.value].name.text))),
    }
}

fn classes<'a>(policy: &'a Policy<'_>, classes: &[At<usize>]) -> Texts<'a> {
    texts(classes.iter().map(|class| policy.classes.name(class.value)))
}

/// As the account or company is called, and the id without quotes.
fn pattern<'a>(pattern: &'a model::Pattern<'_>) -> Text<'a> {
    let plain = pattern.text.strip_prefix(pattern.owner).and_then(|rest| rest.strip_prefix('/')).is_some_and(|id| id == pattern.id);
    if plain { borrow(pattern.text) } else { Cow::Owned(format!("{}/{}", pattern.owner, pattern.id)) }
}

fn lower_whom<'a>(whom: &'a [model::Whom<'_>]) -> Vec<Whom<'a>> {
    let lower = |whom: &'a model::Whom<'_>| match whom {
        model::Whom::Name(name) => Whom::Name(name.text.into()),
        model::Whom::Pattern(target) => Whom::Pattern(pattern(target)),
        model::Whom::Region(region) => Whom::Region(region.text.into()),
    };
    whom.iter().map(lower).collect()
}

fn lower_goal<'a>(policy: &'a Policy<'_>, goal: &'a model::Goal<'_>) -> Goal<'a> {
    match goal {
        model::Goal::Tool(tool) => Goal::Tool(policy[tool.value].name.text.into()),
        model::Goal::Step(_, all) => Goal::Steps(steps(policy, all)),
        model::Goal::Provider(name) => Goal::Provider(name.text.into()),
    }
}

fn lower_passage<'a>(policy: &'a Policy<'_>, passage: &'a model::Passage<'_>) -> Passage<'a> {
    match passage {
        model::Passage::Step(_, all) => Passage::Steps(steps(policy, all)),
        model::Passage::Approval(_, role) => Passage::Approval { role: role.map(|role| role.text.into()) },
        model::Passage::Redaction(detectors) => Passage::Redaction(texts(detectors.iter().map(|detector| detector.value.as_str()))),
    }
}

/// Each as `workflow/step`.
fn steps<'a>(policy: &Policy<'_>, steps: &[StepId]) -> Texts<'a> {
    let name = |(workflow, index): &StepId| {
        let workflow = &policy[*workflow];
        Some(format!("{}/{}", workflow.name.text, workflow.steps.get(*index)?.name.text).into())
    };
    Arc::new(steps.iter().filter_map(name).collect())
}
