//! What a log tells people: who saw what, which route fell back and why, what it cost.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, BufRead, Write};

use super::{Asked, Attempt, Denied, Entry, Read, Redeemed, Rows, parse};
use totals::Totals;

mod story;
mod totals;

/// Which requests are shown, and counted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Of this route only.
    pub route: Option<String>,
    /// Of this caller only.
    pub caller: Option<String>,
    /// This one only.
    pub request: Option<String>,
    /// One by one the last so many only; `None`: all. The sums are of all.
    pub last: Option<usize>,
}

impl Wanted {
    fn takes(&self, asked: &Asked<'_>) -> bool {
        let is = |wanted: &Option<String>, said: Option<&str>| wanted.as_deref().is_none_or(|wanted| said == Some(wanted));
        is(&self.route, asked.route.as_deref()) && is(&self.caller, asked.caller.as_deref()) && is(&self.request, Some(&asked.request))
    }
}

/// What was read of a log that is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// How many records.
    pub records: u64,
    /// The first line that is no record, `FILE:LINE`, or that does not follow the one before: the log should be verified.
    pub doubtful: Option<String>,
}

/// A log that is being shown, to `out`.
pub struct Show<W> {
    wanted: Wanted,
    out: W,
    /// Requests under way: their attempts, each with its time.
    open: BTreeMap<String, Vec<(String, Attempt<'static>)>>,
    /// The stories that are told last.
    kept: VecDeque<String>,
    totals: Totals,
    head: super::Head,
    shown: Shown,
}

impl<W: Write> Show<W> {
    /// Of what is wanted.
    pub fn new(wanted: Wanted, out: W) -> Self {
        let (open, kept, totals) = (BTreeMap::new(), VecDeque::new(), Totals::default());
        Self { wanted, out, open, kept, totals, head: super::Head::default(), shown: Shown::default() }
    }

    /// The next file of the log.
    pub fn file(&mut self, name: &str, from: impl BufRead) -> io::Result<()> {
        for read in Rows::new(from) {
            let read = read?;
            let doubtful = !self.line(&read)?;
            if doubtful && self.shown.doubtful.is_none() {
                self.shown.doubtful = Some(format!("{name}:{}", read.number));
            }
        }
        Ok(())
    }

    /// Whether a line is a record that follows the one before.
    fn line(&mut self, read: &Read) -> io::Result<bool> {
        let before = self.head;
        self.head = before.after(&read.bytes);
        let Ok(line) = parse(&read.bytes) else { return Ok(false) };
        // A log may begin later than with its first record.
        let follows = self.shown.records == 0 || line.prev == before.text();
        self.shown.records += 1;
        self.entry(&line.time, line.entry)?;
        Ok(follows && !read.torn)
    }

    fn entry(&mut self, time: &str, entry: Entry<'static>) -> io::Result<()> {
        match entry {
            Entry::Attempt(attempt) if self.wanted.takes(&attempt.asked) => {
                self.totals.attempt(&attempt);
                self.open.entry(attempt.asked.request.clone().into_owned()).or_default().push((time.to_owned(), *attempt));
                Ok(())
            }
            Entry::End(end) if self.wanted.takes(&end.asked) => {
                let attempts = self.open.remove(&*end.asked.request).unwrap_or_default();
                self.totals.end(&attempts, &end);
                self.tell(story::request(time, &attempts, Some(&end)))
            }
            Entry::Denied(denied) if self.wanted.takes(&denied.asked) => self.denied(time, &denied),
            Entry::Redeemed(redeemed) if self.wanted.takes(&redeemed.asked) => self.redeemed(time, &redeemed),
            Entry::Opened(opened) if opened.continues.is_none() => self.stopped(),
            _ => Ok(()),
        }
    }

    fn denied(&mut self, time: &str, denied: &Denied<'_>) -> io::Result<()> {
        self.totals.denied(denied);
        self.tell(story::denied(time, denied))
    }

    fn redeemed(&mut self, time: &str, redeemed: &Redeemed<'_>) -> io::Result<()> {
        self.tell(story::redeemed(time, redeemed))
    }

    /// What was under way when a process ended, or the log does, is told as far as it went.
    fn stopped(&mut self) -> io::Result<()> {
        for attempts in std::mem::take(&mut self.open).into_values() {
            let time = attempts.last().map(|(time, _)| time.clone()).unwrap_or_default();
            self.tell(story::request(&time, &attempts, None))?;
        }
        Ok(())
    }

    fn tell(&mut self, story: String) -> io::Result<()> {
        let Some(last) = self.wanted.last else { return writeln!(self.out, "{story}") };
        self.kept.push_back(story);
        if self.kept.len() > last {
            self.kept.pop_front();
        }
        Ok(())
    }

    /// The log is over: what is left, and the sums.
    pub fn finish(mut self) -> io::Result<Shown> {
        self.stopped()?;
        for story in std::mem::take(&mut self.kept) {
            writeln!(self.out, "{story}")?;
        }
        write!(self.out, "{}", self.totals.tell())?;
        self.out.flush()?;
        Ok(self.shown)
    }
}

#[cfg(test)]
mod tests;
