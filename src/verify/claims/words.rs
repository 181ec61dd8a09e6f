//! A statement in the language's form: what was decided, whatever the author's own words for it are.

use crate::plan::{Bounded, Common, Goal, Limit, Loss, Passage, Plan, Statement, Text, Texts, Whom};

/// Writes a statement out.
pub(super) fn words(plan: &Plan<'_>, statement: &Statement<'_>) -> String {
    match statement {
        Statement::ReachesOnly { classes, whom } => format!("{} reaches only {}", list(classes.iter()), everyone(whom)),
        Statement::NeverReaches { classes, whom } => format!("never {} reaches {}", list(classes.iter()), everyone(whom)),
        Statement::OnlyServe { patterns, routes } => {
            format!("only {} serve {}", joined(patterns.iter().map(|of| pattern(of))), of(routes.as_ref()))
        }
        Statement::Passes { goal, passage } => format!("every path to {} passes {}", to(plan, goal), through(plan, passage)),
        Statement::Survives { kind, losing, routes } => {
            let plural = if *losing == 1 { "" } else { "s" };
            let kind = match kind {
                Loss::Key => "key",
                Loss::Provider => "provider",
                Loss::Region => "region",
                Loss::Vendor => "vendor",
            };
            format!("{} survives losing any {losing} {kind}{plural}", of(routes.as_ref()))
        }
        Statement::Independent { by, routes: [one, other] } => {
            let by = match by {
                Common::Key => "key",
                Common::Model => "model",
                Common::Provider => "provider",
                Common::Vendor => "vendor",
            };
            format!("{} independent of {} by {by}", name(one), name(other))
        }
        Statement::Bound { limit, of: bounded } => {
            let whose = match bounded {
                Bounded::Routes(routes) => of(routes.as_ref()),
                Bounded::Workflow(workflow) => format!("workflow {}", name(workflow)),
            };
            match limit {
                Limit::Attempts(most) => format!("attempts of {whose} <= {most}"),
                Limit::Cost(most) => format!("cost of {whose} <= ${most}"),
                Limit::LatencyMs(most) => format!("latency of {whose} <= {}", duration(*most)),
            }
        }
        Statement::OwnKeys { routes } => format!("own keys on {}", of(routes.as_ref())),
        Statement::NoFallback { routes } => format!("no fallback on {}", of(routes.as_ref())),
    }
}

fn joined(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(", ")
}

fn list<'t>(names: impl Iterator<Item = &'t Text<'t>>) -> String {
    joined(names.map(|text| name(text)))
}

fn of(routes: Option<&Texts<'_>>) -> String {
    routes.map_or_else(|| "all routes".to_owned(), |routes| list(routes.iter()))
}

fn everyone(whom: &[Whom<'_>]) -> String {
    joined(whom.iter().map(|whom| match whom {
        Whom::Name(text) => name(text),
        Whom::Pattern(text) => pattern(text),
        Whom::Region(text) => format!("region {}", name(text)),
    }))
}

fn to(plan: &Plan<'_>, goal: &Goal<'_>) -> String {
    match goal {
        Goal::Provider(text) => format!("provider {}", name(text)),
        Goal::Steps(names) => format!("step {}", steps(plan, names)),
        Goal::Tool(text) => format!("tool {}", name(text)),
    }
}

fn through(plan: &Plan<'_>, passage: &Passage<'_>) -> String {
    match passage {
        Passage::Approval { role: None } => "approval".to_owned(),
        Passage::Approval { role: Some(role) } => format!("approval by {}", name(role)),
        Passage::Redaction(detectors) => format!("redaction of {}", list(detectors.iter())),
        Passage::Steps(names) => format!("step {}", steps(plan, names)),
    }
}

/// The one name of steps where they are all that have it, as the language says it; else each with its workflow.
fn steps(plan: &Plan<'_>, names: &Texts<'_>) -> String {
    let called = |step: &str| {
        let having = plan.workflows.iter().filter(|(_, workflow)| workflow.steps.contains_key(step));
        having.map(|(workflow, _)| format!("{workflow}/{step}")).collect::<Vec<String>>()
    };
    let step = names.first().and_then(|first| first.split_once('/')).map(|(_, step)| step);
    let whole = step.filter(|step| called(step).iter().eq(names.iter().map(|name| &**name)));
    whole.map_or_else(|| list(names.iter()), name)
}

/// A name as it is; in quotes where it holds what no name holds, so that it cannot be taken for more than one.
fn name(text: &str) -> String {
    let plain = |char: char| char.is_ascii_alphanumeric() || "-_.:/*@+~".contains(char);
    if !text.is_empty() && text.chars().all(plain) { text.to_owned() } else { format!("{text:?}") }
}

fn pattern(text: &str) -> String {
    text.split_once('/').map_or_else(|| name(text), |(owner, id)| format!("{}/{}", name(owner), name(id)))
}

/// In the largest unit that it is a whole number of.
fn duration(milliseconds: u64) -> String {
    let units = [("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000)];
    let unit = units.into_iter().find(|(_, size)| milliseconds >= *size && milliseconds.is_multiple_of(*size));
    let (unit, size) = unit.unwrap_or(("ms", 1));
    format!("{}{unit}", milliseconds / size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_is_never_read_as_two() {
        assert_eq!(name("openai"), "openai");
        assert_eq!(name("openai, region eu"), "\"openai, region eu\"");
        assert_eq!(pattern("openai/a \"b\"/*"), "openai/\"a \\\"b\\\"/*\"");
        assert_eq!([0, 1500, 90_000, 3_600_000, 86_400_000].map(duration), ["0ms", "1500ms", "90s", "1h", "1d"]);
    }
}
