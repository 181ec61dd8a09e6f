//! Small policies, claims about them, and the verdicts that a reader of the language reference would give.

mod chains;
mod companies;
mod data;
mod losses;
mod unknown;
mod ways;
mod worst;

pub(super) use super::verdict::Found::{self, Broken, Holds, Nothing};

/// Compares the verdict on each claim with the expected one.
fn expect(policy: &str, claims: &[(&str, Found)]) {
    let asserts: String = claims.iter().map(|(claim, _)| format!("assert {claim}\n")).collect();
    let text = format!("{policy}\n{asserts}");
    super::with_world(&text, |world, compilation| {
        assert_eq!(world.policy.assertions.len(), claims.len(), "every claim is one");
        let mut wrong = Vec::new();
        for (assertion, (claim, expected)) in world.policy.assertions.iter().zip(claims) {
            let found = super::decide::decide(world, &assertion.claim);
            if found != *expected {
                wrong.push(format!("{claim}: expected {expected:?}, found {found:?}"));
            }
        }
        super::against::compare(world, compilation, &text);
        super::plans::compare(&text);
        assert!(wrong.is_empty(), "{policy}\n{}", wrong.join("\n"));
    });
}
