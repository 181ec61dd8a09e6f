//! `byokc audit`: a log that shows what the plan allows is taken, and whatever else was done to it or in it is found, the first of it by name.

use byokc::audit::verify::{Check, Known, Plans, Report};
use byokc::plan::Plan;

use crate::byokc::{project, run};
use walk::{Record, Walk, lines};

mod chain;
mod command;
mod forged;
mod forgeries;
mod starts;
mod walk;

const SHIPPED: [&str; 5] = ["support.byok", "minimal.byok", "eu-only.byok", "team/policy.byok", "local-first.byok"];

/// The plan of a policy, as text.
fn compiled(folder: &str, policy: &str) -> String {
    let ran = run(&project().join(folder), &["compile", "--as-of", "2026-11-24", policy], b"");
    assert_eq!(ran.code, 0, "{policy}: {}", ran.stdout);
    ran.stdout
}

fn plan(text: &str) -> Plan<'static> {
    byokc::verify::read(text).unwrap()
}

/// The plan of a policy in which everything is that a record may speak of.
fn everything() -> Plan<'static> {
    plan(&compiled("tests/suite/audit", "everything.byok"))
}

fn plans(all: &[&Plan<'static>]) -> Plans {
    let mut plans = Plans::new();
    for plan in all {
        plans.add((*plan).clone()).unwrap();
    }
    plans
}

/// What is found in a log.
fn check(plans: &Plans, log: &[u8], begins: Option<Known>, heads: &[Known]) -> Report {
    let mut check = Check::new(plans, begins, heads);
    check.file("log", log).unwrap();
    check.finish()
}

/// A log that the plan allows, and its lines.
fn legal(plan: &Plan<'static>, seed: u64, requests: usize) -> (Vec<Record>, Vec<Vec<u8>>) {
    let records = Walk::new(plan, seed).log(requests);
    let lines = lines(&records);
    (records, lines)
}

#[test]
fn every_legal_log_is_taken() {
    let policies = SHIPPED.iter().map(|policy| ("policies", *policy)).chain([("tests/suite/audit", "everything.byok")]);
    for (folder, policy) in policies {
        let plan = plan(&compiled(folder, policy));
        let plans = plans(&[&plan]);
        for seed in 0..12 {
            let (records, lines) = legal(&plan, seed, 40);
            let report = check(&plans, &lines.concat(), None, &[]);
            assert!(report.verified, "{policy}, seed {seed}: {}\n{}", report.human("log"), line(&lines, &report));
            assert_eq!((report.records, report.faults_found), (records.len() as u64, 0));
            assert!(report.requests > 10 && report.against_plan);
            let unexpected: Vec<_> = report.notes.iter().filter(|note| !note.contains("under way")).collect();
            assert!(unexpected.is_empty(), "{unexpected:?}");
        }
    }
}

/// The line of the first fault, to be read by who looks at a failed test.
fn line<'l>(lines: &'l [Vec<u8>], report: &Report) -> std::borrow::Cow<'l, str> {
    let number = report.faults.first().map_or(0, |fault| usize::try_from(fault.line).unwrap());
    number.checked_sub(1).and_then(|at| lines.get(at)).map(|line| String::from_utf8_lossy(line)).unwrap_or_default()
}
