//! That every name in a statement leads somewhere.

use crate::plan::{Bounded, Goal, Limit, Passage, Statement, Texts, Whom};
use crate::verify::money;
use crate::verify::names::DETECTORS;
use crate::verify::world::World;

/// A name in a statement that leads nowhere, or a list that holds nothing, to stand behind `the claim … `.
pub(super) fn fault(world: &World<'_>, statement: &Statement<'_>) -> Option<String> {
    let plan = world.plan;
    let classes = |classes: &Texts<'_>| match classes.iter().find(|class| world.classes.find(class).is_none()) {
        Some(class) => Some(format!("names the data class `{class}`, which there is not")),
        None => nothing(classes.is_empty(), "class"),
    };
    let route = |name: &str| (!plan.routes.contains_key(name)).then(|| format!("names route `{name}`, which there is not"));
    let routes = |routes: &Option<Texts<'_>>| {
        let names = routes.as_ref()?;
        names.iter().find_map(|name| route(name)).or_else(|| nothing(names.is_empty(), "route"))
    };
    let workflow = |name: &str| (!plan.workflows.contains_key(name)).then(|| format!("names workflow `{name}`, which there is not"));
    let steps = |steps: &Texts<'_>| {
        let known = |step: &str| {
            step.split_once('/')
                .is_some_and(|(workflow, step)| plan.workflows.get(workflow).is_some_and(|held| held.steps.contains_key(step)))
        };
        let unknown = steps.iter().find(|step| !known(step)).map(|step| format!("names step `{step}`, which there is not"));
        unknown.or_else(|| nothing(steps.is_empty(), "step"))
    };
    let patterns = |mut patterns: Box<dyn Iterator<Item = &str> + '_>| {
        patterns.find(|pattern| !pattern.contains('/')).map(|pattern| format!("names `{pattern}`, which is no pattern `provider/id`"))
    };
    match statement {
        Statement::ReachesOnly { classes: held, whom } | Statement::NeverReaches { classes: held, whom } => {
            let named = whom.iter().filter_map(|whom| if let Whom::Pattern(pattern) = whom { Some(&**pattern) } else { None });
            classes(held).or_else(|| nothing(whom.is_empty(), "receiver")).or_else(|| patterns(Box::new(named)))
        }
        Statement::OnlyServe { patterns: named, routes: of } => routes(of)
            .or_else(|| nothing(named.is_empty(), "pattern"))
            .or_else(|| patterns(Box::new(named.iter().map(|pattern| &**pattern)))),
        Statement::OwnKeys { routes: of } | Statement::NoFallback { routes: of } => routes(of),
        Statement::Survives { routes: of, losing, .. } => {
            routes(of).or_else(|| (!(1..=3).contains(losing)).then(|| "is about the loss of none, or of more than 3".to_owned()))
        }
        Statement::Independent { routes: [one, other], .. } => route(one).or_else(|| route(other)),
        Statement::Bound { of, limit } => {
            let amount = matches!(limit, Limit::Cost(amount) if money::parse(amount).is_none());
            let wrong = amount.then(|| "has a limit that is no decimal number of dollars".to_owned());
            wrong.or_else(|| match of {
                Bounded::Routes(of) => routes(of),
                Bounded::Workflow(name) => workflow(name),
            })
        }
        Statement::Passes { goal, passage } => {
            let wrong = match goal {
                Goal::Tool(tool) => (!plan.tools.contains_key(tool)).then(|| format!("names tool `{tool}`, which there is not")),
                Goal::Steps(names) => steps(names),
                Goal::Provider(_) => None,
            };
            wrong.or_else(|| match passage {
                Passage::Steps(names) => steps(names),
                Passage::Approval { .. } => None,
                Passage::Redaction(detectors) => {
                    let unknown = detectors.iter().find(|detector| !DETECTORS.contains(&&***detector));
                    unknown
                        .map(|detector| format!("names detector `{detector}`, which there is not"))
                        .or_else(|| nothing(detectors.is_empty(), "detector"))
                }
            })
        }
    }
}

fn nothing(empty: bool, what: &str) -> Option<String> {
    empty.then(|| format!("names no {what}"))
}
