//! BYOK406: a declared region that the provider's address does not give.

use super::{Check, Context, Run};
use crate::catalogue::{Regions, host};
use crate::diagnostic::{Code, Diagnostic, Edit, Grade, Rule, Severities, SubjectKind};
use crate::edit;
use crate::policy::matching::region_within;
use crate::policy::model::{BaseUrl, Provider, Slug};
use crate::text::tick;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(406),
        name: "region-not-given",
        severities: Severities::Warning,
        judged_on: "provider",
        summary: "declared region that the address and request settings do not give (a global host declared as eu)",
        fix: Some(Grade::Review),
        page: include_str!("region_not_given.md"),
    },
    run: Run::Policy(check),
};

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    found.extend(context.policy.providers.iter().filter_map(|provider| finding(context, provider)));
}

fn finding(context: &Context<'_, '_>, provider: &Provider<'_>) -> Option<Diagnostic> {
    let region = provider.region.as_ref().filter(|region| !region.value.is_empty())?;
    let Some(BaseUrl::Address { url, host: address, .. }) = &provider.base_url else { return None };
    let facts = host(address)?;
    let declared = |given: &str| region.value.iter().any(|slug| slug.text == "global" || region_within(given, slug.text));
    let gives = match &facts.regions {
        Regions::Account => return None,
        Regions::Within(given) if given.iter().all(|given| declared(given)) => return None,
        Regions::Within(given) => format!("processes in {}", given.iter().map(tick).collect::<Vec<_>>().join(", ")),
        Regions::Settable(settable) if settable.iter().any(|given| declared(given)) => return None,
        // Nothing keeps a request from the vendor's home, so a declaration that leaves it out cannot be right.
        Regions::Settable(_) | Regions::Global if declared(home(facts.vendor)) => return None,
        Regions::Settable(settable) => format!("is global, and a request can only ask it for `{}`", settable.join("`, `")),
        Regions::Global => "is global".to_owned(),
    };
    let name = provider.name.text;
    let wanted = region.value.iter().map(|slug| tick(slug.text)).collect::<Vec<_>>().join(", ");
    let mut finding = Diagnostic::new(
        &CHECK.rule,
        region.span,
        format!("provider `{name}` is said to process in {wanted}, but its address `{address}` {gives}"),
    )
    .label("the address does not give this")
    .at(provider.base_url_span.unwrap_or(provider.name.span), format!("calls go to `{address}`"))
    .about(SubjectKind::Provider, name);
    let Some(regional) = regional(address, &region.value) else {
        return Some(finding.help(format!(
            "say where it really processes, or take the `region` out (then it counts as anywhere), or put an account whose address gives {wanted} in its place"
        )));
    };
    let field = format!("base_url \"{}\"", url.replacen(&**address, &regional, 1));
    finding = finding.help(format!("use the address that stays there: `{field}`; the key must be of a project in that region"));
    let edit = match provider.base_url_span {
        Some(span) => Some(Edit { span, text: field }),
        None => edit::add_first(context.sources, provider.name.span, &field),
    };
    Some(match edit {
        Some(edit) => finding.fix(format!("call `{regional}`"), Grade::Review, vec![edit]),
        None => finding,
    })
}

/// The same vendor's host for a declared region, where there is one: `eu.api.openai.com`.
fn regional(address: &str, declared: &[Slug<'_>]) -> Option<String> {
    let [only] = declared else { return None };
    let candidate = format!("{}.{address}", only.text);
    let given = host(&candidate)?.regions;
    matches!(&given, Regions::Within(given) if given.iter().all(|given| region_within(given, only.text))).then_some(candidate)
}

/// Where a vendor's global address processes at least.
fn home(vendor: &str) -> &'static str {
    match vendor {
        "deepseek" => "cn",
        "mistral" => "eu",
        _ => "us",
    }
}
