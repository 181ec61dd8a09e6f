//! The lines of chains and pools that lead from a route to a target.

use crate::automaton::Place;
use crate::policy::model::{Alternative, Callee, Policy};

use super::statement::{Statement, add, extend};
use super::ways::Way;

/// The fewest lines: what each route on the way calls first, the alternatives that lead on, and the members of pools among them. Other alternatives
/// are left out: without them a run comes here straight, for whoever is called may fail with any class. Where a target stands twice this need not be so.
pub(super) fn lines(policy: &Policy<'_>, way: &Way) -> Vec<Statement> {
    let mut lines = Vec::new();
    way.path.iter().for_each(|hop| extend(&mut lines, hop_lines(policy, hop)));
    lines
}

/// The alternatives of the chains on a way that are not on it themselves.
pub(super) fn others(policy: &Policy<'_>, way: &Way) -> Vec<Statement> {
    let mut others = Vec::new();
    for hop in &way.path {
        let route = &policy[hop.route];
        let all = (0u16..).zip(&route.chain).filter(|(number, _)| ![0, hop.alternative].contains(number));
        extend(&mut others, all.map(|(number, step)| Statement::new(step.span, does(policy, route.name.text, step, number))));
    }
    others
}

/// What leads from one route on: its first call, and the alternative.
fn hop_lines(policy: &Policy<'_>, hop: &Place) -> Vec<Statement> {
    let route = &policy[hop.route];
    let name = route.name.text;
    let mut lines = Vec::new();
    if let (Some(first), true) = (route.chain.first(), hop.alternative > 0) {
        add(&mut lines, Statement::new(first.span, format!("`{name}` calls this first")));
    }
    let Some(step) = route.chain.get(usize::from(hop.alternative)) else { return lines };
    add(&mut lines, Statement::new(step.span, does(policy, name, step, hop.alternative)));
    if let Callee::Route(called) = step.callee
        && let (Some(_), Some(own)) = (&policy[called].approve, &route.approve)
    {
        let what = format!("`{name}` waits for the approval that `{}` asks for", policy[called].name.text);
        add(&mut lines, Statement::new(own.span, what));
    }
    if let Callee::Pool(pool) = step.callee {
        add(&mut lines, Statement::new(hop.span, format!("a member of pool `{}`", policy[pool].name.text)));
    }
    lines
}

fn does(policy: &Policy<'_>, name: &str, step: &Alternative, number: u16) -> String {
    let whom = match step.callee {
        Callee::Target(_) => "this".to_owned(),
        Callee::Pool(pool) => format!("pool `{}`", policy[pool].name.text),
        Callee::Route(called) => format!("route `{}`", policy[called].name.text),
    };
    if number == 0 { format!("`{name}` calls {whom} first") } else { format!("`{name}` falls back to {whom} on {}", step.on.describe()) }
}
