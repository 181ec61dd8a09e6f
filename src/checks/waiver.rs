//! BYOK805: applies waivers, and finds those that have run out or match nothing.

use std::collections::BTreeMap;

use super::{Check, Context, Run};
use crate::diagnostic::{Code, Diagnostic, Edit, Grade, Rule, Severities, Severity, Waived};
use crate::policy::model::Waiver;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(805),
        name: "waiver",
        severities: Severities::Either,
        judged_on: "waiver",
        summary: "waiver run out, or matching nothing",
        fix: Some(Grade::Safe),
        page: include_str!("waiver.md"),
    },
    run: Run::Findings(check),
};

/// What a waiver met.
#[derive(Clone, Copy, Default)]
struct Met {
    waivable: usize,
    other: usize,
}

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    let policy = context.policy;
    let mut by_subject: BTreeMap<(u16, &str, &str), Vec<usize>> = BTreeMap::new();
    for (index, waiver) in policy.waivers.iter().enumerate() {
        by_subject.entry((waiver.code.value, waiver.kind.value.as_str(), &waiver.name.value)).or_default().push(index);
    }
    if by_subject.is_empty() {
        return;
    }
    let mut met = vec![Met::default(); policy.waivers.len()];
    for finding in found.iter_mut() {
        let Some(subject) = &finding.subject else { continue };
        let key = (finding.rule.code.0, subject.kind.as_str(), subject.name.as_str());
        let waivable = finding.severity == Severity::Warning || matches!(finding.rule.code.0, 500..=509 | 600..=609);
        for index in by_subject.get(&key).into_iter().flatten() {
            let (Some(waiver), Some(met)) = (policy.waivers.get(*index), met.get_mut(*index)) else { continue };
            if !waivable {
                met.other += 1;
                continue;
            }
            met.waivable += 1;
            if !has_run_out(context, waiver) && finding.waived.is_none() {
                finding.waived = Some(Waived { because: waiver.because.to_string(), until: waiver.until.value.to_string() });
            }
        }
    }
    // While something could not be read, what a waiver is for may just not be seen.
    let unread = found.iter().any(|finding| finding.severity == Severity::Error && finding.rule.code.0 < 200);
    found.extend(policy.waivers.iter().zip(met).filter_map(|(waiver, met)| judge(context, waiver, met, unread)));
}

/// The date of a waiver is its last day.
fn has_run_out(context: &Context<'_, '_>, waiver: &Waiver<'_>) -> bool {
    context.today > waiver.until.value
}

fn judge(context: &Context<'_, '_>, waiver: &Waiver<'_>, met: Met, unread: bool) -> Option<Diagnostic> {
    let (kind, name, until) = (waiver.kind.value.as_str(), &waiver.name.value, waiver.until.value);
    let code = Code(waiver.code.value);
    let remove = || vec![Edit { span: waiver.span, text: String::new() }];
    let run_out = has_run_out(context, waiver);
    if run_out && met.waivable > 0 {
        let counts =
            if met.waivable == 1 { "the finding counts again".to_owned() } else { format!("its {} findings count again", met.waivable) };
        let message = format!("the waiver of {code} on {kind} `{name}` ran out after {until}: {counts}");
        return Some(
            Diagnostic::new(&CHECK.rule, waiver.until.span, message)
                .label("its last day has passed")
                .help("mend what it accepted, or give it a new date once somebody has looked at it again"),
        );
    }
    if run_out {
        let message = format!("the waiver of {code} on {kind} `{name}` ran out after {until}, and there is nothing left for it to accept");
        let finding = Diagnostic::new(&CHECK.rule, waiver.until.span, message).label("its last day has passed");
        return Some(finding.help("take it out").fix("take the waiver out", Grade::Safe, remove()));
    }
    if met.waivable > 0 || unread {
        return None;
    }
    let finding = Diagnostic::new(&CHECK.rule, waiver.code.span, String::new()).warning();
    if met.other > 0 {
        let mut finding = finding.label("an error here");
        finding.message = format!(
            "the waiver of {code} on {kind} `{name}` accepts nothing: what is found there is an error, and only the warnings of this code can be waived"
        );
        return Some(finding.help("mend the error, then take the waiver out"));
    }
    let mut finding = finding.label("nothing of this is found");
    finding.message = format!("the waiver of {code} on {kind} `{name}` accepts nothing: there is no such finding");
    Some(finding.help(format!("take it out; a later {code} on {kind} `{name}` would pass unseen")).fix(
        "take the waiver out",
        Grade::Safe,
        remove(),
    ))
}
