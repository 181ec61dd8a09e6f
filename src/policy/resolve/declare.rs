//! The first pass: gathers declarations by kind, gives each name its number, and reports names that are declared twice.

use super::Resolver;
use super::about::About;
use crate::diagnostic::Diagnostic;
use crate::policy::model::At;
use crate::policy::rules;
use crate::source::Span;
use crate::syntax::ast::{Block, Declaration, File, Item, Name, Word};
use crate::syntax::keyword::Kind;

/// A declaration, and whether it stands: the first of its name does, others are judged and left out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'t, 's> {
    pub(super) declaration: &'t Declaration<'s>,
    pub(super) stands: bool,
}

/// A declaration with fields, and whether it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct BlockEntry<'t, 's> {
    pub(super) block: &'t Block<'s>,
    pub(super) span: Span,
    pub(super) stands: bool,
}

/// Every declaration by its kind, imported files first.
#[derive(Debug, Default)]
pub(super) struct Declared<'t, 's> {
    pub(super) data: Vec<&'t [Vec<Word<'s>>]>,
    pub(super) providers: Vec<BlockEntry<'t, 's>>,
    pub(super) models: Vec<BlockEntry<'t, 's>>,
    pub(super) defaults: Vec<BlockEntry<'t, 's>>,
    pub(super) routes: Vec<BlockEntry<'t, 's>>,
    pub(super) tools: Vec<BlockEntry<'t, 's>>,
    pub(super) sources: Vec<BlockEntry<'t, 's>>,
    pub(super) callers: Vec<BlockEntry<'t, 's>>,
    pub(super) approvers: Vec<BlockEntry<'t, 's>>,
    pub(super) tests: Vec<BlockEntry<'t, 's>>,
    pub(super) allows: Vec<Entry<'t, 's>>,
    pub(super) denies: Vec<Entry<'t, 's>>,
    pub(super) pools: Vec<Entry<'t, 's>>,
    pub(super) workflows: Vec<Entry<'t, 's>>,
    pub(super) assertions: Vec<Entry<'t, 's>>,
    pub(super) waivers: Vec<Entry<'t, 's>>,
}

impl<'t, 's> Declared<'t, 's> {
    fn blocks(&mut self, kind: Kind) -> Option<&mut Vec<BlockEntry<'t, 's>>> {
        Some(match kind {
            Kind::Provider => &mut self.providers,
            Kind::Model => &mut self.models,
            Kind::Defaults => &mut self.defaults,
            Kind::Route => &mut self.routes,
            Kind::Tool => &mut self.tools,
            Kind::Source => &mut self.sources,
            Kind::Caller => &mut self.callers,
            Kind::Approver => &mut self.approvers,
            Kind::Test => &mut self.tests,
            _ => return None,
        })
    }
}

/// The name of a block as a word, whatever it is written as.
pub(super) fn block_name<'s>(block: &Block<'s>) -> Word<'s> {
    match block.name {
        Some(Name::Word(word)) => word,
        Some(Name::Text(text)) => Word { text: text.raw, span: text.span },
        None => Word { text: block.kind.as_str(), span: block.span.first(block.kind.as_str().len()) },
    }
}

impl<'s> Resolver<'s> {
    /// Gathers the declarations of files, imported files first.
    pub(super) fn declare<'t>(&mut self, files: &'t [File<'s>]) -> Declared<'t, 's> {
        let mut declared = Declared::default();
        let imported = files.get(1..).unwrap_or_default();
        for file in imported.iter().chain(files.first()) {
            let mut defaults = None;
            for declaration in &file.declarations {
                match &declaration.item {
                    Item::Language(_) | Item::Import(_) => {}
                    Item::Data(chains) => declared.data.push(chains),
                    Item::Block(block) => {
                        if block.kind == Kind::Defaults {
                            self.defaults_once(&mut defaults, declaration.span);
                        }
                        let stands = self.declare_block(block);
                        if let Some(list) = declared.blocks(block.kind) {
                            list.push(BlockEntry { block, span: declaration.span, stands });
                        }
                    }
                    Item::Allow { name, .. } => {
                        let stands = self.declare_name(Kind::Allow, *name);
                        declared.allows.push(Entry { declaration, stands });
                    }
                    Item::Pool { name, .. } => {
                        let stands = self.declare_name(Kind::Pool, *name);
                        declared.pools.push(Entry { declaration, stands });
                    }
                    Item::Workflow { name, .. } => {
                        let stands = self.declare_name(Kind::Workflow, *name);
                        declared.workflows.push(Entry { declaration, stands });
                    }
                    Item::Deny { .. } => declared.denies.push(Entry { declaration, stands: true }),
                    Item::Assert { .. } => declared.assertions.push(Entry { declaration, stands: true }),
                    Item::Waive { .. } => declared.waivers.push(Entry { declaration, stands: true }),
                }
            }
        }
        declared
    }

    /// Reports a second `defaults` of a file.
    fn defaults_once(&mut self, first: &mut Option<Span>, span: Span) {
        let kind = Kind::Defaults;
        let keyword = span.first(kind.as_str().len());
        if let Some(first) = first {
            let finding = Diagnostic::new(&rules::DUPLICATE, keyword, "`defaults` is said twice in one file").label("said again here");
            self.out.add(About::nameless(kind), finding.at(*first, "first said here").help("put all defaults of the file in one block"));
        } else {
            *first = Some(keyword);
        }
    }

    fn declare_block(&mut self, block: &Block<'s>) -> bool {
        match (block.kind, block.name) {
            // Which models are the same is known when their targets are read.
            (Kind::Defaults | Kind::Model, _) => true,
            (Kind::Test, Some(name)) => {
                let place = At { value: 0, span: name.span() };
                match self.names.tests.get(&name.value()).map(|known| known.span) {
                    Some(first) => self.out.duplicate(About::block(block), name.span(), first),
                    None => self.names.tests.insert(name.value(), place).is_none(),
                }
            }
            (_, Some(_)) => self.declare_name(block.kind, block_name(block)),
            (_, None) => false,
        }
    }

    /// Gives a name its number; `false` where it is taken, which is reported.
    fn declare_name(&mut self, kind: Kind, name: Word<'s>) -> bool {
        let about = About::named(kind, name);
        self.out.declared_name(name, about);
        let Some(table) = self.names.table_mut(kind) else { return false };
        let number = u32::try_from(table.len()).unwrap_or(u32::MAX);
        let known = *table.entry(name.text).or_insert(At { value: number, span: name.span });
        known.span == name.span || self.out.duplicate(about, name.span, known.span)
    }
}

impl<'s> super::findings::Findings<'s> {
    /// Reports a name that is declared again. Always `false`.
    pub(super) fn duplicate(&mut self, about: About<'s>, span: Span, first: Span) -> bool {
        let finding = Diagnostic::new(&rules::DUPLICATE, span, format!("{about} is declared twice"))
            .label("declared again here")
            .at(first, "first declared here")
            .help("give one of them another name, or remove it; a later declaration never replaces an earlier one");
        self.add(about, finding);
        false
    }
}
