//! Tools, the people who must agree, who may call, and how steps follow each other.

use crate::compile::Compilation;
use crate::policy::model::Gate;
use crate::text::{Table, some_of};

use super::Section;
use super::words::{self, NONE, list};

pub(super) fn tools(compilation: &Compilation<'_>) -> Option<Section> {
    let policy = &compilation.policy;
    let mut table = Table::new(&["tool", "effect", "accepts", "returns", "auth", "approval", "offered by"]);
    for (index, tool) in policy.tools.iter().enumerate() {
        let offers = policy.routes.iter().filter(|route| route.tools.iter().any(|offered| offered.value.0 as usize == index));
        table.row([
            tool.name.text.to_owned(),
            tool.effect.value.as_str().to_owned(),
            policy.classes.describe(tool.accepts.value),
            policy.classes.describe(tool.returns.value),
            words::auth(&tool.auth.value),
            tool.approve.as_ref().map_or(NONE.to_owned(), |gate| gate.role.text.to_owned()),
            list([some_of(offers.map(|route| route.name.text), 4)]),
        ]);
    }
    Section::new("Which tools may a model be offered?", table).unless_empty()
}

pub(super) fn gates(compilation: &Compilation<'_>) -> Option<Section> {
    let policy = &compilation.policy;
    let mut table = Table::new(&["before", "role", "held by"]);
    let mut add = |before: String, gate: &Gate<'_>| {
        let holders = policy.approvers.iter().filter(|approver| approver.roles.iter().any(|role| role.text == gate.role.text));
        table.row([before, words::gate(gate), list(holders.map(|approver| approver.name.text))]);
    };
    for route in &policy.routes {
        route.approve.iter().for_each(|gate| add(format!("route {}", route.name.text), gate));
    }
    for tool in &policy.tools {
        tool.approve.iter().for_each(|gate| add(format!("tool {}", tool.name.text), gate));
    }
    Section::new("What must a person approve?", table).unless_empty()
}

pub(super) fn callers(compilation: &Compilation<'_>) -> Option<Section> {
    let policy = &compilation.policy;
    let mut table = Table::new(&["caller", "token", "routes", "workflows"]);
    for caller in &policy.callers {
        let routes = some_of(caller.routes.iter().map(|route| policy[route.value].name.text), 4);
        table.row([
            caller.name.text.to_owned(),
            caller.token.as_ref().map_or(NONE.to_owned(), |token| token.value.describe()),
            if caller.all_routes { "all".to_owned() } else { list([routes]) },
            list(caller.workflows.iter().map(|workflow| policy[workflow.value].name.text)),
        ]);
    }
    Section::new("Who may call?", table).unless_empty()
}

pub(super) fn workflows(compilation: &Compilation<'_>) -> Option<Section> {
    let policy = &compilation.policy;
    let mut table = Table::new(&["step", "after", "reads", "route", "judges", "at most", "lowers"]);
    for workflow in &policy.workflows {
        let name = |index: usize| workflow.steps.get(index).map_or("", |step| step.name.text);
        for step in &workflow.steps {
            table.row([
                format!("{}/{}", workflow.name.text, step.name.text),
                list(step.after.iter().map(|before| name(before.value))),
                list(step.reads.iter().map(|source| policy[source.value].name.text)),
                step.route.as_ref().map_or(NONE, |route| policy[route.value].name.text).to_owned(),
                step.judges.as_ref().map_or(NONE, |judged| name(judged.value)).to_owned(),
                format!("{}x", step.at_most.value),
                words::lowers(policy, &step.lowers),
            ]);
        }
    }
    Section::new("How do the steps of a workflow follow each other?", table).unless_empty()
}
