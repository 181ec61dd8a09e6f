//! BYOK201: routes that fall back to each other in a circle.

use super::{Check, Context, Run};
use crate::diagnostic::{Code, Diagnostic, Edit, Grade, Rule, Severities, SubjectKind};
use crate::graph::Hop;
use crate::policy::model::{Callee, Policy, TargetId};
use crate::source::Span;
use crate::text::{and, grouped, tick};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(201),
        name: "fallback-cycle",
        severities: Severities::Error,
        judged_on: "cycle",
        summary: "fallback cycle (drawn; a pool offered)",
        fix: Some(Grade::Review),
        page: include_str!("fallback_cycle.md"),
    },
    run: Run::Policy(check),
};

/// So many routes of a circle are drawn, and so many peers offered as a pool.
const DRAWN: usize = 16;

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    found.extend(context.graph.cycles().iter().filter_map(|cycle| draw(context, cycle)));
}

fn draw(context: &Context<'_, '_>, cycle: &[Hop]) -> Option<Diagnostic> {
    let name = |hop: &Hop| context.policy[hop.from].name.text;
    let (first, others) = cycle.split_first()?;
    let start = name(first);
    let said = if others.is_empty() {
        format!("route `{start}` falls back to itself")
    } else {
        let names: Vec<String> = cycle.iter().map(|hop| tick(name(hop))).collect();
        let way: Vec<&str> = cycle.iter().map(name).chain([start]).collect();
        if cycle.len() <= DRAWN {
            format!("routes {} fall back to each other in a circle: {}", and(&names), way.join(" -> "))
        } else {
            format!("{} routes fall back to each other in a circle, from `{start}` back to `{start}`", grouped(cycle.len() as u64))
        }
    };
    let mut finding = Diagnostic::new(&CHECK.rule, first.span, said).about(SubjectKind::Route, start);
    let Some(last) = others.last() else {
        return Some(
            finding
                .label("this route again")
                .help(format!("name a target instead: every target of `{start}` has been tried when a run arrives here")),
        );
    };
    finding = finding.label(format!("`{start}` falls back to `{}`", context.policy[first.to].name.text));
    for hop in others.iter().take(DRAWN).chain(others.last().filter(|_| others.len() > DRAWN)) {
        let closes = if hop == last { ", and the circle is closed" } else { "" };
        finding = finding.at(hop.span, format!("`{}` falls back to `{}`{closes}", name(hop), context.policy[hop.to].name.text));
    }
    Some(offer_pool(context, cycle, start, finding))
}

/// A pool of all that the circle calls says the same without a circle: a run tries each target once, so each route still starts with its own.
fn offer_pool(context: &Context<'_, '_>, cycle: &[Hop], start: &str, finding: Diagnostic) -> Diagnostic {
    let mut peers: Vec<TargetId> = Vec::new();
    for target in
        cycle.iter().filter_map(|hop| context.policy[hop.from].chain.first()).flat_map(|step| members(context.policy, step.callee))
    {
        if !peers.contains(&target) {
            peers.push(target);
        }
    }
    if !(2..=DRAWN).contains(&peers.len()) {
        return finding.help("let one of these routes end in `fallback none`; peers that back each other up belong in a pool");
    }
    let peers: Vec<&str> = peers.iter().map(|target| context.policy[*target].text).collect();
    let pool = free_name(context.policy, start);
    let text = format!("pool {pool} {{ {} }}", peers.join(", "));
    let finding = finding
        .help(format!("peers that back each other up belong in a pool: `{text}`"))
        .help(format!("then write `fallback pool {pool}` in each of them: a run tries a target once, so each still starts with its own"));
    let Some(first) = cycle.iter().map(|hop| hop.from).min() else { return finding };
    let declaration = context.policy[first].span;
    let begin = Span { end: declaration.start, ..declaration };
    let hops: Option<Vec<Edit>> = cycle.iter().map(|hop| call_pool(context, hop, &pool)).collect();
    match hops {
        Some(mut edits) if cycle.iter().all(|hop| hop.span.file == begin.file) => {
            edits.insert(0, Edit { span: begin, text: format!("{text}\n\n") });
            finding.fix("put the peers in a pool", Grade::Review, edits)
        }
        _ => finding,
    }
}

fn members(policy: &Policy<'_>, callee: Callee) -> Vec<TargetId> {
    match callee {
        Callee::Target(target) => vec![target],
        Callee::Pool(pool) => policy[pool].members.iter().map(|member| member.value).collect(),
        Callee::Route(_) => Vec::new(),
    }
}

/// `route NAME` of a hop becomes `pool NAME`.
fn call_pool(context: &Context<'_, '_>, hop: &Hop, pool: &str) -> Option<Edit> {
    let step = context.policy[hop.from].chain.iter().find(|step| step.callee_span == hop.span)?;
    let before = context.sources.text(Span { end: hop.span.start, ..step.span });
    let keyword = before.trim_end().strip_suffix("route")?.len();
    let start = step.span.start + u32::try_from(keyword).ok()?;
    Some(Edit { span: Span { start, ..hop.span }, text: format!("pool {pool}") })
}

fn free_name(policy: &Policy<'_>, start: &str) -> String {
    let base = if start.len() <= 48 { format!("{start}_peers") } else { "peers".to_owned() };
    let taken = |name: &str| policy.pools.iter().any(|pool| pool.name.text == name);
    let numbered = (2..).map(|number| format!("{base}_{number}"));
    std::iter::once(base.clone()).chain(numbered).find(|name| !taken(name)).unwrap_or(base)
}
