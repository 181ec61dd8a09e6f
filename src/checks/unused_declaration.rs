//! BYOK105: a declaration that nothing uses.
//!
//! While the policy has mistakes of spelling or form, only what is named nowhere else is judged: the mistake may hide the use.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Check, Context, Run};
use crate::diagnostic::{Code, Diagnostic, Grade, Rule, Severities, Severity, SubjectKind};
use crate::edit::remove;
use crate::policy::model::{Allowing, Callee, Policy, RouteId};
use crate::source::{Sources, Span};
use crate::syntax::ast::Word;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(105),
        name: "unused-declaration",
        severities: Severities::Warning,
        judged_on: "declaration",
        summary: "declared but never used",
        fix: Some(Grade::Review),
        page: include_str!("unused_declaration.md"),
    },
    run: Run::Policy(check),
};

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    let unused: Vec<Unused<'_>> = unused(context.policy).into_iter().filter(|one| context.policy.is_own(one.span)).collect();
    if unused.is_empty() {
        return;
    }
    let mentions = Mentions::new(context.policy, context.sources);
    let doubts = Doubts::new(found);
    for one in unused {
        let (kind, name) = (if one.kind == SubjectKind::Allow { "allowlist" } else { one.kind.as_str() }, one.name.text);
        let nowhere = mentions.only_within(context.sources, name, one.span);
        if doubts.about(&one, nowhere) {
            continue;
        }
        let finding = Diagnostic::new(&CHECK.rule, one.name.span, format!("{kind} `{name}` is declared, but {}", one.why))
            .about(one.kind, name)
            .label("never used")
            .help(one.help);
        found.push(if nowhere {
            finding.fix(format!("take {kind} `{name}` out"), Grade::Review, vec![remove(context.sources, one.span)])
        } else {
            finding
        });
    }
}

/// Mistakes that may hide a use: a field that could not be read, a name that was misspelt, a file that is not there.
struct Doubts {
    any: bool,
    file_missing: bool,
    named: FxHashSet<String>,
}

impl Doubts {
    fn new(found: &[Diagnostic]) -> Self {
        let mistakes = || found.iter().filter(|finding| finding.rule.code < CHECK.rule.code && finding.severity == Severity::Error);
        let texts = mistakes().flat_map(|mistake| mistake.help.iter().chain([&mistake.message]));
        Self {
            any: mistakes().next().is_some(),
            file_missing: mistakes().any(|mistake| mistake.rule.code == crate::imports::IMPORT.code),
            named: texts.flat_map(|text| text.split('`').skip(1).step_by(2)).map(str::to_owned).collect(),
        }
    }

    /// Whether something may have been meant to use a declaration that is named nowhere else, or somewhere.
    fn about(&self, one: &Unused<'_>, nowhere: bool) -> bool {
        self.file_missing || (self.any && (!nowhere || one.kind == SubjectKind::Model || self.named.contains(one.name.text)))
    }
}

struct Unused<'s> {
    kind: SubjectKind,
    name: Word<'s>,
    span: Span,
    why: &'static str,
    help: &'static str,
}

fn unused<'s>(policy: &Policy<'s>) -> Vec<Unused<'s>> {
    let used = Used::new(policy);
    let mut all = Vec::new();
    let mut add = |used: bool, kind, name, span, why, help| {
        if !used {
            all.push(Unused { kind, name, span, why, help });
        }
    };
    for (one, used) in policy.providers.iter().zip(&used.providers) {
        let help = "let a route or pool call one of its models, or take it out, with its key";
        add(*used, SubjectKind::Provider, one.name, one.span, "nothing calls or allows it", help);
    }
    for (one, used) in policy.models.iter().zip(&used.models) {
        let help = "write the target as routes do, to the letter, or take it out";
        add(*used, SubjectKind::Model, one.name, one.span, "no route or pool calls it", help);
    }
    for (one, used) in policy.allows.iter().zip(&used.allows) {
        let help = "name it in the `allow` of a route, or take it out";
        add(*used || one.name.text == "default", SubjectKind::Allow, one.name, one.span, "no route names it", help);
    }
    for (one, used) in policy.pools.iter().zip(&used.pools) {
        let help = "name it in a route, as `primary pool` or `fallback pool`, or take it out";
        add(*used, SubjectKind::Pool, one.name, one.span, "no route calls it", help);
    }
    for (one, used) in policy.tools.iter().zip(&used.tools) {
        let help = "name it in the `tools` of a route, or take it out";
        add(*used, SubjectKind::Tool, one.name, one.span, "no route offers it", help);
    }
    for (one, used) in policy.sources.iter().zip(&used.sources) {
        let help = "name it in the `reads` of a step, or take it out";
        add(*used, SubjectKind::Source, one.name, one.span, "no step reads it", help);
    }
    for (one, used) in policy.workflows.iter().zip(&used.workflows) {
        let help = "name it in the `workflows` of a caller, or take it out";
        add(*used, SubjectKind::Workflow, one.name, one.span, "no caller may run it", help);
    }
    all
}

/// For each declaration whether something uses it.
struct Used {
    providers: Vec<bool>,
    models: Vec<bool>,
    allows: Vec<bool>,
    pools: Vec<bool>,
    tools: Vec<bool>,
    sources: Vec<bool>,
    workflows: Vec<bool>,
}

impl Used {
    fn new(policy: &Policy<'_>) -> Self {
        let of = |count: usize, used: &mut dyn Iterator<Item = u32>| {
            let mut all = vec![false; count];
            for id in used {
                if let Some(slot) = all.get_mut(id as usize) {
                    *slot = true;
                }
            }
            all
        };
        let inline = policy.routes.iter().flat_map(|route| &route.allow).filter_map(|entry| match entry {
            Allowing::Pattern(pattern) => Some(pattern),
            Allowing::List(_) => None,
        });
        let allowed = policy.allows.iter().flat_map(|list| &list.patterns).chain(inline);
        let steps = || policy.workflows.iter().flat_map(|workflow| &workflow.steps);
        let mut workflows = of(policy.workflows.len(), &mut policy.callers.iter().flat_map(|one| &one.workflows).map(|one| one.value.0));
        // Where nobody may use its routes either, these are BYOK705.
        let routes = callable(policy, &workflows);
        for (used, workflow) in workflows.iter_mut().zip(&policy.workflows) {
            *used |= policy.callers.is_empty()
                || !workflow.steps.iter().all(|step| step.route.is_some_and(|route| routes.contains(&route.value)));
        }
        Self {
            providers: of(
                policy.providers.len(),
                &mut policy.targets.iter().map(|target| target.provider.0).chain(allowed.filter_map(|pattern| Some(pattern.provider?.0))),
            ),
            models: of(policy.models.len(), &mut policy.targets.iter().filter_map(|target| target.model)),
            allows: of(
                policy.allows.len(),
                &mut policy.routes.iter().flat_map(|route| &route.allow).filter_map(|entry| match entry {
                    Allowing::List(list) => Some(list.value.0),
                    Allowing::Pattern(_) => None,
                }),
            ),
            pools: of(
                policy.pools.len(),
                &mut policy.routes.iter().flat_map(|route| &route.chain).filter_map(|step| match step.callee {
                    Callee::Pool(pool) => Some(pool.0),
                    _ => None,
                }),
            ),
            tools: of(policy.tools.len(), &mut policy.routes.iter().flat_map(|route| &route.tools).map(|tool| tool.value.0)),
            sources: of(policy.sources.len(), &mut steps().flat_map(|step| &step.reads).map(|source| source.value.0)),
            workflows,
        }
    }
}

/// The routes that callers may call, directly or as steps of the workflows that they may run.
fn callable(policy: &Policy<'_>, workflows: &[bool]) -> FxHashSet<RouteId> {
    let direct = policy.callers.iter().flat_map(|caller| &caller.routes).map(|route| route.value);
    let run = policy.workflows.iter().zip(workflows).filter(|(_, run)| **run).flat_map(|(workflow, _)| &workflow.steps);
    direct.chain(run.filter_map(|step| step.route).map(|route| route.value)).collect()
}

/// How often each word stands in the files of a policy, so that nothing is taken out that something still names.
struct Mentions<'s>(FxHashMap<&'s str, usize>);

impl<'s> Mentions<'s> {
    fn new(policy: &Policy<'_>, sources: &'s Sources) -> Self {
        let mut counts = FxHashMap::default();
        for source in policy.files.iter().filter_map(|file| sources.get(*file)) {
            words(source.text()).for_each(|word| *counts.entry(word).or_default() += 1);
        }
        Self(counts)
    }

    /// Whether a name, or the provider part of a target, stands nowhere outside of a declaration.
    fn only_within(&self, sources: &Sources, name: &str, declaration: Span) -> bool {
        let Some(word) = words(name).next() else { return false };
        let within = words(sources.text(declaration)).filter(|other| *other == word).count();
        name.contains('/') || self.0.get(word).is_some_and(|all| *all == within)
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let inside = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
    text.split(move |character| !inside(character)).filter(|word| !word.is_empty())
}
