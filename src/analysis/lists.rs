//! Which targets the allowlists admit, and which the denies forbid.

use std::cell::RefCell;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::catalogue::Catalogue;
use crate::policy::facts::Facts;
use crate::policy::matching::{covers, matches};
use crate::policy::model::{AllowId, Allowing, Deny, Pattern, Policy, Provider, ProviderId, Route, RouteId, TargetId};

/// The allowlists and denies of a policy, ready to be asked about its targets.
#[derive(Debug)]
pub struct Lists<'a, 's> {
    policy: &'a Policy<'s>,
    allows: Vec<Matcher<'a>>,
    excepts: Vec<Matcher<'a>>,
    admitted: RefCell<FxHashMap<(AllowId, TargetId), bool>>,
    denied: Vec<Vec<Denial<'a, 's>>>,
}

/// A deny that covers a target, and the pattern by which it does.
#[derive(Clone, Copy, Debug)]
pub struct Denial<'a, 's> {
    /// The declaration.
    pub deny: &'a Deny<'s>,
    /// The pattern.
    pub pattern: &'a Pattern<'s>,
}

impl<'a, 's> Lists<'a, 's> {
    /// Prepares the lists of a policy.
    pub fn new(policy: &'a Policy<'s>, facts: &[Facts<'s>], catalogue: &Catalogue) -> Self {
        Self {
            policy,
            allows: policy.allows.iter().map(|list| Matcher::new(&list.patterns)).collect(),
            excepts: policy.allows.iter().map(|list| Matcher::new(&list.except)).collect(),
            admitted: RefCell::default(),
            denied: denials(policy, facts, catalogue),
        }
    }

    /// Whether a route's own allowlist admits a target.
    pub fn admits(&self, route: &Route<'_>, target: TargetId) -> bool {
        route.allow.iter().any(|entry| match entry {
            Allowing::List(list) => self.list_admits(list.value, target),
            Allowing::Pattern(pattern) => admits(pattern, self.policy, target),
        })
    }

    /// Whether a named allowlist admits a target.
    pub fn list_admits(&self, list: AllowId, target: TargetId) -> bool {
        if let Some(known) = self.admitted.borrow().get(&(list, target)) {
            return *known;
        }
        let index = list.0 as usize;
        let holds = |lists: &[Matcher<'_>]| lists.get(index).is_some_and(|matcher| matcher.holds(self.policy, target));
        let admitted = holds(&self.allows) && !holds(&self.excepts);
        self.admitted.borrow_mut().insert((list, target), admitted);
        admitted
    }

    /// The denies that forbid a target to a route.
    pub fn denials(&self, route: RouteId, target: TargetId) -> impl Iterator<Item = &Denial<'a, 's>> {
        self.denied
            .get(target.0 as usize)
            .into_iter()
            .flatten()
            .filter(move |denial| denial.deny.routes.as_ref().is_none_or(|routes| routes.contains(&route)))
    }
}

/// Whether an allow pattern admits a target: allow is exact, by account name.
pub fn admits(pattern: &Pattern<'_>, policy: &Policy<'_>, target: TargetId) -> bool {
    let target = &policy[target];
    pattern.provider == Some(target.provider) && matches(&pattern.id, &target.id)
}

/// Whether the provider part of a deny covers an account: its own name, or its vendor's.
pub fn covers_account(owner: &str, provider: &Provider<'_>) -> bool {
    provider.name.text == owner || provider.companies().any(|company| company == owner)
}

/// Patterns of a list: exact ones to look up, the others to try in turn.
#[derive(Debug)]
struct Matcher<'a> {
    exact: FxHashSet<(ProviderId, &'a str)>,
    globs: FxHashMap<ProviderId, Vec<&'a str>>,
}

impl<'a> Matcher<'a> {
    fn new(patterns: &'a [Pattern<'_>]) -> Self {
        let mut matcher = Self { exact: FxHashSet::default(), globs: FxHashMap::default() };
        for pattern in patterns {
            let Some(provider) = pattern.provider else { continue };
            if pattern.id.contains('*') {
                matcher.globs.entry(provider).or_default().push(&pattern.id);
            } else {
                matcher.exact.insert((provider, &pattern.id));
            }
        }
        matcher
    }

    fn holds(&self, policy: &Policy<'_>, target: TargetId) -> bool {
        let target = &policy[target];
        self.exact.contains(&(target.provider, &*target.id))
            || self.globs.get(&target.provider).is_some_and(|globs| globs.iter().any(|glob| matches(glob, &target.id)))
    }
}

/// For each target the denies that cover it. A deny covers an id in any letter case, and every snapshot and alias of a model that it names.
fn denials<'a, 's>(policy: &'a Policy<'s>, facts: &[Facts<'s>], catalogue: &Catalogue) -> Vec<Vec<Denial<'a, 's>>> {
    let mut by_owner: FxHashMap<&str, OwnerDenies<'a, 's>> = FxHashMap::default();
    for (order, (deny, pattern)) in
        policy.denies.iter().flat_map(|deny| deny.patterns.iter().map(move |pattern| (deny, pattern))).enumerate()
    {
        let owner = by_owner.entry(pattern.owner).or_default();
        let denial = (order, Denial { deny, pattern });
        if pattern.id.contains('*') {
            owner.globs.push(denial);
        } else {
            owner.exact.entry(pattern.id.to_lowercase()).or_default().push(denial);
        }
    }
    if by_owner.is_empty() {
        return Vec::new();
    }
    let mut aliases = Aliases::new(catalogue);
    policy
        .targets
        .iter()
        .zip(facts)
        .map(|(target, facts)| {
            let provider = &policy[target.provider];
            let mut names = vec![target.id.to_lowercase()];
            if let Some(base) = &facts.base {
                names.extend(aliases.of(&provider.vendor, base).iter().cloned());
            }
            let mut found: Vec<(usize, Denial<'a, 's>)> = Vec::new();
            let mut owners: Vec<&str> = [provider.name.text].into_iter().chain(provider.companies()).collect();
            owners.sort_unstable();
            owners.dedup();
            for denies in owners.iter().filter_map(|owner| by_owner.get(owner)) {
                found.extend(names.iter().filter_map(|name| denies.exact.get(name)).flatten().copied());
                found.extend(denies.globs.iter().filter(|(_, denial)| names.iter().any(|name| covers(&denial.pattern.id, name))).copied());
            }
            found.sort_unstable_by_key(|(order, _)| *order);
            found.dedup_by_key(|(order, _)| *order);
            found.into_iter().map(|(_, denial)| denial).collect()
        })
        .collect()
}

#[derive(Default)]
struct OwnerDenies<'a, 's> {
    exact: FxHashMap<String, Vec<(usize, Denial<'a, 's>)>>,
    globs: Vec<(usize, Denial<'a, 's>)>,
}

/// The ids, lower case, under which a vendor serves a model.
pub struct Aliases<'c> {
    catalogue: &'c Catalogue,
    known: FxHashMap<(String, String), Vec<String>>,
}

impl<'c> Aliases<'c> {
    /// None looked up yet.
    pub fn new(catalogue: &'c Catalogue) -> Self {
        Self { catalogue, known: FxHashMap::default() }
    }

    /// Every id of the vendor with this base model, and the base model's own id.
    pub fn of(&mut self, vendor: &str, base: &str) -> &[String] {
        self.known.entry((vendor.to_owned(), base.to_owned())).or_insert_with(|| {
            let own = base.split_once('/').map(|(_, id)| id.to_lowercase());
            let entries = self.catalogue.of_vendor(vendor).iter().filter(|entry| entry.base.as_deref() == Some(base));
            own.into_iter().chain(entries.map(|entry| entry.id.to_lowercase())).collect()
        })
    }
}
