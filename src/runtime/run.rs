//! One run of a route: from what happened to an attempt to what follows (language reference, sections 4 and 5).

use std::time::Duration;

use crate::failure::{Failure, Failures};
use crate::plan::{Attempt, Next, Route};
use crate::providers::Failed;

/// A run under way. It stands at one attempt of its route.
#[derive(Clone, Debug)]
pub struct Run<'p> {
    route: &'p Route<'static>,
    at: usize,
    /// Calls of this attempt that have failed.
    failed: u8,
}

/// What follows a failed call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// The same attempt again, after so long.
    Again(Duration),
    /// The run stands at another attempt now.
    Next,
    /// The run has failed with this class.
    End(Failure),
}

impl Then {
    /// A word for the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Again(_) => "again",
            Self::Next => "next",
            Self::End(_) => "end",
        }
    }
}

/// How long a call may take, and what it has failed with when that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// From now.
    pub limit: Duration,
    /// `timeout`, or `deadline` where the whole run ends sooner than this attempt.
    pub class: Failure,
}

impl<'p> Run<'p> {
    /// Starts a run. `choose` picks one of so many, where a pool is spread; 0 is always right. `None` for a route without attempts.
    pub fn start(route: &'p Route<'static>, choose: impl FnOnce(usize) -> usize) -> Option<Self> {
        let at = route.entries.as_deref().map_or(Some(0), |entries| pick(entries, choose))?;
        route.attempts.get(at)?;
        Some(Self { route, at, failed: 0 })
    }

    /// The attempt at which it stands.
    pub fn attempt(&self) -> Option<&'p Attempt<'static>> {
        self.route.attempts.get(self.at)
    }

    /// Its place in the route's table.
    pub fn index(&self) -> usize {
        self.at
    }

    /// How long a call may take that begins when so much of the run's time is over; `None` where all of it is.
    pub fn patience(&self, elapsed: Duration) -> Option<Patience> {
        let timeout = Patience { limit: Duration::from_millis(self.attempt()?.timeout_ms), class: Failure::Timeout };
        let Some(deadline) = self.route.deadline_ms.map(Duration::from_millis) else { return Some(timeout) };
        let left = deadline.checked_sub(elapsed).filter(|left| !left.is_zero())?;
        Some(if left <= timeout.limit { Patience { limit: left, class: Failure::Deadline } } else { timeout })
    }

    /// Goes on after a failed call, when so much of the run's time is over.
    pub fn failed(&mut self, failed: &Failed, elapsed: Duration, choose: impl FnOnce(usize) -> usize) -> Then {
        let class = failed.class;
        let Some(attempt) = self.attempt() else { return Then::End(class) };
        let left = self.route.deadline_ms.map(|deadline| Duration::from_millis(deadline).saturating_sub(elapsed));
        if self.failed < attempt.retries && Failures::RETRIED.contains(class) {
            let pause = Duration::from_secs(1 << self.failed.min(16));
            // A provider that asks for more is not asked again, and neither is one for which no time would be left.
            if failed.wait.is_none_or(|wanted| wanted <= pause) && left.is_none_or(|left| pause < left) {
                self.failed += 1;
                return Then::Again(pause);
            }
        }
        let next = match attempt.next.get(class.as_str()) {
            _ if !class.falls_back() => None,
            Some(Next::One(next)) => Some(usize::from(*next)),
            Some(Next::Any(several)) => pick(several, choose),
            None => None,
        };
        // A table that has been verified only leads on, so every run ends.
        match next.filter(|next| *next > self.at && *next < self.route.attempts.len()) {
            Some(_) if left.is_some_and(|left| left.is_zero()) => Then::End(Failure::Deadline),
            Some(next) => {
                (self.at, self.failed) = (next, 0);
                Then::Next
            }
            None => Then::End(class),
        }
    }
}

/// One of several, as chosen.
fn pick(of: &[u16], choose: impl FnOnce(usize) -> usize) -> Option<usize> {
    let chosen = if of.len() > 1 { choose(of.len()) } else { 0 };
    of.get(chosen).or(of.first()).map(|index| usize::from(*index))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A route of three attempts; the rest of its members do not matter here.
    fn route(deadline_ms: &str, entries: &str, next: [&str; 3]) -> Route<'static> {
        let attempt = |target: &str, next: &str| {
            format!(r#"{{"max_input":null,"model":"m","next":{next},"provider":"p","retries":2,"target":"{target}","timeout_ms":8000}}"#)
        };
        let attempts = ["p/a", "p/b", "p/c"].iter().zip(next).map(|(target, next)| attempt(target, next)).collect::<Vec<_>>().join(",");
        let text = format!(
            r#"{{"accepts":[],"answers":[],"approve":null,"attempts":[{attempts}],"audit":"none","byok":"require","cost":null,
            "deadline_ms":{deadline_ms},"entries":{entries},"kind":"chat","lowers":[],"max_input":null,"max_output":null,"minimize":{{}},
            "redact":[],"title":"t","tools":[]}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    fn plain(deadline_ms: &str) -> Route<'static> {
        route(deadline_ms, "null", [r#"{"overloaded":1,"quota":2,"bad_request":1}"#, r#"{"overloaded":2}"#, "{}"])
    }

    fn first(of: usize) -> usize {
        assert!(of > 1, "one is no choice");
        0
    }

    const SECOND: Duration = Duration::from_secs(1);

    fn fail(run: &mut Run<'_>, class: Failure) -> Then {
        run.failed(&Failed::of(class), SECOND, first)
    }

    #[test]
    fn an_attempt_is_repeated_after_one_and_two_seconds_and_then_another_follows() {
        let route = plain("null");
        let mut run = Run::start(&route, first).unwrap();
        assert_eq!(fail(&mut run, Failure::Overloaded), Then::Again(SECOND));
        assert_eq!(fail(&mut run, Failure::Timeout), Then::Again(2 * SECOND));
        // The class of the last try is the attempt's.
        assert_eq!(fail(&mut run, Failure::Overloaded), Then::Next);
        assert_eq!(&*run.attempt().unwrap().target, "p/b");
        assert_eq!(fail(&mut run, Failure::Overloaded), Then::Again(SECOND), "each attempt has retries of its own");
    }

    #[test]
    fn only_some_classes_are_repeated_and_some_never_fall_back() {
        let route = plain("null");
        for class in Failure::ALL {
            let mut run = Run::start(&route, first).unwrap();
            let expected = match class {
                Failure::RateLimit | Failure::Overloaded | Failure::ServerError | Failure::Timeout | Failure::Network => {
                    Then::Again(SECOND)
                }
                Failure::Quota => Then::Next,
                // `bad_request` stands in the table and is not followed all the same.
                _ => Then::End(class),
            };
            assert_eq!(fail(&mut run, class), expected, "{class:?}");
        }
    }

    #[test]
    fn a_provider_that_asks_for_a_longer_wait_is_not_asked_again() {
        let route = plain("null");
        let asks = |wait| Failed { wait: Some(Duration::from_millis(wait)), ..Failed::of(Failure::Overloaded) };
        let mut run = Run::start(&route, first).unwrap();
        assert_eq!(run.failed(&asks(1000), SECOND, first), Then::Again(SECOND));
        assert_eq!(run.failed(&asks(2001), SECOND, first), Then::Next);
    }

    #[test]
    fn nothing_begins_that_the_deadline_would_cut_off() {
        let route = plain("3000");
        let mut run = Run::start(&route, first).unwrap();
        let at = |milliseconds| Duration::from_millis(milliseconds);
        assert_eq!(run.patience(at(0)), Some(Patience { limit: at(3000), class: Failure::Deadline }));
        assert_eq!(run.patience(at(3000)), None);
        assert_eq!(run.clone().failed(&Failed::of(Failure::Overloaded), at(1999), first), Then::Again(SECOND));
        assert_eq!(run.failed(&Failed::of(Failure::Overloaded), at(2000), first), Then::Next, "no time for the pause");
        assert_eq!(run.failed(&Failed::of(Failure::Overloaded), at(3000), first), Then::End(Failure::Deadline));
        let patient = plain("9000");
        let run = Run::start(&patient, first).unwrap();
        assert_eq!(run.patience(at(500)), Some(Patience { limit: at(8000), class: Failure::Timeout }));
        assert_eq!(run.patience(at(1500)), Some(Patience { limit: at(7500), class: Failure::Deadline }));
    }

    #[test]
    fn a_spread_pool_is_entered_and_left_as_chosen() {
        let route = route("null", "[0, 1]", [r#"{"quota":[1, 2]}"#, "{}", "{}"]);
        assert_eq!(Run::start(&route, |of| of - 1).unwrap().index(), 1);
        let mut run = Run::start(&route, |_| 0).unwrap();
        assert_eq!(run.failed(&Failed::of(Failure::Quota), SECOND, |of| of - 1), Then::Next);
        assert_eq!(run.index(), 2);
        assert_eq!(Run::start(&route, |_| 99).unwrap().index(), 0, "a choice out of bounds is the first");
    }

    #[test]
    fn a_table_that_leads_back_or_nowhere_ends_the_run() {
        for next in [r#"{"quota":0}"#, r#"{"quota":9}"#, r#"{"quota":[]}"#] {
            let route = route("null", "null", [next, "{}", "{}"]);
            assert_eq!(fail(&mut Run::start(&route, first).unwrap(), Failure::Quota), Then::End(Failure::Quota), "{next}");
        }
        assert!(Run::start(&route("null", "[9]", ["{}", "{}", "{}"]), first).is_none());
    }
}
