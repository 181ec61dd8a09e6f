//! The report of tests as `JUnit` XML: a suite for each policy, a case for each test.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Status, Tested};
use crate::text::{count, one_line};

/// A test that could not be judged is a case in error, and so is a policy that could not be read whole: neither is a pass.
pub fn junit(policies: &[Tested<'_, '_>]) -> String {
    let mut report = Report::new("byokc test");
    for policy in policies {
        let path = one_line(policy.path);
        let mut suite = TestSuite::new(&*path);
        let mut add = |name: &str, status: TestCaseStatus| {
            let mut case = TestCase::new(name, status);
            case.set_classname(&*path);
            suite.add_test_case(case);
        };
        if policy.unread() > 0 {
            let why = format!("{} in this policy: a test with one in it is not run", count(policy.unread(), "error"));
            add("the policy can be read", unsuccessful(NonSuccessKind::Error, &why, &why));
        }
        for (test, outcome) in policy.tests() {
            let status = match policy.status(test, outcome) {
                Status::Passed => TestCaseStatus::success(),
                Status::Failed => {
                    let lines = policy.difference(test, outcome);
                    let tell = |[head, text, place]: &[String; 3]| format!("{head:8}  {text}  {place}").trim_end().to_owned();
                    let message = lines.first().map_or_else(String::new, |[head, text, _]| format!("{head} {text}"));
                    unsuccessful(NonSuccessKind::Failure, &message, &lines.iter().map(tell).collect::<Vec<_>>().join("\n"))
                }
                Status::Unjudged(why) => unsuccessful(NonSuccessKind::Error, &one_line(&why), &one_line(&why)),
            };
            add(&one_line(&test.name.value), status);
        }
        report.add_test_suite(suite);
    }
    report.to_string().unwrap_or_default()
}

fn unsuccessful(kind: NonSuccessKind, message: &str, text: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(message).set_type("test-failed").set_description(text);
    status
}
