//! The time of a record: RFC 3339, UTC, milliseconds. A second is written out once.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;

/// The last second that was written out.
#[derive(Default)]
pub(super) struct Stamp {
    second: Option<u64>,
    text: String,
}

impl Stamp {
    /// Now.
    pub(super) fn now(&mut self) -> String {
        self.at(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default())
    }

    /// So long after the start of 1970.
    fn at(&mut self, since: Duration) -> String {
        if self.second != Some(since.as_secs()) {
            let second = i64::try_from(since.as_secs()).ok().and_then(|second| Timestamp::from_second(second).ok()).unwrap_or_default();
            second.to_string().trim_end_matches('Z').clone_into(&mut self.text);
            self.second = Some(since.as_secs());
        }
        let millis = since.subsec_millis();
        let mut text = String::with_capacity(self.text.len() + 5);
        text.push_str(&self.text);
        text.push('.');
        text.extend([millis / 100, millis / 10 % 10, millis % 10].map(|digit| char::from_digit(digit, 10).unwrap_or('0')));
        text.push('Z');
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_to_the_millisecond_in_utc() {
        let mut stamp = Stamp::default();
        let at = |stamp: &mut Stamp, second, millis: u32| stamp.at(Duration::new(second, millis * 1_000_000 + 999_999));
        assert_eq!(at(&mut stamp, 0, 0), "1970-01-01T00:00:00.000Z");
        assert_eq!(at(&mut stamp, 1_795_543_597, 7), "2026-11-24T18:06:37.007Z");
        assert_eq!(at(&mut stamp, 1_795_543_597, 999), "2026-11-24T18:06:37.999Z");
        assert_eq!(at(&mut stamp, 1_795_543_598, 70), "2026-11-24T18:06:38.070Z");
        assert!(stamp.now().parse::<Timestamp>().unwrap() > "2024-01-01T00:00:00Z".parse().unwrap());
    }
}
