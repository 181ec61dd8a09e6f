//! Gives each finding an identity that outlives a change of line numbers, for the hosts that follow findings over time.

use std::{collections::BTreeMap, fmt::Write as _};

use sha2::{Digest as _, Sha256};

use super::PolicyReport;
use crate::{diagnostic::Diagnostic, source::Sources};

/// The identities given so far in one report: a second finding that looks like an earlier one gets one of its own.
#[derive(Default)]
pub(super) struct Fingerprints(BTreeMap<[u8; 32], u32>);

impl Fingerprints {
    /// SHA-256, in hex, over the code, the subject, the policy, the file and the text found at, white space aside.
    pub(super) fn next(&mut self, sources: &Sources, policy: &PolicyReport, diagnostic: &Diagnostic) -> String {
        let (kind, name) = diagnostic.subject.as_ref().map_or(("", ""), |subject| (subject.kind.as_str(), subject.name.as_str()));
        let declared = sources.text(diagnostic.span).split_whitespace().collect::<Vec<_>>().join(" ");
        let code = diagnostic.rule.code.to_string();
        let mut hash = Sha256::new();
        for part in [code.as_str(), kind, name, policy.path.as_str(), sources.name(diagnostic.span.file), declared.as_str()] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let first: [u8; 32] = hash.finalize().into();
        let seen = self.0.entry(first).or_default();
        *seen += 1;
        if *seen == 1 { hex(&first) } else { hex(&Sha256::new().chain_update(first).chain_update(seen.to_le_bytes()).finalize()) }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
