//! Tools and sources.

use super::Resolver;
use super::about::About;
use super::declare::{BlockEntry, block_name};
use super::findings::Seen;
use super::word::words;
use crate::diagnostic::Diagnostic;
use crate::policy::class::ClassSet;
use crate::policy::model::{At, Auth, DataSource, Effect, KeySource, Tool};
use crate::policy::rules;
use crate::syntax::ast::{self, Value};
use crate::syntax::keyword::Key;

impl<'s> Resolver<'s> {
    /// Resolves every tool.
    pub(super) fn tools(&mut self, entries: &[BlockEntry<'_, 's>]) {
        for entry in entries {
            let tool = self.tool(*entry);
            if entry.stands {
                self.policy.tools.push(tool);
            }
        }
    }

    fn tool(&mut self, entry: BlockEntry<'_, 's>) -> Tool<'s> {
        let BlockEntry { block, span, .. } = entry;
        let about = About::block(block);
        let name = block_name(block);
        // Where a field is missing or wrong, nothing more is to follow from it than that finding.
        let mut tool = Tool {
            name,
            span,
            auth: At { value: Auth::Token(KeySource::PerRequest), span: name.span },
            effect: At { value: Effect::None, span: name.span },
            accepts: At { value: self.policy.classes.all(), span: name.span },
            returns: At { value: ClassSet::NONE, span: name.span },
            approve: None,
        };
        let mut seen = Seen::default();
        for field in &block.fields {
            if self.out.repeated(&mut seen, field, &block.fields, about) {
                continue;
            }
            let spot = about.field(field.key);
            match (field.key, &field.value) {
                (Key::Auth, Value::Auth(auth)) => {
                    let value = match auth {
                        ast::Auth::None(_) => Auth::None,
                        ast::Auth::Token(source) => Auth::Token(self.out.token_source(source, spot).unwrap_or(KeySource::PerRequest)),
                        ast::Auth::Oauth(scope) => Auth::Oauth(scope.value()),
                    };
                    if let ast::Auth::Oauth(scope) = auth
                        && scope.value().trim().is_empty()
                    {
                        let finding = Diagnostic::new(&rules::BAD_VALUE, scope.span, format!("{spot} names an empty scope")).label("empty");
                        self.out.add(about, finding.help("name the scope that is asked for, such as `oauth \"mail.send\"`"));
                    }
                    tool.auth = At { value, span: field.span };
                }
                (Key::Effect, Value::Word(word)) => {
                    let effects = Effect::ALL.map(|effect| (effect.as_str(), effect));
                    tool.effect = At { value: self.out.choice(*word, &effects, spot).unwrap_or(Effect::None), span: field.span };
                }
                (Key::Accepts, value) => {
                    let (set, known) = self.classes(words(value), about);
                    let value = if known { self.policy.classes.closure(set) } else { self.policy.classes.all() };
                    tool.accepts = At { value, span: field.span };
                }
                (Key::Returns, value) => tool.returns = At { value: self.classes(words(value), about).0, span: field.span },
                (Key::Approve, value) => tool.approve = self.gate(value, field.span, about),
                _ => {}
            }
        }
        self.out.required(seen, &[Key::Auth, Key::Effect, Key::Accepts, Key::Returns], block, about);
        tool
    }

    /// Resolves every source.
    pub(super) fn sources(&mut self, entries: &[BlockEntry<'_, 's>]) {
        for entry in entries {
            let block = entry.block;
            let about = About::block(block);
            let name = block_name(block);
            let mut holds = At { value: ClassSet::NONE, span: name.span };
            let mut seen = Seen::default();
            for field in &block.fields {
                if !self.out.repeated(&mut seen, field, &block.fields, about) && field.key == Key::Holds {
                    holds = At { value: self.classes(words(&field.value), about).0, span: field.span };
                }
            }
            self.out.required(seen, &[Key::Holds], block, about);
            if entry.stands {
                self.policy.sources.push(DataSource { name, span: entry.span, holds });
            }
        }
    }
}
