//! The reference interpreter: from a route's chain and what each target answers to the calls of a run (language reference, sections 4 and 5).

use std::ops::ControlFlow;

use byokc::failure::Failure;

use super::chains::{Alternative, Callee, Chains};
use super::tape::Tape;

/// What a target answers: it fails with a class, or (`None`) it serves.
pub(crate) type Answer = Option<Failure>;

/// One call of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) target: usize,
    pub(crate) answer: Answer,
    /// The routes on the way, the called one first, each with the number of its alternative that leads on.
    pub(crate) way: Vec<(usize, usize)>,
}

/// Shows every run of a route, where each target may give any of its answers and a `spread` pool may start at any member.
pub(crate) fn each_run(chains: &Chains, route: usize, answers: &dyn Fn(usize) -> Vec<Answer>, look: &mut dyn FnMut(&[Call])) {
    let mut tape = Tape::default();
    loop {
        let mut run = Run { chains, answers, tape: &mut tape, calls: Vec::new(), way: Vec::new() };
        // Before the first call nothing has failed and nothing has been tried: the class is never asked for.
        let _ = run.route(route, Failure::BadRequest);
        look(&run.calls);
        if !tape.next_round() {
            return;
        }
    }
}

/// Every run of a route.
pub(crate) fn runs(chains: &Chains, route: usize, answers: &dyn Fn(usize) -> Vec<Answer>) -> Vec<Vec<Call>> {
    let mut runs = Vec::new();
    each_run(chains, route, answers, &mut |run| runs.push(run.to_vec()));
    runs
}

/// A run so far. What is called either serves, which ends the run, or leaves the class with which it has no further attempt.
struct Run<'a> {
    chains: &'a Chains,
    answers: &'a dyn Fn(usize) -> Vec<Answer>,
    tape: &'a mut Tape,
    calls: Vec<Call>,
    way: Vec<(usize, usize)>,
}

impl Run<'_> {
    /// "The run enters it at its primary", then goes "to the first later alternative whose `on` holds" the class.
    fn route(&mut self, route: usize, arrived: Failure) -> ControlFlow<(), Failure> {
        let mut class = arrived;
        for (number, step) in self.chains.routes[route].iter().enumerate() {
            if number == 0 || step.on.contains(class) {
                self.way.push((route, number));
                class = self.callee(step, class)?;
                self.way.pop();
            }
        }
        ControlFlow::Continue(class)
    }

    fn callee(&mut self, step: &Alternative, arrived: Failure) -> ControlFlow<(), Failure> {
        match step.callee {
            Callee::Target(target) => self.target(target, arrived),
            Callee::Pool(pool) => self.pool(pool, step, arrived),
            Callee::Route(route) => self.route(route, arrived),
        }
    }

    /// "Splices the pool's members in, in order, each under the same `on`".
    fn pool(&mut self, pool: usize, step: &Alternative, arrived: Failure) -> ControlFlow<(), Failure> {
        let mut class = arrived;
        for (number, member) in self.in_order(pool).into_iter().enumerate() {
            if number == 0 || step.on.contains(class) {
                class = self.target(member, class)?;
            }
        }
        ControlFlow::Continue(class)
    }

    /// A `spread` pool "is entered at any member", the others follow in order. A member that was tried is no choice while another is left.
    fn in_order(&mut self, pool: usize) -> Vec<usize> {
        let pool = &self.chains.pools[pool];
        let untried: Vec<usize> = pool.members.iter().copied().filter(|member| !self.tried(*member)).collect();
        if !pool.spread || untried.is_empty() {
            return pool.members.clone();
        }
        let first = untried[self.tape.choose(untried.len())];
        let others = pool.members.iter().copied().filter(|member| *member != first);
        std::iter::once(first).chain(others).collect()
    }

    /// "Arriving at a target that this run has already tried counts as failing there again, at no cost, with the class it arrived with."
    fn target(&mut self, target: usize, arrived: Failure) -> ControlFlow<(), Failure> {
        if self.tried(target) {
            return ControlFlow::Continue(arrived);
        }
        let may = (self.answers)(target);
        let answer = may[self.tape.choose(may.len())];
        self.calls.push(Call { target, answer, way: self.way.clone() });
        answer.map_or(ControlFlow::Break(()), ControlFlow::Continue)
    }

    fn tried(&self, target: usize) -> bool {
        self.calls.iter().any(|call| call.target == target)
    }
}
