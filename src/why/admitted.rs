//! The entries of allowlists that admit a target on a way: as few as the routes on it can share.

use crate::analysis::lists::admits;
use crate::policy::model::{Allowing, Policy, Route, TargetId};

use super::statement::{Statement, extend};
use super::ways::Way;

/// The most combinations of entries that are looked at; beyond, each route's first entry is told, and that there may be fewer.
const MOST: usize = 4096;

/// For each route on the way an entry of its allowlist; of all choices the one with the fewest statements, the first in the source among equals. With it
/// whether all choices were looked at.
pub(super) fn entries(policy: &Policy<'_>, way: &Way) -> (Vec<Statement>, bool) {
    let mut routes: Vec<&Route<'_>> = Vec::new();
    for route in way.path.iter().map(|hop| &policy[hop.route]) {
        if !routes.iter().any(|known| known.name == route.name) {
            routes.push(route);
        }
    }
    let options: Vec<Vec<Vec<Statement>>> = routes.iter().map(|route| options(policy, route, way.target)).collect();
    let combinations = options.iter().fold(1usize, |all, options| all.saturating_mul(options.len().max(1)));
    let mut choices: Vec<Vec<Statement>> = vec![Vec::new()];
    for options in options {
        let options = if combinations > MOST { options.into_iter().take(1).collect() } else { options };
        if options.is_empty() {
            continue;
        }
        let longer = |choice: &Vec<Statement>| {
            let choice = choice.clone();
            options
                .iter()
                .map(move |option| {
                    let mut longer = choice.clone();
                    extend(&mut longer, option.iter().cloned());
                    longer
                })
                .collect::<Vec<_>>()
        };
        choices = choices.iter().flat_map(longer).collect();
    }
    (choices.into_iter().min_by_key(Vec::len).unwrap_or_default(), combinations <= MOST)
}

/// The ways in which a route's own allowlist admits a target.
fn options(policy: &Policy<'_>, route: &Route<'_>, target: TargetId) -> Vec<Vec<Statement>> {
    let name = route.name.text;
    let mut options = Vec::new();
    for entry in &route.allow {
        match entry {
            Allowing::Pattern(pattern) if admits(pattern, policy, target) => {
                options.push(vec![Statement::new(pattern.span, format!("admits it for `{name}`"))]);
            }
            Allowing::Pattern(_) => {}
            Allowing::List(at) => {
                let list = &policy[at.value];
                if list.except.iter().any(|except| admits(except, policy, target)) {
                    continue;
                }
                for pattern in list.patterns.iter().filter(|pattern| admits(pattern, policy, target)) {
                    let admits = Statement::new(pattern.span, format!("an entry of list `{}`, which admits it", list.name.text));
                    // `allow default` holds without being named.
                    let names =
                        route.allow_span.map(|_| Statement::new(at.span, format!("`{name}` allows what list `{}` admits", list.name.text)));
                    options.push(names.into_iter().chain([admits]).collect());
                }
            }
        }
    }
    options
}
