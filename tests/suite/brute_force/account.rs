//! What is behind an account, read off its declaration: whose it is, where it is, whose key it takes.

use std::collections::BTreeSet;

use byokc::catalogue::providers::{upstream_vendor, well_known};
use byokc::catalogue::{Protocol, host};
use byokc::policy::model::{BaseUrl, KeySource, Provider, Upstreams};

/// An account, in names.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) name: String,
    /// The company that it is declared to be of, and the one whose host its address is.
    pub(crate) companies: BTreeSet<String>,
    /// Who may serve behind it; `None` where it serves itself.
    pub(crate) behind: Option<Behind>,
    /// Whether it is called as a well-known provider while some company of it is another.
    pub(crate) misnamed: bool,
    /// Accounts at one place are lost together. `None`: whatever a variable says, it may be any.
    pub(crate) place: Option<String>,
    /// Whether it is at the address of a company that is known, so that ids are the company's.
    pub(crate) at_home: bool,
    /// Where it may process; `None`: nobody knows.
    pub(crate) regions: Option<Vec<String>>,
    /// Accounts with one key are lost together; `None` where it needs none.
    pub(crate) key: Option<String>,
    pub(crate) managed: bool,
}

/// Who may serve behind a router.
#[derive(Clone, Debug)]
pub(crate) enum Behind {
    /// These, each by all its names: the slug, and the company that is known by it.
    Only(Vec<BTreeSet<String>>),
    /// Everybody but these.
    AnyBut(BTreeSet<String>),
}

fn names_of(slug: &str) -> BTreeSet<String> {
    let company = slug.split('/').next().unwrap_or(slug);
    BTreeSet::from([slug, company, upstream_vendor(slug)].map(str::to_owned))
}

impl Account {
    pub(crate) fn of(provider: &Provider<'_>) -> Self {
        let name = provider.name.text.to_owned();
        let mut companies = BTreeSet::from([provider.vendor.to_string()]);
        let mut at_home = false;
        let place = match &provider.base_url {
            Some(BaseUrl::Address { host: hostname, loopback, .. }) => {
                let owner = host(hostname).map(|facts| facts.vendor);
                at_home = owner.is_some();
                companies.extend(owner.map(str::to_owned));
                Some(if *loopback { "this machine".to_owned() } else { format!("host {hostname}") })
            }
            Some(BaseUrl::Variable(_)) => None,
            None => panic!("every account has an address"),
        };
        let routes_on =
            provider.protocol == Some(Protocol::Openrouter) || companies.contains("openrouter") || provider.upstreams_span.is_some();
        let behind = routes_on.then(|| match &provider.upstreams {
            Upstreams::Only(slugs) => Behind::Only(slugs.iter().map(|slug| names_of(slug.text)).collect()),
            // What is but a part of a company (`google-vertex/europe`) leaves the company the rest.
            Upstreams::AnyExcept(slugs) => {
                Behind::AnyBut(slugs.iter().filter(|slug| !slug.text.contains('/')).flat_map(|slug| names_of(slug.text)).collect())
            }
        });
        let declared = provider.region.as_ref().map(|region| region.value.iter().map(|slug| slug.text.to_owned()).collect());
        // Whoever may serve behind it may do so anywhere.
        let anybody = matches!(behind, Some(Behind::AnyBut(_)));
        let key = match provider.key.as_ref().map(|key| &key.value) {
            None | Some(KeySource::None) => None,
            // Requests bring it in a header of the account's name, in which `_` is written as `-`.
            Some(KeySource::PerRequest) => Some(format!("per request of {}", name.replace('_', "-"))),
            Some(source) => Some(format!("{source:?}")),
        };
        Self {
            misnamed: well_known(&name).is_some_and(|known| companies.iter().any(|company| company != known.vendor)),
            companies,
            behind,
            regions: declared.filter(|_| place.is_some() && !anybody),
            place,
            at_home,
            key,
            managed: provider.managed.is_some(),
            name,
        }
    }

    /// Whether a name covers it: its own, or that of a company behind it.
    pub(crate) fn is_of(&self, name: &str) -> bool {
        self.name == name || self.companies.contains(name)
    }

    /// Whether it and another may be called at one place.
    pub(crate) fn may_be_beside(&self, other: &Self) -> bool {
        self.place.is_none() || other.place.is_none() || self.place == other.place
    }

    /// Whether it may pass on to a company of this name.
    pub(crate) fn may_pass_to(&self, name: &str) -> bool {
        match &self.behind {
            None => false,
            Some(Behind::Only(upstreams)) => upstreams.iter().any(|names| names.contains(name)),
            Some(Behind::AnyBut(excepted)) => !excepted.contains(name),
        }
    }

    /// Whether it certainly stays within these regions; `zone` is where a model's id itself says that requests go.
    pub(crate) fn stays_within(&self, zone: Option<&String>, regions: &[&str]) -> bool {
        let within = |region: &String| regions.iter().any(|outer| lies_within(region, outer));
        self.places(zone).is_some_and(|places| places.iter().all(within))
    }

    /// Whether it may process in a region.
    pub(crate) fn may_be_in(&self, zone: Option<&String>, region: &str) -> bool {
        self.places(zone).is_none_or(|places| places.iter().any(|place| may_meet(place, region)))
    }

    /// Where requests may be processed; `None`: nobody knows, or it may be anywhere.
    pub(crate) fn places(&self, zone: Option<&String>) -> Option<Vec<String>> {
        let places: Vec<String> = self.regions.as_ref()?.iter().chain(zone).cloned().collect();
        (!places.iter().any(|place| place == "global")).then_some(places)
    }
}

/// Whether two regions may have a place in common. `global` is everywhere, and `apac` wherever is not known to lie elsewhere.
fn may_meet(one: &str, other: &str) -> bool {
    let whole = |region: &str| region.split('/').next().unwrap().to_owned();
    let holds = |wide: &str, region: &str| match &*whole(wide) {
        "global" => true,
        "apac" => !["us", "us-gov", "ca", "sa", "eu", "uk", "af"].contains(&&*whole(region)),
        _ => lies_within(region, wide),
    };
    holds(one, other) || holds(other, one)
}

/// Region `eu/west-1` lies within `eu`.
fn lies_within(inner: &str, outer: &str) -> bool {
    inner == outer || inner.starts_with(&format!("{outer}/"))
}
