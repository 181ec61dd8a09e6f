//! `byokc check`: every finding of every policy.

use std::path::PathBuf;

use clap::Args;

use crate::analysis::reach;
use crate::checks::KeyState;
use crate::compile::{Compilation, Options, compile};
use crate::diagnostic::{Diagnostic, Grade, SubjectKind};
use crate::imports::IMPORT;
use crate::keys::{self, Looked};
use crate::message::KeyPlace;
use crate::policy::model::ProviderId;
use crate::recheck::{MAX_BYTES, Original, recheck};
use crate::render::{PolicyReport, Report};
use crate::source::{FileId, Sources, Span};

use super::output::{self, Reporting};
use super::{Exit, Failure, Global, Outcome, files};

/// Check policies: parse, resolve, build the graph, run every check
#[derive(Args)]
pub(super) struct Check {
    /// Policies, folders searched for `*.byok`, or `-` for standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Look whether each provider's key is where its source says
    #[arg(long)]
    keys: bool,
    /// Run the programs that print keys
    #[arg(long, requires = "keys")]
    allow_exec: bool,
    /// A file that every policy must import
    #[arg(long, value_name = "FILE")]
    require: Vec<PathBuf>,
    /// Apply the fixes that are safe, then report what is left
    #[arg(long)]
    fix: bool,
    #[command(flatten)]
    reporting: Reporting,
}

pub(super) fn run(check: &Check, global: &Global) -> Outcome {
    check.reporting.judge_places(&check.paths)?;
    judge(check, global).or_else(|failure| {
        // Every format is whole on every path: what could not be done is said beside an empty report.
        let sources = Sources::default();
        check.reporting.write(&Report { sources: &sources, policies: Vec::new() }, global)?;
        Err(failure)
    })
}

fn judge(check: &Check, global: &Global) -> Outcome {
    let options = Options { catalogue: global.catalogue()?, today: global.today() };
    for required in &check.require {
        if !required.is_file() {
            return Err(Failure::new(format!("{} does not exist", files::shown(required)))
                .help("`--require` names a file that every policy must import"));
        }
    }
    if check.fix {
        fix(check, global)?;
    }
    let sources = Sources::default();
    let policies = files::find(&sources, &check.paths, global);
    let mut empty = Exit::Clean;
    let mut reports = Vec::with_capacity(policies.roots.len());
    let mut looked = Exit::Clean;
    for root in &policies.roots {
        let mut compilation = compiled(&sources, *root, &policies, options);
        if check.keys {
            looked = looked.max(judge_keys(&sources, &mut compilation, check.allow_exec));
        }
        if compilation.policy.is_empty() && compilation.diagnostics.is_empty() {
            output::say(&format!("error: there is nothing to check in {}: it declares nothing", sources.name(*root)));
            output::say("help: `byokc init` writes a policy to start from");
            empty = Exit::Nothing;
        }
        let mut report = report(&sources, *root, &compilation);
        for required in &check.require {
            report.diagnostics.extend(not_imported(&sources, &policies.disk, *root, &compilation, required)?);
        }
        report.diagnostics.sort_by(|a, b| a.order().cmp(&b.order()));
        reports.push(report);
    }
    let report = Report { sources: &sources, policies: reports };
    let exit = check.reporting.write(&report, global)?;
    let exit = exit.max(empty).max(if report.policies.is_empty() { Exit::Nothing } else { Exit::Clean });
    Ok(policies.report_failures().max(looked).max(exit))
}

/// A policy whose fixes hold up: those that do not are gone from its findings.
fn compiled<'s>(sources: &'s Sources, root: FileId, policies: &files::Policies, options: Options<'s>) -> Compilation<'s> {
    let loader = policies.disk.loader(root);
    let mut compilation = compile(sources, root, &loader, options);
    recheck(Original { sources, root, loader: &loader, options }, &mut compilation, MAX_BYTES);
    compilation
}

/// Looks for the keys of a policy's providers and adds what follows. A key that could not be looked for is said, and is never a pass.
fn judge_keys(sources: &Sources, compilation: &mut Compilation<'_>, allow_exec: bool) -> Exit {
    let policy = &compilation.policy;
    let users = reach::users(policy, compilation.attempted());
    let mut exit = Exit::Clean;
    let mut states = Vec::with_capacity(policy.providers.len());
    for ((id, provider), users) in (0..).map(ProviderId).zip(&policy.providers).zip(users) {
        let Some(source) = provider.key.as_ref().filter(|_| !users.is_empty()) else { continue };
        match keys::look(KeyPlace::of(&source.value, provider.name.text), allow_exec) {
            Looked::Unknown(why) => {
                output::say(&format!("error: the key of provider `{}` was not looked at: {why}", provider.name.text));
                exit = Exit::Incomplete;
            }
            Looked::Missing(seen) => states.push(KeyState { provider: id, found: false, seen: Some(seen) }),
            _ => states.push(KeyState { provider: id, found: true, seen: None }),
        }
    }
    compilation.judge_keys(sources, &states);
    exit
}

/// The findings of one policy, and what was looked at.
pub(super) fn report(sources: &Sources, root: FileId, compilation: &Compilation<'_>) -> PolicyReport {
    PolicyReport { path: sources.name(root).to_owned(), diagnostics: compilation.diagnostics.clone(), summary: compilation.counts() }
}

/// The finding for a policy that does not import a required file.
fn not_imported(
    sources: &Sources,
    disk: &files::Disk,
    root: FileId,
    compilation: &Compilation<'_>,
    required: &std::path::Path,
) -> Result<Option<Diagnostic>, Failure> {
    let wanted = required.canonicalize().map_err(|_| Failure::new(format!("{} does not exist", files::shown(required))))?;
    if compilation.policy.files.iter().any(|file| disk.path(*file).as_ref() == Some(&wanted)) {
        return Ok(None);
    }
    let name = files::shown(required);
    let start = Span { file: root, start: 0, end: 0 };
    let finding =
        Diagnostic::new(&IMPORT, start, format!("`{}` does not import `{name}`, which is required of every policy", sources.name(root)));
    Ok(Some(
        finding
            .label("an import is missing")
            .help(format!("import `{name}`, by its path relative to this file"))
            .about(SubjectKind::File, sources.name(root)),
    ))
}

/// Applies safe fixes until there are none.
fn fix(check: &Check, global: &Global) -> Result<(), Failure> {
    let mut mended = 0usize;
    // Each round can make room for more; a fix that does not mend its finding must not go on for ever.
    for _ in 0..10 {
        let sources = Sources::default();
        let policies = files::find(&sources, &check.paths, global);
        let options = Options { catalogue: global.catalogue()?, today: global.today() };
        let mut edits = Vec::new();
        for root in &policies.roots {
            let compilation = compiled(&sources, *root, &policies, options);
            let fixes = compilation.diagnostics.iter().filter(|finding| finding.counts()).filter_map(|finding| finding.fix.as_ref());
            edits.extend(fixes.filter(|fix| fix.grade == Grade::Safe).map(|fix| fix.edits.clone()));
        }
        let applied = super::edits::apply(&sources, edits);
        if applied.files.is_empty() {
            break;
        }
        for (file, text) in &applied.files {
            let Some(path) = policies.disk.path(*file) else {
                return Err(Failure::usage("`--fix` cannot change standard input").help("name the policy by its path"));
            };
            files::write(&path, text)?;
        }
        mended += applied.count;
    }
    output::say(&format!("fixed {mended} {}", if mended == 1 { "finding" } else { "findings" }));
    Ok(())
}
