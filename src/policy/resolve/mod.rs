//! From the trees of a policy's files to what they mean together: the order of passes.
//!
//! Total on any tree: everything that is wrong is a finding, and the rest goes on. A value that is wrong is read so that no further finding
//! follows from it (the finding itself keeps the policy from compiling); a route where that cannot be done is marked as broken.

mod about;
mod alternative;
mod assertion;
mod caller;
mod data;
mod declare;
mod defaults;
mod findings;
mod lists;
mod lookup;
mod model;
mod names;
mod nearest;
mod number;
mod provider;
mod route;
mod source;
mod target;
mod terms;
mod test;
mod tool;
mod unknown;
mod waiver;
mod word;
mod workflow;

#[cfg(test)]
mod tests;

pub use target::read_target;

use rustc_hash::FxHashSet;

use crate::catalogue::Catalogue;
use crate::diagnostic::Diagnostic;
use crate::syntax::ast;

use super::model::{AllowId, Policy, PoolId};

/// What files mean, and what is wrong with them.
#[derive(Debug)]
pub struct Resolved<'s> {
    /// The policy, as far as it has a meaning.
    pub policy: Policy<'s>,
    /// What is wrong, by place.
    pub diagnostics: Vec<Diagnostic>,
}

/// What passes share.
struct Resolver<'s> {
    catalogue: &'s Catalogue,
    policy: Policy<'s>,
    names: names::Names<'s>,
    out: findings::Findings<'s>,
    /// Lists of which an entry was left out: what they admit is not known.
    broken_allows: FxHashSet<AllowId>,
    /// Pools of which a member was left out.
    broken_pools: FxHashSet<PoolId>,
    /// Whether every declaration of every file could be read.
    whole: bool,
}

/// Resolves the files of one policy: the root file first, then each imported file once, in the order of import.
pub fn resolve<'s>(files: &[ast::File<'s>], catalogue: &'s Catalogue) -> Resolved<'s> {
    let mut resolver = Resolver {
        catalogue,
        policy: Policy { files: files.iter().map(|file| file.id).collect(), ..Policy::default() },
        names: names::Names::default(),
        out: findings::Findings::default(),
        broken_allows: FxHashSet::default(),
        broken_pools: FxHashSet::default(),
        whole: files.iter().all(|file| file.whole),
    };
    let declared = resolver.declare(files);
    resolver.data(&declared.data);
    resolver.providers(&declared.providers);
    resolver.models(&declared.models);
    resolver.allows(&declared.allows);
    resolver.pools(&declared.pools);
    resolver.denies(&declared.denies);
    resolver.tools(&declared.tools);
    resolver.sources(&declared.sources);
    let defaults = resolver.defaults(&declared.defaults);
    resolver.routes(&declared.routes, &defaults);
    resolver.workflows(&declared.workflows);
    resolver.callers(&declared.callers);
    resolver.approvers(&declared.approvers);
    resolver.assertions(&declared.assertions);
    resolver.tests(&declared.tests);
    resolver.waivers(&declared.waivers);
    resolver.report_unknown();
    let Resolver { policy, out, .. } = resolver;
    let mut diagnostics = out.list;
    diagnostics.sort_by(|one, other| one.order().cmp(&other.order()));
    Resolved { policy, diagnostics }
}
