//! Source text and places in it: byte spans inside, lines and Unicode columns outside.

use std::sync::OnceLock;

use elsa::sync::FrozenVec;

/// One file among the [`Sources`] of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A half-open range of bytes, `start..end`, in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// From the start of `self` to the end of `other`, which stands later in the same file.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { end: other.end.max(self.start), ..self }
    }

    /// The first `len` bytes.
    #[must_use]
    pub fn first(self, len: usize) -> Self {
        let len = u32::try_from(len).unwrap_or(u32::MAX);
        Self { end: self.start.saturating_add(len).min(self.end), ..self }
    }
}

/// A place as people count: lines and columns from 1, columns in Unicode characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// The text of one file under the name by which it is shown.
#[derive(Debug)]
pub struct Source {
    name: String,
    text: String,
    lines: OnceLock<Vec<u32>>,
}

impl Source {
    /// The largest file that is read, in bytes: every offset fits a `u32` with room to spare.
    pub const MAX_BYTES: usize = 1 << 30;

    /// A file's text under a relative path (`policies/support.byok`) or `<stdin>`.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into(), lines: OnceLock::new() }
    }

    /// The path by which it is shown.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let breaks = self.text.bytes().zip(1u32..).filter(|(byte, _)| *byte == b'\n');
            std::iter::once(0).chain(breaks.map(|(_, next)| next)).collect()
        })
    }

    /// How many bytes the line of a byte offset has, its line break included.
    pub fn line_length(&self, offset: u32) -> usize {
        let starts = self.line_starts();
        let next = starts.partition_point(|start| *start <= offset);
        let start = next.checked_sub(1).and_then(|line| starts.get(line)).map_or(0, |start| *start as usize);
        starts.get(next).map_or(self.text.len(), |end| *end as usize).saturating_sub(start)
    }

    /// The line and column of a byte offset; an offset past the end, or inside a character, is moved back to a place that exists.
    pub fn position(&self, offset: u32) -> Position {
        let mut offset = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let starts = self.line_starts();
        let line = starts.partition_point(|start| *start as usize <= offset).max(1);
        let start = starts.get(line - 1).map_or(0, |start| *start as usize);
        let before = self.text.get(start..offset).unwrap_or_default();
        Position { line, column: before.chars().count() + 1 }
    }
}

/// All files of a run. Files are only ever added, so a [`FileId`] and a borrowed text stay good.
#[derive(Default)]
pub struct Sources(FrozenVec<Box<Source>>);

impl std::fmt::Debug for Sources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter().map(|(_, source)| source.name())).finish()
    }
}

impl Sources {
    /// Adds a file.
    pub fn add(&self, source: Source) -> FileId {
        FileId(u32::try_from(self.0.push_get_index(Box::new(source))).unwrap_or(u32::MAX))
    }

    /// The file of an id that [`Sources::add`] gave out.
    pub fn get(&self, id: FileId) -> Option<&Source> {
        self.0.get(id.0 as usize)
    }

    /// The name of a file, for people.
    pub fn name(&self, id: FileId) -> &str {
        self.get(id).map_or("<unknown>", Source::name)
    }

    /// The text that a span covers; empty where the span does not fit.
    pub fn text(&self, span: Span) -> &str {
        self.get(span.file).and_then(|source| source.text.get(span.start as usize..span.end as usize)).unwrap_or_default()
    }

    /// Where a span begins.
    pub fn start(&self, span: Span) -> Position {
        self.position(span.file, span.start)
    }

    /// Where a span ends (the place after its last character).
    pub fn end(&self, span: Span) -> Position {
        self.position(span.file, span.end)
    }

    /// Where a span starts, for people: `policies/support.byok:41:3`. The name is as it is, so it has to be made safe to show.
    pub fn at(&self, span: Span) -> String {
        let start = self.start(span);
        format!("{}:{}:{}", self.name(span.file), start.line, start.column)
    }

    fn position(&self, file: FileId, offset: u32) -> Position {
        self.get(file).map_or(Position { line: 1, column: 1 }, |source| source.position(offset))
    }

    /// Every file with its id, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        (0u32..).map(FileId).map_while(|id| Some((id, self.get(id)?)))
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no file.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
