use proptest::prelude::*;
use serde_json::Value;

use super::*;

const NOW: u64 = 1_800_000_000;
const CALL: Call<'_> = Call {
    caller: Some("agent"),
    plan: "sha256:p",
    route: "send",
    step: Some("support/send"),
    request: "r1",
    tool: "send_email",
    arguments: r#"{"to": "jo@example.com", "body": "the whole of a long story"}"#,
};

fn gate() -> Gate<'static> {
    Gate { role: "support_lead".into(), within_ms: 3_600_000 }
}

fn key() -> SharedKey {
    SharedKey::read(&"k".repeat(32)).unwrap()
}

fn held(sealed: &Sealed) -> String {
    serde_json::from_str::<Held>(&sealed.arguments).unwrap().byok_sealed
}

#[test]
fn a_sealed_call_opens_for_its_caller() {
    let sealed = seal(&CALL, &gate(), NOW, &key());
    let opened = open(&held(&sealed), Some("agent"), &key()).unwrap();
    assert_eq!((opened.call(), &opened.digest), (CALL, &sealed.digest));
    let nobody = Call { caller: None, step: None, ..CALL };
    let sealed_for_nobody = held(&seal(&nobody, &gate(), NOW, &key()));
    assert_eq!(open(&sealed_for_nobody, None, &key()).unwrap().call(), nobody);
    for (sealed, caller) in [(held(&sealed), None), (held(&sealed), Some("other")), (sealed_for_nobody, Some("agent"))] {
        assert_eq!(open(&sealed, caller, &key()), Err(NotOpened::OtherCaller));
    }
}

#[test]
fn an_approver_can_be_shown_what_the_client_got() {
    let sealed = seal(&CALL, &gate(), NOW, &key());
    let object: Value = serde_json::from_str(&sealed.arguments).unwrap();
    assert_eq!(object.as_object().unwrap().keys().collect::<Vec<_>>(), ["approval", "byok_sealed"]);
    let ask: Ask<'_> = serde_json::from_value(object["approval"].clone()).unwrap();
    assert_eq!(ask, CALL.ask(&gate(), NOW));
    assert_eq!((ask.format.as_ref(), ask.role.as_ref(), ask.asked, ask.within_ms), (ASK, "support_lead", NOW, 3_600_000));
    assert_eq!(ask.summary, "A call of the tool send_email with\nto: \"jo@example.com\"\nbody: \"the whole of a long story\"");
    assert!(!held(&sealed).contains("story"));
}

#[test]
fn the_digest_covers_all_of_a_call() {
    let changed = [
        CALL,
        Call { caller: None, ..CALL },
        Call { plan: "sha256:q", ..CALL },
        Call { route: "draft", ..CALL },
        Call { step: None, ..CALL },
        Call { request: "r2", ..CALL },
        Call { tool: "send", ..CALL },
        Call { arguments: "{}", ..CALL },
    ];
    let digests: std::collections::BTreeSet<String> = changed.iter().map(Call::digest).collect();
    assert_eq!(digests.len(), changed.len());
}

#[test]
fn a_call_that_was_changed_anywhere_does_not_open() {
    let sealed = held(&seal(&CALL, &gate(), NOW, &key()));
    for place in 0..sealed.len() {
        let mut changed = sealed.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert_eq!(open(&changed, Some("agent"), &key()), Err(NotOpened::Unknown), "character {place}");
    }
    for bad in ["", "A", &sealed[..40], &format!("{sealed}="), &format!("{sealed}AAAA")] {
        assert_eq!(open(bad, Some("agent"), &key()), Err(NotOpened::Unknown));
    }
    let (other, both) = ("o".repeat(32), format!("{}\n{}", "o".repeat(32), "k".repeat(32)));
    assert_eq!(open(&sealed, Some("agent"), &SharedKey::read(&other).unwrap()), Err(NotOpened::Unknown));
    assert!(open(&sealed, Some("agent"), &SharedKey::read(&both).unwrap()).is_ok(), "the key before is still taken");
}

#[test]
fn arguments_go_back_to_a_model_as_it_wrote_them() {
    let sealed = seal(&CALL, &gate(), NOW, &key());
    let plain = |arguments: &str, caller| unsealed(arguments, caller, &key());
    assert_eq!(plain(&sealed.arguments, Some("agent")).as_deref(), Some(CALL.arguments));
    // Clients write JSON anew.
    let pretty = serde_json::to_string_pretty(&serde_json::from_str::<Value>(&sealed.arguments).unwrap()).unwrap();
    assert_eq!(plain(&pretty, Some("agent")).as_deref(), Some(CALL.arguments));
    assert_eq!(plain(&format!("{{\"byok_sealed\": \"{}\"}}", held(&sealed)), Some("agent")).as_deref(), Some(CALL.arguments));
    for other in ["{}", "", "{\"byok_sealed\": 1}", "{\"byok_sealed\": \"x\"}", "byok_sealed", &format!("[{}]", sealed.arguments)] {
        assert_eq!(plain(other, Some("agent")), None, "{other}");
    }
    assert_eq!(plain(&sealed.arguments, Some("other")), None);
}

proptest! {
    #[test]
    fn anything_seals_and_opens(arguments: String, tool: String, caller: Option<String>) {
        let call = Call { caller: caller.as_deref(), tool: &tool, arguments: &arguments, ..CALL };
        let sealed = seal(&call, &gate(), NOW, &key());
        let opened = open(&held(&sealed), caller.as_deref(), &key()).unwrap();
        prop_assert_eq!(opened.call(), call);
        prop_assert_eq!(unsealed(&sealed.arguments, caller.as_deref(), &key()), Some(arguments.clone()));
        prop_assert_eq!(open(&arguments, None, &key()), Err(NotOpened::Unknown));
    }
}
