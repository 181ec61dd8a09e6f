//! From a log, and the plans by which it was written, to whether it is whole and only what these plans allow has happened; otherwise the first record that is not so.
//!
//! Every rule is decided here from the plan's tables and the records alone, without what the runtime decided by.

use std::collections::{BTreeSet, VecDeque};
use std::io::{self, BufRead};

pub use fault::Fault;
pub use known::Known;
pub use plans::Plans;
pub use report::Report;

use chain::{Chain, Link};
use fault::{Faults, Remark};
use row::Row;
use steps::{At, Steps};

use super::{Entry, Line, Rows};

mod approvals;
mod asked;
mod attempt;
mod call;
mod chain;
mod end;
mod fault;
mod human;
mod known;
mod order;
mod plans;
mod redeemed;
mod report;
mod requests;
mod row;
mod rule;
mod steps;

/// A log that is being checked. Of what was read only that is kept on which later records may rest.
pub struct Check<'p> {
    plans: &'p Plans,
    begins: Option<Known>,
    /// Records that the log must hold.
    heads: Vec<Known>,
    chain: Chain,
    steps: Steps<'p>,
    faults: Faults,
    /// Read, and not yet judged: what comes after a record tells what is wrong with it.
    waiting: VecDeque<Row>,
    /// A line without its end, and how long it is.
    torn: Option<(Row, u64)>,
    broken: bool,
    time: i64,
    seen: Seen,
}

/// What a report tells of the log.
#[derive(Default)]
struct Seen {
    files: Vec<String>,
    records: u64,
    requests: u64,
    denied: u64,
    first: Option<String>,
    last: Option<String>,
    head: Option<(u64, String)>,
    plans: BTreeSet<String>,
}

impl<'p> Check<'p> {
    /// Of a log against these plans; without any, only the chain is checked. `begins` is the record that the log goes on after, where it does
    /// not begin with its first; `heads` are records that it must hold.
    pub fn new(plans: &'p Plans, begins: Option<Known>, heads: &[Known]) -> Self {
        Self {
            plans,
            begins,
            heads: heads.to_vec(),
            chain: Chain::default(),
            steps: Steps::new(plans),
            faults: Faults::default(),
            waiting: VecDeque::new(),
            torn: None,
            broken: false,
            time: i64::MIN,
            seen: Seen::default(),
        }
    }

    /// The next file of the log.
    pub fn file(&mut self, name: &str, from: impl BufRead) -> io::Result<()> {
        self.seen.files.push(name.to_owned());
        for read in Rows::new(from) {
            let read = read?;
            let row = Row::new(name, &read);
            self.mended(row.line());
            if read.torn {
                self.torn = Some((row, read.bytes.len() as u64));
                continue;
            }
            self.waiting.push_back(row);
            if self.waiting.len() > 2 {
                self.judge_first();
            }
        }
        Ok(())
    }

    /// A line without its end may stand before one that says so.
    fn mended(&mut self, next: Option<&Line>) {
        let Some((torn, length)) = self.torn.take() else { return };
        while !self.waiting.is_empty() {
            self.judge_first();
        }
        match next.map(|line| &line.entry) {
            Some(Entry::Opened(opened)) if opened.torn_bytes == Some(length) => {}
            _ => self.faults.add(torn.fault("it has no end, and the record after it does not say so".to_owned())),
        }
    }

    fn judge_first(&mut self) {
        let Some(row) = self.waiting.pop_front() else { return };
        let (next, after) = (self.waiting.front(), self.waiting.get(1));
        match self.chain.judge(&row, next, after, self.begins) {
            Link::Fits => {}
            Link::Told => self.broken = true,
            Link::Begins => {
                self.steps.earlier = true;
                self.steps.remarks.add(Remark::Begins, || row.place());
            }
            Link::Late(message) => {
                self.steps.earlier = true;
                self.faults.add(row.fault(message));
            }
            Link::Broken(message) => {
                self.broken = true;
                self.faults.add(row.fault(message));
            }
        }
        self.heads.retain(|known| {
            known.text() != row.hash || known.number.is_some_and(|number| row.line().is_none_or(|line| line.seq != number))
        });
        if let Some(line) = row.line() {
            self.seen.note(line, &row.hash);
            self.judge(line, &row);
        }
    }

    fn judge(&mut self, line: &Line, row: &Row) {
        if let Entry::Opened(opened) = &line.entry
            && opened.torn_bytes.is_some()
        {
            self.steps.remarks.add(Remark::Mended, || row.place());
        }
        let Some(time) = time(&line.time) else {
            self.faults.add(row.fault(format!("its time `{}` is none", line.time)));
            return;
        };
        if time < self.time {
            self.steps.remarks.add(Remark::Clock, || row.place());
        }
        self.time = time;
        if self.plans.is_empty() {
            return;
        }
        if self.broken {
            self.steps.remarks.add(Remark::Unjudged, || row.place());
            return;
        }
        let at = At { row, seconds: u64::try_from(time.div_euclid(1000)).unwrap_or_default() };
        if let Err(message) = self.steps.step(line, at) {
            self.faults.add(row.fault(message));
        }
    }

    /// The log is over.
    pub fn finish(mut self) -> Report {
        while !self.waiting.is_empty() {
            self.judge_first();
        }
        if let Some((torn, _)) = self.torn.take() {
            self.steps.remarks.add(Remark::Torn, || torn.place());
        }
        self.steps.over();
        for known in &self.heads {
            let number = known.number.map(|number| format!(", number {number}")).unwrap_or_default();
            let message =
                format!("the log does not hold the record with the hash {}{number}: what came up to it was cut off", known.text());
            self.faults.add(Fault { file: String::new(), line: 0, message, record: None });
        }
        Report::new(self.seen, !self.plans.is_empty(), self.steps.remarks.say(), self.faults)
    }
}

impl Seen {
    fn note(&mut self, line: &Line, hash: &str) {
        self.records += 1;
        self.first.get_or_insert_with(|| line.time.clone());
        self.last = Some(line.time.clone());
        self.head = Some((line.seq, hash.to_owned()));
        match &line.entry {
            Entry::Opened(opened) => self.plan(&opened.plan),
            Entry::Planned(planned) => self.plan(&planned.plan),
            Entry::Attempt(attempt) if attempt.after.is_none() => self.requests += 1,
            Entry::Denied(_) => self.denied += 1,
            _ => {}
        }
    }

    fn plan(&mut self, digest: &str) {
        if !self.plans.contains(digest) {
            self.plans.insert(digest.to_owned());
        }
    }
}

/// A record's time, in milliseconds since 1970: RFC 3339, UTC, three decimals, and in no other spelling.
pub(super) fn time(text: &str) -> Option<i64> {
    let time: jiff::Timestamp = text.parse().ok()?;
    (text.len() == 24 && text.ends_with('Z')).then(|| time.as_millisecond())
}
