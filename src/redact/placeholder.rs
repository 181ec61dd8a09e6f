//! Placeholders: `[EMAIL_1]`, numbered by first appearance, and which values they stand for.

use std::collections::{BTreeMap, BTreeSet};

use memchr::memchr_iter;

use super::Detector;

/// The values of one request and what stands for them.
#[derive(Clone, Default)]
pub(super) struct Placeholders {
    /// The numbers that the request itself holds as such text, so that they stand for themselves.
    taken: BTreeSet<(Detector, u64)>,
    given: BTreeMap<Detector, BTreeMap<String, u64>>,
    last: BTreeMap<Detector, u64>,
}

impl Placeholders {
    /// Takes note of what is a placeholder already in a text that leaves.
    pub(super) fn avoid(&mut self, text: &str) {
        for open in memchr_iter(b'[', text.as_bytes()) {
            self.taken.extend(text.get(open..).and_then(parse));
        }
    }

    /// What stands for a value.
    pub(super) fn of(&mut self, detector: Detector, value: &str) -> String {
        let known = self.given.get(&detector).and_then(|given| given.get(value)).copied();
        let number = known.unwrap_or_else(|| {
            let last = self.last.entry(detector).or_default();
            *last += 1;
            while self.taken.contains(&(detector, *last)) {
                *last += 1;
            }
            self.given.entry(detector).or_default().insert(value.to_owned(), *last);
            *last
        });
        write(detector, number)
    }

    /// The values by their placeholders.
    pub(super) fn into_values(self) -> BTreeMap<String, String> {
        let each = |(detector, given): (Detector, BTreeMap<String, u64>)| {
            given.into_iter().map(move |(value, number)| (write(detector, number), value))
        };
        self.given.into_iter().flat_map(each).collect()
    }
}

fn write(detector: Detector, number: u64) -> String {
    format!("[{}_{number}]", detector.label())
}

/// The placeholder that a text begins with.
fn parse(text: &str) -> Option<(Detector, u64)> {
    let rest = text.strip_prefix('[')?;
    let (detector, rest) =
        Detector::ALL.iter().find_map(|detector| Some((*detector, rest.strip_prefix(detector.label())?.strip_prefix('_')?)))?;
    let digits = rest.get(..rest.bytes().take(20).position(|byte| byte == b']')?)?;
    let number = (digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0')).then(|| digits.parse().ok())??;
    Some((detector, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_taken_is_not_given() {
        let mut all = Placeholders::default();
        all.avoid("[[EMAIL_1] and [EMAIL_3], not [EMAIL_02], [PHONE_2 ], [EMAIL_], [EMAIL_99999999999999999999999]");
        let mut of = |value| all.of(Detector::Email, value);
        assert_eq!((of("a"), of("b"), of("a"), of("c")), ("[EMAIL_2]".into(), "[EMAIL_4]".into(), "[EMAIL_2]".into(), "[EMAIL_5]".into()));
        assert_eq!(all.of(Detector::Phone, "a"), "[PHONE_1]");
    }
}
