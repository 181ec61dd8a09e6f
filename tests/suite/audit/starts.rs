//! How logs begin, go on in another file, and end: processes that were killed, files that were put aside, plans that changed.

use byokc::audit::verify::{Check, Known, Plans};
use byokc::audit::{Entry, Head, Planned};

use super::walk::{Record, Walk, lines};
use super::{check, everything, legal, plan, plans};

fn known(line: &[u8], number: u64) -> Known {
    Known { hash: Head::default().after(line.strip_suffix(b"\n").unwrap()).hash, number: Some(number) }
}

/// Where a log goes on in another file, with requests under way.
fn rotated(records: &[Record]) -> usize {
    let goes_on = |(_, entry): &Record| matches!(entry, Entry::Opened(opened) if opened.continues.is_some());
    (3..records.len()).find(|at| goes_on(&records[*at])).expect("the log is put aside somewhere")
}

#[test]
fn files_continue_each_other() {
    let plan = everything();
    let plans = plans(&[&plan]);
    let (_, lines) = legal(&plan, 3, 40);
    for at in [1, 7, lines.len() - 1] {
        let mut check = Check::new(&plans, None, &[]);
        check.file("log.000001", &*lines[..at].concat()).unwrap();
        check.file("log", &*lines[at..].concat()).unwrap();
        let report = check.finish();
        assert!(report.verified, "{}", report.human("log"));
        assert_eq!(report.files, ["log.000001", "log"]);
        let mut check = Check::new(&plans, None, &[]);
        check.file("log", &*lines[at..].concat()).unwrap();
        check.file("log.000001", &*lines[..at].concat()).unwrap();
        assert!(!check.finish().verified, "the files stand the wrong way round");
    }
}

#[test]
fn a_log_begins_later_only_where_that_is_said() {
    let plan = everything();
    let plans = plans(&[&plan]);
    for seed in 0..6 {
        let (records, lines) = legal(&plan, seed, 60);
        let at = rotated(&records);
        let rest = lines[at..].concat();
        let unsaid = check(&plans, &rest, None, &[]);
        assert!(unsaid.faults[0].message.contains(&format!("the {at} records before it")), "{}", unsaid.human("log"));
        let before = known(&lines[at - 1], at as u64);
        for begins in [before, Known { number: None, ..before }] {
            let report = check(&plans, &rest, Some(begins), &[]);
            assert!(report.verified, "{}", report.human("log"));
            assert!(report.notes[0].starts_with(&format!("the log begins at record {}", at + 1)), "{:?}", report.notes);
        }
        for other in [known(&lines[at - 2], at as u64), Known { number: Some(at as u64 + 1), ..before }] {
            assert!(!check(&plans, &rest, Some(other), &[]).verified);
        }
    }
}

#[test]
fn requests_of_a_process_before_are_over_with_it() {
    let plan = everything();
    let plans = plans(&[&plan]);
    let (records, _) = legal(&plan, 1, 40);
    let open = records.iter().position(|(_, entry)| matches!(entry, Entry::Attempt(_))).unwrap();
    let end = (open + 1..records.len()).find(|at| matches!(records[*at].1, Entry::End(_))).unwrap();
    let mut cut: Vec<Record> = records[..=end].to_vec();
    let opened = Walk::new(&plan, 99).log(0).remove(0);
    cut.insert(end, (cut[end].0, opened.1));
    let report = check(&plans, &lines(&cut).concat(), None, &[]);
    assert_eq!(report.faults[0].line, end as u64 + 2, "{}", report.human("log"));
    assert!(report.notes.iter().any(|note| note.contains("when byokc was stopped")), "{:?}", report.notes);
}

#[test]
fn a_sealed_call_of_a_process_that_was_killed_may_be_opened() {
    let plan = everything();
    let plans = plans(&[&plan]);
    let mut found = 0;
    for seed in 0..12 {
        let (records, _) = legal(&plan, seed, 40);
        for (time, entry) in &records {
            let Entry::Redeemed(redeemed) = entry else { continue };
            let of_it = |entry: &Entry<'_>| matches!(entry, Entry::Attempt(attempt) if attempt.asked.request == redeemed.sealed_in);
            let mut log: Vec<Record> = vec![records[0].clone()];
            log.extend(records.iter().filter(|(_, entry)| of_it(entry)).cloned());
            // Nobody wrote what the answer held: the process was killed. The step's receipts are in no log either.
            log.push((*time, Walk::new(&plan, 99).log(0).remove(0).1));
            log.push((*time, entry.clone()));
            let report = check(&plans, &lines(&log).concat(), None, &[]);
            assert!(report.verified, "{}", report.human("log"));
            assert!(report.notes.iter().any(|note| note.contains("byokc was killed")), "{:?}", report.notes);
            // One that was never offered was not sealed there.
            for (_, entry) in &mut log {
                if let Entry::Attempt(attempt) = entry {
                    attempt.tools.clear();
                }
            }
            let report = check(&plans, &lines(&log).concat(), None, &[]);
            assert!(report.faults[0].message.contains("which did not seal it"), "{}", report.human("log"));
            found += 1;
        }
    }
    assert!(found > 3, "{found}");
}

#[test]
fn a_torn_last_line_is_no_fault_and_no_record() {
    let plan = everything();
    let plans = plans(&[&plan]);
    let (records, lines) = legal(&plan, 2, 20);
    let whole = lines.concat();
    for cut in [1, 9, lines.last().unwrap().len() - 1] {
        let report = check(&plans, &whole[..whole.len() - cut], None, &[]);
        assert!(report.verified, "{}", report.human("log"));
        assert_eq!(report.records, records.len() as u64 - 1);
        assert!(report.notes.iter().any(|note| note.contains("has no end")), "{:?}", report.notes);
    }
    // Gone on with: the writer says how much it cut off, and a line that is there is as long as it says.
    let torn = b"{\"byokc.prev\":\"1";
    let mut whole_head = Head::default();
    for line in &lines {
        whole_head = whole_head.after(line.strip_suffix(b"\n").unwrap());
    }
    for (said, good) in [(torn.len() as u64, true), (3, false)] {
        let (time, mut opened) = Walk::new(&plan, 9).log(0).remove(0);
        if let Entry::Opened(opened) = &mut opened {
            opened.torn_bytes = Some(said);
        }
        let mut head = whole_head;
        let next = head.append(&super::walk::said(time), &serde_json::to_vec(&opened).unwrap());
        let mended = check(&plans, &[&*whole, &*next].concat(), None, &[]);
        assert!(mended.verified, "{}", mended.human("log"));
        assert!(mended.notes.iter().any(|note| note.contains("had been cut off")), "{:?}", mended.notes);
        let mut check = Check::new(&plans, None, &[]);
        check.file("log.000001", &*[&*whole, torn].concat()).unwrap();
        check.file("log", &*next).unwrap();
        let report = check.finish();
        assert_eq!(report.verified, good, "{}", report.human("log"));
    }
}

#[test]
fn every_plan_of_a_log_must_be_given() {
    let one = everything();
    let other = plan(&super::compiled("policies", "minimal.byok"));
    let mut records = legal(&one, 5, 10).0;
    let time = records.last().unwrap().0;
    records.push((time, Entry::Planned(Planned { plan: other.digest.clone() })));
    let mut more = Walk::new(&other, 6);
    records.extend(
        more.log(6).into_iter().filter(|(_, entry)| !matches!(entry, Entry::Opened(_) | Entry::Closed {})).map(|(_, entry)| (time, entry)),
    );
    let log = lines(&records).concat();
    let both = check(&plans(&[&one, &other]), &log, None, &[]);
    assert!(both.verified, "{}", both.human("log"));
    assert_eq!(both.plans.len(), 2);
    let one_only = check(&plans(&[&one]), &log, None, &[]);
    assert!(
        one_only.faults[0].message.contains(&format!("the plan {}, which is not among those given", other.digest)),
        "{:?}",
        one_only.faults[0]
    );
    assert!(check(&Plans::new(), &log, None, &[]).verified, "the chain needs none");
    // A plan that was never put into service.
    let planned = records.iter().position(|(_, entry)| matches!(entry, Entry::Planned(_))).unwrap();
    records.remove(planned);
    let unserved = check(&plans(&[&one, &other]), &lines(&records).concat(), None, &[]);
    assert!(unserved.faults[0].message.contains("which was not in service"), "{:?}", unserved.faults[0]);
}
