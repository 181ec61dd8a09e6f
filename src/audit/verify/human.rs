//! What a check of a log found, for people: what is wrong first.

use super::{Fault, Report};
use crate::text::{grouped, one_line};

/// So many faults are shown to a person.
const SHOWN: usize = 20;

impl Report {
    /// The report for people, under the name of the log.
    pub fn human(&self, name: &str) -> String {
        let mut lines = Vec::new();
        for fault in self.faults.iter().take(SHOWN) {
            lines.push(format!("error: {}{}", place(fault), fault.message));
        }
        let more = self.faults_found.saturating_sub(SHOWN as u64);
        if more > 0 {
            lines.push(format!("and {} more", grouped(more)));
        }
        lines.push(self.verdict(name));
        if let (Some(first), Some(last), Some(head)) = (&self.first, &self.last, &self.head) {
            lines.push(format!("from {first} to {last}"));
            lines.push(format!("head: {head}"));
        }
        lines.extend(self.plans.iter().map(|plan| format!("plan: {plan}")));
        lines.extend(self.notes.iter().map(|note| format!("note: {note}")));
        if !self.verified {
            lines.push("help: do not rely on what comes after the first fault; `byokc audit show` shows what can be read".to_owned());
        } else if !self.against_plan {
            lines.push(
                "help: only the chain was checked; with `--plan PLAN` for each plan above every record is held against what it allows"
                    .to_owned(),
            );
        }
        lines.iter().fold(String::new(), |text, line| text + &one_line(line) + "\n")
    }

    fn verdict(&self, name: &str) -> String {
        let many = |number: u64, noun: &str| format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { "s" });
        let held = format!("{} in {}", many(self.records, "record"), many(self.files.len() as u64, "file"));
        let of = format!("{} and {} turned away", many(self.requests, "request"), grouped(self.denied));
        match (self.verified, self.against_plan) {
            (true, true) => format!("{name} is whole, and only what the plan allows has happened: {held}, {of}"),
            (true, false) => format!("{name} is whole: {held}, {of}"),
            (false, _) => format!("{} in {name}: {held}, {of}", many(self.faults_found, "fault")),
        }
    }
}

fn place(fault: &Fault) -> String {
    match (fault.record, fault.line) {
        (_, 0) => String::new(),
        (Some(record), line) => format!("record {record} ({}:{line}): ", fault.file),
        (None, line) => format!("{}:{line}: ", fault.file),
    }
}
