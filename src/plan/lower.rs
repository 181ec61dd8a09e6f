//! From a checked policy to its plan.

use std::collections::BTreeSet;

use super::{FORMAT, Plan, Source, Text};
use crate::analysis::lists::Aliases;
use crate::automaton::Automaton;
use crate::compile::{Checked, Compilation};
use crate::policy::model::{self, RouteId};
use crate::source::Sources;

use account::{lower_model, lower_provider};
use claims::claims;
use provenance::provenance;
use route::lower_route;
use shared::{Shared, borrow};
use workflow::{lower_approver, lower_caller, lower_tool, lower_workflow};

mod account;
mod claims;
mod provenance;
mod route;
mod shared;
mod statement;
mod workflow;

/// The plan of a checked policy.
pub fn lower<'a>(sources: &'a Sources, checked: &Checked<'a, 'a>) -> Plan<'a> {
    let compilation = checked.compilation();
    let policy = &compilation.policy;
    let called: BTreeSet<_> =
        compilation.automata.iter().flatten().flatten().flat_map(|automaton| &automaton.attempts).map(|attempt| attempt.target).collect();
    let providers: BTreeSet<_> = called.iter().map(|target| policy[*target].provider).collect();
    let mut shared = Shared::default();
    let mut aliases = Aliases::new(compilation.options.catalogue);
    let routes = routes(compilation);
    let mut plan = Plan {
        approvers: policy.approvers.iter().map(|approver| (approver.name.text.into(), lower_approver(approver))).collect(),
        callers: policy.callers.iter().filter_map(|caller| Some((caller.name.text.into(), lower_caller(policy, caller)?))).collect(),
        claims: claims(sources, compilation, &routes, &mut shared),
        data: policy
            .classes
            .names()
            .iter()
            .enumerate()
            .map(|(class, name)| (borrow(name), shared.classes(policy, policy.classes.below(class))))
            .collect(),
        digest: Text::default(),
        format: FORMAT.into(),
        models: called
            .iter()
            .filter_map(|target| Some((policy[*target].text.into(), lower_model(compilation, *target, &mut aliases)?)))
            .collect(),
        provenance: provenance(sources, compilation),
        providers: providers
            .iter()
            .filter_map(|id| Some((policy[*id].name.text.into(), lower_provider(policy, &policy[*id], &mut shared)?)))
            .collect(),
        routes: routes
            .iter()
            .map(|(id, route, automaton)| (route.name.text.into(), lower_route(policy, *id, route, automaton, &mut shared)))
            .collect(),
        sources: policy
            .sources
            .iter()
            .map(|source| (source.name.text.into(), Source { holds: shared.classes(policy, source.holds.value) }))
            .collect(),
        tools: policy.tools.iter().map(|tool| (tool.name.text.into(), lower_tool(policy, tool, &mut shared))).collect(),
        workflows: policy.workflows.iter().map(|workflow| (workflow.name.text.into(), lower_workflow(policy, workflow))).collect(),
    };
    plan.digest = plan.compute_digest().into();
    plan
}

/// The routes that have attempts, by name.
fn routes<'a>(compilation: &'a Compilation<'a>) -> Vec<(RouteId, &'a model::Route<'a>, &'a Automaton)> {
    let mut routes: Vec<_> = compilation.attempted().map(|(id, automaton)| (id, &compilation.policy[id], automaton)).collect();
    routes.sort_by_key(|(_, route, _)| route.name.text);
    routes
}
