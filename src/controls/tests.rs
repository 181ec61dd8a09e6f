//! A plan that the tests of this room share.

use std::sync::LazyLock;

use crate::catalogue::Catalogue;
use crate::compile::{Options, compile};
use crate::imports::NoImports;
use crate::plan::{Plan, lower};
use crate::source::{Source, Sources};
use crate::units::Date;

/// Mail goes out after a review, and with the approval of a support lead.
const POLICY: &str = r#"
provider lab { protocol openai_compatible base_url "https://lab.example.com/v1" key env LAB_KEY clearance internal vendor lab }
model lab/m { context 8k output 1k supports streaming, tools }
allow default { lab/* }
approver ada { roles support_lead, team_lead public_key "ADA" }
approver bob { roles team_lead public_key "BOB" }
tool send_email { auth oauth "mail.send" effect external accepts internal returns public approve support_lead within 90min }
tool look_up { auth none effect read accepts internal returns public }
route draft { accepts internal primary lab/m fallback none }
route review { accepts internal primary lab/m fallback none approve team_lead within 1500ms }
route send { accepts internal primary lab/m fallback none tools send_email, look_up }
workflow support {
  step draft { route draft }
  step check { route draft after draft }
  step review { route review after draft }
  step send { route send after review, check }
}
workflow plain { step draft { route draft } step review { route draft after draft } }
caller agent { token env AGENT_TOKEN workflows support, plain }
caller other { token env OTHER_TOKEN workflows support }
"#;

/// The plan, with these public keys of Ada, who is a support and team lead, and Bob, a team lead.
pub(super) fn plan_of(ada: &str, bob: &str) -> Plan<'static> {
    let sources = Sources::default();
    let root = sources.add(Source::new("policy.byok", POLICY.replace("ADA", ada).replace("BOB", bob)));
    let options = Options { catalogue: Catalogue::builtin(), today: Date::parse("2026-11-24").unwrap() };
    let compilation = compile(&sources, root, &NoImports, options);
    let errors: Vec<&String> = compilation.diagnostics.iter().map(|found| &found.message).collect();
    let checked = compilation.checked().unwrap_or_else(|_| panic!("{errors:?}"));
    serde_json::from_str(&lower(&sources, &checked).to_json()).unwrap()
}

/// The plan, with keys that nobody has. Compiled once.
pub(super) fn plan() -> Plan<'static> {
    static PLAN: LazyLock<Plan<'static>> = LazyLock::new(|| plan_of(&format!("{}=", "A".repeat(43)), &format!("B{}=", "A".repeat(42))));
    PLAN.clone()
}
