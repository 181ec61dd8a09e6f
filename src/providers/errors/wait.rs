//! From the headers of a refusal to the wait that it asks for.

use std::time::Duration;

use jiff::fmt::rfc2822::DateTimeParser;

use crate::providers::Reply;

/// A wait is never taken to be longer: it means "not today".
const LONGEST: Duration = Duration::from_hours(366 * 24);

/// `retry-after-ms`, else `retry-after` in seconds or as a date.
pub(in crate::providers) fn stated(reply: &Reply<'_>) -> Option<Duration> {
    let header = |name| (reply.headers)(name).map(str::trim);
    header("retry-after-ms").and_then(|text| number(text, 1000.0)).or_else(|| {
        let after = header("retry-after")?;
        number(after, 1.0).or_else(|| until(after, reply.now))
    })
}

/// A duration as Google writes it: `34.07s`.
pub(in crate::providers) fn delay(text: &str) -> Option<Duration> {
    number(text.strip_suffix('s')?, 1.0)
}

/// Not a number, infinite or negative: nothing that one can wait. More than there is time for is still a wait.
fn number(text: &str, in_a_second: f64) -> Option<Duration> {
    let seconds = text.parse::<f64>().ok().filter(|number| number.is_finite())? / in_a_second;
    Duration::try_from_secs_f64(seconds.min(LONGEST.as_secs_f64())).ok()
}

/// Until `Sun, 06 Nov 1994 08:49:37 GMT`; a date that is past is no wait at all.
fn until(date: &str, now: u64) -> Option<Duration> {
    let then = DateTimeParser::new().parse_timestamp(date).ok()?.as_second();
    let then = u64::try_from(then).unwrap_or_default();
    Some(Duration::from_secs(then.saturating_sub(now)).min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(headers: &[(&str, &'static str)]) -> Option<Duration> {
        let look_up = |name: &str| headers.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        stated(&Reply { status: 429, headers: &look_up, body: b"", now: 784_111_770 })
    }

    #[test]
    fn milliseconds_count_before_seconds_and_dates() {
        assert_eq!(wait(&[("retry-after", "7"), ("retry-after-ms", "1500")]), Some(Duration::from_millis(1500)));
        assert_eq!(wait(&[("retry-after", "7"), ("retry-after-ms", "soon")]), Some(Duration::from_secs(7)));
        assert_eq!(wait(&[("retry-after", " 0.25 ")]), Some(Duration::from_millis(250)));
        assert_eq!(wait(&[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")]), Some(Duration::from_secs(7)));
        assert_eq!(wait(&[("retry-after", "Sat, 05 Nov 1994 08:49:37 GMT")]), Some(Duration::ZERO));
    }

    #[test]
    fn what_is_no_wait_is_none() {
        for nonsense in ["", "-1", "NaN", "inf", "tomorrow", "Sun, 06 Foo 1994"] {
            assert_eq!(wait(&[("retry-after", nonsense)]), None, "{nonsense}");
        }
        assert_eq!(wait(&[("retry-after", "1e18")]), Some(LONGEST));
        assert_eq!(wait(&[("retry-after", "99999999999999999999")]), Some(LONGEST));
        assert_eq!(wait(&[]), None);
        assert_eq!((delay("34.5s"), delay("34.5")), (Some(Duration::from_millis(34_500)), None));
    }
}
