//! BYOK301: an attempt whose provider has no key.

use super::{Call, Check, Run};
use crate::catalogue::keys::variable_vendor;
use crate::catalogue::well_known;
use crate::diagnostic::{Code, Diagnostic, Grade, Rule, Severities};
use crate::edit;
use crate::message::{KeyPlace, missing_key};
use crate::policy::model::Provider;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(301),
        name: "missing-key",
        severities: Severities::Error,
        judged_on: "attempt",
        summary: "unkeyed route: an attempt's provider has no key",
        fix: Some(Grade::Review),
        page: include_str!("missing_key.md"),
    },
    run: Run::Attempt(check),
};

fn check(call: &Call<'_, '_>) -> Option<Diagnostic> {
    let provider = call.provider;
    if provider.key.is_some() {
        return None;
    }
    let name = provider.name.text;
    let variable = usual_variable(provider);
    let keyless = well_known(name).is_some_and(|known| known.keyless && known.vendor == provider.vendor);
    let (place, field) = if keyless {
        (KeyPlace::Keyless(name), "key none".to_owned())
    } else {
        (KeyPlace::Variable(&variable), format!("key env {variable}"))
    };
    let mut finding = call
        .finding(&CHECK.rule, missing_key(&[&call.route.title], 0, &provider.title, place))
        .label(format!("served by provider `{name}`"))
        .at(provider.name.span, "has no `key`")
        .help(format!("say in provider `{name}` where its key is: `{field}`"));
    if let Some(edit) = edit::add_first(call.context.sources, provider.name.span, &field) {
        finding = finding.fix(format!("add `{field}` to provider `{name}`"), Grade::Review, vec![edit]);
    }
    Some(finding)
}

/// The variable in which this account's key is expected: the vendor's own name for it where the account is named after the vendor.
fn usual_variable(provider: &Provider<'_>) -> String {
    let name = provider.name.text;
    let known = well_known(name).filter(|known| known.vendor == provider.vendor);
    if let Some(variable) = known.and_then(|known| known.key_variables.first()) {
        return (*variable).to_owned();
    }
    let stem = name.replace('-', "_").to_ascii_uppercase();
    let variable = format!("{stem}_API_KEY");
    // A name that another vendor's clients read would send its key here.
    if variable_vendor(&variable).is_some_and(|vendor| vendor != provider.vendor) { format!("{stem}_ACCOUNT_KEY") } else { variable }
}
