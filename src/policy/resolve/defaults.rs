//! The defaults of each file: they hold for its own routes, and are never imported.

use rustc_hash::FxHashMap;

use super::Resolver;
use super::about::About;
use super::declare::BlockEntry;
use super::findings::Seen;
use super::terms::Terms;
use crate::diagnostic::Diagnostic;
use crate::policy::rules;
use crate::source::{FileId, Span};
use crate::syntax::ast::{Callee, Value};
use crate::syntax::keyword::{Key, Kind};

/// The defaults of one file.
#[derive(Debug)]
pub(super) struct Defaults<'s> {
    pub(super) terms: Terms<'s>,
    /// `fallback none`.
    pub(super) fallback_none: Option<Span>,
    /// Whether the parser could read all of them.
    pub(super) whole: bool,
}

impl Default for Defaults<'_> {
    fn default() -> Self {
        Self { terms: Terms::default(), fallback_none: None, whole: true }
    }
}

impl<'s> Resolver<'s> {
    /// Resolves the defaults of every file.
    pub(super) fn defaults(&mut self, entries: &[BlockEntry<'_, 's>]) -> FxHashMap<FileId, Defaults<'s>> {
        let about = About::nameless(Kind::Defaults);
        let mut all: FxHashMap<FileId, Defaults<'s>> = FxHashMap::default();
        for entry in entries {
            let mut found = Defaults::default();
            let mut seen = Seen::default();
            for field in &entry.block.fields {
                if self.out.repeated(&mut seen, field, &entry.block.fields, about) || self.term(&mut found.terms, field, about) {
                    continue;
                }
                match &field.value {
                    Value::Chain(chain) if field.key == Key::Fallback && matches!(chain.what, Callee::None(_)) => {
                        found.fallback_none = Some(field.span);
                    }
                    _ => self.not_a_default(field.key, field.keyword(), about),
                }
            }
            // A second block has been reported; what it says is not to be missed elsewhere.
            let first = all.entry(entry.span.file).or_default();
            first.terms.add(&found.terms);
            first.fallback_none = first.fallback_none.or(found.fallback_none);
            first.whole &= entry.block.whole;
        }
        all
    }

    fn not_a_default(&mut self, key: Key, span: Span, about: About<'s>) {
        let key = key.as_str();
        let (message, help) = if key == Key::Fallback.as_str() {
            (
                format!("{about} name a fallback"),
                "only `fallback none` can be a default; say in each route who may be called next".to_owned(),
            )
        } else {
            (format!("{about} say `{key}`"), format!("say `{key}` in each route; targets, tools and gates are never implied"))
        };
        self.out.add(about, Diagnostic::new(&rules::BAD_VALUE, span, message).label("not a default").help(help));
    }
}
