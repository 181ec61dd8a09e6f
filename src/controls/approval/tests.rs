use std::collections::BTreeSet;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::super::tests::plan_of;
use super::*;

const NOW: u64 = 1_800_000_000;

struct People {
    plan: Plan<'static>,
    ada: ApproverKey,
    bob: ApproverKey,
    gate: Gate<'static>,
}

fn people() -> People {
    let key = || ApproverKey::read(&ApproverKey::generate().unwrap().0).unwrap();
    let (ada, bob) = (key(), key());
    let plan = plan_of(&ada.public(), &bob.public());
    let gate = plan.tools["send_email"].approve.clone().unwrap();
    assert_eq!((gate.role.as_ref(), gate.within_ms), ("support_lead", 90 * 60 * 1000));
    People { plan, ada, bob, gate }
}

fn ask<'a>(plan: &'a Plan<'_>, gate: &'a Gate<'_>) -> Ask<'a> {
    Ask {
        asked: NOW,
        caller: Some("agent".into()),
        digest: "sha256:d1".into(),
        format: ASK.into(),
        plan: plan.digest.as_ref().into(),
        role: gate.role.as_ref().into(),
        route: "send".into(),
        step: Some("support/send".into()),
        summary: "mail to jo".into(),
        tool: Some("send_email".into()),
        within_ms: gate.within_ms,
    }
}

/// What is signed of an ask, to be changed and signed again.
fn signed(ask: &Ask<'_>, key: &ApproverKey) -> Signed<'static> {
    let token = key.sign(ask, &ask.role, NOW, 600).unwrap();
    serde_json::from_slice(&parts(&token).unwrap().0).unwrap()
}

#[test]
fn an_approval_counts_for_what_was_asked() {
    let People { plan, ada, gate, .. } = people();
    let ask = ask(&plan, &gate);
    let token = ada.sign(&ask, "support_lead", NOW + 5, 600).unwrap();
    assert!(token.len() < 1000 && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)), "{token}");
    let approved = check_ask(&plan, &gate, &ask, &token, NOW + 10).unwrap();
    assert_eq!((approved.approver.as_str(), approved.role.as_str(), approved.expires), ("ada", "support_lead", NOW + 605));
    assert_eq!(
        Ok(&approved),
        check(&plan, &gate, "sha256:d1", &token, NOW + 604).as_ref(),
        "at any time that it counts, as an auditor asks"
    );
    let again = ada.sign(&ask, "support_lead", NOW + 5, 600).unwrap();
    assert_ne!(check_ask(&plan, &gate, &ask, &again, NOW + 10).unwrap().id, approved.id);
}

#[test]
fn every_field_of_an_approval_counts() {
    let People { plan, ada, bob, gate } = people();
    let ask = ask(&plan, &gate);
    let judge = |key: &ApproverKey, change: &dyn Fn(&mut Signed<'static>)| {
        let mut signed = signed(&ask, &ada);
        change(&mut signed);
        check_ask(&plan, &gate, &ask, &key.write(&signed), NOW).map(|approved| approved.expires)
    };
    let with = |change: &dyn Fn(&mut Signed<'static>)| judge(&ada, change);
    assert_eq!(with(&|_| ()), Ok(NOW + 600));
    assert_eq!(with(&|it| it.format = ASK.into()), Err(NotApproved::Malformed));
    for id in ["", "0", &"0".repeat(33), &"A".repeat(32), &"g".repeat(32)] {
        assert_eq!(with(&|it| it.id = id.to_owned().into()), Err(NotApproved::Malformed), "{id}");
    }
    assert_eq!(with(&|it| it.plan = "sha256:00".into()), Err(NotApproved::OtherPlan));
    assert_eq!(with(&|it| it.digest = "sha256:d2".into()), Err(NotApproved::OtherRequest));
    assert_eq!(with(&|it| it.shown = "sha256:d2".into()), Err(NotApproved::OtherSummary));
    assert_eq!(
        with(&|it| it.role = "team_lead".into()),
        Err(NotApproved::OtherRole("ada".into())),
        "a role that she holds, but not this one"
    );
    assert_eq!(with(&|it| it.key = ApproverKey::generate().unwrap().1.into()), Err(NotApproved::UnknownKey));
    assert_eq!(with(&|it| it.key = bob.public().into()), Err(NotApproved::UnknownKey), "signed by ada in bob's name");
    assert_eq!(judge(&bob, &|_| ()), Err(NotApproved::UnknownKey), "signed by bob in ada's name");
    assert_eq!(judge(&bob, &|it| it.key = bob.public().into()), Err(NotApproved::OtherRole("bob".into())));

    assert_eq!(with(&|it| it.issued = NOW + SKEW), Ok(NOW + 600));
    assert_eq!(with(&|it| it.issued = NOW + SKEW + 1), Err(NotApproved::NotYet));
    assert_eq!(with(&|it| it.asked = NOW + SKEW + 1), Err(NotApproved::NotYet), "so that nobody makes the time longer");
    assert_eq!(with(&|it| it.expires = NOW), Err(NotApproved::Expired));
    assert_eq!(with(&|it| it.asked = NOW - 90 * 60), Err(NotApproved::Expired), "came too late");
    assert_eq!(with(&|it| it.asked = NOW - 90 * 60 + 1), Ok(NOW + 1));
    assert_eq!(with(&|it| it.expires = u64::MAX), Ok(NOW + 90 * 60), "never longer than the gate says");
    assert_eq!(with(&|it| (it.asked, it.issued, it.expires) = (0, 0, u64::MAX)), Err(NotApproved::Expired));
    assert_eq!(with(&|it| it.asked = u64::MAX), Err(NotApproved::NotYet));
}

#[test]
fn what_was_shown_is_what_was_approved() {
    let People { plan, ada, gate, .. } = people();
    let real = ask(&plan, &gate);
    let changes: [fn(&mut Ask<'_>); 6] = [
        |it| it.caller = None,
        |it| it.route = "draft".into(),
        |it| it.step = None,
        |it| it.summary = "mail to nobody".into(),
        |it| it.tool = None,
        |it| it.summary = String::new().into(),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut shown = real.clone();
        change(&mut shown);
        let token = ada.sign(&shown, "support_lead", NOW, 600).unwrap();
        assert_eq!(check_ask(&plan, &gate, &real, &token, NOW), Err(NotApproved::OtherSummary), "change {number}");
    }
    // When it was asked is signed by itself, and how long it may take is in the plan.
    let shown = Ask { asked: NOW - 60, within_ms: 1_000_000_000, ..real.clone() };
    let token = ada.sign(&shown, "support_lead", NOW, u64::MAX).unwrap();
    assert_eq!(check_ask(&plan, &gate, &real, &token, NOW).unwrap().expires, NOW - 60 + 90 * 60);
}

#[test]
fn of_several_who_share_a_key_the_one_who_holds_the_role_counts() {
    let People { plan, ada, gate, .. } = people();
    let shared = plan_of(&ada.public(), &ada.public());
    let lead = Gate { role: "team_lead".into(), within_ms: 60_000 };
    let name = |plan: &Plan<'_>, gate: &Gate<'_>| {
        let ask = ask(plan, gate);
        check_ask(plan, gate, &ask, &ada.sign(&ask, &gate.role, NOW, 600).unwrap(), NOW).map(|approved| approved.approver)
    };
    assert_eq!(name(&shared, &gate), Ok("ada".into()));
    assert_eq!(name(&shared, &lead), Ok("ada".into()), "both hold it: the first");
    let mut only = shared;
    only.approvers.get_mut("ada").unwrap().roles = plan.approvers["bob"].roles.clone();
    only.approvers.get_mut("bob").unwrap().roles = plan.approvers["ada"].roles.clone();
    assert_eq!(name(&only, &gate), Ok("bob".into()));
}

#[test]
fn an_approval_that_was_changed_anywhere_does_not_count() {
    let People { plan, ada, gate, .. } = people();
    let ask = ask(&plan, &gate);
    let token = ada.sign(&ask, "support_lead", NOW, 600).unwrap();
    for place in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        assert!(check_ask(&plan, &gate, &ask, std::str::from_utf8(&changed).unwrap(), NOW).is_err(), "character {place}");
    }
    let (payload, signature) = token.split_once('.').unwrap();
    let spaced = URL_SAFE_NO_PAD.encode([b" ", &parts(&token).unwrap().0[..]].concat());
    for (bad, why) in [
        (String::new(), NotApproved::Malformed),
        (".".into(), NotApproved::Malformed),
        (payload.into(), NotApproved::Malformed),
        (format!("{token}."), NotApproved::Malformed),
        (format!("{token}="), NotApproved::Malformed),
        (format!(" {token}"), NotApproved::Malformed),
        (format!("{payload}."), NotApproved::UnknownKey),
        (format!("{spaced}.{signature}"), NotApproved::UnknownKey),
        ("A".repeat(100_000), NotApproved::Malformed),
        (format!("{}.{}", "A".repeat(2100), "A".repeat(2100)), NotApproved::Malformed),
    ] {
        assert_eq!(check_ask(&plan, &gate, &ask, &bad, NOW), Err(why), "{bad:.80}");
    }
}

#[test]
fn nobody_signs_what_would_not_count() {
    let People { plan, ada, gate, .. } = people();
    let ask = ask(&plan, &gate);
    let late = NOW + 90 * 60;
    for (changed, role, now, why) in [
        (Ask { format: "byok-approval-request/2".into(), ..ask.clone() }, "support_lead", NOW, NotSigned::Format),
        (ask.clone(), "team_lead", NOW, NotSigned::OtherRole),
        (ask.clone(), "support_lead", late, NotSigned::TooLate),
        (ask.clone(), "support_lead", NOW - SKEW - 1, NotSigned::NotYet),
    ] {
        assert_eq!(ada.sign(&changed, role, now, 600), Err(why));
    }
    assert_eq!(ada.sign(&ask, "support_lead", NOW, 0), Err(NotSigned::TooLate));
    assert!(ada.sign(&ask, "support_lead", late - 1, 600).is_ok());
}

#[test]
fn the_digest_of_a_request_covers_all_of_it() {
    let asking = Asking {
        plan: "p",
        path: "/v1/chat/completions",
        place: "draft",
        caller: Some("agent"),
        run: None,
        data: &["internal", "public"],
        body: b"{}",
    };
    let changed = [
        asking,
        Asking { plan: "q", ..asking },
        Asking { path: "/v1/messages", ..asking },
        Asking { place: "support/draft", ..asking },
        Asking { caller: None, ..asking },
        Asking { caller: Some(""), ..asking },
        Asking { run: Some("r"), ..asking },
        Asking { data: &["internal"], ..asking },
        Asking { data: &["internalpublic"], ..asking },
        Asking { data: &[], ..asking },
        Asking { body: b"{} ", ..asking },
    ];
    let digests: BTreeSet<String> = changed.iter().map(Asking::digest).collect();
    assert_eq!(digests.len(), changed.len());
    assert_eq!(Asking { data: &["public", "internal", "public"], ..asking }.digest(), asking.digest(), "classes have no order");
    assert!(digests.iter().all(|digest| digest.len() == 71 && digest.starts_with("sha256:")));
}

#[test]
fn each_refusal_has_words_of_its_own() {
    let gate = Gate { role: "support_lead".into(), within_ms: 0 };
    let all = [
        NotApproved::Malformed,
        NotApproved::UnknownKey,
        NotApproved::OtherRole("ada".into()),
        NotApproved::OtherRequest,
        NotApproved::OtherSummary,
        NotApproved::OtherPlan,
        NotApproved::Expired,
        NotApproved::NotYet,
        NotApproved::Reused,
    ];
    let said: BTreeSet<String> = all.iter().map(|why| why.said(&gate).0).collect();
    let reasons: BTreeSet<&str> = all.iter().map(NotApproved::reason).collect();
    assert_eq!((said.len(), reasons.len()), (all.len(), all.len()));
    assert_eq!(
        NotApproved::OtherRole("ada".into()).said(&gate).0,
        "The approval is ada's, but not in the role support_lead, which must agree here."
    );
}

/// The same people for every case.
static PEOPLE: LazyLock<People> = LazyLock::new(people);

proptest! {
    #[test]
    fn anything_is_refused_without_harm(text in ".{0,200}", payload: Vec<u8>, signature: Vec<u8>) {
        let People { plan, ada, gate, .. } = &*PEOPLE;
        let ask = ask(plan, gate);
        let encoded = format!("{}.{}", URL_SAFE_NO_PAD.encode(payload), URL_SAFE_NO_PAD.encode(&signature));
        for text in [text.as_str(), &encoded] {
            prop_assert_eq!(check_ask(plan, gate, &ask, text, NOW), Err(NotApproved::Malformed));
        }
        let good = ada.sign(&ask, "support_lead", NOW, 600).unwrap();
        let forged = format!("{}.{}", good.split_once('.').unwrap().0, URL_SAFE_NO_PAD.encode(signature));
        prop_assert_eq!(check_ask(plan, gate, &ask, &forged, NOW), Err(NotApproved::UnknownKey));
    }
}
