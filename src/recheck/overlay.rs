//! A policy with edits made in memory: the files as they would be, compiled as they would be, and each place traced back to the original.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::compile::{Compilation, Options, compile};
use crate::diagnostic::Edit;
use crate::edit::applied;
use crate::imports::{Loader, Refusal};
use crate::source::{FileId, Source, Sources, Span};

/// A policy as it was read.
#[derive(Clone, Copy)]
pub struct Original<'a> {
    /// Its files.
    pub sources: &'a Sources,
    /// Its root file.
    pub root: FileId,
    /// Finds what it imports.
    pub loader: &'a dyn Loader,
    /// What it is judged against.
    pub options: Options<'a>,
}

/// The same policy after edits. Files are taken over when the compiler comes to them.
pub struct Overlay<'a> {
    original: Original<'a>,
    edits: BTreeMap<FileId, Vec<Edit>>,
    sources: Sources,
    root: FileId,
    /// The original's file and the one that stands for it here.
    files: RefCell<BTreeMap<FileId, FileId>>,
}

impl<'a> Overlay<'a> {
    /// Makes the edits, which must not overlap.
    pub fn new(original: Original<'a>, edits: impl IntoIterator<Item = Edit>) -> Self {
        let mut by_file: BTreeMap<FileId, Vec<Edit>> = BTreeMap::new();
        for edit in edits {
            by_file.entry(edit.span.file).or_default().push(edit);
        }
        for edits in by_file.values_mut() {
            edits.sort_by_key(|edit| edit.span);
        }
        let mut overlay =
            Self { original, edits: by_file, sources: Sources::default(), root: FileId(0), files: RefCell::new(BTreeMap::new()) };
        overlay.root = overlay.take_over(original.root);
        overlay
    }

    /// Compiles the edited policy.
    pub fn compile(&self) -> Compilation<'_> {
        compile(&self.sources, self.root, self, self.original.options)
    }

    /// The files after the edits.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The place in the original that a place in the edited files comes from. What an edit put in comes from all that it replaced.
    pub fn before(&self, span: Span) -> Span {
        let file = self.files.borrow().iter().find(|(_, here)| **here == span.file).map_or(span.file, |(there, _)| *there);
        let edits = self.edits.get(&file).map_or(&[][..], Vec::as_slice);
        Span { file, start: traced(edits, span.start, true), end: traced(edits, span.end, false) }
    }

    /// Whether a place in the edited files touches what an edit put in.
    pub fn is_new(&self, span: Span) -> bool {
        let before = self.before(span);
        self.sources.text(span) != self.original.sources.text(before)
    }

    fn take_over(&self, file: FileId) -> FileId {
        if let Some(here) = self.files.borrow().get(&file) {
            return *here;
        }
        let (name, text) = self.original.sources.get(file).map_or(("", ""), |source| (source.name(), source.text()));
        let text = self.edits.get(&file).map_or_else(|| text.to_owned(), |edits| applied(text, edits));
        let here = self.sources.add(Source::new(name, text));
        self.files.borrow_mut().insert(file, here);
        here
    }
}

impl Loader for Overlay<'_> {
    fn import(&self, _: &Sources, from: FileId, path: &str) -> Result<FileId, Refusal> {
        let importer = self.before(Span { file: from, start: 0, end: 0 }).file;
        let file = self.original.loader.import(self.original.sources, importer, path)?;
        Ok(self.take_over(file))
    }
}

/// Where an offset of the edited text was before the edits, which stand in order. Within what was put in: where the replaced text begins, or ends.
fn traced(edits: &[Edit], offset: u32, begins: bool) -> u32 {
    // How much longer (or shorter) the edited text is, up to here.
    let mut grown: i64 = 0;
    let offset = i64::from(offset);
    for edit in edits {
        let put_in = i64::try_from(edit.text.len()).unwrap_or(i64::MAX);
        let (start, end) = (i64::from(edit.span.start) + grown, i64::from(edit.span.start) + grown + put_in);
        // A span that begins where new text ends does not touch it, nor does one that ends where new text begins.
        if offset < start || offset == start && !begins {
            break;
        }
        if offset < end || offset == end && !begins {
            return if begins { edit.span.start } else { edit.span.end };
        }
        grown += put_in - i64::from(edit.span.end - edit.span.start);
    }
    u32::try_from(offset - grown).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: u32, end: u32, text: &str) -> Edit {
        Edit { span: Span { file: FileId(0), start, end }, text: text.to_owned() }
    }

    #[test]
    fn places_are_traced_back() {
        // "abcdef" becomes "aXXdefYY".
        let edits = [edit(1, 3, "XX"), edit(6, 6, "YY")];
        assert_eq!(applied("abcdef", &edits), "aXXdefYY");
        let begins = |offset| traced(&edits, offset, true);
        let ends = |offset| traced(&edits, offset, false);
        assert_eq!((begins(0), ends(1)), (0, 1), "before every edit");
        assert_eq!((begins(1), ends(3)), (1, 3), "what an edit put in");
        assert_eq!((begins(2), ends(2)), (1, 3), "a part of it");
        assert_eq!((begins(3), ends(6)), (3, 6), "between edits");
        assert_eq!((begins(6), ends(8)), (6, 6), "put in where nothing was");
    }

    #[test]
    fn text_that_was_taken_out_leaves_a_place() {
        // "abcdef" becomes "aef".
        let edits = [edit(1, 4, "")];
        assert_eq!((traced(&edits, 1, true), traced(&edits, 1, false)), (4, 1));
        assert_eq!((traced(&edits, 2, true), traced(&edits, 3, false)), (5, 6));
    }
}
