//! Whether the records hang together: each says the hash of the one before, and their numbers count on. What does not fit is named for what it is, as far as that can be told.

use std::collections::BTreeSet;

use super::Known;
use super::row::Row;
use crate::audit::{Head, Line};

/// The chain as far as it has been followed.
#[derive(Default)]
pub(super) struct Chain {
    /// The number that is due; 0 before the first.
    due: u64,
    /// The hash that the next record must say.
    prev: String,
    /// Whether the next may say another, for what is wrong has been said of this one.
    excused: bool,
    /// The number and hash, shortened, of each record, to know those that come back.
    seen: Vec<(u64, u64)>,
    /// Numbers that were passed over, in ranges: these may turn up later.
    gaps: Vec<(u64, u64)>,
    /// Those of which it was said that they come later.
    told: BTreeSet<u64>,
}

/// What the chain says of a record.
pub(super) enum Link {
    /// It stands where it should.
    Fits,
    /// The log begins with it, later than with its first record, as was said.
    Begins,
    /// The log begins with it, and what comes before is not there.
    Late(String),
    /// Something is wrong with it.
    Broken(String),
    /// It was said before what is wrong with it.
    Told,
}

impl Chain {
    /// Judges a record, with the two after it, which tell whether it or its neighbour was altered.
    pub(super) fn judge(&mut self, row: &Row, next: Option<&Row>, after: Option<&Row>, begins: Option<Known>) -> Link {
        let line = match &row.said {
            Ok(line) => line,
            Err(why) => {
                self.go_on(self.due.max(1), row, true);
                return Link::Broken(format!("it is no record: {why}"));
            }
        };
        if self.due == 0 {
            return self.first(row, line, next, after, begins);
        }
        let follows = self.excused || line.prev == self.prev;
        match line.seq.cmp(&self.due) {
            std::cmp::Ordering::Equal if follows => self.neighbour(row, line, next, after),
            std::cmp::Ordering::Equal => self.stranger(row, line, next),
            _ if line.prev == self.prev => self.renumbered(row, line, next),
            std::cmp::Ordering::Greater => self.ahead(row, line, next),
            std::cmp::Ordering::Less => self.behind(row, line),
        }
    }

    fn go_on(&mut self, number: u64, row: &Row, excused: bool) {
        self.seen.push((number, short(&row.hash)));
        self.due = number.saturating_add(1);
        self.prev.clone_from(&row.hash);
        self.excused = excused;
    }

    fn first(&mut self, row: &Row, line: &Line, next: Option<&Row>, after: Option<&Row>, begins: Option<Known>) -> Link {
        (self.due, self.prev) = (line.seq, line.prev.clone());
        let zeros = Head::default().text();
        let expected = begins.map_or_else(|| zeros.clone(), |known| known.text());
        let number = begins.map_or(Some(1), |known| known.number.map(|number| number.saturating_add(1)));
        let told = match begins {
            Some(_) if line.prev != expected || number.is_some_and(|number| number != line.seq) => Link::Late(format!(
                "it follows record {} with the hash {}, and not the one that was named",
                line.seq.saturating_sub(1),
                line.prev
            )),
            Some(_) => Link::Begins,
            None if line.seq > 1 => Link::Late(format!(
                "the log begins with it: the {} records before it, up to the one with the hash {}, are not here",
                line.seq.saturating_sub(1),
                line.prev
            )),
            None if line.seq == 0 || line.prev != zeros => {
                Link::Broken(format!("the first record says that its number is {} and that {} is before it", line.seq, line.prev))
            }
            None => Link::Fits,
        };
        match self.neighbour(row, line, next, after) {
            Link::Fits => told,
            broken => broken,
        }
    }

    /// One that follows what is before it: does what comes after say the same?
    fn neighbour(&mut self, row: &Row, line: &Line, next: Option<&Row>, after: Option<&Row>) -> Link {
        let says_other = |next: &Line| next.seq == line.seq.saturating_add(1) && next.prev != row.hash;
        let Some(other) = next.and_then(Row::line).filter(|next| says_other(next)) else {
            self.go_on(line.seq, row, false);
            return Link::Fits;
        };
        let next_is_whole = after.and_then(Row::line).is_none_or(|after| next.is_some_and(|next| after.prev == next.hash));
        self.go_on(line.seq, row, next_is_whole);
        if !next_is_whole {
            return Link::Fits;
        }
        let doubt = if after.is_none() { ", or that record was" } else { "" };
        Link::Broken(format!("it was altered{doubt}: record {} says that its hash was {}, and it is {}", other.seq, other.prev, row.hash))
    }

    /// One with the right number that does not follow what is before it.
    fn stranger(&mut self, row: &Row, line: &Line, next: Option<&Row>) -> Link {
        let next = next.and_then(Row::line);
        if next.is_some_and(|next| next.seq == line.seq && next.prev == self.prev) {
            return Link::Broken(format!(
                "it was put in: the record after it has the number {} too, and is the one that follows",
                line.seq
            ));
        }
        let before = line.seq.saturating_sub(1);
        let message =
            format!("it was altered, or is of another log: record {before} has the hash {}, and it says {}", self.prev, line.prev);
        let excused = next.is_none_or(|next| next.prev != row.hash);
        self.go_on(line.seq, row, excused);
        Link::Broken(message)
    }

    /// One that follows what is before it, with another number.
    fn renumbered(&mut self, row: &Row, line: &Line, next: Option<&Row>) -> Link {
        let due = self.due;
        let counts_on = next.and_then(Row::line).is_some_and(|next| next.prev == row.hash && next.seq == line.seq.saturating_add(1));
        self.go_on(if counts_on { line.seq } else { due }, row, !counts_on);
        Link::Broken(format!("it was altered: it says that its number is {}, and it follows record {}", line.seq, due.saturating_sub(1)))
    }

    /// One with a number that is not yet due.
    fn ahead(&mut self, row: &Row, line: &Line, next: Option<&Row>) -> Link {
        let (first, last) = (self.due, line.seq.saturating_sub(1));
        let goes_on = |row: &&Row| row.line().is_some_and(|next| next.seq == first && next.prev == self.prev && line.prev != row.hash);
        if next.is_some_and(|next| goes_on(&next)) {
            return Link::Broken(format!("it was put in: the record after it is record {first}, and is the one that follows"));
        }
        self.gaps.push((first, last));
        self.go_on(line.seq, row, false);
        match next.and_then(Row::line).filter(|next| (first..=last).contains(&next.seq)) {
            Some(next) => {
                self.told.insert(next.seq);
                Link::Broken(format!("it stands before record {}: records were put in another order", next.seq))
            }
            None if first == last => Link::Broken(format!("record {first} before it was removed, or it is of another log")),
            None => Link::Broken(format!("records {first} to {last} before it were removed, or it is of another log")),
        }
    }

    /// One with a number that has passed.
    fn behind(&mut self, row: &Row, line: &Line) -> Link {
        if self.told.remove(&line.seq) {
            return Link::Told;
        }
        let known = self.seen.binary_search_by_key(&line.seq, |(number, _)| *number).ok().and_then(|at| self.seen.get(at));
        Link::Broken(match known {
            Some((_, hash)) if *hash == short(&row.hash) => "it was repeated: the same record stands before".to_owned(),
            Some(_) => format!("it is of another log, or was altered: there was another record {} before", line.seq),
            None if self.gaps.iter().any(|(first, last)| (*first..=*last).contains(&line.seq)) => {
                format!("it stands behind record {}: records were put in another order", self.due.saturating_sub(1))
            }
            None => format!("it is of another log: the log had begun later than with record {}", line.seq),
        })
    }
}

/// The first half of a hash's first half: enough to know a line again.
fn short(hash: &str) -> u64 {
    hash.get(..16).and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or_default()
}
