//! Judges tests: plays each scenario through the routes that its test expects something of, and compares what runs with what was expected.

use std::collections::BTreeSet;

use super::claims::Event;
use super::scenario::{Called, Run, Scenario, runs};
use crate::automaton::{Automaton, TooLong, What};
use crate::policy::model::{Expectation, Expected, Named, Policy, RouteId, TargetId, Test};
use crate::text::{or, tick};

/// What came of a test: a judgement for each of its expectations, in order.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// One for each `expect`.
    pub expects: Vec<Judged>,
}

/// What came of one expectation.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Whether it holds.
    pub verdict: Verdict,
    /// The attempts of the route that some run of the scenario calls.
    pub visited: BTreeSet<u16>,
}

/// Whether an expectation holds.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// For every run.
    Passed,
    /// Not for this one.
    Failed(Box<Mismatch>),
    /// The route has errors of its own.
    Unjudged,
    /// The scenario permits more runs than are played.
    Beyond,
}

/// A run that is not as expected.
#[derive(Clone, Debug)]
pub struct Mismatch {
    /// What was expected and what happens instead: `` `faq` was to be served by `a/b`, but fails with `timeout` ``.
    pub message: String,
    /// What happens, event by event, each with the line of the source that leads there.
    pub events: Vec<Event>,
    /// The whole run on one line: `a/b (timeout), c/d (served)`.
    pub ran: String,
    /// What a person is told, where that is what was not as expected.
    pub said: Option<String>,
    /// An expectation that would hold, as the language writes it, where there is one.
    pub holds: Option<String>,
    /// How many runs are not as expected, and how many there are: several only with `spread` pools.
    pub runs: (usize, usize),
}

impl Outcome {
    /// Whether every expectation holds, of which there is at least one.
    pub fn passed(&self) -> bool {
        !self.expects.is_empty() && self.expects.iter().all(|judged| matches!(judged.verdict, Verdict::Passed))
    }

    /// Whether some expectation does not hold, or there is none.
    pub fn failed(&self) -> bool {
        self.expects.is_empty() || self.expects.iter().any(|judged| matches!(judged.verdict, Verdict::Failed(_)))
    }
}

/// The outcome of every test, in source order.
pub fn judge(policy: &Policy<'_>, automata: &[Option<Result<Automaton, TooLong>>]) -> Vec<Outcome> {
    let judge_test = |test: &Test<'_>| {
        let scenario = Scenario::of(test);
        let judge_one = |expectation: &Expectation<'_>| {
            let automaton = automata.get(expectation.route.value.0 as usize).and_then(|slot| slot.as_ref()?.as_ref().ok());
            let Some(automaton) = automaton else { return Judged { verdict: Verdict::Unjudged, visited: BTreeSet::new() } };
            judge_expectation(policy, automaton, &scenario, expectation)
        };
        Outcome { expects: test.expect.iter().map(judge_one).collect() }
    };
    policy.tests.iter().map(judge_test).collect()
}

fn judge_expectation(policy: &Policy<'_>, automaton: &Automaton, scenario: &Scenario, expectation: &Expectation<'_>) -> Judged {
    let route = expectation.route.value;
    let Ok(all) = runs(policy, automaton, route, scenario) else {
        return Judged { verdict: Verdict::Beyond, visited: BTreeSet::new() };
    };
    let visited = all.iter().flat_map(|run| &run.calls).map(|call| call.attempt).collect();
    let wrong: Vec<&Run> = all.iter().filter(|run| !holds(policy, route, run, &expectation.outcome)).collect();
    let Some(first) = wrong.first() else { return Judged { verdict: Verdict::Passed, visited } };
    let mismatch = Mismatch {
        message: format!("`{}` {}", policy[route].name.text, differs(policy, first, &expectation.outcome)),
        events: events(policy, automaton, route, first),
        ran: ran(policy, first),
        said: not_said(first, &expectation.outcome).then(|| first.message(policy, route)).flatten(),
        holds: would_hold(policy, route, &all, &expectation.outcome),
        runs: (wrong.len(), all.len()),
    };
    Judged { verdict: Verdict::Failed(Box::new(mismatch)), visited }
}

fn is(policy: &Policy<'_>, target: TargetId, named: &Named<'_>) -> bool {
    let target = &policy[target];
    target.provider == named.provider && target.id == named.id
}

fn holds(policy: &Policy<'_>, route: RouteId, run: &Run, expected: &Expected<'_>) -> bool {
    match expected {
        Expected::Serves(targets) => run.served_by().is_some_and(|server| targets.iter().any(|named| is(policy, server, named))),
        Expected::Tries(targets) => {
            run.calls.len() == targets.len() && run.calls.iter().zip(targets).all(|(call, named)| is(policy, call.target, named))
        }
        Expected::Fails { class, says } => {
            run.fails == Some(class.value)
                && says.as_ref().is_none_or(|says| run.message(policy, route).is_some_and(|message| message.contains(&*says.value)))
        }
    }
}

/// Whether a run fails as expected, and says something else.
fn not_said(run: &Run, expected: &Expected<'_>) -> bool {
    matches!(expected, Expected::Fails { class, .. } if run.fails == Some(class.value))
}

/// What was expected, and what happens instead, to stand behind the route.
fn differs(policy: &Policy<'_>, run: &Run, expected: &Expected<'_>) -> String {
    let text = |target: TargetId| tick(policy[target].text);
    let ends = match (run.served_by(), run.fails) {
        (Some(server), _) => format!("is served by {}", text(server)),
        (None, class) => format!("fails with `{}`", class.map_or("nothing", |class| class.as_str())),
    };
    match expected {
        Expected::Serves(targets) => format!("was to be served by {}, but {ends}", or(targets.iter().map(|named| tick(named.text)))),
        Expected::Tries(targets) => {
            let wanted = targets.iter().map(|named| tick(named.text)).collect::<Vec<_>>().join(", then ");
            let tried = run.calls.iter().map(|call| text(call.target)).collect::<Vec<_>>().join(", then ");
            format!("was to try {wanted}, but tries {}", if tried.is_empty() { "nobody" } else { &tried })
        }
        Expected::Fails { says: Some(says), .. } if not_said(run, expected) => {
            format!("was to fail saying \"{}\", but says something else", says.value)
        }
        Expected::Fails { class, .. } => format!("was to fail with `{}`, but {ends}", class.value.as_str()),
    }
}

/// A run, event by event.
pub fn events(policy: &Policy<'_>, automaton: &Automaton, route: RouteId, run: &Run) -> Vec<Event> {
    let mut events = Vec::new();
    if let Some(gate) = policy[route].approve.as_ref().filter(|_| run.calls.is_empty()) {
        events.push(Event { span: gate.span, text: format!("the approval of `{}` is refused", gate.role.text) });
    }
    let mut inside = Vec::new();
    for (number, call) in run.calls.iter().enumerate() {
        let Some(attempt) = automaton.attempts.get(usize::from(call.attempt)) else { continue };
        let place = automaton.place(attempt);
        let path = automaton.path(place);
        for hop in &path {
            let What::Splice(called) = hop.what else { continue };
            if !inside.contains(&(hop.route, hop.span)) {
                let (from, to) = (policy[hop.route].name.text, policy[called].name.text);
                events.push(Event { span: hop.span, text: format!("`{from}` falls back to `{to}`") });
            }
        }
        inside = path.iter().map(|hop| (hop.route, hop.span)).collect();
        let target = policy[call.target].text;
        let text = match call.failed {
            None => format!("`{target}` serves"),
            Some(class) if number + 1 == run.calls.len() => format!("`{target}` {}, and nothing follows", class.happens()),
            Some(class) => format!("`{target}` {}", class.happens()),
        };
        events.push(Event { span: place.span, text });
    }
    events
}

/// A run on one line.
fn ran(policy: &Policy<'_>, run: &Run) -> String {
    let call = |call: &Called| format!("{} ({})", policy[call.target].text, call.failed.map_or("served", |class| class.as_str()));
    let calls: Vec<String> = run.calls.iter().map(call).collect();
    if calls.is_empty() { "nobody was called".to_owned() } else { calls.join(", ") }
}

/// An expectation that all of these runs meet, of the kind that was written where there is one.
fn would_hold(policy: &Policy<'_>, route: RouteId, runs: &[Run], written: &Expected<'_>) -> Option<String> {
    let name = policy[route].name.text;
    let first = runs.first()?;
    let tried = |run: &Run| run.calls.iter().map(|call| policy[call.target].text).collect::<Vec<_>>();
    if matches!(written, Expected::Tries(_)) && !first.calls.is_empty() && runs.iter().all(|run| tried(run) == tried(first)) {
        return Some(format!("{name} tries {}", tried(first).join(", ")));
    }
    if let Some(class) = first.fails {
        return runs.iter().all(|run| run.fails == Some(class)).then(|| format!("{name} fails {}", class.as_str()));
    }
    let mut servers = Vec::new();
    for run in runs {
        let server = policy[run.served_by()?].text;
        if !servers.contains(&server) {
            servers.push(server);
        }
    }
    Some(format!("{name} -> {}", servers.join(", ")))
}
