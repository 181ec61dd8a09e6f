//! What is wrong with a log, and what is worth knowing of one that is right.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text::count;

/// So many faults are kept; the others are counted.
const KEPT: usize = 100;

/// One thing that is wrong with a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The file; empty where the whole log is meant.
    pub file: String,
    /// The line in it, from 1; 0 where the whole log is meant.
    pub line: u64,
    /// What is wrong, in words.
    pub message: String,
    /// The number of the record, as it says itself; null where it says none.
    pub record: Option<u64>,
}

/// All that is wrong, as it is found: in the order of the log.
#[derive(Default)]
pub(super) struct Faults {
    pub(super) kept: Vec<Fault>,
    pub(super) found: u64,
}

impl Faults {
    pub(super) fn add(&mut self, fault: Fault) {
        self.found += 1;
        if self.kept.len() < KEPT {
            self.kept.push(fault);
        }
    }
}

/// What is no fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Remark {
    /// The log begins later than its first record, and that was said to be so.
    Begins,
    /// The last line has no end.
    Torn,
    /// A torn line was cut off before the log went on.
    Mended,
    /// A request was open when its process ended.
    Killed,
    /// A request is open at the end of the log.
    Open,
    /// A request had begun before the log's first record.
    Earlier,
    /// A receipt is of a request in another log.
    OtherReceipt,
    /// A sealed call was in an answer of another log.
    OtherCall,
    /// A sealed call was in an answer that has no end, for its process was killed.
    KilledCall,
    /// The clock went back.
    Clock,
    /// Records were not held against a plan, for the chain is broken before them.
    Unjudged,
}

impl Remark {
    fn say(self, times: u64, first: &str) -> String {
        let many = |noun: &str| count(usize::try_from(times).unwrap_or(usize::MAX), noun);
        let were = if times == 1 { "was" } else { "were" };
        match self {
            Self::Begins => format!("the log begins {first}; what came before was not looked at"),
            Self::Torn => format!("the last line, {first}, has no end: whoever wrote it was stopped; it is no record"),
            Self::Mended => format!("{} had been cut off in the middle, and the log went on without: first {first}", many("line")),
            Self::Killed => format!("{} {were} under way when byokc was stopped, without an end: first {first}", many("request")),
            Self::Open => format!("{} {were} under way at the end of the log: first {first}", many("request")),
            Self::Earlier => format!("{} {were} under way when the log begins: first {first}", many("request")),
            Self::OtherReceipt => format!("{} of steps before rest on the log of another instance: first {first}", many("receipt")),
            Self::OtherCall => {
                format!("{} of tools had been sealed in answers that the log of another instance holds: first {first}", many("call"))
            }
            Self::KilledCall => {
                format!("{} of tools had been sealed in answers without an end, for byokc was killed: first {first}", many("call"))
            }
            Self::Clock => format!("the clock went back {}: first {first}", many("time")),
            Self::Unjudged => format!("{} {were} not held against a plan, for the chain is broken before: first {first}", many("record")),
        }
    }
}

/// All such remarks, each with how often and where first.
#[derive(Default)]
pub(super) struct Remarks(BTreeMap<Remark, (u64, String)>);

impl Remarks {
    pub(super) fn add(&mut self, remark: Remark, at: impl FnOnce() -> String) {
        self.0.entry(remark).or_insert_with(|| (0, at())).0 += 1;
    }

    pub(super) fn say(&self) -> Vec<String> {
        self.0.iter().map(|(remark, (times, first))| remark.say(*times, first)).collect()
    }
}
