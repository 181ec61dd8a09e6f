//! What every way to a tool, step or provider passes: each way is looked at with the passage taken out, and none may be left.
//!
//! A step is called once all steps before it have succeeded, so a way to it passes exactly these, and there is no way to it around one of them.

use super::whom::{apart, touches_name};
use super::{Empty, Event, Found, Judge, Refutation, Sum, Verdict, attempts_where, runs};
use crate::analysis::data;
use crate::automaton::Attempt;
use crate::policy::model::{Gate, Goal, Passage, RouteId, TargetId, Workflow, WorkflowId};
use crate::source::Span;
use crate::text::{and, grouped, tick};

/// The steps that have been done before a step, as bits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Steps(Vec<u64>);

impl Steps {
    pub(super) fn none(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)])
    }

    pub(super) fn add(&mut self, step: usize) {
        if let Some(word) = self.0.get_mut(step / 64) {
            *word |= 1 << (step % 64);
        }
    }

    fn add_all(&mut self, other: &Self) {
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }

    pub(super) fn contains(&self, step: usize) -> bool {
        self.0.get(step / 64).is_some_and(|word| word & (1 << (step % 64)) != 0)
    }

    /// Whether all of them are among others.
    pub(super) fn within(&self, others: &Self) -> bool {
        self.0.iter().zip(&others.0).all(|(own, others)| own & !others == 0)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        (0..self.0.len() * 64).filter(|step| self.contains(*step))
    }

    pub(super) fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }
}

/// The most steps of a workflow about which claims are decided.
pub(super) const MAX_STEPS: usize = 2_000;

/// For each step all that come before it; `None` where steps wait for each other in a circle, or one has no route.
pub(super) fn befores(workflow: &Workflow<'_>) -> Option<Vec<Steps>> {
    let count = workflow.steps.len();
    let mut all = vec![Steps::none(count); count];
    for index in data::order(workflow)? {
        let step = workflow.steps.get(index)?;
        step.route.filter(|_| !step.broken)?;
        let mut own = Steps::none(count);
        for earlier in data::before(step) {
            own.add(earlier);
            own.add_all(all.get(earlier)?);
        }
        *all.get_mut(index)? = own;
    }
    Some(all)
}

/// That a workflow has more than [`MAX_STEPS`] steps.
pub(super) fn too_many(workflow: &Workflow<'_>) -> Option<String> {
    let many = workflow.steps.len() > MAX_STEPS;
    many.then(|| format!("workflow `{}` has more than {} steps", workflow.name.text, grouped(MAX_STEPS as u64)))
}

/// Where a way comes to call a route.
#[derive(Clone, Copy)]
struct Arrival<'p> {
    route: RouteId,
    /// The step that calls it; `None` for a direct call.
    step: Option<(WorkflowId, usize)>,
    /// The place where the caller names what it calls; without callers the route's or the workflow's own.
    span: Span,
    /// The caller's name.
    caller: Option<&'p str>,
}

/// A way that leads to the goal around the passage: whose attempt is the last, if any is called at all.
struct Around<'p> {
    arrival: Arrival<'p>,
    attempt: Option<u16>,
    length: usize,
}

pub(super) fn passes(judge: &Judge<'_, '_>, goal: &Goal<'_>, passage: &Passage<'_>) -> (Verdict, Vec<Event>) {
    if let Some(limit) = judge.policy.workflows.iter().find_map(too_many) {
        return (Verdict::Undecided(limit), Vec::new());
    }
    let mut all = Sum::default();
    let mut ways = 0usize;
    let mut shortest: Option<Around<'_>> = None;
    let mut look = |arrival| match around(judge, goal, passage, arrival, &mut ways) {
        Look::Unjudged => all.unjudged = true,
        Look::Passes => {}
        Look::Around { attempt, length } => {
            if shortest.as_ref().is_none_or(|known| length < known.length) {
                shortest = Some(Around { arrival, attempt, length });
            }
        }
    };
    starts(judge, &mut look);
    if let Some(around) = shortest {
        all.add(Found::Breaks(refutation(judge, goal, passage, &around)));
    } else if ways == 0 && !all.unjudged {
        let what = match goal {
            Goal::Tool(tool) => {
                format!("no way leads to tool `{}`: no route that may be called offers it", judge.policy[tool.value].name.text)
            }
            Goal::Step(word, _) => format!("no way leads to step `{}`: no caller uses its workflow", word.text),
            Goal::Provider(word) => format!("no way leads to provider `{}`: no route that may be called uses it", word.text),
        };
        return (Verdict::Empty(Empty { error: true, message: what }), Vec::new());
    }
    if let Goal::Provider(name) = goal {
        let called =
            (0..).map(TargetId).take(judge.policy.targets.len()).filter(|target| touches_name(judge, name.text, *target).is_none());
        all.relies_on.extend(called.flat_map(|target| apart(judge, target)));
    }
    all.verdict()
}

/// Every call that a caller can come to make. Without callers: every workflow, and every route that no workflow uses.
fn starts<'p>(judge: &Judge<'p, '_>, look: &mut impl FnMut(Arrival<'p>)) {
    let policy = judge.world.policy;
    let workflow = |id: WorkflowId, span: Span, caller: Option<&'p str>, look: &mut dyn FnMut(Arrival<'p>)| {
        for (index, step) in policy[id].steps.iter().enumerate() {
            if let Some(route) = step.route {
                look(Arrival { route: route.value, step: Some((id, index)), span, caller });
            }
        }
    };
    for caller in &policy.callers {
        let name = Some(caller.name.text);
        for route in &caller.routes {
            look(Arrival { route: route.value, step: None, span: route.span, caller: name });
        }
        for id in &caller.workflows {
            workflow(id.value, id.span, name, look);
        }
    }
    if policy.callers.is_empty() {
        let mut used = vec![false; policy.routes.len()];
        for step in policy.workflows.iter().flat_map(|workflow| &workflow.steps) {
            if let Some(slot) = step.route.and_then(|route| used.get_mut(route.value.0 as usize)) {
                *slot = true;
            }
        }
        for (id, _) in (0..).map(RouteId).zip(used).filter(|(_, used)| !used) {
            look(Arrival { route: id, step: None, span: policy[id].name.span, caller: None });
        }
        for (id, declared) in (0..).map(WorkflowId).zip(&policy.workflows) {
            workflow(id, declared.name.span, None, look);
        }
    }
}

/// What is found on the ways that come by one arrival.
enum Look {
    /// None of them leads to the goal, or all pass.
    Passes,
    /// One does not; with the attempt that its last call is, and the number of its events.
    Around { attempt: Option<u16>, length: usize },
    /// Errors of its own make that meaningless.
    Unjudged,
}

fn around(judge: &Judge<'_, '_>, goal: &Goal<'_>, passage: &Passage<'_>, arrival: Arrival<'_>, ways: &mut usize) -> Look {
    let policy = judge.policy;
    let leads = match goal {
        Goal::Tool(tool) => policy[arrival.route].tools.iter().any(|offered| offered.value == tool.value),
        Goal::Step(_, steps) => arrival.step.is_some_and(|step| steps.contains(&step)),
        Goal::Provider(_) => true,
    };
    if !leads {
        return Look::Passes;
    }
    let Some(automaton) = judge.automaton(arrival.route) else { return Look::Unjudged };
    let before = match arrival.step {
        None => None,
        Some((workflow, step)) => {
            let Some(before) = judge.befores(workflow).and_then(|all| all.get(step)) else { return Look::Unjudged };
            Some((workflow, step, before))
        }
    };
    // Who begins, the steps done before, and the step itself.
    let begun = 1 + before.map_or(0, |(_, _, before)| before.count());
    let goal_attempts = |attempt: &Attempt| match goal {
        Goal::Provider(name) => touches_name(judge, name.text, attempt.target).is_some(),
        _ => true,
    };
    if !automaton.attempts.iter().any(goal_attempts) {
        return Look::Passes;
    }
    *ways += 1;
    let done =
        |workflow: WorkflowId, step: usize| before.is_some_and(|(of, at, before)| of == workflow && (at == step || before.contains(step)));
    let passed = match passage {
        Passage::Step(_, steps) => steps.iter().any(|(workflow, step)| done(*workflow, *step)),
        Passage::Approval(_, role) => {
            let counts = |gate: &Option<Gate<'_>>| gate.as_ref().is_some_and(|gate| role.is_none_or(|role| role.text == gate.role.text));
            let earlier = || {
                before.is_some_and(|(workflow, _, before)| {
                    let steps = policy[workflow].steps.iter().enumerate().filter(|(index, _)| before.contains(*index));
                    steps.filter_map(|(_, step)| step.route).any(|route| counts(&policy[route.value].approve))
                })
            };
            counts(&policy[arrival.route].approve)
                || match goal {
                    Goal::Tool(tool) => counts(&policy[tool.value].approve),
                    _ => earlier(),
                }
        }
        Passage::Redaction(_) => false,
    };
    if passed {
        return Look::Passes;
    }
    let bare = |attempt: &Attempt| match passage {
        Passage::Redaction(wanted) => {
            let path: Vec<RouteId> = automaton.routes(automaton.place(attempt)).collect();
            let masks = |detector| path.iter().flat_map(|route| &policy[*route].redact).any(|masked| masked.value == detector);
            !wanted.iter().all(|detector| masks(detector.value))
        }
        _ => true,
    };
    let called = attempts_where(automaton, |attempt| goal_attempts(attempt) && bare(attempt));
    match (judge.nearest(arrival.route, automaton, called), goal, passage) {
        (None, ..) => Look::Passes,
        // The step is called, whoever serves it.
        (Some(_), Goal::Step(..), Passage::Step(..) | Passage::Approval(..)) => Look::Around { attempt: None, length: begun },
        (Some((calls, attempt)), ..) => Look::Around { attempt: Some(attempt), length: begun + calls as usize },
    }
}

fn refutation(judge: &Judge<'_, '_>, goal: &Goal<'_>, passage: &Passage<'_>, around: &Around<'_>) -> Refutation {
    let policy = judge.policy;
    let arrival = around.arrival;
    let route = policy[arrival.route].name.text;
    let what = match goal {
        Goal::Tool(tool) => format!("tool `{}`", policy[tool.value].name.text),
        Goal::Step(word, _) => format!("step `{}`", word.text),
        Goal::Provider(word) => format!("provider `{}`", word.text),
    };
    let missed = match passage {
        Passage::Step(word, _) => format!("step `{}`", word.text),
        Passage::Approval(_, None) => "an approval".to_owned(),
        Passage::Approval(_, Some(role)) => format!("an approval by `{}`", role.text),
        Passage::Redaction(detectors) => format!("redaction of {}", and(detectors.iter().map(|detector| tick(detector.value.as_str())))),
    };
    let mut events = Vec::new();
    let mut steps = Vec::new();
    let subject = arrival.caller.map_or_else(|| "a caller".to_owned(), tick);
    match arrival.step {
        None => events.push(Event { span: arrival.span, text: format!("{subject} calls route `{route}` directly") }),
        Some((workflow, index)) => {
            let declared = &policy[workflow];
            let before = judge.befores(workflow).and_then(|all| all.get(index));
            for done in in_order(declared, before) {
                steps.push((workflow, done));
                let step = declared.steps.get(done);
                let text = format!("{subject} has done step `{}`", step.map_or("", |step| step.name.text));
                events.push(Event { span: step.map_or(declared.name.span, |step| step.name.span), text });
            }
            let step = declared.steps.get(index);
            let text = format!("{subject} comes to step `{}`, which calls route `{route}`", step.map_or("", |step| step.name.text));
            let span = step.and_then(|step| step.route).map_or(arrival.span, |route| route.span);
            events.push(Event { span, text });
        }
    }
    let mut traces = Vec::new();
    if let (Some(attempt), Some(automaton)) = (around.attempt, judge.automaton(arrival.route)) {
        let trace = judge.run_to(arrival.route, automaton, attempt);
        events.extend(runs::events(policy, automaton, &trace, |target| match goal {
            Goal::Tool(_) => format!("`{target}` may call {what}"),
            _ => format!("`{target}` is called"),
        }));
        traces.push(trace);
    }
    let by = match arrival.step {
        Some((workflow, _)) => format!("workflow `{}`", policy[workflow].name.text),
        None => format!("a direct call of route `{route}`"),
    };
    let help = match (passage, arrival.step) {
        (Passage::Step(..), None) => format!("take `{route}` out of what may be called directly, or let it reach less"),
        (Passage::Step(word, _), Some(_)) => format!("let the step come after `{}`", word.text),
        (Passage::Approval(..), _) => match goal {
            Goal::Tool(tool) => format!("give tool `{0}`, or route `{route}`, a gate: `approve ROLE`", policy[tool.value].name.text),
            _ => format!("give route `{route}` a gate: `approve ROLE`"),
        },
        (Passage::Redaction(detectors), _) => {
            format!("let route `{route}` mask it: `redact {}`", detectors.iter().map(|at| at.value.as_str()).collect::<Vec<_>>().join(", "))
        }
    };
    Refutation {
        message: format!("{by} leads to {what} without {missed}"),
        steps,
        traces,
        events,
        help: vec![help],
        ..Refutation::default()
    }
}

/// Steps in an order in which they can be done.
fn in_order(workflow: &Workflow<'_>, steps: Option<&Steps>) -> Vec<usize> {
    let order = data::order(workflow).unwrap_or_default();
    order.into_iter().filter(|step| steps.is_some_and(|steps| steps.contains(*step))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_of_steps_is_told_apart() {
        for step in 0..200 {
            let mut one = Steps::none(200);
            one.add(step);
            assert_eq!((0..200).filter(|other| one.contains(*other)).collect::<Vec<_>>(), [step]);
            assert_eq!(one.count(), 1);
            for other in 0..200 {
                let mut two = Steps::none(200);
                two.add(other);
                assert_eq!(one.within(&two), step == other, "{step} within {other}");
                two.add_all(&one);
                assert!(one.within(&two));
                assert_eq!(two.within(&one), step == other);
                assert_eq!(two.count(), if step == other { 1 } else { 2 });
            }
        }
    }
}
