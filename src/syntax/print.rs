//! From a tree and its comments to text: the one canonical layout of a policy.

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

use super::ast::{Block, Declaration, Field, File, Item, Name, Word};
use super::keyword::Kind;
use super::lex::Lexer;
use super::parse::parse;
use super::rules::SYNTAX_ERROR;
use super::same::same_meaning;
use super::written::{Atom, Written};

/// The widest line that is made; a single token may be wider.
const WIDTH: usize = 100;

/// A policy in the canonical layout, checked: what comes out is parsed again and says the same, with the same comments.
///
/// # Errors
/// The findings of a text that does not parse.
pub fn format_checked(id: FileId, text: &str) -> Result<String, Vec<Diagnostic>> {
    let before = parse(id, text);
    if !before.diagnostics.is_empty() {
        return Err(before.diagnostics);
    }
    let formatted = format(&before.file, text);
    if formatted == text {
        return Ok(formatted);
    }
    let after = parse(id, &formatted);
    let comments = before.file.comments.iter().map(|span| slice(text, *span));
    let kept = comments.eq(after.file.comments.iter().map(|span| slice(&formatted, *span)));
    if after.diagnostics.is_empty() && kept && same_meaning(&before.file, &after.file) {
        return Ok(formatted);
    }
    let start = before.file.declarations.first().map_or(Span { file: id, start: 0, end: 0 }, |first| first.span.first(1));
    let message = "this file cannot be formatted: the result would not say the same";
    Err(vec![Diagnostic::new(&SYNTAX_ERROR, start, message).help("nothing was changed; this is a mistake in byokc, please report it")])
}

/// A parsed file in the canonical layout. `text` is what it was parsed from; what did not parse is lost.
pub fn format(file: &File<'_>, text: &str) -> String {
    let mut printer = Printer {
        text,
        comments: file.comments.iter(),
        out: String::with_capacity(text.len() * 5 / 4),
        at: 0,
        opening: true,
        comment_end: 0,
    };
    let mut before = None;
    for declaration in &file.declarations {
        printer.declaration(declaration, before);
        before = Some(printer.one_line(declaration));
    }
    printer.comments_before(u32::MAX, 0, false);
    printer.out
}

fn slice(text: &str, span: Span) -> &str {
    text.get(span.start as usize..span.end as usize).unwrap_or_default()
}

/// Text is only ever added, line by line; `out` ends with a line break between calls.
struct Printer<'a> {
    text: &'a str,
    /// Comments that are not printed yet.
    comments: std::slice::Iter<'a, Span>,
    out: String,
    /// Up to where the source is printed.
    at: u32,
    /// Whether a file or body has just begun: no blank line follows.
    opening: bool,
    /// The length of `out` just behind the last comment.
    comment_end: usize,
}

impl<'a> Printer<'a> {
    fn next_comment(&mut self, before: u32) -> Option<(&'a str, bool)> {
        let span = *self.comments.as_slice().first().filter(|span| span.start < before)?;
        self.comments.next();
        let line = self.text.get(..span.start as usize).unwrap_or_default().trim_end_matches([' ', '\t', '\r', '\u{feff}']);
        let own_line = line.is_empty() || line.ends_with('\n');
        if own_line {
            self.blank_before(span.start, false);
        }
        self.at = span.end;
        Some((slice(self.text, span), own_line))
    }

    /// Whether a comment stands in a part of the source.
    fn holds_comment(&self, span: Span) -> bool {
        let comments = self.comments.as_slice();
        let first = comments.partition_point(|comment| comment.start < span.start);
        comments.get(first).is_some_and(|comment| comment.start < span.end)
    }

    /// A blank line, where the source has one or `always`, but not at the start of a body.
    fn blank_before(&mut self, start: u32, always: bool) {
        let between = self.text.get(self.at as usize..start as usize).unwrap_or_default();
        let blank = always || between.bytes().filter(|byte| *byte == b'\n').nth(1).is_some();
        if blank && !self.opening && self.out.ends_with('\n') && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
        self.opening = false;
    }

    /// Prints the comments that stand before a place: behind the line before, or on lines of their own.
    fn comments_before(&mut self, place: u32, indent: usize, mut blank: bool) {
        while let Some((comment, own_line)) = self.next_comment(place) {
            // A comment ends its line, so a second one needs a line of its own.
            if own_line || self.out.len() == self.comment_end {
                if blank && !self.out.is_empty() && !self.out.ends_with("\n\n") {
                    self.out.push('\n');
                }
                blank = false;
                self.indent(indent);
            } else {
                self.out.pop();
                self.out.push_str("  ");
            }
            self.out.push_str(comment);
            self.out.push('\n');
            self.comment_end = self.out.len();
        }
        if place < u32::MAX {
            let opening = self.opening;
            self.blank_before(place, blank && !opening);
        }
    }

    fn indent(&mut self, columns: usize) {
        self.out.extend(std::iter::repeat_n(' ', columns));
    }

    fn declaration(&mut self, declaration: &Declaration<'_>, before: Option<bool>) {
        // Declarations of one line may stand together, all others stand apart.
        let apart = before.is_some_and(|one_line| !(one_line && self.one_line(declaration)));
        self.comments_before(declaration.span.start, 0, apart);
        let (span, end) = (declaration.span, declaration.span.end);
        match &declaration.item {
            Item::Block(block) => self.block(block, 0),
            Item::Workflow { name, steps } => {
                self.head(0, &["workflow", name.text]);
                if steps.is_empty() && !self.holds_comment(span) {
                    return self.close_empty(end);
                }
                self.open();
                for step in steps {
                    self.comments_before(step.span.start, 2, false);
                    self.block(step, 2);
                }
                self.close(end, 0);
            }
            Item::Allow { name, patterns, except, .. } => self.entries(span, &["allow", name.text], patterns, except),
            Item::Pool { name, spread: true, targets, .. } => self.entries(span, &["pool", name.text, "spread"], targets, &[]),
            Item::Pool { name, spread: false, targets, .. } => self.entries(span, &["pool", name.text], targets, &[]),
            item => {
                let keyword = statement_keyword(item);
                self.out.push_str(keyword);
                self.atoms(&Written::statement(item).0, keyword.len() + 1, keyword.len() + 1);
            }
        }
        self.at = end;
    }

    fn head(&mut self, indent: usize, words: &[&str]) {
        self.indent(indent);
        for word in words {
            self.out.push_str(word);
            self.out.push(' ');
        }
    }

    fn open(&mut self) {
        self.out.push_str("{\n");
        self.opening = true;
    }

    fn close(&mut self, end: u32, indent: usize) {
        self.comments_before(end, indent + 2, false);
        while self.out.ends_with("\n\n") {
            self.out.pop();
        }
        self.indent(indent);
        self.out.push_str("}\n");
        self.at = end;
        self.opening = false;
    }

    fn close_empty(&mut self, end: u32) {
        self.out.push_str("{ }\n");
        self.at = end;
        self.opening = false;
    }

    fn block(&mut self, block: &Block<'_>, indent: usize) {
        let name = match &block.name {
            Some(Name::Word(word)) => word.text,
            Some(Name::Text(text)) => text.raw,
            None => "",
        };
        let head = [block.kind.as_str(), name];
        self.head(indent, if name.is_empty() { head.get(..1).unwrap_or_default() } else { &head });
        if block.fields.is_empty() && !self.holds_comment(block.span) {
            return self.close_empty(block.span.end);
        }
        if let Some(line) = self.block_line(block, indent) {
            self.out.push_str(&line);
            self.at = block.span.end;
            return;
        }
        self.open();
        let column = indent + 4 + block.fields.iter().map(|field| field.key.as_str().len()).max().unwrap_or(0);
        for field in &block.fields {
            self.comments_before(field.span.start, indent + 2, false);
            self.field(field, indent + 2, column);
        }
        self.close(block.span.end, indent);
    }

    fn field(&mut self, field: &Field<'_>, indent: usize, column: usize) {
        let keyword = field.key.as_str();
        self.indent(indent);
        self.out.push_str(keyword);
        self.indent((column - indent).saturating_sub(keyword.len() + 1));
        self.atoms(&Written::value(&field.value).0, column, column);
        self.at = field.span.end;
    }

    /// Prints tokens behind what stands on the line, with the comments among them; long lists go on at `hang`.
    fn atoms(&mut self, atoms: &[Atom<'_>], mut column: usize, hang: usize) {
        let mut breakable = false;
        for (atom, number) in atoms.iter().zip(0..) {
            let mut fresh = false;
            while let Some((comment, own_line)) = atom.start.and_then(|start| self.next_comment(start)) {
                if !fresh {
                    let end = self.out.trim_end_matches(' ').len();
                    self.out.truncate(end);
                    self.out.push_str(if own_line { "\n" } else { "  " });
                }
                if own_line || fresh {
                    self.indent(hang);
                }
                self.out.push_str(comment);
                self.out.push('\n');
                fresh = true;
            }
            if !fresh && number > 0 && breakable && column + 1 + atom.text.chars().count() > WIDTH {
                self.out.push('\n');
                fresh = true;
            }
            if fresh {
                self.indent(hang);
                column = hang;
            } else {
                self.out.push(' ');
                column += usize::from(number > 0);
            }
            self.out.push_str(&atom.text);
            column += atom.text.chars().count();
            breakable = atom.text.ends_with(',');
        }
        self.out.push('\n');
        self.opening = false;
    }

    fn entries(&mut self, span: Span, head: &[&str], entries: &[Word<'_>], except: &[Word<'_>]) {
        self.head(0, head);
        if entries.is_empty() && except.is_empty() && !self.holds_comment(span) {
            return self.close_empty(span.end);
        }
        if let Some(line) = self.entries_line(span, head, entries, except) {
            self.out.push_str(&line);
            return;
        }
        self.open();
        self.entry_lines(entries, 2);
        if let Some(first) = except.first() {
            let from = entries.last().map_or(span.start, |last| last.span.end);
            let keyword = Lexer::new(self.text, from, first.span.start).find(|token| token.is_word("except"));
            let start = keyword.map_or(first.span.start, |keyword| keyword.start);
            self.comments_before(start, 2, false);
            self.out.push_str("  except\n");
            self.at = keyword.map_or(start, |keyword| keyword.end());
            self.opening = true;
            self.entry_lines(except, 4);
        }
        self.close(span.end, 0);
    }

    fn entry_lines(&mut self, entries: &[Word<'_>], indent: usize) {
        for entry in entries {
            self.comments_before(entry.span.start, indent, false);
            self.indent(indent);
            self.out.push_str(entry.text);
            self.out.push('\n');
            self.at = entry.span.end;
        }
    }

    /// Whether a declaration is printed on one line.
    fn one_line(&self, declaration: &Declaration<'_>) -> bool {
        match &declaration.item {
            Item::Block(block) => block.fields.is_empty() || self.block_line(block, 0).is_some(),
            Item::Workflow { .. } => false,
            Item::Allow { name, patterns, except, .. } => {
                self.entries_line(declaration.span, &["allow", name.text], patterns, except).is_some()
            }
            Item::Pool { name, targets, .. } => self.entries_line(declaration.span, &["pool", name.text, "spread"], targets, &[]).is_some(),
            _ => true,
        }
    }

    /// Whether something was written on one line, without comments in it.
    fn is_line(&self, span: Span) -> bool {
        !slice(self.text, span).contains('\n')
    }

    /// What follows the head of a short block that was written on one line.
    fn block_line(&self, block: &Block<'_>, indent: usize) -> Option<String> {
        if block.fields.len() > 2 || !self.is_line(block.span) {
            return None;
        }
        let mut line = "{".to_owned();
        for field in &block.fields {
            line.push_str(if line.len() > 1 { "  " } else { " " });
            line.push_str(field.key.as_str());
            for atom in Written::value(&field.value).0 {
                line.push(' ');
                line.push_str(&atom.text);
            }
        }
        line.push_str(" }\n");
        let name = block.name.map_or(0, |name| name_width(&name) + 1);
        let head = indent + block.kind.as_str().len() + 1 + name;
        (head + line.chars().count() - 1 <= WIDTH).then_some(line)
    }

    /// What follows the head of a short list that was written on one line.
    fn entries_line(&self, span: Span, head: &[&str], entries: &[Word<'_>], except: &[Word<'_>]) -> Option<String> {
        if !self.is_line(span) {
            return None;
        }
        let mut line = "{".to_owned();
        let keyword = if except.is_empty() { None } else { Some("except") };
        for text in entries.iter().map(|word| word.text).chain(keyword).chain(except.iter().map(|word| word.text)) {
            line.push(' ');
            line.push_str(text);
        }
        line.push_str(" }\n");
        let head: usize = head.iter().map(|word| word.chars().count() + 1).sum();
        (head + line.chars().count() - 1 <= WIDTH).then_some(line)
    }
}

fn name_width(name: &Name<'_>) -> usize {
    match name {
        Name::Word(word) => word.text.chars().count(),
        Name::Text(text) => text.raw.chars().count(),
    }
}

fn statement_keyword(item: &Item<'_>) -> &'static str {
    match item {
        Item::Language(_) => Kind::Language,
        Item::Import(_) => Kind::Import,
        Item::Data(_) => Kind::Data,
        Item::Deny { .. } => Kind::Deny,
        Item::Assert { .. } => Kind::Assert,
        Item::Waive { .. } => Kind::Waive,
        Item::Block(block) => block.kind,
        Item::Allow { .. } => Kind::Allow,
        Item::Pool { .. } => Kind::Pool,
        Item::Workflow { .. } => Kind::Workflow,
    }
    .as_str()
}
