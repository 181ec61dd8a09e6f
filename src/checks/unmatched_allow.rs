//! BYOK209: an entry of an allowlist that matches no model of the catalogue and no target of the policy, or an exception that takes nothing away.

use rustc_hash::FxHashMap;

use super::{Check, Context, Run};
use crate::diagnostic::{Code, Diagnostic, Edit, Grade, Rule, Severities, SubjectKind};
use crate::policy::matching::matches;
use crate::policy::model::{Allowing, Pattern, Policy, ProviderId};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(209),
        name: "unmatched-allow",
        severities: Severities::Warning,
        judged_on: "allow",
        summary: "allow entry that matches no model of the catalogue and no target of the policy; an exception that takes nothing away",
        fix: Some(Grade::Review),
        page: include_str!("unmatched_allow.md"),
    },
    run: Run::Policy(check),
};

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    let mut models = Models::new(context);
    let policy = context.policy;
    for list in policy.allows.iter().filter(|list| policy.is_own(list.span)) {
        let name = list.name.text;
        let unmatched = list.patterns.iter().filter(|pattern| !models.any(pattern, &[]));
        found.extend(unmatched.map(|pattern| no_match(context, pattern).about(SubjectKind::Allow, name)).collect::<Vec<_>>());
        for except in &list.except {
            if !models.any(except, &list.patterns) {
                let finding = Diagnostic::new(
                    &CHECK.rule,
                    except.span,
                    format!("the exception `{}` takes nothing away from allowlist `{name}`", except.text),
                );
                let help = "take it out, or write the pattern that was meant; a model that no route may ever call belongs in a `deny`";
                found.push(finding.about(SubjectKind::Allow, name).label("no model that the list admits matches this").help(help));
            }
        }
    }
    for route in &policy.routes {
        for entry in &route.allow {
            if let Allowing::Pattern(pattern) = entry
                && policy.is_own(pattern.span)
                && !models.any(pattern, &[])
            {
                found.push(no_match(context, pattern).about(SubjectKind::Route, route.name.text));
            }
        }
    }
}

fn no_match(context: &Context<'_, '_>, pattern: &Pattern<'_>) -> Diagnostic {
    let mut finding = Diagnostic::new(&CHECK.rule, pattern.span, format!("`{}` allows nothing: no known model matches it", pattern.text))
        .label("neither in the catalogue nor called in this policy");
    if pattern.id.contains('*') {
        finding = finding.note("`*` stands for any run of characters but `:`");
    }
    let provider = pattern.provider.map(|id| &context.policy[id]);
    let nearest =
        provider.filter(|_| !pattern.id.contains('*')).and_then(|provider| context.catalogue.nearest(&provider.vendor, &pattern.id));
    match nearest {
        Some(id) => {
            let meant = format!("{}/{id}", pattern.owner);
            let edit = Edit { span: pattern.span, text: meant.clone() };
            finding.help(format!("did you mean `{meant}`?")).fix(format!("allow `{meant}`"), Grade::Review, vec![edit])
        }
        None if provider.is_some_and(|provider| provider.known_host) => finding.help(format!(
            "write the model that was meant, or take it out; `byokc models '{}/*'` lists those that are known",
            pattern.owner
        )),
        None => finding.help(format!("write it as the routes of this policy write the models of `{}`, or take it out", pattern.owner)),
    }
}

/// The models that a list can be about: those of the catalogue, the targets of the policy, and those of which it declares facts.
struct Models<'a> {
    context: &'a Context<'a, 'a>,
    declared: FxHashMap<ProviderId, Vec<&'a str>>,
    known: FxHashMap<(ProviderId, &'a str), bool>,
}

impl<'a> Models<'a> {
    fn new(context: &'a Context<'a, 'a>) -> Self {
        let policy: &Policy<'_> = context.policy;
        let mut declared: FxHashMap<ProviderId, Vec<&str>> = FxHashMap::default();
        for target in &policy.targets {
            declared.entry(target.provider).or_default().push(&target.id);
        }
        for model in &policy.models {
            if let Some(provider) = model.provider {
                declared.entry(provider).or_default().push(&model.id);
            }
        }
        Self { context, declared, known: FxHashMap::default() }
    }

    /// Whether any model matches a pattern and, where there are any, one of the patterns from which it takes away.
    fn any(&mut self, pattern: &'a Pattern<'_>, of: &[Pattern<'_>]) -> bool {
        let Some(provider) = pattern.provider else { return true };
        if of.is_empty()
            && let Some(known) = self.known.get(&(provider, &*pattern.id))
        {
            return *known;
        }
        let admitted = |id: &str| {
            matches(&pattern.id, id) && (of.is_empty() || of.iter().any(|other| other.provider == Some(provider) && matches(&other.id, id)))
        };
        let account = &self.context.policy[provider];
        let sold = if account.known_host { self.context.catalogue.of_vendor(&account.vendor) } else { &[] };
        let any = sold.iter().any(|entry| admitted(&entry.id))
            || self.declared.get(&provider).is_some_and(|ids| ids.iter().any(|id| admitted(id)));
        if of.is_empty() {
            self.known.insert((provider, &pattern.id), any);
        }
        any
    }
}
