//! Who can receive which data: `reaches only`, and `never … reaches`.

use super::whom::{Outside, apart, declared_model, regions_of, touches, within};
use super::{Empty, Event, Judge, Refutation, Sum, Verdict, runs};
use crate::analysis::{data, reach};
use crate::policy::class::ClassSet;
use crate::policy::model::{At, RouteId, TargetId, Whom};
use crate::text::or;

/// What one attempt may receive.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    route: RouteId,
    attempt: u16,
    target: TargetId,
    /// After lowering.
    received: ClassSet,
    /// What the called route accepts.
    accepted: ClassSet,
}

fn rows<'j>(judge: &'j Judge<'_, '_>) -> &'j [Row] {
    judge.rows.get_or_init(|| {
        let mut rows = Vec::new();
        for (route, declared) in (0..).map(RouteId).zip(&judge.policy.routes) {
            let Some(automaton) = judge.automaton(route) else { continue };
            for (attempt, at) in (0..).zip(&automaton.attempts) {
                let received = reach::received(judge.policy, route, automaton, at);
                rows.push(Row { route, attempt, target: at.target, received, accepted: declared.accepts.value });
            }
        }
        rows
    })
}

/// What a claim about classes concerns.
struct Concern {
    /// The classes and all above them.
    above: ClassSet,
    /// Their names, for people: `restricted`, `confidential or restricted`.
    names: String,
}

impl Concern {
    fn of(judge: &Judge<'_, '_>, classes: &[At<usize>]) -> Self {
        let order = &judge.policy.classes;
        Self {
            above: classes.iter().fold(ClassSet::NONE, |all, class| all.union(order.above(class.value))),
            names: or(classes.iter().map(|class| order.name(class.value))),
        }
    }

    /// Of what an attempt may receive the most sensitive class that is meant, by name.
    fn class<'p>(&self, judge: &'p Judge<'_, '_>, received: ClassSet) -> &'p str {
        let order = &judge.policy.classes;
        order.top(received.and(self.above)).iter().next().map_or("", |class| order.name(class))
    }
}

pub(super) fn only(judge: &Judge<'_, '_>, classes: &[At<usize>], whom: &[Whom<'_>]) -> (Verdict, Vec<Event>) {
    judge_rows(judge, classes, |target| match within(judge, whom, target) {
        Ok(relies_on) => Stands::Good(relies_on),
        Err(outside) => Stands::Bad(outside),
    })
}

pub(super) fn never(judge: &Judge<'_, '_>, classes: &[At<usize>], whom: &[Whom<'_>]) -> (Verdict, Vec<Event>) {
    judge_rows(judge, classes, |target| match touches(judge, whom, target) {
        None => Stands::Good(why_untouched(judge, whom, target)),
        Some(outside) => Stands::Bad(outside),
    })
}

/// What keeps a target apart from those who must not receive the data.
fn why_untouched(judge: &Judge<'_, '_>, whom: &[Whom<'_>], target: TargetId) -> Vec<Event> {
    let by_region = whom.iter().any(|whom| matches!(whom, Whom::Region(_))).then(|| regions_of(judge, target));
    let by_name = whom.iter().any(|whom| !matches!(whom, Whom::Region(_))).then(|| apart(judge, target));
    let by_model = whom.iter().any(|whom| matches!(whom, Whom::Pattern(_))).then(|| declared_model(judge, target));
    by_region.flatten().into_iter().chain(by_name.into_iter().flatten()).chain(by_model.flatten()).collect()
}

/// How a target stands to a claim.
enum Stands {
    /// It may receive the data, by these attributes.
    Good(Vec<Event>),
    /// It may not, or is not known to.
    Bad(Outside),
}

fn judge_rows(judge: &Judge<'_, '_>, classes: &[At<usize>], stand: impl Fn(TargetId) -> Stands) -> (Verdict, Vec<Event>) {
    let concern = Concern::of(judge, classes);
    let mut known: Vec<Option<Stands>> = Vec::new();
    known.resize_with(judge.policy.targets.len(), || None);
    let mut all = Sum { unjudged: judge.automata.iter().any(|automaton| !matches!(automaton, Some(Ok(_)))), ..Sum::default() };
    let mut concerned = false;
    let mut worst: Option<(u32, Row)> = None;
    for row in rows(judge).iter().filter(|row| !row.accepted.and(concern.above).is_empty()) {
        let Some(slot) = known.get_mut(row.target.0 as usize) else { continue };
        let good = matches!(slot.get_or_insert_with(|| stand(row.target)), Stands::Good(_));
        let receives = !row.received.and(concern.above).is_empty();
        concerned |= receives;
        match (receives, good) {
            (_, true) => {}
            (false, false) => all.relies_on.extend(lowered(judge, row)),
            (true, false) => {
                let automaton = judge.automaton(row.route);
                let length = automaton.and_then(|automaton| judge.shortest(row.route, automaton)).map_or(0, |all| all.length(row.attempt));
                if worst.is_none_or(|(known, _)| length < known) {
                    worst = Some((length, *row));
                }
            }
        }
        if receives
            && good
            && let Some(Stands::Good(relies_on)) = slot
        {
            all.relies_on.append(relies_on);
        }
    }
    if let Some((_, row)) = worst
        && let Some(Some(Stands::Bad(outside))) = known.get(row.target.0 as usize)
    {
        all.refutation = Some(refutation(judge, &concern, &row, outside));
    }
    if !concerned && !all.unjudged {
        let message = format!("no route carries {} data to a model, so nothing is claimed", concern.names);
        return (Verdict::Empty(Empty { error: false, message }), Vec::new());
    }
    all.relies_on.extend(tools(judge, &concern));
    all.verdict()
}

/// The lowering on the way to an attempt, without which it would receive more.
fn lowered(judge: &Judge<'_, '_>, row: &Row) -> Vec<Event> {
    let Some(automaton) = judge.automaton(row.route) else { return Vec::new() };
    let Some(attempt) = automaton.attempts.get(usize::from(row.attempt)) else { return Vec::new() };
    let routes: Vec<RouteId> = automaton.routes(automaton.place(attempt)).collect();
    let order = &judge.policy.classes;
    let mut set = row.accepted;
    let mut relies_on = Vec::new();
    for route in routes {
        for lowers in data::lowering(&judge.policy[route]) {
            let after = order.lower(set, lowers.from, lowers.to);
            if after != set {
                let (name, from, to) = (judge.policy[route].name.text, order.name(lowers.from), order.name(lowers.to));
                relies_on.push(Event {
                    span: lowers.span,
                    text: format!("redaction in route `{name}` lowers {from} to {to}: {}", lowers.because),
                });
            }
            set = after;
        }
    }
    relies_on
}

/// Tools stand outside such a claim, which speaks of those who serve models. A proof says which of them may see the data.
fn tools(judge: &Judge<'_, '_>, concern: &Concern) -> Vec<Event> {
    let policy = judge.policy;
    let mut named = Vec::new();
    for row in rows(judge).iter().filter(|row| !row.received.and(concern.above).is_empty()) {
        for tool in &policy[row.route].tools {
            let accepts = policy[tool.value].accepts.value;
            if !accepts.and(row.received).and(concern.above).is_empty() && !named.contains(&tool.value) {
                named.push(tool.value);
            }
        }
    }
    named.sort_unstable();
    let event = |tool: crate::policy::model::ToolId| {
        let tool = &policy[tool];
        let class = concern.class(judge, tool.accepts.value);
        Event { span: tool.accepts.span, text: format!("it speaks of providers: tool `{}` may see {class} data too", tool.name.text) }
    };
    named.into_iter().map(event).collect()
}

fn refutation(judge: &Judge<'_, '_>, concern: &Concern, row: &Row, outside: &Outside) -> Refutation {
    let policy = judge.policy;
    let (route, target) = (&policy[row.route], policy[row.target].text);
    let class = concern.class(judge, row.received);
    let Some(automaton) = judge.automaton(row.route) else { return Refutation::default() };
    let trace = judge.run_to(row.route, automaton, row.attempt);
    let events = runs::events(policy, automaton, &trace, |target| format!("`{target}` receives {class} data"));
    let known = if outside.unknown { "cannot be shown to stay where the claim says: it may reach" } else { "can reach" };
    let notes = if outside.why.is_empty() { Vec::new() } else { vec![outside.why.clone()] };
    Refutation {
        message: format!("{class} data of route `{}` {known} `{target}`", route.name.text),
        events,
        traces: vec![trace],
        notes,
        help: vec![format!(
            "take `{target}` out of the chain of `{}`, let the route accept less than {class}, or name `{}` in the claim if that may be",
            route.name.text,
            judge.provider(row.target).name.text
        )],
        ..Refutation::default()
    }
}
