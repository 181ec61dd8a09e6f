//! Finds what a name refers to. A name that leads nowhere is noted, and gathered into one finding for each name.

use super::Resolver;
use super::about::{About, Spot};
use super::findings::Space;
use super::names::Table;
use super::target::{self, Parts};
use crate::catalogue::Capability;
use crate::failure::{Failure, Failures};
use crate::policy::class::ClassSet;
use crate::policy::model::{AllowId, Detector, Pattern, PoolId, ProviderId, RouteId, SourceId, Target, TargetId, ToolId, WorkflowId};
use crate::source::Span;
use crate::syntax::ast::Word;

/// What `needs` and `supports` may name.
pub(super) const CAPABILITIES: [Capability; 7] = [
    Capability::Streaming,
    Capability::Tools,
    Capability::ForcedTools,
    Capability::Vision,
    Capability::JsonSchema,
    Capability::Reasoning,
    Capability::Sampling,
];

impl<'s> Resolver<'s> {
    fn find(&mut self, space: Space, word: Word<'s>, about: About<'s>, table: impl Fn(&Self) -> &Table<'s>) -> Option<u32> {
        let found = table(self).get(word.text).map(|known| known.value);
        if found.is_none() {
            self.out.unknown(space, "", word.text, word.span, about);
        }
        found
    }

    pub(super) fn provider_id(&mut self, word: Word<'s>, about: About<'s>) -> Option<ProviderId> {
        self.find(Space::Provider, word, about, |all| &all.names.providers).map(ProviderId)
    }

    pub(super) fn allow_id(&mut self, word: Word<'s>, about: About<'s>) -> Option<AllowId> {
        self.find(Space::Allow, word, about, |all| &all.names.allows).map(AllowId)
    }

    pub(super) fn pool_id(&mut self, word: Word<'s>, about: About<'s>) -> Option<PoolId> {
        self.find(Space::Pool, word, about, |all| &all.names.pools).map(PoolId)
    }

    pub(super) fn route_id(&mut self, word: Word<'s>, about: About<'s>) -> Option<RouteId> {
        self.find(Space::Route, word, about, |all| &all.names.routes).map(RouteId)
    }

    pub(super) fn tool_id(&mut self, word: Word<'s>, about: About<'s>) -> Option<ToolId> {
        self.find(Space::Tool, word, about, |all| &all.names.tools).map(ToolId)
    }

    pub(super) fn source_id(&mut self, word: Word<'s>, about: About<'s>) -> Option<SourceId> {
        self.find(Space::Source, word, about, |all| &all.names.sources).map(SourceId)
    }

    pub(super) fn workflow_id(&mut self, word: Word<'s>, about: About<'s>) -> Option<WorkflowId> {
        self.find(Space::Workflow, word, about, |all| &all.names.workflows).map(WorkflowId)
    }

    /// The number of a data class.
    pub(super) fn class(&mut self, word: Word<'s>, about: About<'s>) -> Option<usize> {
        let found = self.policy.classes.find(word.text);
        if found.is_none() && !self.names.surplus.contains(word.text) {
            self.out.unknown(Space::Class, "", word.text, word.span, about);
        }
        found
    }

    /// Data classes as written, and whether all are known.
    pub(super) fn classes(&mut self, words: &[Word<'s>], about: About<'s>) -> (ClassSet, bool) {
        let mut known = true;
        let mut set = ClassSet::NONE;
        for word in words {
            match self.class(*word, about) {
                Some(class) => set = set.union(ClassSet::one(class)),
                None => known = false,
            }
        }
        (set, known)
    }

    /// A capability other than `context` and `output`.
    pub(super) fn capability(&mut self, word: Word<'s>, about: About<'s>) -> Option<Capability> {
        let found = CAPABILITIES.into_iter().find(|capability| capability.in_policy() == word.text);
        if found.is_none() {
            self.out.unknown(Space::Capability, "", word.text, word.span, about);
        }
        found
    }

    /// What redaction looks for.
    pub(super) fn detector(&mut self, word: Word<'s>, about: About<'s>) -> Option<Detector> {
        let found = Detector::ALL.into_iter().find(|detector| detector.as_str() == word.text);
        if found.is_none() {
            self.out.unknown(Space::Detector, "", word.text, word.span, about);
        }
        found
    }

    /// One failure class, where a group will not do.
    pub(super) fn failure(&mut self, word: Word<'s>, spot: Spot<'s>) -> Option<Failure> {
        let found = Failure::parse(word.text);
        if found.is_none() {
            match Failures::GROUPS.iter().find(|(name, _)| *name == word.text) {
                Some((_, group)) => {
                    let classes: Vec<String> = group.iter().map(|class| format!("`{}`", class.as_str())).collect();
                    self.out.wrong(spot, word, "is a group of failure classes", format!("name one of them: {}", classes.join(", ")));
                }
                None => self.out.unknown(Space::Failure, "", word.text, word.span, spot.about),
            }
        }
        found
    }

    /// The failure classes that `on` names, and whether all are good.
    pub(super) fn failures(&mut self, words: &[Word<'s>], about: About<'s>) -> (Failures, bool) {
        let mut set = Failures::NONE;
        let mut good = true;
        for word in words {
            if let Some((_, group)) = Failures::GROUPS.iter().find(|(name, _)| *name == word.text) {
                set = set.union(*group);
            } else if let Some(class) = Failure::parse(word.text) {
                if class.falls_back() {
                    set = set.union(Failures::of(&[class]));
                } else {
                    good = false;
                    let help =
                        "name a class that another provider can mend, such as `rate_limit`, or a group: `outage`, `limits`, `auth`, `any`";
                    self.out.wrong(about.spot("on"), *word, "never falls back", help);
                }
            } else {
                good = false;
                self.out.unknown(Space::Failure, "", word.text, word.span, about);
            }
        }
        (set, good)
    }

    /// Reads a target or pattern; what is wrong is reported.
    pub(super) fn parts(&mut self, word: Word<'s>, pattern: bool, spot: Spot<'s>) -> Option<Parts<'s>> {
        match target::parts(word.text, pattern) {
            Ok(parts) => Some(parts),
            Err(fault) => {
                let (problem, mut help) = fault.describe();
                let pool = format!("a pool has that name: write `pool {}`", word.text);
                let route = format!("a route has that name: write `route {}`", word.text);
                if fault == target::Fault::NoOwner && self.names.pools.contains_key(word.text) {
                    help = &pool;
                } else if fault == target::Fault::NoOwner && spot.what == "fallback" && self.names.routes.contains_key(word.text) {
                    help = &route;
                }
                self.out.wrong(spot, word, &problem, help);
                None
            }
        }
    }

    /// The account and id of a target.
    pub(super) fn target_parts(&mut self, word: Word<'s>, spot: Spot<'s>) -> Option<(ProviderId, Parts<'s>)> {
        let parts = self.parts(word, false, spot)?;
        let provider = self.provider_id(owner(word, &parts), spot.about)?;
        Some((provider, parts))
    }

    /// The number of a target, whatever it is spelled like; new at its first mention.
    pub(super) fn target(&mut self, word: Word<'s>, spot: Spot<'s>) -> Option<TargetId> {
        if let Some(known) = self.names.spelled.get(word.text) {
            return Some(*known);
        }
        let (provider, parts) = self.target_parts(word, spot)?;
        let next = TargetId(u32::try_from(self.policy.targets.len()).unwrap_or(u32::MAX));
        let id = *self.names.targets.entry((provider, parts.id.clone())).or_insert(next);
        if id == next {
            let model = self.names.models.get(&(parts.owner, parts.id.clone())).map(|known| known.value);
            self.policy.targets.push(Target { text: word.text, provider, id: parts.id, span: word.span, model });
        }
        self.names.spelled.insert(word.text, id);
        Some(id)
    }

    /// A pattern. Its owner may be a vendor too.
    pub(super) fn pattern(&mut self, word: Word<'s>, spot: Spot<'s>) -> Option<Pattern<'s>> {
        let Parts { owner: name, id } = self.parts(word, true, spot)?;
        let provider = self.names.providers.get(name).map(|known| ProviderId(known.value));
        if provider.is_none() && !self.names.is_owner(name) {
            self.out.unknown(Space::Owner, "", name, word.span.first(name.len()), spot.about);
            return None;
        }
        Some(Pattern { text: word.text, span: word.span, owner: name, provider, id })
    }

    /// A name that is a provider or a vendor; anything else is noted as unknown.
    pub(super) fn owner_name(&mut self, word: Word<'s>, about: About<'s>) -> Option<Word<'s>> {
        let known = self.names.is_owner(word.text);
        if !known {
            self.out.unknown(Space::Owner, "", word.text, word.span, about);
        }
        known.then_some(word)
    }
}

/// The owner of a target with its place.
fn owner<'s>(word: Word<'s>, parts: &Parts<'s>) -> Word<'s> {
    let span: Span = word.span.first(parts.owner.len());
    Word { text: parts.owner, span }
}
