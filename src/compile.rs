//! The only place where the passes are put in order: from a root file to findings and to a policy that may be lowered to a plan.

use crate::analysis::claims::{self, Judgement, World};
use crate::analysis::lists::Lists;
use crate::analysis::outcomes::{self, Outcome};
use crate::automaton::{Automaton, MAX_PLACES, TooLong, unfolded_sizes};
use crate::catalogue::Catalogue;
use crate::checks::{self, Context, KeyState};
use crate::diagnostic::{Diagnostic, Severity};
use crate::graph::RouteGraph;
use crate::imports::{IMPORT, Loader, load};
use crate::policy::facts::Facts;
use crate::policy::model::{Callee, Policy, RouteId};
use crate::policy::resolve::resolve;
use crate::policy::rules::UNKNOWN_NAME;
use crate::source::{FileId, Sources};
use crate::units::Date;

/// What a policy is judged against.
#[derive(Clone, Copy)]
pub struct Options<'s> {
    /// Facts about models and providers.
    pub catalogue: &'s Catalogue,
    /// The day for which shut-down dates, waivers and the age of facts are judged.
    pub today: Date,
}

/// One policy, compiled as far as its mistakes allow.
pub struct Compilation<'s> {
    /// What it means.
    pub policy: Policy<'s>,
    /// Who leads to whom.
    pub graph: RouteGraph<'s>,
    /// What is known about each target.
    pub facts: Vec<Facts<'s>>,
    /// The attempts of each route; `None` where a finding makes them meaningless.
    pub automata: Vec<Option<Result<Automaton, TooLong>>>,
    /// What came of each assertion, in source order.
    pub judgements: Vec<Judgement>,
    /// What came of each test, in source order.
    pub outcomes: Vec<Outcome>,
    /// Every finding, in order.
    pub diagnostics: Vec<Diagnostic>,
    /// What it was judged against.
    pub options: Options<'s>,
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Files.
    pub files: usize,
    /// Routes.
    pub routes: usize,
    /// Attempts of all routes.
    pub attempts: usize,
    /// Assertions.
    pub assertions: usize,
    /// Tests.
    pub tests: usize,
    /// Findings of BYOK806.
    pub undecided: usize,
}

/// A policy without errors: the only door to a plan.
pub struct Checked<'c, 's>(&'c Compilation<'s>);

impl<'c, 's> Checked<'c, 's> {
    /// The compilation, which holds no error.
    pub fn compilation(&self) -> &'c Compilation<'s> {
        self.0
    }
}

/// Compiles the policy of a root file.
pub fn compile<'s>(sources: &'s Sources, root: FileId, loader: &dyn Loader, options: Options<'s>) -> Compilation<'s> {
    let (files, mut diagnostics) = load(sources, root, loader);
    let resolved = resolve(&files, options.catalogue);
    drop(files);
    // A name that is unknown beside an import that failed may be one that it declares.
    let import_failed = diagnostics.iter().any(|finding| finding.rule.code == IMPORT.code);
    diagnostics.extend(resolved.diagnostics.into_iter().filter(|finding| !import_failed || finding.rule.code != UNKNOWN_NAME.code));
    let policy = resolved.policy;
    let graph = RouteGraph::new(&policy);
    let facts = Facts::of_targets(&policy, options.catalogue);
    let automata = unfold(&policy, &graph);
    let judgements = claims::judge(World { policy: &policy, automata: &automata, facts: &facts, catalogue: options.catalogue });
    let outcomes = outcomes::judge(&policy, &automata);
    {
        let lists = Lists::new(&policy, &facts, options.catalogue);
        let context = Context {
            sources,
            policy: &policy,
            graph: &graph,
            automata: &automata,
            facts: &facts,
            judgements: &judgements,
            outcomes: &outcomes,
            lists: &lists,
            catalogue: options.catalogue,
            today: options.today,
            keys: None,
        };
        checks::run(&context, &mut diagnostics);
    }
    diagnostics.sort_by(|a, b| a.order().cmp(&b.order()));
    Compilation { policy, graph, facts, automata, judgements, outcomes, diagnostics, options }
}

impl<'s> Compilation<'s> {
    /// Adds what follows from where keys were found, and where not: what a machine holds is no part of a policy.
    pub fn judge_keys(&mut self, sources: &Sources, keys: &[KeyState]) {
        let lists = Lists::new(&self.policy, &self.facts, self.options.catalogue);
        let context = Context {
            sources,
            policy: &self.policy,
            graph: &self.graph,
            automata: &self.automata,
            facts: &self.facts,
            judgements: &self.judgements,
            outcomes: &self.outcomes,
            lists: &lists,
            catalogue: self.options.catalogue,
            today: self.options.today,
            keys: Some(keys),
        };
        checks::judge_keys(&context, &mut self.diagnostics);
        self.diagnostics.sort_by(|a, b| a.order().cmp(&b.order()));
    }

    /// The policy, where it has no error.
    pub fn checked(&self) -> Result<Checked<'_, 's>, impl Iterator<Item = &Diagnostic>> {
        let is_error = |finding: &&Diagnostic| finding.severity == Severity::Error && finding.counts();
        if self.diagnostics.iter().any(|finding| is_error(&finding)) {
            Err(self.diagnostics.iter().filter(is_error))
        } else {
            Ok(Checked(self))
        }
    }

    /// What claims are judged by.
    pub fn world(&self) -> World<'_, 's> {
        World { policy: &self.policy, automata: &self.automata, facts: &self.facts, catalogue: self.options.catalogue }
    }

    /// The attempts of a route, where it has any.
    pub fn automaton(&self, route: RouteId) -> Option<&Automaton> {
        self.automata.get(route.0 as usize)?.as_ref()?.as_ref().ok()
    }

    /// Every route that has attempts, with them.
    pub fn attempted(&self) -> impl Iterator<Item = (RouteId, &Automaton)> {
        (0..).map(RouteId).take(self.automata.len()).filter_map(|route| Some((route, self.automaton(route)?)))
    }

    /// How many errors there are that no waiver accepts.
    pub fn errors(&self) -> usize {
        self.diagnostics.iter().filter(|finding| finding.severity == Severity::Error && finding.counts()).count()
    }

    /// How much was looked at.
    pub fn counts(&self) -> Counts {
        Counts {
            files: self.policy.files.len(),
            routes: self.policy.routes.len(),
            attempts: self.automata.iter().flatten().flatten().map(|automaton| automaton.attempts.len()).sum(),
            assertions: self.policy.assertions.len(),
            tests: self.policy.tests.len(),
            undecided: self.diagnostics.iter().filter(|finding| finding.rule.code.0 == 806).count(),
        }
    }
}

/// The automaton of every route whose chain, and all that it splices in, is sound.
fn unfold(policy: &Policy<'_>, graph: &RouteGraph<'_>) -> Vec<Option<Result<Automaton, TooLong>>> {
    let order = graph.callees_first();
    let sizes = unfolded_sizes(policy, &order);
    let mut sound: Vec<bool> = policy.routes.iter().map(|route| !route.broken && !route.chain.is_empty()).collect();
    for route in &order {
        let whole = policy[*route].chain.iter().all(|step| match step.callee {
            Callee::Route(called) => sound.get(called.0 as usize).copied().unwrap_or(false),
            _ => true,
        });
        if let Some(slot) = sound.get_mut(route.0 as usize) {
            *slot = *slot && whole && !graph.loops(*route);
        }
    }
    (0u32..)
        .map(RouteId)
        .zip(sound.iter().zip(&sizes))
        .map(|(route, (sound, size))| {
            sound.then(|| if *size > MAX_PLACES as u64 { Err(TooLong::Places(*size)) } else { Automaton::build(policy, route) })
        })
        .collect()
}
