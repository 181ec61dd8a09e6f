//! Where reports go: standard output or files, in any number of formats at once.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use clap::{Args, ColorChoice, ValueEnum};

use crate::diagnostic::Severity;
use crate::render::{Format, Report, Style, render};
use crate::secrets::masked;

use super::{Exit, Failure, Global, files};

/// How a command reports what it finds.
#[derive(Args)]
pub(super) struct Reporting {
    /// Write the report in this format: human, json, sarif, github, gitlab, junit, markdown; to FILE where one is named. Repeatable
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = parse_output)]
    pub(super) output: Vec<Output>,
    /// The findings that make the exit code 1
    #[arg(long, value_name = "LEVEL", value_enum, default_value_t = FailOn::Error)]
    pub(super) fail_on: FailOn,
}

/// A format, and the file that it goes to; none: standard output.
#[derive(Clone, Debug)]
pub(super) struct Output {
    format: Format,
    file: Option<PathBuf>,
}

/// Which findings fail a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// Errors
    Error,
    /// Errors and warnings
    Warning,
    /// None
    Never,
}

fn parse_output(text: &str) -> Result<Output, String> {
    let (name, file) = text.split_once('=').map_or((text, None), |(name, file)| (name, Some(PathBuf::from(file))));
    let known = || Format::ALL.map(Format::name).join(", ");
    let format = Format::parse(name).ok_or_else(|| format!("there is no format `{name}`; there are {}", known()))?;
    if file.as_ref().is_some_and(|file| file.as_os_str().is_empty()) {
        return Err(format!("`{name}=` names no file"));
    }
    Ok(Output { format, file })
}

/// The same for a command that writes a document of its own, or a report for people.
pub(super) fn parse_document(text: &str) -> Result<Output, String> {
    let output = parse_output(text);
    match output {
        Ok(Output { format: Format::Human | Format::Json, .. }) => output,
        _ => Err(format!("there is no format `{}`; there are human, json", text.split('=').next().unwrap_or_default())),
    }
}

impl Output {
    /// The format.
    pub(super) fn format(&self) -> Format {
        self.format
    }
}

impl Reporting {
    /// Refuses outputs of which one would overwrite another, or a file that is read.
    pub(super) fn judge_places(&self, read: &[PathBuf]) -> Result<(), Failure> {
        judge_places(&self.output, read)
    }

    /// Writes the report in every format that is asked for, and says how the run ended.
    pub(super) fn write(&self, report: &Report<'_>, global: &Global) -> Result<Exit, Failure> {
        write_all(&self.output, global, |format, style| render(format, report, style))?;
        Ok(self.fail_on.judge(report))
    }
}

/// Refuses outputs of which one would overwrite another, or a file that is read.
pub(super) fn judge_places(outputs: &[Output], read: &[PathBuf]) -> Result<(), Failure> {
    let place = |path: &PathBuf| path.canonicalize().unwrap_or_else(|_| std::path::absolute(path).unwrap_or_else(|_| path.clone()));
    let mut taken: Vec<Option<PathBuf>> = Vec::new();
    for output in outputs {
        let to = output.file.as_ref().map(place);
        if to.as_ref().is_some_and(|to| read.iter().any(|path| place(path) == *to)) {
            return Err(Failure::usage(format!("`--output {}` would overwrite the policy", output.format.name())).help("name another file"));
        }
        let special = to.as_ref().is_some_and(|to| to.exists() && !to.is_file());
        if taken.contains(&to) && !special {
            let message = format!("two reports would go to one place: the second is `--output {}`", output.format.name());
            return Err(Failure::usage(message).help("name a file for each but one: `--output json=report.json`"));
        }
        taken.push(to);
    }
    Ok(())
}

/// Writes what a command makes of each format that is asked for; the report for people where none is.
pub(super) fn write_all(outputs: &[Output], global: &Global, render: impl Fn(Format, Style) -> String) -> Result<(), Failure> {
    let default = [Output { format: Format::Human, file: None }];
    let outputs = if outputs.is_empty() { &default } else { outputs };
    for output in outputs {
        match &output.file {
            None => print(&render(output.format, style(global, std::io::stdout().is_terminal())))?,
            Some(file) => files::write(file, &render(output.format, Style { color: false, ascii: global.ascii }))?,
        }
    }
    Ok(())
}

impl FailOn {
    /// How the run ended.
    pub(super) fn judge(self, report: &Report<'_>) -> Exit {
        let worst = report.findings().filter(|(_, finding)| finding.counts()).map(|(_, finding)| finding.severity).max();
        let fails = match self {
            Self::Error => worst == Some(Severity::Error),
            Self::Warning => worst.is_some(),
            Self::Never => false,
        };
        if fails { Exit::Findings } else { Exit::Clean }
    }
}

/// Colour and drawing for a stream: only on a terminal, unless asked for or refused by `--color`, `NO_COLOR` or `CLICOLOR_FORCE`.
pub(super) fn style(global: &Global, terminal: bool) -> Style {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    let color = match global.color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if set("CLICOLOR_FORCE") => true,
        ColorChoice::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    };
    Style { color, ascii: global.ascii || !terminal }
}

/// Prints to standard output. A reader that has gone away is no failure.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    print_with(|out| out.write_all(text.as_bytes()))
}

/// The same for text that quotes a policy: what has the shape of a key is masked, wherever it stands.
pub(super) fn print_quoting(text: &str) -> Result<(), Failure> {
    print(&masked(text))
}

/// The same for what is written piece by piece.
pub(super) fn print_with(write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("standard output cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}

/// Says something to the person at the terminal.
pub(super) fn say(text: &str) {
    // Where nobody can be told, there is nobody to tell that either.
    let _ = writeln!(std::io::stderr(), "{text}");
}
