//! Says one finding in plain lines, for every place where it cannot be drawn.

use super::{
    PolicyReport, Report,
    text::{one_line, visible},
};
use crate::{
    diagnostic::{Diagnostic, Waived},
    source::{Sources, Span},
};

/// `policies/support.byok:41:3`.
pub(super) fn place(sources: &Sources, span: Span) -> String {
    one_line(&sources.at(span)).into_owned()
}

/// `error[BYOK202 not-allowed]`, without the message.
pub(super) fn heading(diagnostic: &Diagnostic) -> String {
    let waived = if diagnostic.counts() { "" } else { "waived " };
    format!("{waived}{}[{} {}]", diagnostic.severity.as_str(), diagnostic.rule.code, diagnostic.rule.name)
}

/// A finding on one line, as compilers write it: the place first.
pub(super) fn short(sources: &Sources, diagnostic: &Diagnostic) -> String {
    format!("{}: {}: {}", place(sources, diagnostic.span), heading(diagnostic), one_line(&diagnostic.message))
}

/// The number of each further place, where there is more than one to follow.
pub(super) fn numbered(diagnostic: &Diagnostic) -> impl Iterator<Item = (Span, String)> {
    let several = diagnostic.labels.len() > 1;
    diagnostic.labels.iter().zip(1..).map(move |(label, number)| {
        let message = one_line(&label.message);
        (label.span, if several { format!("{number}. {message}") } else { message.into_owned() })
    })
}

/// Every place of a finding with what is to be seen there, the main one first.
pub(super) fn places(sources: &Sources, diagnostic: &Diagnostic) -> Vec<String> {
    let main = (diagnostic.span, one_line(&diagnostic.label).into_owned());
    let said = |message: String| if message.trim().is_empty() { message } else { format!(": {message}") };
    std::iter::once(main)
        .chain(numbered(diagnostic))
        .map(|(span, message)| format!("--> {}{}", place(sources, span), said(message)))
        .collect()
}

/// What is said below the places: a word that tells what it is, and the text. `policy` is named where the finding stands in another file.
pub(super) fn remarks(report: &Report<'_>, policy: &PolicyReport, diagnostic: &Diagnostic) -> Vec<(String, String)> {
    let said = |word: &str, texts: &[String]| texts.iter().map(|text| (word.to_owned(), visible(text).into_owned())).collect::<Vec<_>>();
    let mut remarks = said("note", &diagnostic.notes);
    if report.policies.len() > 1 && report.sources.name(diagnostic.span.file) != policy.path {
        remarks.push(("note".to_owned(), format!("found while checking `{}`", one_line(&policy.path))));
    }
    remarks.extend(said("help", &diagnostic.help));
    if let Some(fix) = &diagnostic.fix {
        remarks.push((format!("fix ({})", fix.grade.as_str()), visible(&fix.title).into_owned()));
    }
    if let Some(Waived { because, until }) = &diagnostic.waived {
        remarks.push((format!("waived until {}", one_line(until)), visible(because).into_owned()));
    }
    remarks
}

/// The whole finding but its message, a line for each place and each remark.
pub(super) fn body(report: &Report<'_>, policy: &PolicyReport, diagnostic: &Diagnostic) -> String {
    let mut lines = places(report.sources, diagnostic);
    lines.extend(remarks(report, policy, diagnostic).into_iter().map(|(word, text)| format!("{word}: {text}")));
    lines.join("\n")
}
