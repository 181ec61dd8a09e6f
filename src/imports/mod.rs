//! From a root file to all files of its policy: follows `import`, each file once (language reference, sections 3 and 9).

use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};
use crate::source::{FileId, Sources, Span};
use crate::syntax::ast::{File, Item, Text};
use crate::syntax::parse;

/// BYOK003.
pub const IMPORT: Rule = Rule {
    code: Code(3),
    name: "import-failed",
    severities: Severities::Error,
    judged_on: "import",
    summary: "import not found, outside the root, or in a cycle",
    fix: None,
    page: include_str!("import_failed.md"),
};

/// Finds imported files. Only the command line touches files; tests bring their own.
pub trait Loader {
    /// The file that `path`, written in `from`, names; added to `sources` when it is met for the first time, the same id ever after.
    fn import(&self, sources: &Sources, from: FileId, path: &str) -> Result<FileId, Refusal>;
}

/// Why a file cannot be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong, to stand behind "`guardrails.byok` ": `does not exist`.
    pub reason: String,
    /// What to do.
    pub help: String,
}

/// Refuses every import: for text that has no place on disk.
pub struct NoImports;

impl Loader for NoImports {
    fn import(&self, _: &Sources, _: FileId, _: &str) -> Result<FileId, Refusal> {
        Err(Refusal {
            reason: "has no folder to be looked up in: this policy is not read from a file".to_owned(),
            help: "check the policy by its path, `byokc check policy.byok`: imports are relative to the file that names them".to_owned(),
        })
    }
}

/// The trees of a policy's files, the root first, then the imported ones in the order of their first import.
pub fn load<'s>(sources: &'s Sources, root: FileId, loader: &dyn Loader) -> (Vec<File<'s>>, Vec<Diagnostic>) {
    let mut walk = Walk { sources, loader, files: Vec::new(), stack: Vec::new(), found: Vec::new() };
    walk.visit(root);
    (walk.files, walk.found)
}

struct Walk<'s, 'l> {
    sources: &'s Sources,
    loader: &'l dyn Loader,
    files: Vec<File<'s>>,
    /// The imports that led here: the importing file, and where it names the next.
    stack: Vec<(FileId, Span)>,
    found: Vec<Diagnostic>,
}

impl<'s> Walk<'s, '_> {
    /// So deep no sensible policy goes; it keeps the walk off the end of the stack.
    const MAX_DEPTH: usize = 64;

    fn visit(&mut self, id: FileId) {
        let Some(source) = self.sources.get(id) else { return };
        let parsed = parse(id, source.text());
        self.found.extend(parsed.diagnostics);
        let imports: Vec<Text<'s>> = parsed
            .file
            .declarations
            .iter()
            .filter_map(|declaration| match declaration.item {
                Item::Import(path) => Some(path),
                _ => None,
            })
            .collect();
        self.files.push(parsed.file);
        for path in imports {
            if let Some(refusal) = self.follow(id, path) {
                self.found.push(refusal);
                // What the other file declares is missing.
                self.files.iter_mut().filter(|file| file.id == id).for_each(|file| file.whole = false);
            }
        }
    }

    /// Visits an imported file; what is wrong where that cannot be.
    fn follow(&mut self, from: FileId, path: Text<'s>) -> Option<Diagnostic> {
        let name = path.value();
        let refuse = |reason: &str, help: &str| {
            Diagnostic::new(&IMPORT, path.span, format!("import `{name}` {reason}"))
                .label("not imported")
                .about(SubjectKind::File, self.sources.name(from))
                .help(help)
        };
        match self.loader.import(self.sources, from, &name) {
            Err(refusal) => Some(refuse(&refusal.reason, &refusal.help)),
            Ok(file) if file == from || self.stack.iter().any(|(importer, _)| *importer == file) => {
                let begin = self.stack.iter().position(|(importer, _)| *importer == file).unwrap_or(self.stack.len());
                let mut finding =
                    refuse("closes a cycle", "take one of these imports out; declarations that both files need can go into a third");
                for (importer, span) in self.stack.get(begin..).unwrap_or_default() {
                    finding = finding.at(*span, format!("`{}` imports this", self.sources.name(*importer)));
                }
                Some(finding.label(format!("`{}` imports `{}` again", self.sources.name(from), self.sources.name(file))))
            }
            Ok(file) if self.files.iter().any(|known| known.id == file) => None,
            Ok(_) if self.stack.len() >= Self::MAX_DEPTH => Some(refuse("is more than 64 imports deep", "import it from the root file")),
            Ok(file) => {
                self.stack.push((from, path.span));
                self.visit(file);
                self.stack.pop();
                None
            }
        }
    }
}
