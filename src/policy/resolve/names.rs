//! The names that a policy declares, each kind in a table of its own.

use std::borrow::Cow;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::catalogue::Catalogue;
use crate::policy::model::{At, ProviderId, TargetId};
use crate::source::Span;
use crate::syntax::keyword::Kind;

/// Names of one kind with their numbers and places.
pub(super) type Table<'s> = FxHashMap<&'s str, At<u32>>;

/// Every name that is declared.
#[derive(Debug, Default)]
pub(super) struct Names<'s> {
    pub(super) providers: Table<'s>,
    pub(super) allows: Table<'s>,
    pub(super) pools: Table<'s>,
    pub(super) routes: Table<'s>,
    pub(super) tools: Table<'s>,
    pub(super) sources: Table<'s>,
    pub(super) workflows: Table<'s>,
    pub(super) callers: Table<'s>,
    pub(super) approvers: Table<'s>,
    /// Tests by what their names say.
    pub(super) tests: FxHashMap<Cow<'s, str>, At<u32>>,
    /// Assertions by their titles.
    pub(super) assertions: FxHashMap<Cow<'s, str>, Span>,
    /// Data classes with their first mention.
    pub(super) classes: FxHashMap<&'s str, Span>,
    /// Data classes beyond the most that there may be.
    pub(super) surplus: FxHashSet<&'s str>,
    /// Steps by name alone, and as `workflow/step`.
    pub(super) steps: FxHashMap<Cow<'s, str>, Span>,
    /// Declared facts by account and id.
    pub(super) models: FxHashMap<(&'s str, Cow<'s, str>), At<u32>>,
    /// Declared facts by the target as written.
    pub(super) facts: Table<'s>,
    /// Targets as written.
    pub(super) spelled: FxHashMap<&'s str, TargetId>,
    /// Targets by account and id.
    pub(super) targets: FxHashMap<(ProviderId, Cow<'s, str>), TargetId>,
    /// Vendors: of the catalogue, of the accounts, and behind the accounts that route on their own.
    pub(super) vendors: FxHashSet<&'s str>,
}

impl<'s> Names<'s> {
    /// The table of a kind whose names are plain.
    pub(super) fn table(&self, kind: Kind) -> Option<&Table<'s>> {
        Some(match kind {
            Kind::Provider => &self.providers,
            Kind::Allow => &self.allows,
            Kind::Pool => &self.pools,
            Kind::Route => &self.routes,
            Kind::Tool => &self.tools,
            Kind::Source => &self.sources,
            Kind::Workflow => &self.workflows,
            Kind::Caller => &self.callers,
            Kind::Approver => &self.approvers,
            Kind::Model => &self.facts,
            _ => return None,
        })
    }

    /// The same, to add to.
    pub(super) fn table_mut(&mut self, kind: Kind) -> Option<&mut Table<'s>> {
        Some(match kind {
            Kind::Provider => &mut self.providers,
            Kind::Allow => &mut self.allows,
            Kind::Pool => &mut self.pools,
            Kind::Route => &mut self.routes,
            Kind::Tool => &mut self.tools,
            Kind::Source => &mut self.sources,
            Kind::Workflow => &mut self.workflows,
            Kind::Caller => &mut self.callers,
            Kind::Approver => &mut self.approvers,
            _ => return None,
        })
    }

    /// Learns the vendors of the catalogue.
    pub(super) fn learn_vendors(&mut self, catalogue: &'s Catalogue) {
        self.vendors.extend(catalogue.vendors());
    }

    /// Whether an owner of patterns is known: a declared account, or a vendor.
    pub(super) fn is_owner(&self, name: &str) -> bool {
        self.providers.contains_key(name) || self.vendors.contains(name)
    }
}
