//! BYOK403: an attempt whose provider keeps requests longer than demanded, or may train on them.

use super::{Call, Check, Run};
use crate::catalogue::Constraint;
use crate::diagnostic::{Code, Diagnostic, Label, Rule, Severities};
use crate::policy::model::{At, Retention, Route};
use crate::source::Span;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(403),
        name: "data-terms-not-met",
        severities: Severities::Error,
        judged_on: "attempt",
        summary: "retention or training demand not met",
        fix: None,
        page: include_str!("data_terms_not_met.md"),
    },
    run: Run::Attempt(check),
};

const DAY: u64 = 24 * 60 * 60 * 1000;
const THIRTY_DAYS: Retention = Retention::AtMost(30 * DAY);

fn check(call: &Call<'_, '_>) -> Option<Diagnostic> {
    // Of several demands the strictest is told.
    let strictest = call.routes().filter_map(|(_, route)| Some((route, route.retention?))).min_by_key(|(_, demand)| demand.value);
    let retention = strictest.and_then(|(route, demand)| retention(call, route, demand));
    let demand = call.routes().find_map(|(_, route)| Some((route, route.training_never?)));
    let training = demand.and_then(|(route, span)| training(call, route, span));

    let unmet: Vec<Unmet> = retention.into_iter().chain(training).collect();
    let first = unmet.first()?;
    let problems: Vec<&str> = unmet.iter().map(|unmet| &*unmet.problem).collect();
    let message = format!("route `{}` may call `{}`, but {}", call.route.name.text, call.target.text, problems.join("; and "));
    let mut finding = call.finding(&CHECK.rule, message).label(first.short);
    for Unmet { demand, answer, help, .. } in unmet {
        finding.labels.push(demand);
        finding.labels.extend(answer);
        finding.help.push(help);
    }
    Some(finding)
}

/// A demand that is not met.
struct Unmet {
    problem: String,
    short: &'static str,
    demand: Label,
    /// What the account says; nothing where the model decides.
    answer: Option<Label>,
    help: String,
}

fn label(span: Span, message: String) -> Label {
    Label { span, message }
}

fn retention(call: &Call<'_, '_>, route: &Route<'_>, demand: At<Retention>) -> Option<Unmet> {
    let (name, account, wanted) = (route.name.text, call.provider.name.text, describe(demand.value));
    let place = label(demand.span, format!("`{name}` demands retention {wanted}"));
    if call.facts.has_trap(Constraint::Retention30dRequired) && demand.value < THIRTY_DAYS {
        return Some(Unmet {
            problem: format!("this model is served only where requests are kept for 30 days, and `{name}` demands retention {wanted}"),
            short: "needs 30 days of retention",
            demand: place,
            answer: None,
            help: format!("choose another model for this place, or demand `retention 30d` in `{name}`"),
        });
    }
    match call.provider.retention {
        Some(kept) if kept.value <= demand.value => None,
        Some(kept) => Some(Unmet {
            problem: format!("provider `{account}` keeps requests for {}, and `{name}` demands retention {wanted}", describe(kept.value)),
            short: "kept too long",
            demand: place,
            answer: Some(label(kept.span, format!("`{account}` keeps requests for {}", describe(kept.value)))),
            help: format!("put a provider with `retention {wanted}` here, or arrange it with the vendor of `{account}` and say so there"),
        }),
        None => Some(Unmet {
            problem: format!("how long provider `{account}` keeps requests is unknown, and `{name}` demands retention {wanted}"),
            short: "kept for an unknown time",
            demand: place,
            answer: Some(label(call.provider.name.span, format!("`{account}` says no `retention`"))),
            help: format!("add `retention {wanted}` to provider `{account}` if its terms say so, or put another provider here"),
        }),
    }
}

fn training(call: &Call<'_, '_>, route: &Route<'_>, demand: Span) -> Option<Unmet> {
    let (name, account) = (route.name.text, call.provider.name.text);
    let place = label(demand, format!("`{name}` demands training never"));
    if call.facts.has_trap(Constraint::TrainsOnData) {
        return Some(Unmet {
            problem: format!("this model is sold in exchange for training on requests, and `{name}` demands training never"),
            short: "trains on requests",
            demand: place,
            answer: None,
            help: "choose another model for this place, for example the same one without `-contributor`".to_owned(),
        });
    }
    call.provider.training_never.is_none().then(|| Unmet {
        problem: format!("whether provider `{account}` trains on requests is unknown, and `{name}` demands training never"),
        short: "may be trained on",
        demand: place,
        answer: Some(label(call.provider.name.span, format!("`{account}` does not say `training never`"))),
        help: format!("add `training never` to provider `{account}` if its terms say so, or put another provider here"),
    })
}

/// `none`, `30d`.
fn describe(retention: Retention) -> String {
    const UNITS: [(u64, &str); 4] = [(DAY, "d"), (60 * 60 * 1000, "h"), (60 * 1000, "min"), (1000, "s")];
    match retention {
        Retention::None => "none".to_owned(),
        Retention::AtMost(time) => UNITS
            .iter()
            .find(|(unit, _)| time % unit == 0)
            .map_or_else(|| format!("{time}ms"), |(unit, name)| format!("{}{name}", time / unit)),
    }
}
