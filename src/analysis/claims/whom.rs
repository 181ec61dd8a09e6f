//! Whether a target is among those that an assertion names, each doubt read against the claim (language reference, section 7).

use super::{Event, Judge};
use crate::analysis::lists::covers_account;
use crate::catalogue::providers::upstream_vendor;
use crate::policy::matching::{covers, matches, region_within, regions_meet};
use crate::policy::model::{KeySource, Pattern, Provider, TargetId, Upstreams, Whom};
use crate::text::{and, or, tick};

/// Whether a pattern admits a target exactly. Its owner is the account, or every company of it.
pub(super) fn admits(judge: &Judge<'_, '_>, pattern: &Pattern<'_>, target: TargetId) -> bool {
    let provider = judge.provider(target);
    let own =
        pattern.owner == provider.name.text && !provider.is_misnamed() || provider.companies().all(|company| company == pattern.owner);
    own && matches(&pattern.id, &judge.policy[target].id)
}

/// The companies that may serve behind a router; `None`: anybody but these.
pub(super) enum Behind<'a> {
    /// Nobody: it is no router.
    Nobody,
    /// These.
    Only(Vec<&'a str>),
    /// Anybody but these.
    AnyBut(Vec<&'a str>),
}

impl<'a> Behind<'a> {
    /// Of an account.
    pub(super) fn of(provider: &'a Provider<'_>) -> Self {
        let vendors = |slugs: &'a [crate::policy::model::Slug<'_>]| slugs.iter().map(|slug| upstream_vendor(slug.text)).collect();
        match &provider.upstreams {
            _ if !provider.is_router() => Self::Nobody,
            Upstreams::Only(only) => Self::Only(vendors(only)),
            // A slug with a part behind the company (`google-vertex/europe`) takes out that part only.
            Upstreams::AnyExcept(except) => {
                Self::AnyBut(except.iter().filter(|slug| !slug.text.contains('/')).map(|slug| upstream_vendor(slug.text)).collect())
            }
        }
    }

    /// Whether a company may serve there.
    pub(super) fn permits(&self, company: &str) -> bool {
        match self {
            Self::Nobody => false,
            Self::Only(only) => only.contains(&company),
            Self::AnyBut(except) => !except.contains(&company),
        }
    }

    /// Whether two routers may be served by one company.
    pub(super) fn meets(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Nobody, _) | (_, Self::Nobody) => false,
            (Self::Only(one), other) => one.iter().any(|company| other.permits(company)),
            (one, Self::Only(other)) => other.iter().any(|company| one.permits(company)),
            // There are more companies than any list excepts.
            (Self::AnyBut(_), Self::AnyBut(_)) => true,
        }
    }
}

/// Why a target is not among those to whom data may go.
pub(super) struct Outside {
    /// What is unknown or else, about the target: to stand in a note.
    pub(super) why: String,
    /// Whether it is only not known to be among them.
    pub(super) unknown: bool,
}

/// Whether all that receive what is sent to a target are among WHOM. Good: what that relies on.
pub(super) fn within(judge: &Judge<'_, '_>, whom: &[Whom<'_>], target: TargetId) -> Result<Vec<Event>, Outside> {
    let provider = judge.provider(target);
    let account = provider.name.text;
    let regions: Vec<&str> =
        whom.iter().filter_map(|whom| if let Whom::Region(region) = whom { Some(region.text) } else { None }).collect();
    let by_region = (!regions.is_empty()).then(|| in_regions(judge, &regions, target));
    if let Some(Ok(relies_on)) = by_region {
        return Ok(relies_on);
    }
    let named = |company: &str| whom.iter().any(|whom| matches!(whom, Whom::Name(name) if name.text == company));
    // An account that bears another company's name is not meant by it.
    let by_account = named(account) && !provider.is_misnamed();
    let mut companies: Vec<&str> = provider.companies().collect();
    companies.dedup();
    let by_company = companies.iter().all(|company| named(company));
    let by_pattern = whom.iter().any(|whom| matches!(whom, Whom::Pattern(pattern) if admits(judge, pattern, target)));
    if !(by_account || by_company || by_pattern) {
        return Err(by_region.and_then(Result::err).unwrap_or_else(|| Outside {
            why: format!("`{account}` is an account of {}", and(companies.iter().map(tick))),
            unknown: false,
        }));
    }
    match Behind::of(provider) {
        Behind::Nobody => {}
        Behind::AnyBut(_) => {
            let why = format!("`{account}` routes on its own, and its `upstreams` let anybody serve");
            return Err(Outside { why, unknown: true });
        }
        Behind::Only(only) => {
            if let Some(company) = only.iter().find(|company| !named(company)) {
                return Err(Outside { why: format!("`{account}` routes on its own, and `{company}` may serve behind it"), unknown: false });
            }
        }
    }
    let mut relies_on = apart(judge, target);
    if !by_account && provider.known_host {
        relies_on.push(company_reliance(provider));
    }
    Ok(relies_on)
}

/// The attribute that says which company an account is at.
pub(super) fn company_reliance(provider: &Provider<'_>) -> Event {
    let (account, vendor) = (provider.name.text, &provider.vendor);
    let span = provider.vendor_span.or(provider.base_url_span).unwrap_or(provider.name.span);
    let text = match (provider.known_host, provider.host()) {
        (true, _) => format!("provider `{account}` is an account of {vendor}, by its address"),
        (false, Some(host)) => format!("provider `{account}` at `{host}` is an account of {vendor}"),
        (false, None) => format!("provider `{account}`, whose address is in a variable, is an account of {vendor}"),
    };
    Event { span, text }
}

/// Whether a target is processed within these regions only.
fn in_regions(judge: &Judge<'_, '_>, wanted: &[&str], target: TargetId) -> Result<Vec<Event>, Outside> {
    let places = judge.provider(target).processes_in(judge.zone(target)).ok_or_else(|| anywhere(judge, target))?;
    match places.iter().find(|region| !wanted.iter().any(|wider| region_within(region, wider))) {
        Some(region) => Err(Outside { why: format!("`{}` may be processed in `{region}`", judge.policy[target].text), unknown: false }),
        None => Ok(regions_of(judge, target).into_iter().collect()),
    }
}

/// Why nobody can tell where a target is processed.
fn anywhere(judge: &Judge<'_, '_>, target: TargetId) -> Outside {
    let provider = judge.provider(target);
    let account = provider.name.text;
    let why = match (provider.address_variable(), &provider.region) {
        (Some(variable), _) => format!("where `{account}` processes is unknown: its address is in `{variable}`"),
        (None, None) => format!("where `{account}` processes is unknown: it says no `region`"),
        (None, Some(_)) if provider.passes_on_to_anybody() => {
            format!("where `{account}` processes is unknown: its `upstreams` let anybody serve")
        }
        (None, Some(_)) => format!("`{}` may be processed anywhere", judge.policy[target].text),
    };
    Outside { why, unknown: true }
}

/// The attribute that says where an account processes.
pub(super) fn regions_of(judge: &Judge<'_, '_>, target: TargetId) -> Option<Event> {
    let provider = judge.provider(target);
    let regions = provider.region.as_ref()?;
    let names = and(regions.value.iter().map(|region| tick(region.text)));
    Some(Event { span: regions.span, text: format!("provider `{}` processes in {names} only", provider.name.text) })
}

/// The attribute that says at which host an account is; none where it is the well-known one.
pub(super) fn address_of(judge: &Judge<'_, '_>, target: TargetId) -> Option<Event> {
    let provider = judge.provider(target);
    let text = format!("provider `{}` is at `{}`", provider.name.text, provider.host()?);
    provider.base_url_span.map(|span| Event { span, text })
}

/// The attribute that says which key an account uses.
pub(super) fn key_of(judge: &Judge<'_, '_>, target: TargetId) -> Option<Event> {
    let provider = judge.provider(target);
    let key = provider.key.as_ref()?;
    let text = match &key.value {
        KeySource::None => format!("provider `{}` needs no key", provider.name.text),
        source => format!("provider `{}` uses the key {}", provider.name.text, tick(source.describe())),
    };
    Some(Event { span: key.span, text })
}

/// The attributes that tell a company apart from those behind an account.
pub(super) fn apart(judge: &Judge<'_, '_>, target: TargetId) -> Vec<Event> {
    let provider = judge.provider(target);
    let account = provider.name.text;
    let said = match Behind::of(provider) {
        Behind::Nobody => None,
        Behind::Only(only) => Some(format!("provider `{account}` routes to {} only", and(only.iter().map(tick)))),
        Behind::AnyBut(except) if except.is_empty() => None,
        Behind::AnyBut(except) => Some(format!("provider `{account}` does not route to {}", or(except.iter().map(tick)))),
    };
    let behind = provider.upstreams_span.zip(said).map(|(span, text)| Event { span, text });
    behind.into_iter().chain((!provider.known_host).then(|| company_reliance(provider))).collect()
}

/// What the policy declares a target to be.
pub(super) fn declared_model(judge: &Judge<'_, '_>, target: TargetId) -> Option<Event> {
    let declared = judge.policy.models.get(judge.policy[target].model? as usize)?;
    let is = declared.is.as_ref()?;
    Some(Event { span: is.span, text: format!("`{}` is declared to be `{}/{}`", judge.policy[target].text, is.value.0, is.value.1) })
}

/// How a target is, or may be, among those whom data must never reach; `None`: it is known not to be.
pub(super) fn touches(judge: &Judge<'_, '_>, whom: &[Whom<'_>], target: TargetId) -> Option<Outside> {
    whom.iter().find_map(|whom| match whom {
        Whom::Name(name) => touches_name(judge, name.text, target),
        Whom::Region(region) => touches_region(judge, region.text, target),
        Whom::Pattern(pattern) => touches_pattern(judge, pattern, target),
    })
}

/// Whether a call of an account is one of whoever has this name: itself, a company of it, or one that may serve behind it.
pub(super) fn touches_name(judge: &Judge<'_, '_>, name: &str, target: TargetId) -> Option<Outside> {
    let provider = judge.provider(target);
    let account = provider.name.text;
    if account == name {
        return Some(Outside { why: String::new(), unknown: false });
    }
    if provider.companies().any(|company| company == name) {
        return Some(Outside { why: format!("`{account}` is an account of `{name}`"), unknown: false });
    }
    let behind = Behind::of(provider);
    let unknown = matches!(behind, Behind::AnyBut(_));
    (judge.is_company(name) && behind.permits(name))
        .then(|| Outside { why: format!("`{account}` routes on its own, and `{name}` may serve behind it"), unknown })
}

fn touches_region(judge: &Judge<'_, '_>, region: &str, target: TargetId) -> Option<Outside> {
    let Some(places) = judge.provider(target).processes_in(judge.zone(target)) else { return Some(anywhere(judge, target)) };
    let met = places.into_iter().find(|place| regions_meet(place, region))?;
    Some(Outside { why: format!("`{}` may be processed in `{met}`", judge.policy[target].text), unknown: false })
}

/// As a deny covers: whatever the letter case, under any id of the same model, and through routers.
fn touches_pattern(judge: &Judge<'_, '_>, pattern: &Pattern<'_>, target: TargetId) -> Option<Outside> {
    let provider = judge.provider(target);
    let (id, text) = (&judge.policy[target].id, judge.policy[target].text);
    let base = judge.facts.get(target.0 as usize).and_then(|facts| facts.base.as_deref());
    if covers_account(pattern.owner, provider) {
        if covers(&pattern.id, id) {
            return Some(Outside { why: String::new(), unknown: false });
        }
        let names = base.map(|base| judge.aliases.borrow_mut().of(&provider.vendor, base).to_vec()).unwrap_or_default();
        if let Some(alias) = names.iter().find(|name| covers(&pattern.id, name)) {
            return Some(Outside { why: format!("`{text}` is `{alias}` under another name"), unknown: false });
        }
        // At its vendor's own host one model may have several names; elsewhere ids are the account's own.
        if base.is_none() && provider.at_known_host() {
            return Some(unknown_model(text));
        }
    }
    if !judge.is_company(pattern.owner) || !Behind::of(provider).permits(pattern.owner) {
        return None;
    }
    // Operators name models as they like at Azure; what all of a company's models are called the catalogue tells.
    let Some(base) = base.filter(|_| pattern.owner != "azure") else { return Some(unknown_model(text)) };
    let names = judge.aliases.borrow_mut().of(pattern.owner, base).to_vec();
    let name = names.into_iter().find(|name| covers(&pattern.id, name))?;
    Some(Outside { why: format!("`{text}` is `{}/{name}` under another name", pattern.owner), unknown: false })
}

/// Of a model that nobody knows it cannot be told that it is not the one that is meant.
fn unknown_model(text: &str) -> Outside {
    Outside { why: format!("which model `{text}` is cannot be told"), unknown: true }
}
