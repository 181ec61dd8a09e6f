//! Writes findings as `JUnit` XML: a suite for each policy, a case for each finding.

use std::collections::BTreeMap;

use quick_junit::{NonSuccessKind, Report as Tests, TestCase, TestCaseStatus, TestSuite};

use super::{PolicyReport, Report, outline, text::one_line};
use crate::diagnostic::{Diagnostic, Severity};

/// An error is a failure, a warning a passed case that says something, a waived finding a skipped one. A policy without findings is one
/// passed case, so that a suite is never empty.
pub(super) fn render(report: &Report<'_>) -> String {
    let mut tests = Tests::new("byokc");
    for policy in &report.policies {
        let mut suite = TestSuite::new(&*one_line(&policy.path));
        let mut seen = BTreeMap::new();
        for diagnostic in &policy.diagnostics {
            suite.add_test_case(case(report, policy, diagnostic, &mut seen));
        }
        if policy.diagnostics.is_empty() {
            let mut clean = TestCase::new("no findings", TestCaseStatus::success());
            clean.set_classname(&*one_line(&policy.path));
            suite.add_test_case(clean);
        }
        tests.add_test_suite(suite);
    }
    tests.to_string().unwrap_or_default()
}

fn case(report: &Report<'_>, policy: &PolicyReport, diagnostic: &Diagnostic, seen: &mut BTreeMap<String, usize>) -> TestCase {
    let body = format!("{}\n{}", one_line(&diagnostic.message), outline::body(report, policy, diagnostic));
    let status = match (&diagnostic.waived, diagnostic.severity) {
        (Some(waived), _) => {
            let mut skipped = TestCaseStatus::skipped();
            skipped.set_message(format!("waived until {}: {}", one_line(&waived.until), one_line(&waived.because)));
            skipped.set_description(body.as_str());
            skipped
        }
        (None, Severity::Error) => {
            let mut failure = TestCaseStatus::non_success(NonSuccessKind::Failure);
            failure.set_message(&*one_line(&diagnostic.message)).set_type(diagnostic.rule.name).set_description(body.as_str());
            failure
        }
        (None, Severity::Warning) => TestCaseStatus::success(),
    };
    let mut case = TestCase::new(name(diagnostic, seen), status);
    case.set_classname(&*one_line(&policy.path));
    if diagnostic.counts() && diagnostic.severity == Severity::Warning {
        case.set_system_out(body);
    }
    case
}

/// `BYOK202 not-allowed: route reasoning`, with a number from the second of a name on. Dashboards follow a case over time by its name, so it
/// holds no line.
fn name(diagnostic: &Diagnostic, seen: &mut BTreeMap<String, usize>) -> String {
    let subject = diagnostic.subject.as_ref().map_or_else(String::new, |it| format!(": {} {}", it.kind.as_str(), one_line(&it.name)));
    let name = format!("{} {}{subject}", diagnostic.rule.code, diagnostic.rule.name);
    let number = seen.entry(name.clone()).or_default();
    *number += 1;
    if *number == 1 { name } else { format!("{name} ({number})") }
}
