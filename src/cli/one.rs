//! One policy, for the commands that take no more.

use std::path::{Path, PathBuf};

use crate::compile::{Compilation, Options, compile};
use crate::recheck::{MAX_BYTES, Original, recheck};
use crate::source::{FileId, Sources};
use crate::text::count;

use super::{Exit, Failure, Global, files, output};

/// Compiles the one policy at a path. `Err` holds how the run ends where there is none, which has been said.
pub(super) fn policy<'s>(sources: &'s Sources, path: &Path, global: &Global) -> Result<Result<One<'s>, Exit>, Failure> {
    let policies = files::find(sources, &[path.to_path_buf()], global);
    let root = match policies.roots.as_slice() {
        [root] => *root,
        [] => return Ok(Err(policies.report_failures())),
        many => {
            let help = format!("name one of them: {}", many.iter().map(|root| sources.name(*root)).collect::<Vec<_>>().join(", "));
            return Err(Failure::usage(format!("{} holds {} policies", files::shown(path), many.len())).help(help));
        }
    };
    let options = Options { catalogue: global.catalogue()?, today: global.today() };
    let loader = policies.disk.loader(root);
    let compilation = compile(sources, root, &loader, options);
    if compilation.policy.routes.is_empty() && compilation.diagnostics.is_empty() {
        return Err(Failure::nothing("no route is declared").help("`byokc init` writes a policy to start from"));
    }
    Ok(Ok(One { root, path: path.to_path_buf(), policies, compilation }))
}

/// A policy and its compilation.
pub(super) struct One<'s> {
    pub(super) root: FileId,
    path: PathBuf,
    policies: files::Policies,
    pub(super) compilation: Compilation<'s>,
}

impl One<'_> {
    /// Finds what the policy imports.
    pub(super) fn loader(&self) -> files::Rooted<'_> {
        self.policies.disk.loader(self.root)
    }

    /// Drops the fixes that do not hold up.
    pub(super) fn recheck(&mut self, sources: &Sources) {
        let loader = self.policies.disk.loader(self.root);
        let options = self.compilation.options;
        recheck(Original { sources, root: self.root, loader: &loader, options }, &mut self.compilation, MAX_BYTES);
    }

    /// Says that there are errors, where there are.
    pub(super) fn say_errors(&self, what: &str) -> Exit {
        let errors = self.compilation.errors();
        if errors == 0 {
            return Exit::Clean;
        }
        let (have, path) = (if errors == 1 { "is" } else { "are" }, files::shown(&self.path));
        output::say(&format!("error: there {have} {} in this policy; {what}", count(errors, "error")));
        output::say(&format!("help: `byokc check {path}` shows them"));
        Exit::Findings
    }
}
