//! Of what overlaps only the longest is left, and it covers all of it.

use crate::redact::{Detector, Found};

/// Which of two detectors says more about the same place.
fn rank(detector: Detector) -> u8 {
    match detector {
        Detector::CreditCard | Detector::Iban => 3,
        Detector::Ssn | Detector::IpAddress => 2,
        Detector::Email | Detector::Phone => 1,
        Detector::Secret => 0,
    }
}

/// In order, none overlapping another. Two that overlap only in part become one: nothing that was found is left uncovered.
pub(super) fn resolve(mut found: Vec<Found>) -> Vec<Found> {
    let weight = |found: &Found| (found.range.len(), rank(found.detector));
    found.sort_unstable_by_key(|found| (found.range.start, std::cmp::Reverse(weight(found))));
    let mut kept: Vec<(Found, usize)> = Vec::with_capacity(found.len());
    for next in found {
        match kept.last_mut() {
            Some((last, longest)) if next.range.start < last.range.end => {
                if weight(&next) > (*longest, rank(last.detector)) {
                    (last.detector, *longest) = (next.detector, next.range.len());
                }
                last.range.end = last.range.end.max(next.range.end);
            }
            _ => {
                let length = next.range.len();
                kept.push((next, length));
            }
        }
    }
    kept.into_iter().map(|(found, _)| found).collect()
}

#[cfg(test)]
mod tests {
    use Detector::{CreditCard, Email, Phone, Secret};

    use super::*;

    #[test]
    fn what_overlaps_becomes_one() {
        let found = |list: &[(usize, usize, Detector)]| -> Vec<Found> {
            list.iter().map(|(start, end, detector)| Found { range: *start..*end, detector: *detector }).collect()
        };
        for (before, after) in [
            (found(&[(4, 9, Phone), (0, 12, Email)]), found(&[(0, 12, Email)])),
            (found(&[(0, 10, Email), (8, 20, Phone)]), found(&[(0, 20, Phone)])),
            (found(&[(0, 10, Secret), (0, 10, CreditCard)]), found(&[(0, 10, CreditCard)])),
            (found(&[(5, 9, Phone), (0, 5, Email)]), found(&[(0, 5, Email), (5, 9, Phone)])),
            // A chain: the longest single one names it all.
            (found(&[(0, 5, Phone), (4, 8, Email), (7, 20, Secret)]), found(&[(0, 20, Secret)])),
        ] {
            assert_eq!(resolve(before), after);
        }
    }
}
