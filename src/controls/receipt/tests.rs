use proptest::prelude::*;

use super::super::tests::plan;
use super::*;

const NOW: u64 = 1_800_000_000;

fn key() -> SharedKey {
    SharedKey::read(&"k".repeat(32)).unwrap()
}

fn calling(step: &'static str) -> Calling<'static> {
    Calling { workflow: "support", step, caller: Some("agent"), run: None, now: NOW }
}

fn receipt(plan: &Plan<'_>, step: &str) -> Receipt {
    Receipt {
        workflow: "support".into(),
        step: step.into(),
        run: "run-1".into(),
        caller: Some("agent".into()),
        plan: plan.digest.to_string(),
        request: format!("request-{step}"),
        expires: NOW + 1,
    }
}

/// Whether a step may be called with these.
fn entered(plan: &Plan<'_>, calling: Calling<'_>, receipts: &[Receipt]) -> Result<Entered, OutOfOrder> {
    let written: Vec<String> = receipts.iter().map(|receipt| receipt.write(&key())).collect();
    enter(plan, calling, &written.iter().map(String::as_str).collect::<Vec<_>>(), &key())
}

#[test]
fn a_step_follows_all_that_come_before_it() {
    let plan = plan();
    let of = |step: &str| receipt(&plan, step);
    let missing = |step: &str| Err(OutOfOrder::Missing(step.into()));
    assert_eq!(entered(&plan, calling("draft"), &[]), Ok(Entered { run: None, done: vec![] }));
    assert_eq!(entered(&plan, calling("review"), &[]), missing("draft"));
    assert_eq!(entered(&plan, calling("send"), &[of("review")]), missing("check"));
    assert_eq!(entered(&plan, calling("send"), &[of("check"), of("draft")]), missing("review"));
    let done = |steps: &[&str]| steps.iter().map(|step| ((*step).into(), format!("request-{step}"))).collect::<Vec<_>>();
    let run = Some("run-1".to_owned());
    let all = [of("review"), of("check"), of("draft"), of("review")];
    assert_eq!(entered(&plan, calling("send"), &all), Ok(Entered { run: run.clone(), done: done(&["check", "draft", "review"]) }));
    assert_eq!(entered(&plan, calling("draft"), &[of("draft")]), Ok(Entered { run, done: done(&["draft"]) }), "a loop of tools goes on");
}

#[test]
fn every_field_of_a_receipt_counts() {
    let plan = plan();
    let good = receipt(&plan, "draft");
    let with = |change: &dyn Fn(&mut Receipt)| {
        let mut changed = good.clone();
        change(&mut changed);
        entered(&plan, calling("review"), &[changed]).err()
    };
    let draft = || "draft".to_owned();
    assert_eq!(with(&|_| ()), None);
    assert_eq!(with(&|it| it.workflow = "plain".into()), Some(OutOfOrder::OtherWorkflow(draft())));
    assert_eq!(with(&|it| it.step = "check".into()), Some(OutOfOrder::Missing(draft())));
    assert_eq!(with(&|it| it.caller = Some("other".into())), Some(OutOfOrder::OtherCaller(draft())));
    assert_eq!(with(&|it| it.caller = None), Some(OutOfOrder::OtherCaller(draft())));
    assert_eq!(with(&|it| it.plan = "sha256:00".into()), Some(OutOfOrder::OtherPlan(draft())));
    assert_eq!(with(&|it| it.expires = NOW), Some(OutOfOrder::Expired(draft())));
    assert_eq!(with(&|it| it.request = "another".into()), None, "which request it was is for the log");

    // Nobody is declared: then nobody is somebody else.
    let nobody = Receipt { caller: None, ..good.clone() };
    assert!(entered(&plan, Calling { caller: None, ..calling("review") }, std::slice::from_ref(&nobody)).is_ok());
    assert_eq!(entered(&plan, Calling { caller: None, ..calling("review") }, &[good]), Err(OutOfOrder::OtherCaller(draft())));
}

#[test]
fn receipts_are_of_one_run() {
    let plan = plan();
    let (draft, mut check) = (receipt(&plan, "draft"), receipt(&plan, "check"));
    let named = |run| Calling { run, ..calling("review") };
    let run = |run, receipts: &[Receipt]| entered(&plan, named(run), receipts).map(|entered| entered.run);
    assert_eq!(run(Some("run-1"), std::slice::from_ref(&draft)), Ok(Some("run-1".into())));
    assert_eq!(run(Some("run-2"), std::slice::from_ref(&draft)), Err(OutOfOrder::OtherRun));
    check.run = "run-2".into();
    assert_eq!(run(None, &[draft.clone(), check.clone()]), Err(OutOfOrder::OtherRun), "not even one that is not asked for");
    assert_eq!(run(Some("run-1"), &[draft.clone(), check]), Err(OutOfOrder::OtherRun));
    let long = "x".repeat(65);
    let first = |run| entered(&plan, Calling { run, ..calling("draft") }, &[]).map(|entered| entered.run);
    assert_eq!(first(Some("A_z-9")), Ok(Some("A_z-9".into())));
    for bad in ["", " ", "a/b", "ä", "a\n", &long] {
        assert_eq!(first(Some(bad)), Err(OutOfOrder::RunName), "{bad:?}");
    }
    assert!(first(Some(&long[1..])).is_ok());
}

#[test]
fn one_that_has_run_out_does_not_spoil_one_that_counts() {
    let plan = plan();
    let (good, mut old) = (receipt(&plan, "draft"), receipt(&plan, "draft"));
    (old.expires, old.request) = (NOW - 5, "older".into());
    let entered = entered(&plan, calling("review"), &[old, good]).unwrap();
    assert_eq!(entered.done, [("draft".to_owned(), "request-draft".to_owned())]);
}

#[test]
fn a_receipt_that_was_changed_anywhere_is_unknown() {
    let plan = plan();
    let good = receipt(&plan, "draft").write(&key());
    let with = |text: &str| enter(&plan, calling("review"), &[text], &key());
    assert!(with(&good).is_ok());
    for place in 0..good.len() {
        let mut changed = good.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        assert_eq!(with(std::str::from_utf8(&changed).unwrap()), Err(OutOfOrder::Unknown), "character {place}");
    }
    for bad in ["", "byok1.", &good[..good.len() - 1], &format!("{good}A"), &format!("{good}="), &format!(" {good}"), &"A".repeat(100_000)]
    {
        assert_eq!(with(bad), Err(OutOfOrder::Unknown), "{bad:.80}");
    }
    let other = SharedKey::read(&"o".repeat(32)).unwrap();
    assert_eq!(enter(&plan, calling("review"), &[&good], &other), Err(OutOfOrder::Unknown));
    let both = enter(&plan, calling("review"), &[&good, "x"], &key());
    assert_eq!(both, Err(OutOfOrder::Unknown), "a forged one beside a good one");
}

#[test]
fn a_step_that_is_not_there_is_never_entered() {
    let plan = plan();
    for (workflow, step) in [("support", "nothing"), ("nothing", "draft"), ("", "")] {
        assert_eq!(entered(&plan, Calling { workflow, step, ..calling("draft") }, &[]), Err(OutOfOrder::NoStep));
    }
}

#[test]
fn the_longest_receipt_fits_a_header() {
    let name = || "n".repeat(64);
    let receipt = Receipt {
        workflow: name(),
        step: name(),
        run: name(),
        caller: Some(name()),
        plan: format!("sha256:{}", "0".repeat(64)),
        request: "r".repeat(64),
        expires: u64::MAX,
    };
    let written = receipt.write(&key());
    assert!(written.len() < 600, "{}", written.len());
    assert!(written.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)), "{written}");
    assert_eq!(Receipt::read(&written, &key()), Some(receipt));
}

#[test]
fn a_receipt_lasts_as_long_as_the_longest_approval() {
    let plan = plan();
    // 90 min at a tool, 1.5 s at a route.
    assert_eq!(lifetime(&plan, "support"), 3600 + 90 * 60);
    assert_eq!((lifetime(&plan, "plain"), lifetime(&plan, "nothing")), (3600, 3600));
    let mut without = plan;
    without.tools.clear();
    assert_eq!(lifetime(&without, "support"), 3600 + 2, "rounded up");
}

#[test]
fn each_refusal_has_words_of_its_own() {
    let step = || "review".to_owned();
    let all = [
        OutOfOrder::NoStep,
        OutOfOrder::RunName,
        OutOfOrder::Missing(step()),
        OutOfOrder::Unknown,
        OutOfOrder::Expired(step()),
        OutOfOrder::OtherCaller(step()),
        OutOfOrder::OtherPlan(step()),
        OutOfOrder::OtherWorkflow(step()),
        OutOfOrder::OtherRun,
    ];
    let said: BTreeSet<String> = all.iter().map(|why| why.said(&calling("send")).0).collect();
    let reasons: BTreeSet<&str> = all.iter().map(OutOfOrder::reason).collect();
    assert_eq!((said.len(), reasons.len()), (all.len(), all.len()));
    assert!(said.iter().all(|said| said.ends_with('.') && said.starts_with("The ")));
    let (what, help) = OutOfOrder::Missing(step()).said(&calling("send"));
    assert_eq!(what, "The step send of the workflow support comes after review, and the request brings no receipt for it.");
    assert_eq!(help, "Send the `x-byok-receipt` of that step's last answer.");
    let steering = Calling { step: "a\u{1b}[2J", ..calling("send") };
    assert!(!OutOfOrder::NoStep.said(&steering).0.contains('\u{1b}'));
}

proptest! {
    #[test]
    fn anything_is_refused_without_harm(text in ".{0,200}", bytes: Vec<u8>) {
        let plan = plan();
        let encoded = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(&bytes));
        for text in [text.as_str(), &encoded] {
            prop_assert_eq!(enter(&plan, calling("review"), &[text], &key()), Err(OutOfOrder::Unknown));
        }
        // Even what is rightly signed need not be a receipt.
        let signed = [&bytes[..], &key().tag(&signed(&bytes))].concat();
        prop_assert_eq!(Receipt::read(&format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(signed)), &key()).is_some(), false);
    }
}
