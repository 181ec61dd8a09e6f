//! Declared facts about models.

use super::Resolver;
use super::about::About;
use super::declare::{BlockEntry, block_name};
use super::findings::{Seen, Space};
use super::number::Zero;
use super::word::words;
use crate::catalogue::Capabilities;
use crate::policy::model::{At, Model, ProviderId, Str};
use crate::source::Span;
use crate::syntax::ast::{Block, Value, Word};
use crate::syntax::keyword::{Key, Kind};

impl<'s> Resolver<'s> {
    /// Resolves every model. Two spellings of one target are one model.
    pub(super) fn models(&mut self, entries: &[BlockEntry<'_, 's>]) {
        for entry in entries {
            let name = block_name(entry.block);
            let about = About::block(entry.block);
            let Some(parts) = self.parts(name, false, about.spot(Kind::Model.as_str())) else {
                self.model(entry.block, entry.span, None, name.text.into());
                continue;
            };
            let owner = Word { text: parts.owner, span: name.span.first(parts.owner.len()) };
            let provider = self.provider_id(owner, about);
            let model = self.model(entry.block, entry.span, provider, parts.id.clone());
            let number = u32::try_from(self.policy.models.len()).unwrap_or(u32::MAX);
            let known = *self.names.models.entry((parts.owner, parts.id)).or_insert(At { value: number, span: name.span });
            if known.span == name.span {
                self.names.facts.insert(name.text, known);
                self.policy.models.push(model);
            } else {
                self.out.duplicate(about, name.span, known.span);
            }
        }
    }

    fn model(&mut self, block: &Block<'s>, span: Span, provider: Option<ProviderId>, id: Str<'s>) -> Model<'s> {
        let about = About::block(block);
        let mut model = Model {
            name: block_name(block),
            span,
            provider,
            id,
            is: None,
            context: None,
            output: None,
            supports: None,
            input_price: None,
            output_price: None,
            until: None,
        };
        let mut seen = Seen::default();
        for field in &block.fields {
            if self.out.repeated(&mut seen, field, &block.fields, about) {
                continue;
            }
            let spot = about.field(field.key);
            match (field.key, &field.value) {
                (Key::Is, Value::Word(word)) => model.is = self.catalogue_model(*word, about),
                (Key::Context, Value::Word(word)) => {
                    model.context = self.out.tokens(*word, Zero::Refused, spot).map(|value| at(value, field.span));
                }
                // An embedding model puts out no tokens at all.
                (Key::Output, Value::Word(word)) => {
                    model.output = self.out.tokens(*word, Zero::Allowed, spot).map(|value| at(value, field.span));
                }
                (Key::InputPrice, Value::Word(word)) => model.input_price = self.out.money(*word, spot).map(|value| at(value, field.span)),
                (Key::OutputPrice, Value::Word(word)) => {
                    model.output_price = self.out.money(*word, spot).map(|value| at(value, field.span));
                }
                (Key::Until, Value::Word(word)) => model.until = self.out.date(*word, spot).map(|value| at(value, field.span)),
                (Key::Supports, value) => {
                    let all: Capabilities = words(value).iter().filter_map(|word| self.capability(*word, about)).collect();
                    model.supports = Some(at(all, field.span));
                }
                _ => {}
            }
        }
        model
    }

    /// A model of the catalogue: the part before the slash is a vendor.
    fn catalogue_model(&mut self, word: Word<'s>, about: About<'s>) -> Option<At<(Str<'s>, Str<'s>)>> {
        let parts = self.parts(word, false, about.field(Key::Is))?;
        let vendor = Word { text: parts.owner, span: word.span.first(parts.owner.len()) };
        if self.catalogue.get(vendor.text, &parts.id).is_some() {
            return Some(at((vendor.text.into(), parts.id), word.span));
        }
        if self.catalogue.of_vendor(vendor.text).is_empty() {
            self.out.unknown(Space::Vendor, "", vendor.text, vendor.span, about);
        } else {
            let start = word.span.start.saturating_add(u32::try_from(parts.owner.len()).unwrap_or(0)).saturating_add(1);
            self.out.unknown(Space::CatalogueModel, vendor.text, parts.id, Span { start: start.min(word.span.end), ..word.span }, about);
        }
        None
    }
}

fn at<T>(value: T, span: Span) -> At<T> {
    At { value, span }
}
