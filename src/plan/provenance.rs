//! Where a plan comes from.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Text;

/// Where a plan comes from.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Provenance<'a> {
    /// The day for which dates were judged.
    pub as_of: Text<'a>,
    /// The facts that it was judged by.
    pub catalogue: CatalogueMark<'a>,
    /// `byokc` and its version.
    pub compiler: Text<'a>,
    /// The files, the root first.
    pub files: Vec<FileMark<'a>>,
    /// Where each route is declared, by name.
    pub routes: BTreeMap<Text<'a>, Mark>,
}

/// Which catalogue.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CatalogueMark<'a> {
    /// Its date.
    pub date: Text<'a>,
    /// Its sha-256, hexadecimal.
    pub sha256: Text<'a>,
}

/// Which file.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileMark<'a> {
    /// Its path, as shown.
    pub path: Text<'a>,
    /// Its sha-256, hexadecimal.
    pub sha256: Text<'a>,
}

/// A place.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// Column in characters, from 1.
    pub column: usize,
    /// An index of `files`.
    pub file: usize,
    /// Line, from 1.
    pub line: usize,
}
