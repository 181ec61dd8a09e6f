//! What a forger can say who writes the whole chain anew: each thing that the plan does not allow is found, at the first record that says it.

use byokc::audit::Entry;
use byokc::plan::Plan;

use super::forgeries::FORGERIES;
use super::walk::{Record, lines};
use super::{check, everything, legal, line, plans};

/// A forgery: what is said of it, and what it does to a log at a record; then the record that is wrong, unless it is nothing to this one.
pub(super) type Forgery = (&'static str, fn(&mut Vec<Record>, usize, &Plan<'static>) -> Option<usize>);

#[test]
fn whatever_the_plan_does_not_allow_is_found_where_it_is_first_said() {
    let plan = everything();
    let plans = plans(&[&plan]);
    let logs: Vec<Vec<Record>> = (100..108).map(|seed| legal(&plan, seed, 50).0).collect();
    let mut random = fastrand::Rng::with_seed(1);
    for (number, (words, forge)) in FORGERIES.iter().enumerate() {
        let mut tried = 0;
        for records in &logs {
            let mut places: Vec<usize> = (0..records.len()).collect();
            random.shuffle(&mut places);
            let mut here = 0;
            for at in places {
                let mut forged = records.clone();
                let Some(wrong) = forge(&mut forged, at, &plan) else { continue };
                // What comes later does not matter, and takes time.
                forged.truncate(wrong + 3);
                let lines = lines(&forged);
                let report = check(&plans, &lines.concat(), None, &[]);
                let what = format!("{number}. {words}, at {at}: {}\n{}", report.human("log"), line(&lines, &report));
                assert!(!report.verified, "not found: {what}\n{}", String::from_utf8_lossy(&lines[wrong]));
                assert_eq!(report.faults[0].line, wrong as u64 + 1, "found elsewhere: {what}");
                assert!(report.faults[0].message.contains(words), "said otherwise: {what}");
                tried += 1;
                here += 1;
                if here == 2 {
                    break;
                }
            }
        }
        assert!(tried > 0, "{number}. {words}: nowhere to do this");
    }
}

/// What is not there cannot be seen to be wrong, and is said all the same.
#[test]
fn an_end_that_was_left_out_is_noted() {
    let plan = everything();
    let mut records = legal(&plan, 100, 50).0;
    let last = records.iter().rposition(|(_, entry)| matches!(entry, Entry::End(_))).unwrap();
    records.truncate(last);
    let report = check(&plans(&[&plan]), &lines(&records).concat(), None, &[]);
    assert!(report.verified, "{}", report.human("log"));
    assert!(report.notes.iter().any(|note| note.contains("under way at the end of the log")), "{:?}", report.notes);
}
