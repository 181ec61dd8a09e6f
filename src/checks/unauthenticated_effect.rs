//! BYOK701: a tool that changes something, and that anybody may call.

use super::{Check, Context, Run};
use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};
use crate::policy::model::{Auth, Effect};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(701),
        name: "unauthenticated-effect",
        severities: Severities::Error,
        judged_on: "tool",
        summary: "auth none with effect write or external",
        fix: None,
        page: include_str!("unauthenticated_effect.md"),
    },
    run: Run::Policy(check),
};

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    for tool in &context.policy.tools {
        let does = match tool.effect.value {
            Effect::None | Effect::Read => continue,
            Effect::Write => "changes data",
            Effect::External => "acts outside",
        };
        if !matches!(tool.auth.value, Auth::None) {
            continue;
        }
        let name = tool.name.text;
        let variable = name.to_uppercase().replace('-', "_");
        found.push(
            Diagnostic::new(&CHECK.rule, tool.auth.span, format!("tool `{name}` {does}, but is called without any authentication"))
                .label("nobody is asked who calls")
                .at(tool.effect.span, format!("`{name}` {does}"))
                .about(SubjectKind::Tool, name)
                .help(format!("name its token, `auth token env {variable}_TOKEN`, or its OAuth scope, `auth oauth \"…\"`"))
                .help("if it only reads, write `effect read`"),
        );
    }
}
