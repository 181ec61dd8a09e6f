//! BYOK303: a literal key in a file of the policy, be it in a string, a word or a comment.

use super::{Check, Context, Run};
use crate::catalogue::keys::{literal_secrets, looks_secret_of};
use crate::catalogue::providers::all_well_known;
use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};
use crate::policy::model::{Auth, KeySource, Policy};
use crate::source::Span;
use crate::syntax::text::unescape;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(303),
        name: "literal-secret",
        severities: Severities::Error,
        judged_on: "place",
        summary: "literal secret in the file",
        fix: None,
        page: include_str!("literal_secret.md"),
    },
    run: Run::Policy(check),
};

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    let mut secrets = Vec::new();
    for file in &context.policy.files {
        let Some(source) = context.sources.get(*file) else { continue };
        let at = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        let spans = literal_secrets(source.text()).into_iter().map(|(range, owner)| {
            let span = Span { file: *file, start: at(range.start), end: at(range.end) };
            (span, owner)
        });
        secrets.extend(spans);
        secrets.extend(escaped(source.text()).map(|(start, end, owner)| (Span { file: *file, start: at(start), end: at(end) }, owner)));
    }
    let in_text = secrets.len();
    for (span, owner) in in_fields(context.policy).into_iter().chain(written_out(context, found)) {
        let known = |(secret, _): &(Span, &str)| secret.file == span.file && secret.start < span.end && span.start < secret.end;
        if !secrets.iter().take(in_text).any(known) {
            secrets.push((span, owner));
        }
    }
    found.extend(secrets.into_iter().map(|(span, owner)| finding(context, span, owner)));
}

/// Strings that hold a secret once their escapes are read: where they begin and end, and whose it is.
fn escaped(text: &str) -> impl Iterator<Item = (usize, usize, &'static str)> + '_ {
    // Only strings with an escape are read again, and few have one.
    text.match_indices('\\').filter_map(|(at, _)| {
        let start = text.get(..at)?.rfind(['"', '\n', '\\']).filter(|place| text.get(*place..=*place) == Some("\""))?;
        let end = at
            + text
                .get(at..)?
                .match_indices('"')
                .map(|(place, _)| place)
                .find(|place| !text.get(..at + place).is_some_and(|before| before.ends_with('\\')))?;
        let value = unescape(text.get(start..=end)?);
        literal_secrets(&value).first().map(|(_, owner)| (start, end + 1, *owner))
    })
}

/// Values that the parser found where the source of a key belongs, and so hid.
fn written_out(context: &Context<'_, '_>, found: &[Diagnostic]) -> Vec<(Span, &'static str)> {
    let hidden = found.iter().flat_map(|finding| finding.hide.iter().copied());
    let look = |span: Span| {
        let provider = context.policy.providers.iter().find(|provider| holds(provider.span, span));
        let value = context.sources.text(span).trim_matches('"');
        looks_secret_of(provider.map_or("", |provider| &provider.vendor), value).map(|owner| (span, owner))
    };
    hidden.filter_map(look).collect()
}

fn holds(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}

/// Values that name where a key is, and headers: here a key is told even without a known prefix.
fn in_fields(policy: &Policy<'_>) -> Vec<(Span, &'static str)> {
    let mut found = Vec::new();
    let mut look = |span: Span, vendor: &str, words: &[&str]| {
        found.extend(words.iter().find_map(|word| looks_secret_of(vendor, word)).map(|owner| (span, owner)));
    };
    for provider in &policy.providers {
        if let Some(key) = &provider.key {
            look(key.span, &provider.vendor, &words(&key.value));
        }
        for header in &provider.headers {
            look(header.value.span, &provider.vendor, &[&header.value.value]);
        }
    }
    for tool in &policy.tools {
        if let Auth::Token(source) = &tool.auth.value {
            look(tool.auth.span, "", &words(source));
        }
    }
    for token in policy.callers.iter().filter_map(|caller| caller.token.as_ref()) {
        look(token.span, "", &words(&token.value));
    }
    found
}

fn words<'a>(source: &'a KeySource<'_>) -> Vec<&'a str> {
    match source {
        KeySource::Env(word) => vec![word],
        KeySource::File(word) => vec![word],
        KeySource::Keyring(service, account) => vec![service, account],
        KeySource::Exec(words) => words.iter().map(|word| &**word).collect(),
        KeySource::PerRequest | KeySource::None => Vec::new(),
    }
}

/// A finding without extent, at the start of the secret, which nothing shows.
fn finding(context: &Context<'_, '_>, secret: Span, owner: &str) -> Diagnostic {
    let vendor = all_well_known().iter().find(|known| known.vendor == owner);
    let kind = match (owner, vendor) {
        ("private key" | "web token" | "token", _) => owner.to_owned(),
        ("sk- API", _) => "API key".to_owned(),
        (_, Some(known)) => format!("{} key", known.title),
        ("aws", _) => "AWS access key".to_owned(),
        ("github", _) => "GitHub token".to_owned(),
        ("gitlab", _) => "GitLab token".to_owned(),
        ("slack", _) => "Slack token".to_owned(),
        ("google", _) => "Google API key".to_owned(),
        ("huggingface", _) => "Hugging Face token".to_owned(),
        ("replicate", _) => "Replicate token".to_owned(),
        _ => format!("`{owner}` key"),
    };
    let provider = context.policy.providers.iter().find(|provider| holds(provider.span, secret));
    let variable = provider.and_then(|provider| match &provider.key {
        Some(key) if !holds(key.span, secret) => match key.value {
            KeySource::Env(name) => Some(name),
            _ => None,
        },
        _ => None,
    });
    let variable = variable.or_else(|| vendor.and_then(|known| known.key_variables.first().copied())).unwrap_or("NAME");
    let mut finding = Diagnostic::new(
        &CHECK.rule,
        secret.first(0),
        format!("literal {kind} in `{}`, where everybody who reads the policy can read it", context.sources.name(secret.file)),
    )
    .label("it begins here")
    .help(format!("take it out, and name where the key is instead: `key env {variable}`"))
    .help("revoke this key and make a new one: it stays in the file's history");
    finding.hide.push(secret);
    match provider {
        Some(provider) => finding.about(SubjectKind::Provider, provider.name.text),
        None => finding.about(SubjectKind::File, context.sources.name(secret.file)),
    }
}
