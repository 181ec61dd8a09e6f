//! Assertions: every name in them must be known. One with an unknown name is left out.

use super::Resolver;
use super::about::About;
use super::declare::Entry;
use super::number::Zero;
use crate::policy::model::Assertion;
use crate::source::Span;
use crate::syntax::ast::{Bounded, Claim, Item, Name, Routes, Waypoint, Whom, Word};
use crate::syntax::keyword::Kind;

const LOST: [&str; 8] = ["provider", "providers", "vendor", "vendors", "key", "keys", "region", "regions"];
const SHARED: [&str; 4] = ["provider", "vendor", "model", "key"];
const MEASURES: [&str; 3] = ["cost", "latency", "attempts"];

impl<'s> Resolver<'s> {
    /// Resolves every assertion.
    pub(super) fn assertions(&mut self, entries: &[Entry<'_, 's>]) {
        for entry in entries {
            let Item::Assert { title, claim } = &entry.declaration.item else { continue };
            let about = About { kind: Kind::Assert, name: title.map(Name::Text), workflow: None };
            if let Some(title) = title {
                self.names.assertions.entry(title.value()).or_insert(title.span);
            }
            if self.claim(claim, about) {
                let whole = entry.declaration.span;
                let start = title.map_or(whole.start + 6, |title| title.span.end);
                let title = title.map(|title| title.value());
                self.policy.assertions.push(Assertion { title, span: whole, claim_span: Span { start, ..whole }, claim: claim.clone() });
            }
        }
    }

    /// Whether everything in a claim is good.
    fn claim(&mut self, claim: &Claim<'s>, about: About<'s>) -> bool {
        match claim {
            Claim::ReachesOnly { classes, whom } | Claim::NeverReaches { classes, whom } => {
                let classes = self.classes(classes, about).1;
                let whom = every(whom, |whom| self.whom(*whom, about));
                classes && whom
            }
            Claim::OnlyServe { patterns, routes } => {
                let patterns = every(patterns, |word| self.pattern(*word, about.spot("only")).is_some());
                let routes = self.routes_named(routes, about);
                patterns && routes
            }
            Claim::Passes { to, through } => {
                let to = self.waypoint(to, about);
                let through = self.waypoint(through, about);
                to && through
            }
            Claim::Survives { routes, count, what } => {
                let routes = self.routes_named(routes, about);
                let count = self.out.count(*count, 1, 3, about.spot("losing any")).is_some();
                let what = self.out.choice(*what, &LOST.map(|word| (word, ())), about.spot("losing any")).is_some();
                routes && count && what
            }
            Claim::Independent { route, of, by } => {
                let one = self.route_id(*route, about).is_some();
                let other = self.route_id(*of, about).is_some();
                let by = by.is_none_or(|word| self.out.choice(word, &SHARED.map(|word| (word, ())), about.spot("by")).is_some());
                one && other && by
            }
            Claim::Bound { what, of, limit } => {
                let of = match of {
                    Bounded::Routes(routes) => self.routes_named(routes, about),
                    Bounded::Workflow(word) => self.workflow_id(*word, about).is_some(),
                };
                let spot = about.spot("<=");
                let limit = match what.text {
                    "cost" => self.out.money(*limit, spot).is_some(),
                    "latency" => self.out.duration(*limit, Zero::Allowed, spot).is_some(),
                    "attempts" => self.out.count(*limit, 0, u64::MAX, spot).is_some(),
                    _ => self.out.choice(*what, &MEASURES.map(|word| (word, ())), spot).is_some(),
                };
                of && limit
            }
            Claim::OwnKeys(routes) | Claim::NoFallback(routes) => self.routes_named(routes, about),
        }
    }

    fn routes_named(&mut self, routes: &Routes<'s>, about: About<'s>) -> bool {
        match routes {
            Routes::All(_) => true,
            Routes::Named(words) => every(words, |word: &Word<'s>| self.route_id(*word, about).is_some()),
        }
    }

    fn whom(&mut self, whom: Whom<'s>, about: About<'s>) -> bool {
        match whom {
            Whom::Word(word) if word.text.contains('/') => self.pattern(word, about.spot("reaches")).is_some(),
            Whom::Word(word) => self.owner_name(word, about),
            Whom::Region(word) => !self.out.slugs(&[word], about.spot("region")).is_empty(),
        }
    }

    fn waypoint(&mut self, waypoint: &Waypoint<'s>, about: About<'s>) -> bool {
        match waypoint {
            Waypoint::Tool(word) => self.tool_id(*word, about).is_some(),
            Waypoint::Step(word) => self.step_name(*word, about),
            Waypoint::Provider(word) => self.owner_name(*word, about),
            Waypoint::Approval(_, role) => role.is_none_or(|role| self.out.free_name(role, about.spot("approval by")).is_some()),
            Waypoint::Redaction(words) => every(words, |word| self.detector(*word, about).is_some()),
        }
    }
}

/// Whether all are good; each is looked at, so that each mistake is found.
fn every<T>(all: &[T], mut good: impl FnMut(&T) -> bool) -> bool {
    all.iter().filter(|one| !good(one)).count() == 0
}
