//! Which models of the catalogue could stand where a target does: what the help of a finding about a model names.

use std::collections::BTreeSet;

use crate::automaton::Place;
use crate::catalogue::{Catalogue, Entry};
use crate::policy::matching::{self, matches};
use crate::policy::model::{Allowing, Pattern, Policy, Provider, ProviderId, Route, TargetId};
use crate::text::{or, tick};

use super::lists::covers_account;

/// The most models that a help names.
const MOST: usize = 3;

/// Models that would do, as targets, the most alike first.
#[derive(Debug, Default)]
pub struct Candidates {
    /// Those that every route on the way allows.
    pub allowed: Vec<String>,
    /// Models of the same account that would have to be allowed first.
    pub others: Vec<String>,
}

impl Candidates {
    /// Models that fit where `target` stands, at the end of the way `path`. Those in `taken` are in the chain already.
    pub fn find(
        policy: &Policy<'_>,
        catalogue: &Catalogue,
        path: &[Place],
        target: TargetId,
        taken: &BTreeSet<&str>,
        fits: impl Fn(&Entry) -> bool,
    ) -> Self {
        let target = &policy[target];
        let mut found = Self::default();
        let others =
            (0..).map(ProviderId).take(policy.providers.len()).filter(|id| *id != target.provider && may_stand_in(policy, path, *id));
        for provider in std::iter::once(target.provider).chain(others) {
            if found.allowed.len() >= MOST {
                break;
            }
            let account = &policy[provider];
            if !has_facts(account) {
                continue;
            }
            let entries = catalogue.of_vendor(&account.vendor).iter();
            let mut entries: Vec<&Entry> = entries.filter(|entry| entry.id != target.id && !is_passing(&entry.id) && fits(entry)).collect();
            entries.sort_by_cached_key(|entry| (difference(&entry.id, &target.id), std::cmp::Reverse(&entry.id)));
            let mut named: Vec<std::borrow::Cow<'_, str>> = Vec::new();
            for entry in entries {
                // Two ids of one model are one suggestion.
                let base = catalogue.base_of(&account.vendor, &entry.id);
                if base.as_ref().is_some_and(|base| named.contains(base)) {
                    continue;
                }
                named.extend(base);
                let name = format!("{}/{}", account.name.text, entry.id);
                if taken.contains(name.as_str()) {
                    continue;
                }
                match open(policy, path, provider, &entry.id) {
                    Open::Yes if found.allowed.len() < MOST => found.allowed.push(name),
                    Open::NotAllowed if found.others.len() < MOST && provider == target.provider => found.others.push(name),
                    _ => {}
                }
            }
        }
        found
    }

    /// What to call instead, with what speaks for one or for several: `call … instead, which has it`. `None` where no model would do.
    pub fn advise(&self, one: &str, several: &str) -> Option<String> {
        let reason = |names: &[String]| if names.len() == 1 { one } else { several }.to_owned();
        match (self.allowed.as_slice(), self.others.as_slice()) {
            ([], []) => None,
            ([], others) => Some(format!("call {} instead{}, and add it to the allowlist", or(others.iter().map(tick)), reason(others))),
            (allowed, _) => Some(format!("call {} instead{}", or(allowed.iter().map(tick)), reason(allowed))),
        }
    }
}

/// Whether the catalogue's facts hold for an account, by id. An Azure id is the name of a deployment.
fn has_facts(account: &Provider<'_>) -> bool {
    account.known_host && account.vendor != "azure"
}

/// Whether another account is sure to be good enough for a way, whatever the model.
fn may_stand_in(policy: &Policy<'_>, path: &[Place], provider: ProviderId) -> bool {
    let account = &policy[provider];
    let Some(called) = path.first().map(|hop| &policy[hop.route]) else { return false };
    let demands_nothing = |route: &Route<'_>| route.region.is_empty() && route.retention.is_none() && route.training_never.is_none();
    account.key.is_some()
        && account.managed.is_none()
        && !account.is_router()
        && called.accepts.value.within(account.clearance)
        && path.iter().all(|hop| demands_nothing(&policy[hop.route]))
}

enum Open {
    Yes,
    NotAllowed,
    Denied,
}

/// Whether every route on a way may call a model.
fn open(policy: &Policy<'_>, path: &[Place], provider: ProviderId, id: &str) -> Open {
    let covers = |pattern: &Pattern<'_>| pattern.provider == Some(provider) && matches(&pattern.id, id);
    let allows = |route: &Route<'_>| {
        route.allow.iter().any(|entry| match entry {
            Allowing::Pattern(pattern) => covers(pattern),
            Allowing::List(list) => policy[list.value].patterns.iter().any(covers) && !policy[list.value].except.iter().any(covers),
        })
    };
    let denies = |pattern: &Pattern<'_>| covers_account(pattern.owner, &policy[provider]) && matching::covers(&pattern.id, id);
    let denied = policy.denies.iter().any(|deny| {
        let concerned = deny.routes.as_ref().is_none_or(|routes| path.iter().any(|hop| routes.contains(&hop.route)));
        concerned && deny.patterns.iter().any(denies)
    });
    if denied {
        Open::Denied
    } else if path.iter().all(|hop| allows(&policy[hop.route])) {
        Open::Yes
    } else {
        Open::NotAllowed
    }
}

/// Whether an id names a snapshot, a preview or whatever is newest: nothing to move to for good.
fn is_passing(id: &str) -> bool {
    let digits = id.bytes().rev().take_while(|byte| byte.is_ascii_digit() || *byte == b'-').filter(u8::is_ascii_digit).count();
    digits >= 8 || id.contains("preview") || id.contains("latest") || id.contains(':')
}

/// How many letters of the longer id lie between what both begin with and what both end with.
fn difference(one: &str, other: &str) -> usize {
    let same = |pairs: &mut dyn Iterator<Item = (u8, u8)>| pairs.take_while(|(one, other)| one == other).count();
    let start = same(&mut one.bytes().zip(other.bytes()));
    let end = same(&mut one.bytes().rev().zip(other.bytes().rev()));
    let shorter = one.len().min(other.len());
    one.len().max(other.len()) - (start + end).min(shorter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_version_is_the_most_alike() {
        let rank = |id: &str, others: &[&str]| {
            let mut others: Vec<String> = others.iter().map(ToString::to_string).collect();
            others.sort_by_cached_key(|other| (difference(other, id), std::cmp::Reverse(other.clone())));
            others.concat()
        };
        assert!(rank("claude-sonnet-4-5", &["claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-4-5"]).starts_with("claude-sonnet-5-5"));
        assert!(rank("gemini-2.5-flash", &["gemini-4-argon", "gemini-3.8-flash", "gemini-3.1-pro"]).starts_with("gemini-3.8-flash"));
    }

    #[test]
    fn snapshots_and_previews_are_passed_over() {
        for id in ["gpt-5.2-2025-12-11", "claude-haiku-4-5-20251001", "gemini-pro-latest", "gemini-3-flash-preview", "x:free"] {
            assert!(is_passing(id), "{id}");
        }
        for id in ["gpt-5.2", "claude-sonnet-4-5", "mistral-small-2603", "gpt-oss-120b"] {
            assert!(!is_passing(id), "{id}");
        }
    }
}
