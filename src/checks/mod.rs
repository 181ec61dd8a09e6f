//! Every check of a resolved policy: one file and one page each. To add one: its file, its page, a `mod` line and a line in [`CHECKS`].

use crate::analysis::asks::Asks;
use crate::analysis::candidates::Candidates;
use crate::analysis::claims::Judgement;
use crate::analysis::lists::Lists;
use crate::analysis::outcomes::Outcome;
use crate::automaton::{Attempt, Automaton, Place, TooLong, What};
use crate::catalogue::Catalogue;
use crate::diagnostic::{Diagnostic, Rule, SubjectKind};
use crate::graph::RouteGraph;
use crate::policy::facts::Facts;
use crate::policy::model::{Policy, Provider, Route, RouteId, Target};
use crate::secrets;
use crate::source::Sources;
use crate::units::Date;

mod above_clearance;
mod assertion_about_nothing;
mod assertion_refuted;
mod audit_none;
mod content_policy_fallback;
mod cost_exceeded;
mod data_not_accepted;
mod data_terms_not_met;
mod denied_target;
mod denied_under_another_name;
mod embedding_fallback;
mod empty_allowlist;
mod fallback_cycle;
mod fallback_unsaid;
mod favourable_facts;
mod foreign_key_variable;
mod idle_test;
mod key_not_found;
mod known_trap;
mod lacks_capability;
mod late_attempt;
mod literal_secret;
mod managed_account;
mod missing_key;
mod model_ends;
mod old_facts;
mod open_router;
mod partial_judge;
mod region_not_given;
mod region_not_met;
mod remote_keyless;
mod shared_fate;
mod shared_key;
mod step_cycle;
mod target_not_allowed;
mod test_failed;
mod too_many_attempts;
mod unapproved_effect;
mod unauthenticated_effect;
mod unbounded_cost;
mod undecided;
mod unfit_route_fallback;
mod unheld_role;
mod unknown_model;
mod unmatched_allow;
mod unreachable_fallback;
mod unsafe_header;
mod unusable_route;
mod unused_declaration;
mod useless_fallback;
mod useless_lowering;
mod waiver;
mod well_known_name;
mod window_too_small;
mod workflow_bypass;

pub use key_not_found::KeyState;

/// Every check, by code.
pub const CHECKS: &[Check] = &[
    unused_declaration::CHECK,
    fallback_cycle::CHECK,
    target_not_allowed::CHECK,
    denied_target::CHECK,
    fallback_unsaid::CHECK,
    unreachable_fallback::CHECK,
    useless_fallback::CHECK,
    unfit_route_fallback::CHECK,
    empty_allowlist::CHECK,
    unmatched_allow::CHECK,
    too_many_attempts::CHECK,
    open_router::CHECK,
    denied_under_another_name::CHECK,
    well_known_name::CHECK,
    content_policy_fallback::CHECK,
    embedding_fallback::CHECK,
    missing_key::CHECK,
    key_not_found::CHECK,
    literal_secret::CHECK,
    managed_account::CHECK,
    shared_key::CHECK,
    unsafe_header::CHECK,
    foreign_key_variable::CHECK,
    remote_keyless::CHECK,
    above_clearance::CHECK,
    region_not_met::CHECK,
    data_terms_not_met::CHECK,
    data_not_accepted::CHECK,
    useless_lowering::CHECK,
    region_not_given::CHECK,
    lacks_capability::CHECK,
    window_too_small::CHECK,
    unknown_model::CHECK,
    model_ends::CHECK,
    old_facts::CHECK,
    known_trap::CHECK,
    favourable_facts::CHECK,
    late_attempt::CHECK,
    cost_exceeded::CHECK,
    unbounded_cost::CHECK,
    shared_fate::CHECK,
    unauthenticated_effect::CHECK,
    unapproved_effect::CHECK,
    step_cycle::CHECK,
    partial_judge::CHECK,
    unusable_route::CHECK,
    audit_none::CHECK,
    unheld_role::CHECK,
    workflow_bypass::CHECK,
    assertion_refuted::CHECK,
    assertion_about_nothing::CHECK,
    test_failed::CHECK,
    idle_test::CHECK,
    waiver::CHECK,
    undecided::CHECK,
];

/// A check: its rule, and what is run.
pub struct Check {
    /// The rule that its findings have.
    pub rule: Rule,
    /// How it is run.
    pub run: Run,
}

/// How a check is run.
pub enum Run {
    /// Once, over the whole policy.
    Policy(fn(&Context<'_, '_>, &mut Vec<Diagnostic>)),
    /// For every route, whatever its chain.
    Route(fn(&Context<'_, '_>, RouteId, &Route<'_>, &mut Vec<Diagnostic>)),
    /// For every route that has attempts.
    Attempts(fn(&Context<'_, '_>, RouteId, &Automaton, &mut Vec<Diagnostic>)),
    /// For every declared attempt of every route that has attempts. Several findings on one place become one: the first.
    Attempt(fn(&Call<'_, '_>) -> Option<Diagnostic>),
    /// Once, when all other findings are there: it may add to them and mark them.
    Findings(fn(&Context<'_, '_>, &mut Vec<Diagnostic>)),
}

/// All that a check may look at.
pub struct Context<'a, 's> {
    /// The files.
    pub sources: &'a Sources,
    /// What the policy means.
    pub policy: &'a Policy<'s>,
    /// Who leads to whom.
    pub graph: &'a RouteGraph<'s>,
    /// The attempts of each route; `None` where something about it was reported that makes them meaningless.
    pub automata: &'a [Option<Result<Automaton, TooLong>>],
    /// What is known about each target.
    pub facts: &'a [Facts<'s>],
    /// What came of each assertion.
    pub judgements: &'a [Judgement],
    /// What came of each test.
    pub outcomes: &'a [Outcome],
    /// Who is allowed and denied.
    pub lists: &'a Lists<'a, 's>,
    /// Facts about models and providers.
    pub catalogue: &'a Catalogue,
    /// The day for which dates are judged.
    pub today: Date,
    /// Which keys were found; `None` where nobody looked.
    pub keys: Option<&'a [KeyState]>,
}

impl<'a, 's> Context<'a, 's> {
    /// The attempts of a route, where it has any.
    pub fn automaton(&self, route: RouteId) -> Option<&'a Automaton> {
        self.automata.get(route.0 as usize)?.as_ref()?.as_ref().ok()
    }

    /// Every declared attempt of every route that has attempts.
    pub fn calls(&'a self, mut visit: impl FnMut(&Call<'_, 's>)) {
        for (id, _) in self.routes() {
            self.calls_of(id, &mut visit);
        }
    }

    /// Every declared attempt of a route; none where it has no attempts.
    pub fn calls_of(&'a self, route_id: RouteId, visit: &mut impl FnMut(&Call<'_, 's>)) {
        let Some(automaton) = self.automaton(route_id) else { return };
        let route = &self.policy[route_id];
        let mut seen: Vec<u16> = Vec::with_capacity(automaton.attempts.len());
        for (number, attempt) in automaton.attempts.iter().enumerate() {
            if seen.contains(&attempt.place) {
                continue;
            }
            seen.push(attempt.place);
            let path = automaton.path(automaton.place(attempt));
            let target = &self.policy[attempt.target];
            let Some(facts) = self.facts.get(attempt.target.0 as usize) else { continue };
            let provider = &self.policy[target.provider];
            visit(&Call { context: self, route, route_id, automaton, number, attempt, path: &path, target, provider, facts });
        }
    }

    /// Every route with its id.
    pub fn routes(&self) -> impl Iterator<Item = (RouteId, &'a Route<'s>)> {
        (0..).map(RouteId).zip(&self.policy.routes)
    }
}

/// One declared attempt of a route: who would be called, and the way there.
pub struct Call<'a, 's> {
    /// All else.
    pub context: &'a Context<'a, 's>,
    /// The route that was called.
    pub route: &'a Route<'s>,
    /// Its id.
    pub route_id: RouteId,
    /// Its attempts.
    pub automaton: &'a Automaton,
    /// This attempt's number.
    pub number: usize,
    /// This attempt.
    pub attempt: &'a Attempt,
    /// The way from the route to the target: a place in each route on it, the target's own last.
    pub path: &'a [Place],
    /// Who is called.
    pub target: &'a Target<'s>,
    /// The account.
    pub provider: &'a Provider<'s>,
    /// What is known about the model.
    pub facts: &'a Facts<'s>,
}

impl<'a, 's> Call<'a, 's> {
    /// The routes that limit who may serve this attempt, the called one first, each with its place on the way.
    pub fn routes(&self) -> impl Iterator<Item = (RouteId, &'a Route<'s>)> {
        self.path.iter().map(|hop| (hop.route, &self.context.policy[hop.route]))
    }

    /// Models of the catalogue that could be called here instead, and that do all that is asked.
    fn candidates(&self, asks: &Asks<'_>) -> Candidates {
        let taken = self.automaton.attempts.iter().map(|attempt| self.context.policy[attempt.target].text).collect();
        Candidates::find(self.context.policy, self.context.catalogue, self.path, self.attempt.target, &taken, |entry| asks.met_by(entry))
    }

    /// A finding at the place where the target is named, with one label for each hop that leads there.
    pub fn finding(&self, rule: &'static Rule, message: impl Into<String>) -> Diagnostic {
        let place = self.automaton.place(self.attempt);
        let mut finding = Diagnostic::new(rule, place.span, message).about(SubjectKind::Route, self.route.name.text);
        for hop in self.path {
            let from = self.context.policy[hop.route].name.text;
            match hop.what {
                What::Splice(called) => {
                    finding = finding.at(
                        hop.span,
                        format!("`{from}` falls back to `{}` on {}", self.context.policy[called].name.text, hop.on.describe()),
                    );
                }
                _ => finding.labels.extend(pool_label(self.context.policy, hop)),
            }
        }
        finding
    }
}

/// Where a pool is named, for a place that is a member of it.
fn pool_label(policy: &Policy<'_>, place: &Place) -> Option<crate::diagnostic::Label> {
    let route = &policy[place.route];
    let step = route.chain.get(usize::from(place.alternative))?;
    let crate::policy::model::Callee::Pool(pool) = step.callee else { return None };
    Some(crate::diagnostic::Label {
        span: step.callee_span,
        message: format!("`{}` calls the members of pool `{}`", route.name.text, policy[pool].name.text),
    })
}

/// The rules of every stage, by code.
pub fn rules() -> Vec<&'static Rule> {
    let stages = [crate::syntax::RULES, &[&crate::imports::IMPORT], crate::policy::RULES];
    let mut rules: Vec<&'static Rule> = stages.into_iter().flatten().copied().chain(CHECKS.iter().map(|check| &check.rule)).collect();
    rules.sort_by_key(|rule| rule.code);
    rules
}

/// Runs every check and adds its findings to those of the earlier stages.
pub fn run(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    for check in CHECKS {
        match check.run {
            Run::Policy(run) => run(context, found),
            Run::Route(run) => context.routes().for_each(|(id, route)| run(context, id, route, found)),
            Run::Attempts(run) => context
                .routes()
                .filter_map(|(id, _)| Some((id, context.automaton(id)?)))
                .for_each(|(id, automaton)| run(context, id, automaton, found)),
            Run::Attempt(_) | Run::Findings(_) => {}
        }
    }
    for (id, _) in context.routes() {
        run_attempts(context, id, found);
    }
    for check in CHECKS {
        if let Run::Findings(run) = check.run {
            run(context, found);
        }
    }
    secrets::hide(context.sources, found);
}

/// Adds the findings about keys that were looked for.
pub fn judge_keys(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    key_not_found::check(context, found);
    secrets::hide(context.sources, found);
}

fn run_attempts(context: &Context<'_, '_>, route: RouteId, found: &mut Vec<Diagnostic>) {
    let first = found.len();
    context.calls_of(route, &mut |call| {
        for check in CHECKS {
            let Run::Attempt(run) = check.run else { continue };
            let Some(finding) = run(call) else { continue };
            let known = |other: &Diagnostic| other.rule.code == finding.rule.code && other.span == finding.span;
            if !found.get(first..).unwrap_or_default().iter().any(known) {
                found.push(finding);
            }
        }
    });
}
