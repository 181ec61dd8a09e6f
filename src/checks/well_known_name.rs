//! BYOK213: a provider that bears a well-known name or title at a host that is not of that company.

use super::{Check, Context, Run};
use crate::catalogue::host;
use crate::catalogue::providers::{WellKnown, all_well_known, well_known};
use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};
use crate::policy::model::{BaseUrl, Provider};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(213),
        name: "well-known-name",
        severities: Severities::Warning,
        judged_on: "provider",
        summary: "well-known provider name or title at a foreign host",
        fix: None,
        page: include_str!("well_known_name.md"),
    },
    run: Run::Policy(check),
};

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    found.extend(context.policy.providers.iter().filter_map(finding));
}

fn finding(provider: &Provider<'_>) -> Option<Diagnostic> {
    let name = provider.name.text;
    let titled = provider.title_span.and_then(|span| Some((span, by_title(&provider.title)?)));
    let named = well_known(name).filter(|known| is_foreign(provider, known));
    let (span, known, what) = match (named, titled.filter(|(_, known)| is_foreign(provider, known))) {
        (Some(known), _) => (provider.name.span, known, format!("provider `{name}` bears the name of {}", known.title)),
        (None, Some((span, known))) => (span, known, format!("provider `{name}` is titled {}", known.title)),
        (None, None) => return None,
    };
    let place = match &provider.base_url {
        Some(BaseUrl::Address { host, .. }) => format!("is at {host}"),
        Some(BaseUrl::Variable(variable)) => format!("is wherever the variable {variable} says"),
        None => return None,
    };
    let own = known.base_url.and_then(host_of).map_or_else(String::new, |host| format!(" ({host})"));
    let mut finding = Diagnostic::new(&CHECK.rule, span, format!("{what}, but {place}"))
        .about(SubjectKind::Provider, name)
        .label(format!("readers will take it for {}{own}", known.title));
    if let Some(address) = provider.base_url_span {
        let fixed = matches!(provider.base_url, Some(BaseUrl::Address { .. }));
        finding = finding.at(address, if fixed { "not an address of that company" } else { "may be any address" });
    }
    let itself = match known.base_url.filter(|_| provider.base_url_span.is_some()) {
        Some(_) => format!(", or take `base_url` out to call {} itself", known.title),
        None => String::new(),
    };
    Some(finding.help(match named {
        Some(_) => format!("give it a name of its own, such as `{name}_proxy`{itself}"),
        None => format!("give it a title that says who runs it{itself}"),
    }))
}

/// Whether a provider is not certainly at a host of the company. What one runs oneself is at home anywhere.
fn is_foreign(provider: &Provider<'_>, known: &WellKnown) -> bool {
    let own_server = known.keyless;
    match &provider.base_url {
        None => false,
        _ if own_server => false,
        // A company whose address differs for each user has no address to compare with.
        Some(BaseUrl::Variable(_)) => known.base_url.is_some(),
        Some(BaseUrl::Address { host: name, .. }) => host(name).is_none_or(|facts| !same_company(facts.vendor, known.vendor)),
    }
}

/// Google sells the same models under two names.
fn same_company(one: &str, other: &str) -> bool {
    let google = ["gemini", "vertex"];
    one == other || (google.contains(&one) && google.contains(&other))
}

fn by_title(title: &str) -> Option<&'static WellKnown> {
    all_well_known().iter().find(|known| known.title.eq_ignore_ascii_case(title.trim()))
}

fn host_of(url: &'static str) -> Option<&'static str> {
    url.split_once("://")?.1.split(['/', ':']).next()
}
