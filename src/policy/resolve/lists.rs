//! Lists of models: allowlists, denies and pools.

use super::Resolver;
use super::about::{About, Spot};
use super::declare::Entry;
use crate::diagnostic::Diagnostic;
use crate::policy::model::{Allow, AllowId, At, Deny, Pattern, Pool, PoolId};
use crate::policy::rules;
use crate::syntax::ast::{Item, Word};
use crate::syntax::keyword::{Key, Kind};

impl<'s> Resolver<'s> {
    /// The patterns of a list, and whether all were good.
    fn patterns(&mut self, words: &[Word<'s>], spot: Spot<'s>) -> (Vec<Pattern<'s>>, bool) {
        let mut patterns = Vec::with_capacity(words.len());
        patterns.extend(words.iter().filter_map(|word| self.pattern(*word, spot)));
        let whole = patterns.len() == words.len();
        (patterns, whole)
    }

    /// Resolves every named allowlist.
    pub(super) fn allows(&mut self, entries: &[Entry<'_, 's>]) {
        for entry in entries {
            let Item::Allow { name, patterns, except, whole: read } = &entry.declaration.item else { continue };
            let about = About::named(Kind::Allow, *name);
            let (patterns, whole) = self.patterns(patterns, about.field(Key::Allow));
            let (except, rest) = self.patterns(except, about.spot("except"));
            if entry.stands {
                if !(whole && rest && *read) {
                    self.broken_allows.insert(AllowId(u32::try_from(self.policy.allows.len()).unwrap_or(u32::MAX)));
                }
                self.policy.allows.push(Allow { name: *name, span: entry.declaration.span, patterns, except });
            }
        }
    }

    /// Resolves every deny.
    pub(super) fn denies(&mut self, entries: &[Entry<'_, 's>]) {
        let about = About::nameless(Kind::Deny);
        for entry in entries {
            let Item::Deny { patterns, routes, because } = &entry.declaration.item else { continue };
            let (patterns, _) = self.patterns(patterns, about.spot("deny"));
            let routes = match routes.as_slice() {
                [] => None,
                named => Some(named.iter().filter_map(|word| self.route_id(*word, about)).collect()),
            };
            let because = because.map(|text| self.out.reason(&text, about.field(Key::Because)));
            self.policy.denies.push(Deny { span: entry.declaration.span, patterns, routes, because });
        }
    }

    /// Resolves every pool.
    pub(super) fn pools(&mut self, entries: &[Entry<'_, 's>]) {
        for entry in entries {
            let Item::Pool { name, spread, targets, whole } = &entry.declaration.item else { continue };
            let about = About::named(Kind::Pool, *name);
            if targets.is_empty() && *whole {
                let finding = Diagnostic::new(&rules::MISSING_FIELD, name.span, format!("{about} has no members")).label("empty");
                self.out.add(about, finding.help(format!("name at least one target, as in `{}`", Kind::Pool.form())));
            }
            let mut members = Vec::with_capacity(targets.len());
            for word in targets {
                if let Some(value) = self.target(*word, about.spot("pool")) {
                    members.push(At { value, span: word.span });
                }
            }
            if entry.stands {
                if members.is_empty() || members.len() < targets.len() || !*whole {
                    self.broken_pools.insert(PoolId(u32::try_from(self.policy.pools.len()).unwrap_or(u32::MAX)));
                }
                self.policy.pools.push(Pool { name: *name, span: entry.declaration.span, spread: *spread, members });
            }
        }
    }
}
