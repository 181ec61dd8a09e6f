//! What can be done to the lines of a log without making the chain right again.

use byokc::audit::Head;
use byokc::audit::verify::{Known, Plans, Report};

use super::{check, everything, legal};

/// The record that stands last.
fn head(lines: &[Vec<u8>]) -> Known {
    let hash = Head::default().after(lines.last().unwrap().strip_suffix(b"\n").unwrap()).hash;
    Known { hash, number: Some(lines.len() as u64) }
}

/// What is found when only the chain is looked at, and the head is known.
fn found(lines: &[Vec<u8>], changed: &[Vec<u8>]) -> Report {
    let report = check(&Plans::new(), &changed.concat(), None, &[head(lines)]);
    assert!(!report.verified, "nothing was found");
    report
}

/// The line of the first fault, and its words.
fn first(report: &Report) -> (u64, &str) {
    (report.faults[0].line, &report.faults[0].message)
}

fn log(seed: u64) -> Vec<Vec<u8>> {
    let lines = legal(&everything(), seed, 12).1;
    assert!(lines.len() > 20);
    lines
}

#[test]
fn a_byte_that_was_changed_is_found_wherever_it_stands() {
    let lines = log(1);
    let mut random = fastrand::Rng::with_seed(1);
    for at in 0..lines.len() {
        // In the hash of the record before, in the number, and anywhere.
        for place in [20, 92, random.usize(..lines[at].len() - 1), random.usize(..lines[at].len() - 1)] {
            let mut changed = lines.clone();
            let byte = &mut changed[at][place];
            *byte = if byte.is_ascii_digit() { b'0' + (*byte - b'0' + 1) % 10 } else { *byte ^ 1 };
            if changed[at].contains(&b'\n') && changed[at].iter().position(|byte| *byte == b'\n') != Some(changed[at].len() - 1) {
                continue;
            }
            let report = found(&lines, &changed);
            let (line, message) = first(&report);
            if at + 1 == lines.len() && !message.contains("no record") {
                // Nothing comes after the last to say how it was, and so it may also be the one before.
                assert!(line >= at as u64 || line == 0, "{message}");
            } else {
                assert_eq!(line, at as u64 + 1, "byte {place}: {message}");
            }
        }
    }
}

#[test]
fn a_record_that_was_removed_is_found() {
    let lines = log(2);
    for at in 0..lines.len() {
        let mut changed = lines.clone();
        changed.remove(at);
        let report = found(&lines, &changed);
        let (line, message) = first(&report);
        if at + 1 == lines.len() {
            assert_eq!((line, message.contains("cut off")), (0, true), "{message}");
        } else if at == 0 {
            assert!(message.contains("the 1 records before it") && line == 1, "{message}");
        } else {
            assert_eq!((line, report.faults.len()), (at as u64 + 1, 1), "{:?}", report.faults);
            assert!(message.starts_with(&format!("record {} before it was removed", at + 1)), "{message}");
        }
    }
    let mut changed = lines.clone();
    changed.drain(3..7);
    assert!(first(&found(&lines, &changed)).1.starts_with("records 4 to 7 before it were removed"));
}

#[test]
fn records_in_another_order_are_found() {
    let lines = log(3);
    for at in 0..lines.len() - 1 {
        let mut changed = lines.clone();
        changed.swap(at, at + 1);
        let report = found(&lines, &changed);
        let (line, message) = first(&report);
        assert_eq!(line, at as u64 + 1, "{message}");
        assert!(at == 0 || message.contains("in another order"), "{message}");
        assert!(at == 0 || report.faults.len() == 1, "{:?}", report.faults);
    }
    // Further away: its absence is seen first.
    let mut changed = lines.clone();
    let moved = changed.remove(4);
    changed.insert(12, moved);
    let report = found(&lines, &changed);
    assert_eq!(first(&report).0, 5);
    assert!(report.faults[1].message.contains("in another order"), "{:?}", report.faults);
}

#[test]
fn a_record_that_comes_again_is_found() {
    let lines = log(4);
    for at in 0..lines.len() {
        for to in [at + 1, lines.len()] {
            let mut changed = lines.clone();
            changed.insert(to, lines[at].clone());
            let report = found(&lines, &changed);
            assert_eq!(first(&report), (to as u64 + 1, "it was repeated: the same record stands before"));
            assert_eq!(report.faults.len(), 1, "{:?}", report.faults);
        }
    }
}

#[test]
fn a_record_of_another_log_is_found() {
    let (lines, other) = (log(5), log(6));
    for at in 1..lines.len().min(other.len()) - 1 {
        let mut put_in = lines.clone();
        put_in.insert(at, other[at].clone());
        let report = found(&lines, &put_in);
        assert_eq!((first(&report).0, report.faults.len()), (at as u64 + 1, 1), "{:?}", report.faults);
        assert!(first(&report).1.contains("it was put in"), "{:?}", report.faults);
        let mut instead = lines.clone();
        instead[at].clone_from(&other[at]);
        let report = found(&lines, &instead);
        assert_eq!(first(&report).0, at as u64 + 1, "{:?}", report.faults);
        assert!(first(&report).1.contains("of another log"), "{:?}", report.faults);
        let mut further = lines.clone();
        further.insert(at, other[at + 1].clone());
        assert_eq!(first(&found(&lines, &further)).0, at as u64 + 1);
    }
    // A whole other log is right in itself: only who knows the head can tell.
    assert!(check(&Plans::new(), &other.concat(), None, &[]).verified);
    assert!(first(&found(&lines, &other)).1.contains("cut off"));
}

#[test]
fn a_known_head_must_be_there_with_its_number() {
    let lines = log(7);
    let log = lines.concat();
    for at in [1, 5, lines.len()] {
        let known = head(&lines[..at]);
        assert!(check(&Plans::new(), &log, None, &[known, Known { number: None, ..known }]).verified);
        let other = Known { number: Some(at as u64 + 1), ..known };
        assert!(!check(&Plans::new(), &log, None, &[other]).verified);
        assert_eq!(check(&Plans::new(), &lines[..at].concat(), None, &[]).head, Some(format!("{}@{at}", known.text())));
    }
}

#[test]
fn after_the_chain_is_broken_nothing_is_held_against_the_plan() {
    let plan = everything();
    let mut lines = legal(&plan, 8, 12).1;
    lines.remove(5);
    let report = check(&super::plans(&[&plan]), &lines.concat(), None, &[]);
    assert_eq!(report.faults.len(), 1, "{:?}", report.faults);
    let rest = lines.len() - 5;
    assert!(
        report.notes.iter().any(|note| note.starts_with(&format!("{rest} records were not held against a plan"))),
        "{:?}",
        report.notes
    );
}
