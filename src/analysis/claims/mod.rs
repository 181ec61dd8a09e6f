//! Decides assertions exactly (language reference, section 7): proved for every run, or refuted by a shortest run that breaks it.
//!
//! A run is a path through a route's automaton: at each attempt every class may be shown, whatever was shown before. Whatever is unknown is
//! read against the claim.

use std::cell::{OnceCell, RefCell};

use crate::analysis::lists::Aliases;
use crate::automaton::{Attempt, Automaton, TooLong};
use crate::catalogue::Catalogue;
use crate::policy::facts::Facts;
use crate::policy::model::{At, Claim, Policy, Provider, RouteId, Routes, TargetId, WorkflowId};
use crate::source::Span;

mod always;
mod fewest;
mod independent;
pub mod outages;
mod receives;
mod serves;
mod things;
mod ways;
mod whom;
mod worst;

use super::runs;
pub use super::runs::{Call, Trace};
pub use always::{Always, always};

/// What came of an assertion.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// Whether it holds.
    pub verdict: Verdict,
    /// What a proof relies on: lowering, declared facts about models, attributes of providers.
    pub relies_on: Vec<Event>,
}

/// Whether a claim holds.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// On every run.
    Proved,
    /// Some run breaks it.
    Refuted(Refutation),
    /// It speaks of nothing.
    Empty(Empty),
    /// It is beyond a stated limit: which.
    Undecided(String),
    /// What it speaks of has errors of its own.
    Unjudged,
}

/// A run that breaks a claim; unless it is approximate no shorter one does.
#[derive(Clone, Debug, Default)]
pub struct Refutation {
    /// What is wrong, a sentence without a full stop.
    pub message: String,
    /// The steps that have been done before, in order.
    pub steps: Vec<(WorkflowId, usize)>,
    /// The calls: of one route, of two that are compared, or of the steps of a workflow.
    pub traces: Vec<Trace>,
    /// What happens, in order: all of the above, and who begins.
    pub events: Vec<Event>,
    /// What is supposed beforehand.
    pub places: Vec<Event>,
    /// Whether there may be a shorter one: none of its steps can be left out, but others may do with fewer.
    pub approximate: bool,
    /// Facts about it.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Vec<String>,
}

/// One thing that happens, or that a proof relies on, and the place in the source that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Where.
    pub span: Span,
    /// What.
    pub text: String,
}

/// That a claim speaks of nothing.
#[derive(Clone, Debug)]
pub struct Empty {
    /// Whether its subject is empty; else only a class that nothing carries.
    pub error: bool,
    /// Why, a sentence without a full stop.
    pub message: String,
}

/// What claims are judged by.
#[derive(Clone, Copy)]
pub struct World<'a, 's> {
    /// What the policy means.
    pub policy: &'a Policy<'s>,
    /// The attempts of each route; `None` where a finding makes them meaningless.
    pub automata: &'a [Option<Result<Automaton, TooLong>>],
    /// What is known about each target.
    pub facts: &'a [Facts<'s>],
    /// Facts about models and providers.
    pub catalogue: &'a Catalogue,
}

impl<'a, 's> World<'a, 's> {
    /// Where the id of a target itself says that requests go.
    fn zone(&self, target: TargetId) -> Option<&'s str> {
        self.facts.get(target.0 as usize)?.zone()
    }

    /// Whether a name is that of a company, not only of an account.
    pub fn is_company(&self, name: &str) -> bool {
        let policy = self.policy;
        policy.providers.iter().all(|provider| provider.name.text != name)
            || policy.providers.iter().any(|provider| provider.companies().any(|company| company == name))
            || !self.catalogue.of_vendor(name).is_empty()
    }

    /// The attempts of a route, where it has any.
    pub fn automaton(&self, route: RouteId) -> Option<&'a Automaton> {
        self.automata.get(route.0 as usize)?.as_ref()?.as_ref().ok()
    }
}

/// The judgement of every assertion, in source order.
pub fn judge(world: World<'_, '_>) -> Vec<Judgement> {
    if world.policy.assertions.is_empty() {
        return Vec::new();
    }
    let judge = Judge::new(world);
    world.policy.assertions.iter().map(|assertion| judge.claim(&assertion.claim)).collect()
}

/// What is found out about a policy once, for all of its assertions.
struct Judge<'a, 's> {
    world: World<'a, 's>,
    shortest: Vec<OnceCell<runs::Shortest>>,
    rows: OnceCell<Vec<receives::Row>>,
    worst: Vec<OnceCell<worst::Worst>>,
    befores: Vec<OnceCell<Option<Vec<ways::Steps>>>>,
    outages: outages::Known,
    aliases: RefCell<Aliases<'a>>,
}

impl<'a, 's> std::ops::Deref for Judge<'a, 's> {
    type Target = World<'a, 's>;

    fn deref(&self) -> &World<'a, 's> {
        &self.world
    }
}

impl<'a, 's> Judge<'a, 's> {
    fn new(world: World<'a, 's>) -> Self {
        let routes = world.policy.routes.len();
        Self {
            world,
            shortest: std::iter::repeat_with(OnceCell::new).take(routes).collect(),
            rows: OnceCell::new(),
            worst: std::iter::repeat_with(OnceCell::new).take(routes).collect(),
            befores: std::iter::repeat_with(OnceCell::new).take(world.policy.workflows.len()).collect(),
            outages: outages::Known::default(),
            aliases: RefCell::new(Aliases::new(world.catalogue)),
        }
    }

    fn claim(&self, claim: &Claim<'s>) -> Judgement {
        let (verdict, relies_on) = match claim {
            Claim::ReachesOnly(classes, whom) => receives::only(self, classes, whom),
            Claim::NeverReaches(classes, whom) => receives::never(self, classes, whom),
            Claim::OnlyServe(patterns, routes) => serves::only(self, patterns, routes),
            Claim::Passes(goal, passage) => ways::passes(self, goal, passage),
            Claim::Survives(routes, most, loss) => outages::survives(self, routes, most.value, *loss),
            Claim::Independent(one, other, common) => independent::judge(self, *one, *other, *common),
            Claim::Bound(of, limit) => worst::bound(self, of, limit.value),
            Claim::OwnKeys(routes) => serves::own_keys(self, routes),
            Claim::NoFallback(routes) => serves::no_fallback(self, routes),
        };
        let mut judgement = Judgement { verdict, relies_on };
        if !matches!(judgement.verdict, Verdict::Proved) {
            judgement.relies_on.clear();
        }
        let mut known = std::collections::BTreeSet::new();
        judgement.relies_on.retain(|event| known.insert((event.span, event.text.clone())));
        judgement
    }

    /// The routes that are spoken of, each with the place that names it.
    fn routes(&self, routes: &Routes) -> Vec<At<RouteId>> {
        match routes {
            Routes::All(span) => (0..).map(RouteId).take(self.policy.routes.len()).map(|value| At { value, span: *span }).collect(),
            Routes::Named(named) => named.clone(),
        }
    }

    /// Looks at each route that is spoken of: the first that is refuted by the fewest events refutes the claim.
    fn each(&self, routes: &Routes, mut look: impl FnMut(RouteId, &'a Automaton) -> Found) -> (Verdict, Vec<Event>) {
        let routes = self.routes(routes);
        if routes.is_empty() {
            return (Verdict::Empty(Empty { error: true, message: "no route is declared".to_owned() }), Vec::new());
        }
        let mut all = Sum::default();
        for route in routes {
            match self.automaton(route.value) {
                Some(automaton) => all.add(look(route.value, automaton)),
                None => all.unjudged = true,
            }
        }
        all.verdict()
    }

    /// Shortest runs of a route.
    fn shortest(&self, route: RouteId, automaton: &Automaton) -> Option<&runs::Shortest> {
        Some(self.shortest.get(route.0 as usize)?.get_or_init(|| runs::Shortest::new(automaton)))
    }

    /// A shortest run of a route to an attempt.
    fn run_to(&self, route: RouteId, automaton: &Automaton, attempt: u16) -> Trace {
        let calls = self.shortest(route, automaton).map(|shortest| shortest.run(attempt)).unwrap_or_default();
        Trace { route, calls }
    }

    /// Of some attempts one that a shortest run gets to; the first of several.
    fn nearest(&self, route: RouteId, automaton: &Automaton, attempts: impl IntoIterator<Item = u16>) -> Option<(u32, u16)> {
        let shortest = self.shortest(route, automaton)?;
        attempts.into_iter().map(|attempt| (shortest.length(attempt), attempt)).min_by_key(|(length, _)| *length)
    }

    /// For each step of a workflow those before it; `None` where errors of its own make that meaningless.
    fn befores(&self, workflow: WorkflowId) -> Option<&[ways::Steps]> {
        let cell = self.befores.get(workflow.0 as usize)?;
        cell.get_or_init(|| ways::befores(&self.policy[workflow])).as_deref()
    }

    fn provider(&self, target: TargetId) -> &'a Provider<'s> {
        let policy = self.world.policy;
        &policy[policy[target].provider]
    }

    fn facts_of(&self, target: TargetId) -> Option<&'a Facts<'s>> {
        self.world.facts.get(target.0 as usize)
    }
}

/// The attempts of a route that are of a kind, by number.
fn attempts_where<'a>(automaton: &'a Automaton, is: impl Fn(&'a Attempt) -> bool) -> impl Iterator<Item = u16> {
    (0u16..).zip(&automaton.attempts).filter(move |(_, attempt)| is(attempt)).map(|(number, _)| number)
}

/// What was found out about one subject of a claim.
#[derive(Clone)]
enum Found {
    /// It holds, by these.
    Holds(Vec<Event>),
    /// It does not.
    Breaks(Refutation),
    /// It is beyond a limit.
    Beyond(String),
}

/// What was found out about all subjects of a claim.
#[derive(Default)]
struct Sum {
    relies_on: Vec<Event>,
    refutation: Option<Refutation>,
    beyond: Option<String>,
    unjudged: bool,
}

impl Sum {
    fn add(&mut self, found: Found) {
        match found {
            Found::Holds(by) => self.relies_on.extend(by),
            Found::Breaks(refutation) => {
                if self.refutation.as_ref().is_none_or(|known| refutation.events.len() < known.events.len()) {
                    self.refutation = Some(refutation);
                }
            }
            Found::Beyond(limit) => self.beyond = self.beyond.take().or(Some(limit)),
        }
    }

    /// A subject that breaks the claim refutes it, whatever is the matter with the others.
    fn verdict(self) -> (Verdict, Vec<Event>) {
        let verdict = match (self.refutation, self.unjudged, self.beyond) {
            (Some(refutation), ..) => Verdict::Refuted(refutation),
            (None, true, _) => Verdict::Unjudged,
            (None, false, Some(limit)) => Verdict::Undecided(limit),
            (None, false, None) => Verdict::Proved,
        };
        (verdict, self.relies_on)
    }
}
