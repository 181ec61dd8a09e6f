//! From the pairs that pest hands out to the claim of an assertion.

use pest::iterators::{Pair, Pairs};

use super::ast::{Bounded, Claim, Routes, Waypoint, Whom, Word};
use super::parse::Rule;
use super::tree::Tree;

impl Tree {
    /// What follows `assert` and its title.
    pub(super) fn claim<'s>(&mut self, mut pairs: Pairs<'s, Rule>) -> Option<Claim<'s>> {
        let (mut subjects, claim) = self.routes_until_claim(&mut pairs)?;
        let rule = claim.as_rule();
        let mut inner = claim.into_inner();
        Some(match rule {
            Rule::survives => Claim::Survives { routes: subjects, count: self.next_word(&mut inner)?, what: self.next_word(&mut inner)? },
            Rule::reaches_only => Claim::ReachesOnly { classes: named(subjects), whom: self.whom(&mut inner) },
            Rule::independent => {
                let Routes::Named(routes) = &mut subjects else { return None };
                Claim::Independent { route: routes.pop()?, of: self.next_word(&mut inner)?, by: self.word_after(Rule::by, &mut inner) }
            }
            Rule::never_reaches => {
                Claim::NeverReaches { classes: self.words_before(Rule::reaches, &mut inner), whom: self.whom(&mut inner) }
            }
            Rule::only_serve => Claim::OnlyServe { patterns: self.words_before(Rule::serve, &mut inner), routes: self.routes(&mut inner) },
            Rule::every_path => {
                let mut waypoints = inner.filter_map(|pair| self.waypoint(pair));
                Claim::Passes { to: waypoints.next()?, through: waypoints.next()? }
            }
            Rule::bound => self.bound(inner)?,
            Rule::own_keys => Claim::OwnKeys(self.routes(&mut inner)),
            _ => Claim::NoFallback(self.routes(&mut inner)),
        })
    }

    /// The subjects that stand before the rule that says what is claimed of them, and that rule.
    fn routes_until_claim<'s>(&mut self, pairs: &mut Pairs<'s, Rule>) -> Option<(Routes<'s>, Pair<'s, Rule>)> {
        let mut words = Vec::new();
        let mut all = None;
        for pair in pairs {
            match pair.as_rule() {
                Rule::word => words.push(self.word(&pair)),
                Rule::all_routes => all = Some(self.mark(&pair)),
                _ => return Some((all.map_or(Routes::Named(words), Routes::All), pair)),
            }
        }
        None
    }

    /// The words before a keyword, which is taken too.
    fn words_before<'s>(&mut self, keyword: Rule, pairs: &mut Pairs<'s, Rule>) -> Vec<Word<'s>> {
        pairs.take_while(|pair| pair.as_rule() != keyword).map(|pair| self.word(&pair)).collect()
    }

    /// `all routes`, or the words that are left.
    fn routes<'s>(&mut self, pairs: &mut Pairs<'s, Rule>) -> Routes<'s> {
        let mut words = Vec::new();
        for pair in pairs {
            match pair.as_rule() {
                Rule::word => words.push(self.word(&pair)),
                Rule::all_routes => return Routes::All(self.mark(&pair)),
                _ => {}
            }
        }
        Routes::Named(words)
    }

    fn whom<'s>(&mut self, pairs: &mut Pairs<'s, Rule>) -> Vec<Whom<'s>> {
        let whom = |pair: Pair<'s, Rule>| {
            let start = pair.as_span().start();
            let pair = pair.into_inner().next()?;
            let bare = pair.as_span().start() == start;
            let word = self.word(&pair);
            Some(if bare { Whom::Word(word) } else { Whom::Region(word) })
        };
        pairs.filter(|pair| pair.as_rule() == Rule::whom).filter_map(whom).collect()
    }

    fn waypoint<'s>(&mut self, pair: Pair<'s, Rule>) -> Option<Waypoint<'s>> {
        let rule = pair.as_rule();
        let mut pairs = pair.into_inner();
        Some(match rule {
            Rule::to_tool => Waypoint::Tool(self.next_word(&mut pairs)?),
            Rule::to_step => Waypoint::Step(self.next_word(&mut pairs)?),
            Rule::to_provider => Waypoint::Provider(self.next_word(&mut pairs)?),
            Rule::redaction => {
                pairs.next();
                Waypoint::Redaction(self.words(&mut pairs))
            }
            Rule::approval => {
                let keyword = self.mark(&pairs.next()?);
                Waypoint::Approval(keyword, self.next_word(&mut pairs))
            }
            _ => return None,
        })
    }

    fn bound<'s>(&mut self, mut pairs: Pairs<'s, Rule>) -> Option<Claim<'s>> {
        let measure = pairs.next()?;
        let what = self.word(&measure);
        let mut words = Vec::new();
        let mut of = None;
        for pair in pairs {
            match pair.as_rule() {
                Rule::word => words.push(self.word(&pair)),
                Rule::all_routes => of = Some(Bounded::Routes(Routes::All(self.mark(&pair)))),
                Rule::of_workflow => of = Some(Bounded::Workflow(self.next_word(&mut pair.into_inner())?)),
                _ => {}
            }
        }
        let limit = words.pop()?;
        Some(Claim::Bound { what, of: of.unwrap_or(Bounded::Routes(Routes::Named(words))), limit })
    }
}

fn named(routes: Routes<'_>) -> Vec<Word<'_>> {
    match routes {
        Routes::Named(words) => words,
        Routes::All(_) => Vec::new(),
    }
}
