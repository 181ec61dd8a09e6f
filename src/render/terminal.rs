//! Draws findings for people: a heading, the source with a label at each place, then facts and remedies. The only file that names ariadne.
//!
//! Ariadne draws nothing but the source. It is given positions in characters: with byte positions it takes the place of a second file's
//! heading for a byte, and panics inside a character. Every place is moved into its file and cut to one line before it sees it.

use std::{collections::BTreeMap, fmt::Display, ops::Range};

use ariadne::{Cache, CharSet, Color, Config, Label, LabelAttach, ReportKind};

use super::{
    PolicyReport, Report, Style, outline,
    text::{self, count, one_line},
};
use crate::{
    diagnostic::{Diagnostic, Grade, Severity},
    source::{FileId, Sources, Span},
};

/// How many findings are drawn in full; those after them get one line each.
const DRAWN: usize = 100;
/// The longest line that is quoted, in bytes. Places in a longer one are only named.
const LONGEST_LINE: usize = 400;
/// How many lines apart two places may be and still stand in one excerpt.
const NEAR: usize = 12;

const RED: &str = "1;31";
const YELLOW: &str = "1;33";
const BOLD: &str = "1";
const DIM: &str = "2";

/// An excerpt of a file; several of one file differ by number, so that each is given its own heading.
type Excerpt = (usize, FileId);

/// Draws the findings, then says what was checked and where to learn more.
pub(super) fn render(report: &Report<'_>, style: Style) -> String {
    let mut hidden: Vec<Span> = report.findings().flat_map(|(_, diagnostic)| diagnostic.hide.iter().copied()).collect();
    hidden.sort_unstable();
    let mut pages = Pages { sources: report.sources, drawn: BTreeMap::new(), hidden };
    let mut out = String::new();
    for (number, (policy, diagnostic)) in report.findings().enumerate() {
        let text = if number < DRAWN {
            finding(report, policy, diagnostic, &mut pages, style)
        } else {
            outline::short(report.sources, diagnostic)
        };
        out.push_str(&text);
        out.push('\n');
    }
    if report.findings().nth(DRAWN).is_some() {
        out.push('\n');
    }
    out.push_str(&paint(style, BOLD, &report.sentence()));
    out.push('\n');
    out.push_str(&pointers(report));
    out
}

/// What can be done next: apply the safe fixes, read the pages.
fn pointers(report: &Report<'_>) -> String {
    let open = || report.findings().map(|(_, diagnostic)| diagnostic).filter(|diagnostic| diagnostic.counts());
    let safe = open().filter(|diagnostic| diagnostic.fix.as_ref().is_some_and(|fix| fix.grade == Grade::Safe)).count();
    let first = open().next().map(|diagnostic| diagnostic.rule.code);
    let others = open().any(|diagnostic| Some(diagnostic.rule.code) != first);
    let fixes = (safe > 0).then(|| format!("`byokc check --fix` mends {}\n", count(safe, "finding")));
    let others = if others { ", and so for the other codes" } else { "" };
    let pages = first.map(|code| format!("`byokc explain {code}` tells more{others}\n"));
    fixes.into_iter().chain(pages).collect()
}

fn finding(report: &Report<'_>, policy: &PolicyReport, diagnostic: &Diagnostic, pages: &mut Pages<'_>, style: Style) -> String {
    let color = match diagnostic.severity {
        _ if !diagnostic.counts() => DIM,
        Severity::Error => RED,
        Severity::Warning => YELLOW,
    };
    let heading = paint(style, color, &outline::heading(diagnostic));
    let mut lines = vec![format!("{heading}: {}", paint(style, BOLD, &one_line(&diagnostic.message)))];
    let drawing = draw(diagnostic, pages, style).unwrap_or_default();
    if drawing.is_empty() {
        lines.extend(outline::places(report.sources, diagnostic).into_iter().map(|place| format!("  {place}")));
    }
    let margin = drawing.first().map_or(2, |line| line.len() - line.trim_start().len());
    let remarks = outline::remarks(report, policy, diagnostic);
    // The second row of a drawing is its bare margin.
    let bare = drawing.get(1).filter(|_| !remarks.is_empty()).cloned();
    lines.extend(drawing.into_iter().chain(bare));
    for (word, text) in remarks {
        let mut rows = text.lines();
        lines.push(format!("{:margin$}= {}: {}", "", paint(style, BOLD, &word), rows.next().unwrap_or_default()));
        lines.extend(rows.map(|row| format!("{:margin$}  {:2$}  {row}", "", "", word.chars().count())));
    }
    lines.iter().flat_map(|line| [line.trim_end(), "\n"]).collect()
}

/// The source at every place of a finding; nothing where a place is in no file, or in a line too long to quote.
fn draw(diagnostic: &Diagnostic, pages: &mut Pages<'_>, style: Style) -> Option<Vec<String>> {
    let main = (diagnostic.span, one_line(outline::label(diagnostic)).into_owned());
    let places: Vec<_> = std::iter::once(main).chain(outline::numbered(diagnostic)).collect();
    let mut hops = Vec::with_capacity(places.len());
    let (mut excerpt, mut last) = (0, None);
    for (span, message) in places {
        let (line, range) = pages.locate(span)?;
        // An excerpt goes down its file; a place further up, or far below, begins a new one.
        if last.is_some_and(|(file, above)| file != span.file || line < above || line > above + NEAR) {
            excerpt += 1;
        }
        last = Some((span.file, line));
        hops.push(((excerpt, span.file), line, range, message));
    }
    let (id, _, range, _) = hops.first()?;
    let charset = if style.ascii { CharSet::Ascii } else { CharSet::Unicode };
    let config = Config::new().with_color(style.color).with_char_set(charset).with_label_attach(LabelAttach::Start);
    let mut picture = ariadne::Report::build(ReportKind::Error, (*id, range.clone())).with_config(config);
    let color = if diagnostic.severity == Severity::Error { Color::Red } else { Color::Yellow };
    let mut labels: Vec<_> = hops.iter().enumerate().collect();
    // On one line the rightmost label comes first: so no arrow crosses another.
    labels.sort_by_key(|(_, (id, line, range, _))| (id.0, *line, std::cmp::Reverse(range.start)));
    for (order, (number, (id, _, range, message))) in (0..).zip(labels) {
        let color = if number == 0 { color } else { Color::Blue };
        picture.add_label(Label::new((*id, range.clone())).with_message(message).with_order(order).with_color(color));
    }
    let mut bytes = Vec::new();
    picture.finish().write(pages, &mut bytes).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let mut rows: Vec<_> = text.lines().skip(1).map(|row| merged(row).trim_end().to_owned()).collect();
    rows.pop();
    Some(rows)
}

/// A row without the colours that end only to begin again: ariadne colours each character by itself.
fn merged(row: &str) -> String {
    let mut out = String::with_capacity(row.len());
    let mut current = "";
    for part in row.split("\u{1b}[0m") {
        let (plain, colored) = part.split_once("\u{1b}[").unwrap_or((part, ""));
        let (color, colored) = colored.split_once('m').unwrap_or_default();
        if !current.is_empty() && (!plain.is_empty() || color != current) {
            out.push_str("\u{1b}[0m");
            current = "";
        }
        out.push_str(plain);
        if color != current {
            out.push_str("\u{1b}[");
            out.push_str(color);
            out.push('m');
        }
        current = color;
        out.push_str(colored);
    }
    out
}

/// The text in the colour of an ANSI code, if colour is wanted.
fn paint(style: Style, code: &str, text: &str) -> String {
    if style.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
}

/// The files as ariadne reads them, each made ready when the first of its lines is drawn.
struct Pages<'a> {
    sources: &'a Sources,
    drawn: BTreeMap<FileId, ariadne::Source<String>>,
    /// What no finding may show, sorted.
    hidden: Vec<Span>,
}

impl Pages<'_> {
    /// The line of a span, and the characters that it covers there: at least one, which may be the line break.
    fn locate(&mut self, span: Span) -> Option<(usize, Range<usize>)> {
        // However its characters are shown, such a line is too long: no page is made ready for it.
        if self.sources.get(span.file)?.line_length(span.start) > LONGEST_LINE * 4 + 1 {
            return None;
        }
        let (start, end) = (self.sources.start(span), self.sources.end(span));
        let page = self.page(span.file)?;
        let line = page.line(start.line.checked_sub(1)?)?;
        let text = page.get_line_text(line)?;
        let first = line.offset() + start.column - 1;
        let last = line.offset() + if end.line == start.line { end.column - 1 } else { text.trim_end().chars().count() };
        (text.len() <= LONGEST_LINE).then(|| (start.line, first..last.max(first + 1)))
    }

    fn page(&mut self, file: FileId) -> Option<&ariadne::Source<String>> {
        let text = self.sources.get(file)?.text();
        Some(self.drawn.entry(file).or_insert_with(|| {
            let first = self.hidden.partition_point(|span| span.file < file);
            let hidden = self.hidden.iter().skip(first).take_while(|span| span.file == file);
            ariadne::Source::from(printable(text, hidden))
        }))
    }
}

impl Cache<Excerpt> for &mut Pages<'_> {
    type Storage = String;

    fn fetch(&mut self, excerpt: &Excerpt) -> Result<&ariadne::Source<String>, impl std::fmt::Debug> {
        self.page(excerpt.1).ok_or("no such file")
    }

    fn display<'a>(&self, excerpt: &'a Excerpt) -> Option<impl Display + 'a> {
        Some(one_line(self.sources.name(excerpt.1)).into_owned())
    }
}

/// The text with one character for each of its own: what breaks lines for ariadne alone, or steers a terminal, becomes a harmless one. The
/// space at the end is there for findings at the end of the file. What is hidden becomes stars; its places are sorted.
fn printable<'a>(text: &str, hidden: impl Iterator<Item = &'a Span>) -> String {
    let mut hidden = hidden.peekable();
    let mut secret = |offset: usize| {
        while hidden.next_if(|span| span.end as usize <= offset).is_some() {}
        hidden.peek().is_some_and(|span| span.start as usize <= offset)
    };
    let shown = text.char_indices().map(|(offset, char)| match char {
        '\n' | '\t' => char,
        _ if secret(offset) => '*',
        '\r' | '\u{feff}' => ' ',
        _ if text::hidden(char) => char::REPLACEMENT_CHARACTER,
        _ => char,
    });
    shown.chain(std::iter::once(' ')).collect()
}
