//! BYOK308: a key variable that is known to hold another vendor's key.

use super::{Check, Context, Run};
use crate::catalogue::keys::variable_vendor;
use crate::catalogue::providers::all_well_known;
use crate::diagnostic::{Code, Diagnostic, Edit, Grade, Rule, Severities, SubjectKind};
use crate::policy::model::{KeySource, Provider};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(308),
        name: "foreign-key-variable",
        severities: Severities::Warning,
        judged_on: "provider",
        summary: "key variable known to belong to another vendor",
        fix: Some(Grade::Review),
        page: include_str!("foreign_key_variable.md"),
    },
    run: Run::Policy(check),
};

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    found.extend(context.policy.providers.iter().filter_map(finding));
}

fn finding(provider: &Provider<'_>) -> Option<Diagnostic> {
    let key = provider.key.as_ref()?;
    let KeySource::Env(variable) = key.value else { return None };
    let owner = variable_vendor(variable).filter(|owner| *owner != provider.vendor && !one_company(owner, &provider.vendor, variable))?;
    let title = |vendor: &str| {
        all_well_known().iter().find(|known| known.vendor == vendor).map_or(vendor.to_owned(), |known| known.title.to_owned())
    };
    let (name, owner_title) = (provider.name.text, title(owner));
    let whose = match provider.host() {
        Some(host) => format!("`{host}`"),
        None => format!("another vendor, {}", title(&provider.vendor)),
    };
    let own = all_well_known().iter().find(|known| known.vendor == provider.vendor).and_then(|known| known.key_variables.first());
    let mut finding = Diagnostic::new(
        &CHECK.rule,
        key.span,
        format!("provider `{name}` sends the key in `{variable}`, by its name a key of {owner_title}, to {whose}"),
    )
    .label(format!("{owner_title}'s own clients read this variable"))
    .at(provider.name.span, format!("an account at the vendor `{}`", provider.vendor))
    .about(SubjectKind::Provider, name);
    let managed = if provider.managed.is_some() { " managed" } else { "" };
    match own {
        Some(own) => {
            finding = finding.help(format!("name the variable that holds the key of `{name}`: `key env {own}`")).fix(
                format!("use `{own}`"),
                Grade::Review,
                vec![Edit { span: key.span, text: format!("key env {own}{managed}") }],
            );
        }
        None => {
            finding = finding.help(format!(
                "name the variable that holds the key of `{name}`, for example `key env {}_KEY`, or, if it is {owner_title}'s account, say `vendor {owner}`",
                name.replace('-', "_").to_ascii_uppercase()
            ));
        }
    }
    Some(finding)
}

/// Google's keys serve both of its services.
fn one_company(owner: &str, vendor: &str, variable: &str) -> bool {
    variable.starts_with("GOOGLE_") && [owner, vendor].iter().all(|name| matches!(*name, "gemini" | "vertex"))
}
