//! `byokc fmt`: the one canonical layout.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::render::{PolicyReport, Report, Summary};
use crate::source::{Source, Sources};
use crate::syntax::format_checked;

use super::output::{self, FailOn, Reporting};
use super::{Exit, Failure, Global, Outcome, files};

/// Write policies in the canonical layout; never changes what they mean
#[derive(Args)]
pub(super) struct Fmt {
    /// Policies, folders searched for `*.byok`, or `-` for standard input, whose layout goes to standard output
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Change nothing; exit with 1 where something would be changed
    #[arg(long)]
    check: bool,
}

pub(super) fn run(fmt: &Fmt, global: &Global) -> Outcome {
    let mut exit = Exit::Clean;
    let mut paths = Vec::new();
    for path in &fmt.paths {
        if path.is_dir() {
            let found = files::in_folder(path);
            if found.is_empty() {
                return Err(Failure::nothing(format!("there is no policy in {}", files::shown(path))));
            }
            paths.extend(found);
        } else {
            paths.push(path.clone());
        }
    }
    let sources = Sources::default();
    for path in &paths {
        exit = exit.max(format_one(&sources, path, fmt.check, global)?);
    }
    Ok(exit)
}

fn format_one(sources: &Sources, path: &Path, check: bool, global: &Global) -> Outcome {
    let name = files::shown(path);
    let text = files::read_or_stdin(path).map_err(|reason| Failure::new(format!("{name} {reason}")))?;
    let id = sources.add(Source::new(&name, text));
    let text = sources.get(id).map_or("", Source::text);
    match format_checked(id, text) {
        Ok(formatted) if path == Path::new("-") && !check => output::print(&formatted).map(|()| Exit::Clean),
        Ok(formatted) if formatted == text => Ok(Exit::Clean),
        Ok(_) if check => {
            output::print(&format!("{name} is not in the canonical layout\n"))?;
            Ok(Exit::Findings)
        }
        Ok(formatted) => files::write(path, &formatted).map(|()| Exit::Clean),
        Err(diagnostics) => {
            let policies = vec![PolicyReport { path: name, diagnostics, summary: Summary { files: 1, ..Summary::default() } }];
            Reporting { output: Vec::new(), fail_on: FailOn::Error }.write(&Report { sources, policies }, global)?;
            Ok(Exit::Findings)
        }
    }
}
