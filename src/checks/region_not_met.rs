//! BYOK402: an attempt whose provider may process outside the regions that a route on the way demands.

use super::{Call, Check, Run};
use crate::diagnostic::{Code, Diagnostic, Rule, Severities};
use crate::policy::matching::region_within;
use crate::policy::model::{At, Route, Slug};
use crate::text::{or, tick};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(402),
        name: "region-not-met",
        severities: Severities::Error,
        judged_on: "attempt",
        summary: "region demand not met",
        fix: None,
        page: include_str!("region_not_met.md"),
    },
    run: Run::Attempt(check),
};

fn check(call: &Call<'_, '_>) -> Option<Diagnostic> {
    let (_, route, demand, outside) = call
        .routes()
        .flat_map(|(id, route)| route.region.iter().map(move |demand| (id, route, demand)))
        .find_map(|(id, route, demand)| Some((id, route, demand, outside(call, demand)?)))?;
    let (called, account, wanted) = (call.route.name.text, call.provider.name.text, list(&demand.value));
    let through = if std::ptr::eq(route, call.route) { String::new() } else { format!(", by route `{}` on its way,", route.name.text) };
    let message =
        format!("route `{called}` is bound{through} to region {wanted} but may call `{}`, {}", call.target.text, outside.describe(account));
    let finding = call
        .finding(&CHECK.rule, message)
        .label("may be processed elsewhere")
        .at(demand.span, format!("`{}` demands region {wanted}", route.name.text));
    let finding = match (&outside, &call.provider.region) {
        (Outside::Zone(_), _) => finding.note("the model's id itself says where the request goes, whatever the account's region"),
        (Outside::Address(_), _) => {
            finding.at(call.provider.base_url_span.unwrap_or(call.provider.name.span), "the address is known at run time only")
        }
        (_, Some(region)) => finding.at(region.span, format!("`{account}` may process in {}", list(&region.value))),
        (_, None) => finding.at(call.provider.name.span, format!("`{account}` says no `region`, so it may process anywhere")),
    };
    Some(finding.help(help(call, route, demand, &outside)))
}

/// Why a demand is not met.
enum Outside<'s> {
    /// The provider says that it may process there.
    Region(&'s str),
    /// The model's id sends the request there.
    Zone(&'s str),
    /// The address is in this variable.
    Address(&'s str),
    /// Nothing is known.
    Unknown,
}

impl Outside<'_> {
    fn describe(&self, account: &str) -> String {
        match self {
            Self::Region(region) => format!("and provider `{account}` may process in `{region}`"),
            Self::Zone(zone) => format!("whose id sends requests to `{zone}`"),
            Self::Address(variable) => format!("and where provider `{account}` processes is unknown: its address is in `{variable}`"),
            Self::Unknown => format!("and where provider `{account}` processes is unknown"),
        }
    }
}

fn outside<'a>(call: &Call<'a, '_>, demand: &At<Vec<Slug<'_>>>) -> Option<Outside<'a>> {
    let met = |region: &str| demand.value.iter().any(|wanted| region_within(region, wanted.text));
    // A demand of which nothing could be read has been reported.
    if demand.value.is_empty() {
        return None;
    }
    if let Some(zone) = call.facts.zone()
        && !met(zone)
    {
        return Some(Outside::Zone(zone));
    }
    if let Some(variable) = call.provider.address_variable() {
        return Some(Outside::Address(variable));
    }
    match &call.provider.region {
        None => Some(Outside::Unknown),
        Some(regions) => regions.value.iter().find(|region| !met(region.text)).map(|region| Outside::Region(region.text)),
    }
}

fn list(regions: &[Slug<'_>]) -> String {
    or(regions.iter().map(|region| tick(region.text)))
}

fn help(call: &Call<'_, '_>, route: &Route<'_>, demand: &At<Vec<Slug<'_>>>, outside: &Outside<'_>) -> String {
    let account = call.provider.name.text;
    let wanted = list(&demand.value);
    let first = demand.value.first().map_or("eu", |region| region.text);
    let fits = |provider: &&crate::policy::model::Provider<'_>| {
        provider.key.is_some()
            && provider.address_variable().is_none()
            && provider.region.as_ref().is_some_and(|regions| {
                regions.value.iter().all(|region| demand.value.iter().any(|wanted| region_within(region.text, wanted.text)))
            })
    };
    let names: Vec<String> = call.context.policy.providers.iter().filter(fits).take(3).map(|provider| tick(provider.name.text)).collect();
    let instead = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
    let other = match outside {
        Outside::Region(_) => format!("use an account of `{account}`'s vendor that stays in {wanted}"),
        Outside::Zone(_) => format!("name the id of the model's {wanted} deployment"),
        Outside::Address(_) => format!("write the address of `{account}` as a string, with its `region`"),
        Outside::Unknown => format!("if `{account}` does stay there, say so: `region {first}`"),
    };
    format!("put a provider that stays in {wanted} here{instead}; {other}; or widen the demand of `{}`", route.name.text)
}
