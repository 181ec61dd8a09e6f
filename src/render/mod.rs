//! Turns a report, the findings of one run, into text in one of seven formats. Pure: it reads nothing and prints nothing.

mod github;
mod gitlab;
mod identity;
mod json_v1;
mod junit;
mod markdown;
mod outline;
mod sarif;
mod summary;
mod terminal;
#[cfg(test)]
mod tests;
mod text;

pub use self::json_v1::schema as findings_schema;
pub use self::summary::{Counts, Summary};

use crate::{diagnostic::Diagnostic, source::Sources};

/// All that one run found.
#[derive(Debug)]
pub struct Report<'a> {
    /// The files that the findings point into.
    pub sources: &'a Sources,
    /// What was found, policy by policy.
    pub policies: Vec<PolicyReport>,
}

/// What was found in one policy.
#[derive(Debug)]
pub struct PolicyReport {
    /// The relative path of the policy's first file, or `<stdin>`.
    pub path: String,
    /// The findings, in the order in which they are shown.
    pub diagnostics: Vec<Diagnostic>,
    /// What was checked.
    pub summary: Summary,
}

/// How a report is drawn for people; the formats that machines read pay no heed to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// With ANSI colours.
    pub color: bool,
    /// Lines and arrows in ASCII only. Quoted source stays as it is.
    pub ascii: bool,
}

/// What a report can be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// For a person at a terminal, with source snippets.
    Human,
    /// The versioned findings document, `byok-findings/1`.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Workflow commands, which GitHub Actions shows at the line of a change.
    Github,
    /// GitLab's Code Quality report.
    Gitlab,
    /// `JUnit` XML, for test dashboards.
    Junit,
    /// A comment for a pull request.
    Markdown,
}

impl Format {
    /// Every format, in the order of the help.
    pub const ALL: [Self; 7] = [Self::Human, Self::Json, Self::Sarif, Self::Github, Self::Gitlab, Self::Junit, Self::Markdown];

    /// The word for it on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
        }
    }

    /// One line for the help.
    pub fn about(self) -> &'static str {
        match self {
            Self::Human => "for a person, with source snippets",
            Self::Json => "the findings document, byok-findings/1",
            Self::Sarif => "SARIF 2.1.0, for code scanning",
            Self::Github => "workflow commands that annotate a change on GitHub",
            Self::Gitlab => "GitLab's Code Quality report",
            Self::Junit => "JUnit XML, for test dashboards",
            Self::Markdown => "a comment for a pull request",
        }
    }

    /// The format of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// The report as text, well-formed whatever it holds and ended by a line break.
pub fn render(format: Format, report: &Report<'_>, style: Style) -> String {
    match format {
        Format::Human => terminal::render(report, style),
        Format::Json => json_v1::render(report),
        Format::Sarif => sarif::render(report),
        Format::Github => github::render(report),
        Format::Gitlab => gitlab::render(report),
        Format::Junit => junit::render(report),
        Format::Markdown => markdown::render(report),
    }
}
