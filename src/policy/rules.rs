//! What is found while names, units and addresses are resolved: the rules of 101 to 104, and 306.

use crate::diagnostic::{Code, Grade, Rule, Severities};

/// BYOK101.
pub const DUPLICATE: Rule = Rule {
    code: Code(101),
    name: "duplicate",
    severities: Severities::Error,
    judged_on: "declaration",
    summary: "duplicate declaration or field, or a data order that contradicts itself",
    fix: None,
    page: include_str!("pages/duplicate.md"),
};

/// BYOK102.
pub const UNKNOWN_NAME: Rule = Rule {
    code: Code(102),
    name: "unknown-name",
    severities: Severities::Error,
    judged_on: "reference",
    summary: "unknown name",
    fix: Some(Grade::Review),
    page: include_str!("pages/unknown_name.md"),
};

/// BYOK103.
pub const MISSING_FIELD: Rule = Rule {
    code: Code(103),
    name: "missing-field",
    severities: Severities::Error,
    judged_on: "declaration",
    summary: "required field missing",
    fix: None,
    page: include_str!("pages/missing_field.md"),
};

/// BYOK104.
pub const BAD_VALUE: Rule = Rule {
    code: Code(104),
    name: "bad-value",
    severities: Severities::Error,
    judged_on: "field",
    summary: "value out of range or of the wrong kind",
    fix: Some(Grade::Review),
    page: include_str!("pages/bad_value.md"),
};

/// BYOK306.
pub const BAD_ADDRESS: Rule = Rule {
    code: Code(306),
    name: "bad-address",
    severities: Severities::Error,
    judged_on: "provider",
    summary: "base_url that is insecure or malformed",
    fix: Some(Grade::Review),
    page: include_str!("pages/bad_address.md"),
};

/// Every rule of this stage, by code.
pub const RULES: &[&Rule] = &[&DUPLICATE, &UNKNOWN_NAME, &MISSING_FIELD, &BAD_VALUE, &BAD_ADDRESS];
