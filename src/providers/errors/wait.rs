//! Turns what a provider says about another try into a duration.

use std::time::Duration;

use jiff::fmt::rfc2822::DateTimeParser;

use crate::providers::Reply;

/// How long the headers ask to wait: `retry-after-ms`, then `retry-after` in seconds or as a date.
pub(in crate::providers) fn stated(reply: &Reply<'_>) -> Option<Duration> {
    let header = |name| (reply.headers)(name).map(str::trim);
    header("retry-after-ms").and_then(|text| number(text, 1000.0)).or_else(|| {
        let text = header("retry-after")?;
        number(text, 1.0).or_else(|| until(text, reply.now))
    })
}

/// A duration as Google writes it: `34.07s`.
pub(in crate::providers) fn delay(text: &str) -> Option<Duration> {
    number(text.strip_suffix('s')?, 1.0)
}

fn number(text: &str, in_a_second: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(text.parse::<f64>().ok()? / in_a_second).ok()
}

/// A date that has passed asks for no wait.
fn until(date: &str, now: u64) -> Option<Duration> {
    let then = DateTimeParser::new().parse_timestamp(date).ok()?.as_second();
    Some(Duration::from_secs(u64::try_from(then).unwrap_or(0).saturating_sub(now)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(headers: &[(&str, &'static str)], now: u64) -> Option<Duration> {
        let find = |name: &str| headers.iter().find(|(header, _)| *header == name).map(|(_, value)| *value);
        stated(&Reply { status: 429, headers: &find, body: b"", now })
    }

    #[test]
    fn milliseconds_come_before_seconds_and_dates() {
        assert_eq!(wait(&[("retry-after-ms", "1500"), ("retry-after", "9")], 0), Some(Duration::from_millis(1500)));
        assert_eq!(wait(&[("retry-after", " 9 ")], 0), Some(Duration::from_secs(9)));
        assert_eq!(wait(&[("retry-after", "0.25")], 0), Some(Duration::from_millis(250)));
        assert_eq!(wait(&[("retry-after-ms", "soon"), ("retry-after", "9")], 0), Some(Duration::from_secs(9)));
        // 2015-10-21T07:28:00Z is 1445412480.
        let date = [("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT")];
        assert_eq!(wait(&date, 1_445_412_470), Some(Duration::from_secs(10)));
        assert_eq!(wait(&date, 1_445_412_490), Some(Duration::ZERO));
    }

    #[test]
    fn what_is_no_wait_is_none() {
        for text in ["", "-1", "nan", "inf", "1e300", "tomorrow", "Wed, 99 Oct 2015 07:28:00 GMT"] {
            assert_eq!(stated(&Reply { status: 429, headers: &|_| Some(text), body: b"", now: 0 }), None, "{text}");
        }
        assert_eq!(wait(&[], 0), None);
        assert_eq!(delay("34.5s"), Some(Duration::from_millis(34_500)));
        assert_eq!(delay("34.5"), None);
    }
}
