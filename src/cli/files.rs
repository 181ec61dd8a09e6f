//! Files: which paths are policies, how imports are found on disk, and writes that leave nothing half-done.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::path::{Component, Path, PathBuf};

use crate::imports::{Loader, Refusal};
use crate::source::{FileId, Source, Sources};
use crate::syntax::ast::Item;
use crate::syntax::parse;

use super::{Exit, Failure, Global};

/// The policies that a command was given.
pub(super) struct Policies {
    pub(super) disk: Disk,
    /// The root file of each, in the order of the command line, then by path.
    pub(super) roots: Vec<FileId>,
    /// What could not be read. The rest is looked at all the same.
    pub(super) failures: Vec<Failure>,
}

/// Finds the policies under the given paths: each file named is one; in a folder, each `*.byok` file that no other file there imports.
pub(super) fn find(sources: &Sources, paths: &[PathBuf], global: &Global) -> Policies {
    let mut policies = Policies { disk: Disk::new(global.root.clone()), roots: Vec::new(), failures: Vec::new() };
    for path in paths {
        if path.is_dir() {
            let files = in_folder(path);
            if files.is_empty() {
                policies.failures.push(
                    Failure::nothing(format!("there is no policy in {}", path.display()))
                        .help("a policy is a file whose name ends in `.byok`; `byokc init` writes one"),
                );
            }
            let ids: Vec<FileId> = files.iter().filter_map(|file| policies.add(sources, file)).collect();
            let roots = roots_among(sources, &policies.disk.below(path), &ids);
            policies.roots.extend(roots);
        } else if let Some(id) = policies.add(sources, path) {
            policies.roots.push(id);
        }
    }
    let mut seen = BTreeSet::new();
    policies.roots.retain(|id| seen.insert(*id));
    policies
}

impl Policies {
    fn add(&mut self, sources: &Sources, path: &Path) -> Option<FileId> {
        match self.disk.add(sources, path, &shown(path)) {
            Ok(id) => Some(id),
            Err(reason) => {
                self.failures.push(Failure::new(format!("{} {reason}", shown(path))));
                None
            }
        }
    }

    /// The worst of what could not be read, said on standard error.
    pub(super) fn report_failures(&self) -> Exit {
        for failure in &self.failures {
            super::output::say(&format!("error: {}", failure.message));
            if let Some(help) = &failure.help {
                super::output::say(&format!("help: {help}"));
            }
        }
        self.failures.iter().map(|failure| failure.exit).max().unwrap_or(Exit::Clean)
    }
}

/// Every `*.byok` file below a folder, by path; hidden folders are left out.
pub(super) fn in_folder(folder: &Path) -> Vec<PathBuf> {
    let visible = |entry: &walkdir::DirEntry| entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.');
    walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(visible)
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file() && entry.path().extension().is_some_and(|extension| extension == "byok"))
        .map(walkdir::DirEntry::into_path)
        .collect()
}

/// Those of a folder's files that no other of them imports. Where files import each other in a circle, the first of the circle stands for it.
fn roots_among(sources: &Sources, disk: &Rooted<'_>, ids: &[FileId]) -> Vec<FileId> {
    let imports: BTreeMap<FileId, Vec<FileId>> = ids.iter().map(|id| (*id, imports_of(sources, disk, *id))).collect();
    let imported: BTreeSet<FileId> = imports.iter().flat_map(|(from, to)| to.iter().filter(move |to| *to != from)).copied().collect();
    let mut roots: Vec<FileId> = ids.iter().copied().filter(|id| !imported.contains(id)).collect();
    let mut reached = BTreeSet::new();
    let mut reach = |from: FileId| {
        let mut open = vec![from];
        while let Some(id) = open.pop() {
            if reached.insert(id) {
                open.extend(imports.get(&id).into_iter().flatten());
            }
        }
        reached.clone()
    };
    let mut covered: BTreeSet<FileId> = roots.iter().flat_map(|root| reach(*root)).collect();
    for id in ids {
        if !covered.contains(id) {
            roots.push(*id);
            covered.extend(reach(*id));
        }
    }
    roots.sort_unstable();
    roots
}

fn imports_of(sources: &Sources, disk: &Rooted<'_>, id: FileId) -> Vec<FileId> {
    let Some(source) = sources.get(id) else { return Vec::new() };
    if !source.text().contains("import") {
        return Vec::new();
    }
    let file = parse(id, source.text()).file;
    let paths = file.declarations.iter().filter_map(|declaration| match &declaration.item {
        Item::Import(path) => Some(path.value()),
        _ => None,
    });
    paths.filter_map(|path| disk.import(sources, id, &path).ok()).collect()
}

/// The files on disk, each read once.
pub(super) struct Disk {
    root: Option<PathBuf>,
    known: RefCell<BTreeMap<PathBuf, FileId>>,
    paths: RefCell<BTreeMap<FileId, PathBuf>>,
}

impl Disk {
    fn new(root: Option<PathBuf>) -> Self {
        Self { root, known: RefCell::default(), paths: RefCell::default() }
    }

    /// Reads a file, or standard input for `-`; shown under the given name.
    fn add(&self, sources: &Sources, path: &Path, name: &str) -> Result<FileId, String> {
        if path == Path::new("-") {
            return Ok(sources.add(Source::new(name, read_or_stdin(path)?)));
        }
        let canonical = path.canonicalize().map_err(|error| unreadable(&error))?;
        if let Some(id) = self.known.borrow().get(&canonical) {
            return Ok(*id);
        }
        let id = sources.add(Source::new(name, read(&canonical)?));
        self.known.borrow_mut().insert(canonical.clone(), id);
        self.paths.borrow_mut().insert(id, canonical);
        Ok(id)
    }

    /// Where a file is on disk; `None` for standard input.
    pub(super) fn path(&self, id: FileId) -> Option<PathBuf> {
        self.paths.borrow().get(&id).cloned()
    }

    /// Finds imports for the policy that starts at a file, or in a folder.
    fn below(&self, folder: &Path) -> Rooted<'_> {
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
        let root = match &self.root {
            Some(root) => root.canonicalize().unwrap_or_else(|_| root.clone()),
            None => folder.ancestors().find(|ancestor| ancestor.join(".git").exists()).unwrap_or(&folder).to_path_buf(),
        };
        Rooted { disk: self, root }
    }

    /// Finds imports for the policy of a root file.
    pub(super) fn loader(&self, root: FileId) -> Rooted<'_> {
        let file = self.path(root);
        self.below(file.as_deref().and_then(Path::parent).unwrap_or(Path::new(".")))
    }
}

/// Finds imports on disk, and only below one folder.
pub(super) struct Rooted<'d> {
    disk: &'d Disk,
    root: PathBuf,
}

impl Loader for Rooted<'_> {
    fn import(&self, sources: &Sources, from: FileId, path: &str) -> Result<FileId, Refusal> {
        let refuse = |reason: &str, help: &str| Err(Refusal { reason: reason.to_owned(), help: help.to_owned() });
        if Path::new(path).is_absolute() {
            return refuse("is an absolute path", "imports are relative to the file that imports");
        }
        let file = self.disk.path(from);
        let wanted = file.as_deref().and_then(Path::parent).unwrap_or(Path::new(".")).join(path);
        let Ok(canonical) = wanted.canonicalize() else {
            return refuse(
                "does not exist",
                &format!("imports are relative to the file that imports: `{}` was looked for", shown(&normalize(&wanted))),
            );
        };
        if !canonical.starts_with(&self.root) {
            return refuse(
                &format!("lies outside the root `{}`", shown(&self.root)),
                "move the file, or name a higher folder with `--root`",
            );
        }
        let name = shown(&normalize(&Path::new(sources.name(from)).parent().unwrap_or(Path::new("")).join(path)));
        self.disk.add(sources, &canonical, &name).map_err(|reason| Refusal { reason, help: "an import names one `.byok` file".to_owned() })
    }
}

/// A file's text, or what keeps it from being read, to stand behind its name.
pub(super) fn read(path: &Path) -> Result<String, String> {
    let file = std::fs::File::open(path).map_err(|error| unreadable(&error))?;
    let length = file.metadata().map_err(|error| unreadable(&error))?;
    if length.is_dir() {
        return Err("is a folder".to_owned());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length.len()).unwrap_or(0).min(Source::MAX_BYTES) + 1);
    file.take(Source::MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    decode(bytes)
}

/// The same, where `-` stands for standard input.
pub(super) fn read_or_stdin(path: &Path) -> Result<String, String> {
    if path != Path::new("-") {
        return read(path);
    }
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(Source::MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    decode(bytes)
}

fn decode(bytes: Vec<u8>) -> Result<String, String> {
    if bytes.len() > Source::MAX_BYTES {
        return Err("is larger than 1 GiB".to_owned());
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let line = error.as_bytes().iter().take(good).filter(|byte| **byte == b'\n').count() + 1;
        format!("is not UTF-8 text: line {line}, byte {} of the file", good + 1)
    })
}

fn unreadable(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "does not exist".to_owned(),
        std::io::ErrorKind::PermissionDenied => "cannot be read: permission denied".to_owned(),
        _ => format!("cannot be read: {error}"),
    }
}

/// A path as people see it: relative to the current folder where it lies below it, with `/` between its parts.
pub(super) fn shown(path: &Path) -> String {
    if path == Path::new("-") {
        return "<stdin>".to_owned();
    }
    let here = std::env::current_dir().ok();
    let path = here.as_ref().and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path);
    let path = path.strip_prefix(".").unwrap_or(path);
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/").replace("//", "/")
}

/// Takes `.` and `..` out of a path without looking at the disk.
fn normalize(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut whole, part| {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(whole.components().next_back(), Some(Component::Normal(_))) => {
                whole.pop();
            }
            other => whole.push(other),
        }
        whole
    })
}

/// Writes a file whole or not at all. A special file, such as `/dev/null`, is written to as it is.
pub(super) fn write(path: &Path, text: &str) -> Result<(), Failure> {
    write_with(path, |out| out.write_all(text.as_bytes()))
}

/// The same for what is written piece by piece.
pub(super) fn write_with(path: &Path, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<(), Failure> {
    let failed = |error: &std::io::Error| Failure::new(format!("{} cannot be written: {error}", shown(path)));
    // Behind a symbolic link the file itself is replaced, not the link.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let before = std::fs::metadata(&path).ok();
    if before.as_ref().is_some_and(|before| !before.is_file()) {
        let mut file = std::fs::OpenOptions::new().write(true).open(&path).map_err(|error| failed(&error))?;
        return write(&mut file).map_err(|error| failed(&error));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(before.map_or_else(|| std::fs::Permissions::from_mode(0o666), |before| before.permissions()));
    }
    let mut file = builder.prefix(".byokc-").tempfile_in(folder).map_err(|error| failed(&error))?;
    write(&mut file).map_err(|error| failed(&error))?;
    file.as_file().sync_all().map_err(|error| failed(&error))?;
    file.persist(&path).map_err(|error| failed(&error.error))?;
    Ok(())
}
