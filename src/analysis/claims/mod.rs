//! Decides assertions exactly (language reference, section 7): proved for every run, or refuted by a shortest run that breaks it.

use crate::automaton::{Automaton, TooLong};
use crate::policy::facts::Facts;
use crate::policy::model::{Assertion, Policy};
use crate::source::Span;

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

/// A run that breaks a claim; no shorter one does.
#[derive(Clone, Debug)]
pub struct Refutation {
    /// What is wrong, to stand behind `assertion … does not hold: `.
    pub message: String,
    /// What happens, in order.
    pub events: Vec<Event>,
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
    /// Why, to stand behind `assertion … speaks of nothing: `.
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
}

/// The judgement of every assertion, in source order.
pub fn judge<'s>(world: World<'_, 's>) -> Vec<Judgement> {
    world.policy.assertions.iter().map(|assertion| judge_one(world, assertion)).collect()
}

fn judge_one<'s>(_world: World<'_, 's>, _assertion: &Assertion<'s>) -> Judgement {
    Judgement { verdict: Verdict::Undecided("this version of byokc does not decide it yet".to_owned()), relies_on: Vec::new() }
}
