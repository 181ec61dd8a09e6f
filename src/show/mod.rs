//! The questions people ask of a policy, answered from its compilation in plain text. Pure: it reads nothing and prints nothing.

mod claims;
mod data;
mod people;
mod providers;
mod route;
mod runs;
mod words;

pub use route::route;

use crate::compile::Compilation;
use crate::source::Sources;
use crate::text::{Table, count, one_line};

/// The answers for a whole policy, under the name of its file.
pub fn overview(sources: &Sources, name: &str, compilation: &Compilation<'_>) -> String {
    let policy = &compilation.policy;
    let counts = [
        count(policy.routes.len(), "route"),
        count(policy.providers.len(), "provider"),
        count(policy.tools.len(), "tool"),
        count(policy.workflows.len(), "workflow"),
    ];
    let mut text = format!("{}: {}\n", one_line(name), counts.join(", "));
    let sections = [
        providers::providers(compilation),
        providers::lists(compilation),
        runs::tasks(compilation),
        data::receivers(compilation),
        runs::fallbacks(compilation),
        providers::keys(compilation),
        people::tools(compilation),
        people::gates(compilation),
        claims::ways(compilation),
        people::callers(compilation),
        people::workflows(compilation),
        data::records(compilation),
        runs::bounds(compilation),
        claims::assertions(sources, compilation),
        claims::tests(compilation),
    ];
    sections.into_iter().flatten().for_each(|section| text += &section.render());
    text
}

/// A question and its answer.
struct Section {
    question: &'static str,
    table: Table,
    /// What is to be said below the table.
    notes: Vec<String>,
}

impl Section {
    fn new(question: &'static str, table: Table) -> Self {
        Self { question, table, notes: Vec::new() }
    }

    fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Nothing where there is nothing to tell.
    fn unless_empty(self) -> Option<Self> {
        (!self.table.is_empty() || !self.notes.is_empty()).then_some(self)
    }

    fn render(&self) -> String {
        let table = if self.table.is_empty() { String::new() } else { self.table.render(2) };
        let mut text = format!("\n{}\n{table}", self.question);
        self.notes.iter().for_each(|note| text.extend(["  ", &*one_line(note), "\n"]));
        text
    }
}
