//! A policy in two files with a finding of each kind, made by hand.

use crate::{
    diagnostic::{Code, Diagnostic, Edit, Grade, Rule, Severities, SubjectKind, Waived},
    render::{PolicyReport, Report, Summary},
    source::{FileId, Source, Sources, Span},
};

pub(super) const SUPPORT: &str = r#"language 1
import "org.byok"

provider openai     { key env OPENAI_API_KEY  clearance confidential }
provider openrouter { key env OPENROUTER_API_KEY  clearance public }

route reasoning {
  accepts   confidential
  allow     production
  primary   openai/gpt-5.2
  fallback  openrouter/openai/gpt-6-sol on outage, rate_limit
  tools     search_docs
}

route final_response {
  accepts   confidential
  allow     production
  primary   openai/gpt-5.2
  fallback  route reasoning on outage
}

# "größer" and 日本語 come before the place on this line
route größe { accepts public  primary openai/gpt-6-luna  fallback  }

route ping { accepts public  primary openai/gpt-6-luna  fallback route pong on outage }
route pong { accepts public  primary openai/gpt-5.2     fallback route ping on outage }

route eval {
  accepts  public
  primary  openai/gpt-6-luna
  audit    none
}

assert "mail is reviewed" every path to tool send_email passes step review
"#;

pub(super) const ORG: &str = "# What every team may use.\nallow production {\n  openai/gpt-5*\n  openai/gpt-6*\n}\n";

const fn rule(code: u16, name: &'static str, severities: Severities, summary: &'static str, page: &'static str) -> Rule {
    Rule { code: Code(code), name, severities, judged_on: "attempt", summary, fix: None, page }
}

pub(super) static SYNTAX: Rule = rule(1, "syntax-error", Severities::Error, "text that is not byok", "");
pub(super) static CYCLE: Rule = rule(201, "fallback-cycle", Severities::Error, "routes that fall back to each other in a circle", "");
pub(super) static NOT_ALLOWED: Rule = rule(
    202,
    "not-allowed",
    Severities::Error,
    "target not on the allowlist of a route on its path",
    "# Not allowed\n\nA run can reach a target that a route\non its way does not allow.\n\n```byok,fails\nroute a { primary x/y }\n```\n",
);
pub(super) static UNSAID: Rule = rule(204, "fallback-unsaid", Severities::Warning, "route that does not say whether it may fall back", "");
pub(super) static AUDIT: Rule = rule(706, "audit-none", Severities::Warning, "route that leaves no record", "");
pub(super) static REFUTED: Rule = rule(801, "assertion-refuted", Severities::Error, "assertion that a run breaks", "");

/// The place of the `n`th occurrence, from 0, of a text.
pub(super) fn find(sources: &Sources, file: FileId, text: &str, n: usize) -> Span {
    let whole = sources.get(file).unwrap().text();
    let start = whole.match_indices(text).nth(n).unwrap_or_else(|| panic!("{text}")).0;
    Span { file, start: u32::try_from(start).unwrap(), end: u32::try_from(start + text.len()).unwrap() }
}

pub(super) fn sources() -> Sources {
    let sources = Sources::default();
    sources.add(Source::new("policies/support.byok", SUPPORT));
    sources.add(Source::new("policies/org.byok", ORG));
    sources
}

pub(super) fn report(sources: &Sources) -> Report<'_> {
    let (main, org) = (FileId(0), FileId(1));
    let at = |text, n| find(sources, main, text, n);
    let not_allowed = Diagnostic::new(
        &NOT_ALLOWED,
        at("openrouter/openai/gpt-6-sol", 0),
        "route `final_response` can reach `openrouter/openai/gpt-6-sol`, which its allowlist `production` does not hold",
    )
    .label("this target is not on the list")
    .at(at("final_response", 0), "a run of `final_response` starts here")
    .at(at("route reasoning on outage", 0), "on outage it goes on with `reasoning`")
    .at(find(sources, org, "production", 0), "the allowlist of both routes")
    .note("`openrouter/openai/gpt-6-sol` is the model `openai/gpt-6-sol` under another account")
    .help("name a target that `production` holds, such as `openai/gpt-6-luna`, or add this one to it")
    .fix(
        "allow `openrouter/openai/gpt-6-sol` in `production`",
        Grade::Review,
        vec![insert(find(sources, org, "}\n", 0), "  openrouter/openai/gpt-6-sol\n")],
    )
    .about(SubjectKind::Route, "final_response");
    let syntax = Diagnostic::new(&SYNTAX, at("}\n\nroute ping", 0).first(1), "expected a target, `pool`, `route` or `none`, found `}`")
        .label("a fallback names who is called next")
        .at(at("fallback  }", 0).first(8), "this field has no value");
    let cycle = Diagnostic::new(&CYCLE, at("route pong on", 0), "routes `ping` and `pong` fall back to each other")
        .label("`ping` goes on with `pong`")
        .at(at("route ping on", 0), "`pong` goes on with `ping`")
        .note("ping -> pong -> ping")
        .help("let both use a pool, in which each target is tried once")
        .about(SubjectKind::Route, "ping");
    let unsaid = Diagnostic::new(&UNSAID, at("eval", 0), "route `eval` does not say whether it may fall back")
        .help("say `fallback none`, or who comes next")
        .fix("say `fallback none`", Grade::Safe, vec![insert(at("audit    none", 0), "fallback none\n  ")])
        .about(SubjectKind::Route, "eval");
    let mut audit = Diagnostic::new(&AUDIT, at("none", 0), "route `eval` leaves no audit record").about(SubjectKind::Route, "eval");
    audit.waived = Some(Waived { because: "synthetic prompts only".into(), until: "2027-01-31".into() });
    let refuted =
        Diagnostic::new(&REFUTED, at("every path to tool send_email passes step review", 0), "\"mail is reviewed\" does not hold")
            .label("a run reaches `send_email` without passing `review`")
            .note("the shortest run that breaks it:\nopenai/gpt-5.2 times out\nopenrouter/openai/gpt-6-sol answers and calls send_email")
            .about(SubjectKind::Assertion, "mail is reviewed");
    Report {
        sources,
        policies: vec![PolicyReport {
            path: "policies/support.byok".into(),
            diagnostics: vec![not_allowed, syntax, cycle, unsaid, audit, refuted],
            summary: Summary { files: 2, routes: 6, attempts: 11, assertions: 1, tests: 0, undecided: 1 },
        }],
    }
}

fn insert(before: Span, text: &str) -> Edit {
    Edit { span: before.first(0), text: text.into() }
}
