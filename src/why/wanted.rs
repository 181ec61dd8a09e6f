//! A target that is asked about: it need not stand in the policy.

use crate::catalogue::{Catalogue, WellKnown, providers::all_well_known, well_known};
use crate::policy::model::{Policy, ProviderId, TargetId};
use crate::policy::resolve::read_target;
use crate::text::nearest;

/// An account's name and a model's id there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// As a policy writes it.
    pub text: String,
    /// The account's name.
    pub account: String,
    /// The model's id.
    pub id: String,
}

impl Wanted {
    /// Reads `provider/model`. `Err` holds what is wrong with it, to stand behind "`…` ", and what to do.
    pub fn parse(text: &str) -> Result<Self, (String, &'static str)> {
        let (account, id) = read_target(text)?;
        Ok(Self { text: text.to_owned(), account: account.to_owned(), id: id.into_owned() })
    }

    /// The account, where the policy declares it.
    pub fn provider(&self, policy: &Policy<'_>) -> Option<ProviderId> {
        (0..).map(ProviderId).zip(&policy.providers).find(|(_, provider)| provider.name.text == self.account).map(|(id, _)| id)
    }

    /// The target, where a chain or pool of the policy names it.
    pub fn target(&self, policy: &Policy<'_>) -> Option<TargetId> {
        let provider = self.provider(policy)?;
        let same = |target: &crate::policy::model::Target<'_>| target.provider == provider && target.id == self.id;
        (0..).map(TargetId).zip(&policy.targets).find(|(_, target)| same(target)).map(|(id, _)| id)
    }

    /// What the account is by its name alone.
    pub fn known(&self) -> Option<&'static WellKnown> {
        well_known(&self.account)
    }

    /// The account that was probably meant, where this one is neither declared nor well known.
    pub fn nearest_account<'p>(&self, policy: &'p Policy<'_>) -> Option<&'p str> {
        if self.provider(policy).is_some() || self.known().is_some() {
            return None;
        }
        let declared = policy.providers.iter().map(|provider| provider.name.text);
        nearest(&self.account, declared.chain(all_well_known().iter().map(|known| known.name)))
    }

    /// The model that was probably meant, where the catalogue knows the account's vendor, but not this model.
    pub fn nearest_model(&self, policy: &Policy<'_>, catalogue: &Catalogue) -> Option<String> {
        let vendor = match self.provider(policy) {
            Some(provider) => Some(&policy[provider]).filter(|account| account.known_host).map(|account| &*account.vendor),
            None => self.known().map(|known| known.vendor),
        }?;
        if self.target(policy).is_some() || catalogue.get(vendor, &self.id).is_some() {
            return None;
        }
        catalogue.nearest(vendor, &self.id).map(|id| format!("{}/{id}", self.account))
    }
}
