//! What the account behind a target has to say for a way: its key, whose it is, and the data, regions and terms that the routes on the way ask for.

use crate::policy::model::{KeySource, Provider, Route};

use super::statement::{Statement, add, extend};
use super::ways::Way;
use super::{Question, data};

/// What the account says, and what routes say of data and of managed accounts; and whether no fewer would do.
pub(super) fn parts(question: Question<'_>, way: &Way) -> (Vec<Statement>, bool) {
    let policy = &question.compilation.policy;
    let provider = &policy[policy[way.target].provider];
    let name = provider.name.text;
    let routes: Vec<&Route<'_>> = way.path.iter().map(|hop| &policy[hop.route]).collect();
    let mut parts = Vec::new();
    if let Some(key) = &provider.key {
        let source = match &key.value {
            KeySource::None => format!("`{name}` needs no key"),
            source => {
                format!("where the {}key of `{name}` is: {}", if provider.managed.is_some() { "managed " } else { "" }, source.describe())
            }
        };
        add(&mut parts, Statement::new(key.span, source));
    }
    if provider.managed.is_some() {
        for route in &routes {
            add(
                &mut parts,
                Statement::new(route.prefers_byok.span, format!("`{}` lets a managed account serve after the first call", route.name.text)),
            );
        }
    }
    let (lowered, fewest) = data::statements(question, way, provider);
    extend(&mut parts, lowered);
    extend(&mut parts, terms(&routes, provider));
    (parts, fewest)
}

/// Regions, retention and training, where a route on the way asks for them; and who may serve behind a router, where one asks for anything.
fn terms(routes: &[&Route<'_>], provider: &Provider<'_>) -> Vec<Statement> {
    let name = provider.name.text;
    let by = |asks: &dyn Fn(&Route<'_>) -> bool| routes.iter().find(|route| asks(route)).map(|route| route.name.text);
    let region = by(&|route| !route.region.is_empty());
    let retention = by(&|route| route.retention.is_some());
    let training = by(&|route| route.training_never.is_some());
    let mut terms = Vec::new();
    if let (Some(route), Some(said)) = (region, &provider.region) {
        terms.push(Statement::new(said.span, format!("where `{name}` processes, which `{route}` restricts")));
    }
    if let (Some(route), Some(said)) = (retention, &provider.retention) {
        terms.push(Statement::new(said.span, format!("how long `{name}` keeps requests, which `{route}` restricts")));
    }
    if let (Some(route), Some(span)) = (training, provider.training_never) {
        terms.push(Statement::new(span, format!("`{name}` does not train on requests, which `{route}` demands")));
    }
    if let (Some(route), Some(span), true) = (region.or(retention).or(training), provider.upstreams_span, provider.is_router()) {
        terms.push(Statement::new(span, format!("who may serve behind `{name}`, which the demands of `{route}` bind")));
    }
    terms
}
