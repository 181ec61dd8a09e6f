//! Workflows and their steps.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::Resolver;
use super::about::About;
use super::declare::{Entry, block_name};
use super::findings::{Seen, Space};
use super::names::Table;
use super::word::words;
use crate::policy::model::{At, Step, StepId, Workflow, WorkflowId};
use crate::syntax::ast::{Block, Item, Value, Word};
use crate::syntax::keyword::{Key, Kind};

impl<'s> Resolver<'s> {
    /// Resolves every workflow.
    pub(super) fn workflows(&mut self, entries: &[Entry<'_, 's>]) {
        for entry in entries {
            let Item::Workflow { name, steps: blocks } = &entry.declaration.item else { continue };
            let about = |block: &Block<'s>| About { workflow: Some(*name), ..About::block(block) };
            let mut table: Table<'s> = FxHashMap::default();
            let mut standing = Vec::with_capacity(blocks.len());
            for block in blocks {
                let step = block_name(block);
                self.out.declared_name(step, about(block));
                let number = u32::try_from(table.len()).unwrap_or(u32::MAX);
                let known = *table.entry(step.text).or_insert(At { value: number, span: step.span });
                standing.push(known.span == step.span || self.out.duplicate(about(block), step.span, known.span));
            }
            let mut steps = Vec::with_capacity(table.len());
            for (block, stands) in blocks.iter().zip(standing) {
                let step = self.step(block, &table, *name, about(block));
                if !stands {
                    continue;
                }
                if entry.stands {
                    self.names.steps.entry(Cow::Borrowed(step.name.text)).or_insert(step.name.span);
                    self.names.steps.insert(Cow::Owned(format!("{}/{}", name.text, step.name.text)), step.name.span);
                }
                steps.push(step);
            }
            if entry.stands {
                self.policy.workflows.push(Workflow { name: *name, span: entry.declaration.span, steps });
            }
        }
    }

    fn step(&mut self, block: &Block<'s>, table: &Table<'s>, workflow: Word<'s>, about: About<'s>) -> Step<'s> {
        let name = block_name(block);
        let mut step = Step {
            name,
            span: block.span,
            route: None,
            after: Vec::new(),
            reads: Vec::new(),
            lowers: Vec::new(),
            judges: None,
            at_most: At { value: 1, span: name.span },
            broken: false,
        };
        let mut seen = Seen::default();
        for field in &block.fields {
            if self.out.repeated(&mut seen, field, &block.fields, about) {
                continue;
            }
            match (field.key, &field.value) {
                (Key::Route, Value::Word(word)) => step.route = self.route_id(*word, about).map(|value| At { value, span: word.span }),
                (Key::After, value) => {
                    for word in words(value) {
                        match self.step_number(*word, table, workflow, about) {
                            Some(number) if step.after.iter().all(|other| other.value != number.value) => step.after.push(number),
                            Some(_) => {}
                            None => step.broken = true,
                        }
                    }
                }
                (Key::Reads, value) => {
                    for word in words(value) {
                        match self.source_id(*word, about) {
                            Some(value) => step.reads.push(At { value, span: word.span }),
                            None => step.broken = true,
                        }
                    }
                }
                (Key::Judges, Value::Word(word)) => {
                    step.judges = self.step_number(*word, table, workflow, about);
                    step.broken |= step.judges.is_none();
                }
                (Key::AtMost, Value::Times(word)) => {
                    if let Some(value) = self.out.count(*word, 1, u64::MAX, about.field(Key::AtMost)) {
                        step.at_most = At { value, span: field.span };
                    }
                }
                (Key::Lowers, value) => match self.lowers(value, field.span, about) {
                    Some(lowers) => step.lowers.push(lowers),
                    None => step.broken = true,
                },
                _ => {}
            }
        }
        self.out.required(seen, &[Key::Route], block, about);
        step.broken |= step.route.is_none();
        step
    }

    /// The number of another step of the workflow.
    fn step_number(&mut self, word: Word<'s>, table: &Table<'s>, workflow: Word<'s>, about: About<'s>) -> Option<At<usize>> {
        let found = table.get(word.text).and_then(|known| usize::try_from(known.value).ok());
        if found.is_none() {
            self.out.unknown(Space::Step, workflow.text, word.text, word.span, about);
        }
        found.map(|value| At { value, span: word.span })
    }

    /// The steps that an assertion names: alone, in whichever workflow, or as `workflow/step`.
    pub(super) fn step_ids(&mut self, word: Word<'s>, about: About<'s>) -> Option<Vec<StepId>> {
        if !self.names.steps.contains_key(word.text) {
            self.out.unknown(Space::Step, "", word.text, word.span, about);
            return None;
        }
        let (of, name) = word.text.split_once('/').map_or((None, word.text), |(of, name)| (Some(of), name));
        let workflows =
            (0..).map(WorkflowId).zip(&self.policy.workflows).filter(|(_, workflow)| of.is_none_or(|of| workflow.name.text == of));
        let steps = workflows.filter_map(|(id, workflow)| Some((id, workflow.steps.iter().position(|step| step.name.text == name)?)));
        Some(steps.collect())
    }

    /// The declaration's place of whatever a waiver names.
    pub(super) fn subject_place(&self, kind: Kind, name: &str) -> Option<crate::source::Span> {
        match kind {
            Kind::Step => self.names.steps.get(name).copied().filter(|_| name.contains('/')),
            Kind::Test => self.names.tests.get(name).map(|known| known.span),
            Kind::Assert => self.names.assertions.get(name).copied(),
            Kind::Data => self.names.classes.get(name).copied(),
            _ => self.names.table(kind).and_then(|table| table.get(name)).map(|known| known.span),
        }
    }
}
