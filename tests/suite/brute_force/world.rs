//! A policy as plain data, with every attempt that any run of the reference interpreter gets to.

use std::collections::BTreeMap;

use byokc::catalogue::Catalogue;
use byokc::policy::facts::Facts;
use byokc::policy::model::{Detector, Policy, Routes};

use super::account::Account;
use crate::interpreter::chains::Chains;
use crate::interpreter::compare::telling_answers;
use crate::interpreter::run::{Call, each_run};

/// A set of data classes, by number.
pub(crate) type Data = std::collections::BTreeSet<usize>;

/// All that verdicts are made of.
pub(crate) struct World<'p> {
    pub(crate) policy: &'p Policy<'p>,
    pub(crate) facts: &'p [Facts<'p>],
    catalogue: &'p Catalogue,
    pub(crate) chains: Chains,
    pub(crate) accounts: Vec<Account>,
    pub(crate) targets: Vec<Target>,
    /// For each route every attempt of any run, with a shortest run that ends there.
    pub(crate) reached: Vec<Vec<Vec<Call>>>,
}

/// Who is called.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) account: usize,
    pub(crate) id: String,
    /// What the catalogue knows the model as.
    pub(crate) base: Option<String>,
    /// Where its id itself says that requests go.
    pub(crate) zone: Option<String>,
    /// Further ids under which its vendor serves that model.
    pub(crate) aliases: Vec<String>,
}

impl<'p> World<'p> {
    pub(crate) fn of(policy: &'p Policy<'p>, facts: &'p [Facts<'p>], catalogue: &'p Catalogue) -> Self {
        let chains = Chains::of(policy);
        let targets = policy.targets.iter().zip(facts).map(|(target, facts)| {
            let base = facts.base.as_deref().map(str::to_owned);
            let aliases = base.iter().flat_map(|base| names(catalogue, &policy[target.provider].vendor, base)).collect();
            let zone = facts.zone().map(str::to_owned);
            Target { account: target.provider.0 as usize, id: target.id.to_string(), aliases, base, zone }
        });
        let (targets, accounts) = (targets.collect(), policy.providers.iter().map(Account::of).collect());
        let reached = (0..chains.routes.len()).map(|route| reached(&chains, route)).collect();
        Self { policy, facts, catalogue, chains, accounts, targets, reached }
    }

    /// The ids by which a company's models of this kind are known.
    pub(crate) fn names(&self, company: &str, base: &str) -> Vec<String> {
        names(self.catalogue, company, base)
    }

    /// Whether an account may pass on to whoever has this name. Nobody is behind it by the name of an account that no company has.
    pub(crate) fn may_be_passed_to(&self, account: &Account, name: &str) -> bool {
        let of_company = self.accounts.iter().any(|account| account.companies.contains(name)) || !self.catalogue.of_vendor(name).is_empty();
        let only_account = !of_company && self.accounts.iter().any(|account| account.name == name);
        !only_account && account.may_pass_to(name)
    }

    /// Whether whoever has this name may see what an account gets: it is of it, or passes on to it.
    pub(crate) fn may_be_seen_by(&self, account: &Account, name: &str) -> bool {
        account.is_of(name) || self.may_be_passed_to(account, name)
    }

    /// The account that a call goes to.
    pub(crate) fn account(&self, call: &Call) -> &Account {
        &self.accounts[self.targets[call.target].account]
    }

    /// Every attempt of a route: the last call of a shortest run that gets to it.
    pub(crate) fn attempts(&self, route: usize) -> impl Iterator<Item = (&Call, usize)> {
        self.reached[route].iter().map(|run| (run.last().unwrap(), run.len()))
    }

    /// The routes that a claim speaks of.
    pub(crate) fn routes(&self, routes: &Routes) -> Vec<usize> {
        match routes {
            Routes::All(_) => (0..self.policy.routes.len()).collect(),
            Routes::Named(named) => named.iter().map(|route| route.value.0 as usize).collect(),
        }
    }

    /// The data that a call may carry: what the called route accepts, after what each route on the way makes of it by its redaction.
    pub(crate) fn carried(&self, call: &Call) -> Data {
        let classes = &self.policy.classes;
        let mut data: Data = self.policy.routes[call.way[0].0].accepts.value.iter().collect();
        for route in call.way.iter().map(|(route, _)| &self.policy.routes[*route]).filter(|route| !route.redact.is_empty()) {
            for lowers in &route.lowers {
                let moves = |class: usize| classes.below(lowers.from).contains(class) && !classes.below(lowers.to).contains(class);
                data = data.into_iter().map(|class| if moves(class) { lowers.to } else { class }).collect();
            }
        }
        data
    }

    /// What is masked before a call.
    pub(crate) fn masked(&self, call: &Call) -> Vec<Detector> {
        let routes = call.way.iter().map(|(route, _)| &self.policy.routes[*route]);
        routes.flat_map(|route| route.redact.iter().map(|detector| detector.value)).collect()
    }
}

fn names(catalogue: &Catalogue, company: &str, base: &str) -> Vec<String> {
    let same = catalogue.of_vendor(company).iter().filter(|entry| entry.base.as_deref() == Some(base)).map(|entry| entry.id.to_string());
    same.chain(base.split_once('/').map(|(_, id)| id.to_owned())).collect()
}

/// Who is called, on which way.
type Attempt = (Vec<(usize, usize)>, usize);

/// For every attempt a shortest run that ends with it.
fn reached(chains: &Chains, route: usize) -> Vec<Vec<Call>> {
    let answers = telling_answers(chains, route);
    let mut found: BTreeMap<Attempt, Vec<Call>> = BTreeMap::new();
    each_run(chains, route, &|_| answers.clone(), &mut |run| {
        for length in 1..=run.len() {
            let last = &run[length - 1];
            let known = found.entry((last.way.clone(), last.target)).or_insert_with(|| run[..length].to_vec());
            if known.len() > length {
                *known = run[..length].to_vec();
            }
        }
    });
    found.into_values().collect()
}
