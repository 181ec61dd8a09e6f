//! Assertions: every name in them must be known. One with an unknown name is left out.

use super::Resolver;
use super::about::{About, Spot};
use super::declare::Entry;
use super::number::Zero;
use crate::catalogue::providers::upstream_vendor;
use crate::policy::model::{Assertion, At, Bounded, Claim, Common, Goal, Limit, Loss, Passage, Pattern, Routes, Whom};
use crate::source::Span;
use crate::syntax::ast::{self, Item, Name, Word};
use crate::syntax::keyword::Kind;

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
            if let Some(claim) = self.claim(claim, about) {
                let whole = entry.declaration.span;
                let start = title.map_or(whole.start + 6, |title| title.span.end);
                let title = title.map(|title| title.value());
                self.policy.assertions.push(Assertion { title, span: whole, claim_span: Span { start, ..whole }, claim });
            }
        }
    }

    /// A claim, where everything in it is good.
    fn claim(&mut self, claim: &ast::Claim<'s>, about: About<'s>) -> Option<Claim<'s>> {
        Some(match claim {
            ast::Claim::ReachesOnly { classes, whom } => {
                let (classes, whom) = self.reaches(classes, whom, about)?;
                Claim::ReachesOnly(classes, whom)
            }
            ast::Claim::NeverReaches { classes, whom } => {
                let (classes, whom) = self.reaches(classes, whom, about)?;
                Claim::NeverReaches(classes, whom)
            }
            ast::Claim::OnlyServe { patterns, routes } => {
                let patterns = every(patterns, |word| self.claimed(*word, about.spot("only")));
                let routes = self.routes_named(routes, about);
                Claim::OnlyServe(patterns?, routes?)
            }
            ast::Claim::Passes { to, through } => {
                let goal = self.goal(to, about);
                let passage = self.passage(through, about);
                Claim::Passes(goal?, passage?)
            }
            ast::Claim::Survives { routes, count, what } => {
                let routes = self.routes_named(routes, about);
                let spot = about.spot("losing any");
                let most = self.out.count(*count, 1, 3, spot).and_then(|count| u8::try_from(count).ok());
                let losses = Loss::ALL.map(|(loss, one, many)| [(one, loss), (many, loss)]).concat();
                let loss = self.out.choice(*what, &losses, spot);
                Claim::Survives(routes?, At { value: most?, span: count.span }, loss?)
            }
            ast::Claim::Independent { route, of, by } => {
                let one = self.route_id(*route, about);
                let other = self.route_id(*of, about);
                let common = match by {
                    Some(word) => self.out.choice(*word, &Common::ALL.map(|common| (common.as_str(), common)), about.spot("by")),
                    None => Some(Common::Model),
                };
                Claim::Independent(At { value: one?, span: route.span }, At { value: other?, span: of.span }, common?)
            }
            ast::Claim::Bound { what, of, limit } => {
                let of = match of {
                    ast::Bounded::Routes(routes) => self.routes_named(routes, about).map(Bounded::Routes),
                    ast::Bounded::Workflow(word) => {
                        self.workflow_id(*word, about).map(|value| Bounded::Workflow(At { value, span: word.span }))
                    }
                };
                let value = self.limit(*what, *limit, about);
                Claim::Bound(of?, At { value: value?, span: limit.span })
            }
            ast::Claim::OwnKeys(routes) => Claim::OwnKeys(self.routes_named(routes, about)?),
            ast::Claim::NoFallback(routes) => Claim::NoFallback(self.routes_named(routes, about)?),
        })
    }

    fn reaches(&mut self, classes: &[Word<'s>], whom: &[ast::Whom<'s>], about: About<'s>) -> Option<(Vec<At<usize>>, Vec<Whom<'s>>)> {
        let classes = every(classes, |word| self.class(*word, about).map(|value| At { value, span: word.span }));
        let whom = every(whom, |whom| self.whom(*whom, about));
        Some((classes?, whom?))
    }

    fn limit(&mut self, what: Word<'s>, limit: Word<'s>, about: About<'s>) -> Option<Limit> {
        let spot = about.spot("<=");
        match what.text {
            "cost" => self.out.money(limit, spot).map(Limit::Cost),
            "latency" => self.out.duration(limit, Zero::Allowed, spot).map(Limit::Latency),
            "attempts" => self.out.count(limit, 0, u64::MAX, spot).map(Limit::Attempts),
            _ => {
                self.out.choice(what, &MEASURES.map(|word| (word, ())), spot);
                None
            }
        }
    }

    fn routes_named(&mut self, routes: &ast::Routes<'s>, about: About<'s>) -> Option<Routes> {
        match routes {
            ast::Routes::All(span) => Some(Routes::All(*span)),
            ast::Routes::Named(words) => {
                every(words, |word| self.route_id(*word, about).map(|value| At { value, span: word.span })).map(Routes::Named)
            }
        }
    }

    fn whom(&mut self, whom: ast::Whom<'s>, about: About<'s>) -> Option<Whom<'s>> {
        match whom {
            ast::Whom::Word(word) if word.text.contains('/') => self.claimed(word, about.spot("reaches")).map(Whom::Pattern),
            ast::Whom::Word(word) => self.whose(word, about).map(Whom::Name),
            ast::Whom::Region(word) => self.out.slugs(&[word], about.spot("region")).pop().map(Whom::Region),
        }
    }

    /// A pattern. A router's name for a company that serves behind it means that company.
    fn claimed(&mut self, word: Word<'s>, spot: Spot<'s>) -> Option<Pattern<'s>> {
        let pattern = self.pattern(word, spot)?;
        let owner = if pattern.provider.is_some() { pattern.owner } else { upstream_vendor(pattern.owner) };
        Some(Pattern { owner, ..pattern })
    }

    /// An account or a vendor. A router's name for a company that serves behind it means that company.
    fn whose(&mut self, word: Word<'s>, about: About<'s>) -> Option<Word<'s>> {
        let known = self.owner_name(word, about)?;
        let declared = self.names.providers.contains_key(known.text);
        Some(if declared { known } else { Word { text: upstream_vendor(known.text), ..known } })
    }

    fn goal(&mut self, waypoint: &ast::Waypoint<'s>, about: About<'s>) -> Option<Goal<'s>> {
        match waypoint {
            ast::Waypoint::Tool(word) => self.tool_id(*word, about).map(|value| Goal::Tool(At { value, span: word.span })),
            ast::Waypoint::Step(word) => self.step_ids(*word, about).map(|steps| Goal::Step(*word, steps)),
            ast::Waypoint::Provider(word) => self.whose(*word, about).map(Goal::Provider),
            // The grammar takes neither here.
            ast::Waypoint::Approval(..) | ast::Waypoint::Redaction(_) => None,
        }
    }

    fn passage(&mut self, waypoint: &ast::Waypoint<'s>, about: About<'s>) -> Option<Passage<'s>> {
        match waypoint {
            ast::Waypoint::Step(word) => self.step_ids(*word, about).map(|steps| Passage::Step(*word, steps)),
            ast::Waypoint::Approval(span, None) => Some(Passage::Approval(*span, None)),
            ast::Waypoint::Approval(span, Some(role)) => {
                self.out.free_name(*role, about.spot("approval by")).map(|role| Passage::Approval(*span, Some(role)))
            }
            ast::Waypoint::Redaction(words) => {
                every(words, |word| self.detector(*word, about).map(|value| At { value, span: word.span })).map(Passage::Redaction)
            }
            // The grammar takes neither here.
            ast::Waypoint::Tool(_) | ast::Waypoint::Provider(_) => None,
        }
    }
}

/// What all mean, where all mean something; each is looked at, so that each mistake is found.
fn every<T, U>(all: &[T], mut meaning: impl FnMut(&T) -> Option<U>) -> Option<Vec<U>> {
    let meanings: Vec<Option<U>> = all.iter().map(&mut meaning).collect();
    meanings.into_iter().collect()
}
