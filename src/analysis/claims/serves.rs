//! Who serves: `only … serve`, `own keys on`, `no fallback on`.

use super::whom::{admits, company_reliance};
use super::{Event, Found, Judge, Refutation, Trace, Verdict, attempts_where, runs};
use crate::automaton::Automaton;
use crate::policy::model::{Pattern, RouteId, Routes, TargetId};
use crate::text::{or, tick};

pub(super) fn only(judge: &Judge<'_, '_>, patterns: &[Pattern<'_>], routes: &Routes) -> (Verdict, Vec<Event>) {
    judge.each(routes, |id, automaton| {
        let stray = |target| !patterns.iter().any(|pattern| admits(judge, pattern, target));
        let Some((_, attempt)) = judge.nearest(id, automaton, attempts_where(automaton, |attempt| stray(attempt.target))) else {
            return Found::Holds(automaton.attempts.iter().filter_map(|attempt| by_company(judge, patterns, attempt.target)).collect());
        };
        let name = judge.policy[id].name.text;
        let wanted = or(patterns.iter().map(|pattern| tick(pattern.text)));
        let mut refutation = reached(judge, id, automaton, attempt, |target| format!("`{target}` serves"));
        let target = last(judge, automaton, attempt);
        refutation.message = format!("route `{name}` may be served by `{target}`, which is not {wanted}");
        refutation.help = vec![format!("take `{target}` out of the chain of `{name}`, or name it in the claim")];
        Found::Breaks(refutation)
    })
}

/// The attribute by which a target is of a company that a pattern names, where no pattern names its account.
fn by_company(judge: &Judge<'_, '_>, patterns: &[Pattern<'_>], target: TargetId) -> Option<Event> {
    let provider = judge.provider(target);
    let by_account = patterns.iter().any(|pattern| pattern.owner == provider.name.text && admits(judge, pattern, target));
    (!by_account).then(|| company_reliance(provider))
}

pub(super) fn own_keys(judge: &Judge<'_, '_>, routes: &Routes) -> (Verdict, Vec<Event>) {
    judge.each(routes, |id, automaton| {
        let managed = attempts_where(automaton, |attempt| judge.provider(attempt.target).managed.is_some());
        let Some((_, attempt)) = judge.nearest(id, automaton, managed) else { return Found::Holds(Vec::new()) };
        let mut refutation = reached(judge, id, automaton, attempt, |target| format!("`{target}` is called with a managed key"));
        let Some(target) = automaton.attempts.get(usize::from(attempt)).map(|attempt| attempt.target) else {
            return Found::Breaks(refutation);
        };
        let (name, account) = (judge.policy[id].name.text, judge.provider(target));
        refutation.notes = vec![format!("the key of `{}` is `managed`: somebody else owns it or pays for it", account.name.text)];
        refutation.message = format!("route `{name}` may use the managed account `{}`", account.name.text);
        refutation.help = vec![format!("take `{}` out of the chain of `{name}`, or use a key of your own", judge.policy[target].text)];
        Found::Breaks(refutation)
    })
}

pub(super) fn no_fallback(judge: &Judge<'_, '_>, routes: &Routes) -> (Verdict, Vec<Event>) {
    judge.each(routes, |id, automaton| {
        let others = attempts_where(automaton, |_| true).filter(|attempt| *attempt != 0);
        let Some((_, attempt)) = judge.nearest(id, automaton, others) else { return Found::Holds(Vec::new()) };
        let name = judge.policy[id].name.text;
        let (first, target) = (last(judge, automaton, 0), last(judge, automaton, attempt));
        let mut refutation = reached(judge, id, automaton, attempt, |target| format!("`{target}` is called"));
        refutation.message = if refutation.events.len() > 1 {
            format!("route `{name}` may go on to `{target}`")
        } else {
            format!("route `{name}` may start at `{target}` as well as at `{first}`")
        };
        refutation.help = vec![format!("give `{name}` one target and `fallback none`, or take the claim back")];
        Found::Breaks(refutation)
    })
}

/// A shortest run to an attempt.
fn reached(judge: &Judge<'_, '_>, id: RouteId, automaton: &Automaton, attempt: u16, happens: impl FnOnce(&str) -> String) -> Refutation {
    let trace: Trace = judge.run_to(id, automaton, attempt);
    let events = runs::events(judge.policy, automaton, &trace, happens);
    Refutation { events, traces: vec![trace], ..Refutation::default() }
}

/// The target of an attempt, as written.
fn last<'a>(judge: &Judge<'a, '_>, automaton: &Automaton, attempt: u16) -> &'a str {
    automaton.attempts.get(usize::from(attempt)).map_or("", |attempt| judge.world.policy[attempt.target].text)
}
