//! What the parser can find.

use crate::diagnostic::{Code, Grade, Rule, Severities};

/// What is not written as the language is.
pub const SYNTAX_ERROR: Rule = Rule {
    code: Code(1),
    name: "syntax-error",
    severities: Severities::Error,
    judged_on: "place",
    summary: "syntax error",
    fix: Some(Grade::Safe),
    page: include_str!("pages/syntax_error.md"),
};

/// A keyword that nothing begins with.
pub const UNKNOWN_KEYWORD: Rule = Rule {
    code: Code(2),
    name: "unknown-keyword",
    severities: Severities::Error,
    judged_on: "place",
    summary: "unknown field or declaration",
    fix: Some(Grade::Review),
    page: include_str!("pages/unknown_keyword.md"),
};

/// `language` with something else than `1`, or not at the start.
pub const UNKNOWN_EDITION: Rule = Rule {
    code: Code(4),
    name: "unknown-edition",
    severities: Severities::Error,
    judged_on: "file",
    summary: "unknown language edition",
    fix: None,
    page: include_str!("pages/unknown_edition.md"),
};

/// A character that hides, or that reorders what people see.
pub const INVISIBLE_CHARACTER: Rule = Rule {
    code: Code(5),
    name: "invisible-character",
    severities: Severities::Error,
    judged_on: "place",
    summary: "bidirectional or invisible control character",
    fix: Some(Grade::Review),
    page: include_str!("pages/invisible_character.md"),
};

/// All of them, by code.
pub const RULES: &[&Rule] = &[&SYNTAX_ERROR, &UNKNOWN_KEYWORD, &UNKNOWN_EDITION, &INVISIBLE_CHARACTER];
