//! The edition of the language that a file is written in.

use crate::diagnostic::Diagnostic;

use super::ast::{Declaration, Item};
use super::rules::{SYNTAX_ERROR, UNKNOWN_EDITION, UNKNOWN_KEYWORD};

/// Adds what is wrong with the `language` statements. In a file of an edition that is not known, other mistakes mean nothing.
pub(super) fn judge(declarations: &[Declaration<'_>], mut findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    for (declaration, number) in declarations.iter().zip(0..) {
        let Item::Language(edition) = &declaration.item else { continue };
        if edition.text != "1" {
            findings.retain(|finding| finding.rule.code != SYNTAX_ERROR.code && finding.rule.code != UNKNOWN_KEYWORD.code);
            let message = format!("unknown language edition `{}`", super::explain::shown(edition.text));
            findings.push(
                Diagnostic::new(&UNKNOWN_EDITION, edition.span, message)
                    .label("the only edition is `1`")
                    .help("write `language 1`, or use a compiler that knows this edition"),
            );
        } else if number > 0 {
            let first = declarations.first().map_or(declaration.span, |first| first.span);
            findings.push(
                Diagnostic::new(&UNKNOWN_EDITION, declaration.span, "`language` has to be the first statement of its file")
                    .label("comes too late")
                    .at(first.first(0), "it belongs before this")
                    .help("move it to the start of the file, or leave it out: edition 1 is the only one"),
            );
        }
    }
    findings
}
