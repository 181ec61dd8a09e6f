//! BYOK309: a provider without a key that is not on this machine.

use super::{Check, Context, Run};
use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};
use crate::policy::model::{BaseUrl, KeySource, Provider};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(309),
        name: "remote-keyless",
        severities: Severities::Warning,
        judged_on: "provider",
        summary: "`key none` away from loopback",
        fix: None,
        page: include_str!("remote_keyless.md"),
    },
    run: Run::Policy(check),
};

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    found.extend(context.policy.providers.iter().filter_map(finding));
}

fn finding(provider: &Provider<'_>) -> Option<Diagnostic> {
    let key = provider.key.as_ref().filter(|key| key.value == KeySource::None)?;
    let name = provider.name.text;
    let place = match &provider.base_url {
        Some(BaseUrl::Address { loopback: true, .. }) | None => return None,
        Some(BaseUrl::Address { host, .. }) => format!("at `{host}`, which is not this machine"),
        Some(BaseUrl::Variable(variable)) => format!("at the address in `{variable}`, which may be another machine"),
    };
    let message =
        format!("provider `{name}` is called without a key {place}: whoever can reach it can use it, and nothing proves who answers");
    let finding = Diagnostic::new(&CHECK.rule, key.span, message).label("no key").about(SubjectKind::Provider, name);
    let finding = provider.base_url_span.iter().fold(finding, |finding, span| finding.at(*span, "not a loopback address"));
    Some(finding.help(format!(
        "have the server ask for a key and name it (`key env {}_KEY`), reach it through a loopback address, or accept the risk with \
         `waive BYOK309 on provider {name} because \"…\" until DATE`",
        name.replace('-', "_").to_ascii_uppercase()
    )))
}
