//! Keeps the secrets of a policy's files out of everything that findings show.

use crate::catalogue::keys::literal_secrets;
use crate::diagnostic::Diagnostic;
use crate::source::{Sources, Span};

/// A hidden word of fewer bytes is no secret, but a keyword beside one.
const SHORTEST: usize = 16;

/// Keeps every secret that a finding hides out of all the others: out of their excerpts, and out of their words.
pub fn hide(sources: &Sources, found: &mut [Diagnostic]) {
    let mut secrets: Vec<Span> = found.iter().flat_map(|finding| finding.hide.iter().copied()).collect();
    secrets.sort_unstable();
    secrets.dedup();
    if secrets.is_empty() {
        return;
    }
    for finding in found {
        let places: Vec<Span> = std::iter::once(finding.span).chain(finding.labels.iter().map(|label| label.span)).collect();
        for place in places {
            let lines = whole_lines(sources, place);
            let first = secrets.partition_point(|secret| (secret.file, secret.end) < (lines.file, lines.start));
            let near = secrets.iter().skip(first).take_while(|secret| secret.file == lines.file && secret.start <= lines.end);
            finding.hide.extend(near.copied());
        }
        finding.hide.sort_unstable();
        finding.hide.dedup();
        scrub(sources, finding);
    }
}

/// A place, widened to whole lines.
fn whole_lines(sources: &Sources, place: Span) -> Span {
    let text = sources.get(place.file).map_or("", |source| source.text());
    let before = text.get(..place.start as usize).unwrap_or_default();
    let after = text.get(place.end as usize..).unwrap_or_default();
    let length = |text: &str| u32::try_from(text.len()).unwrap_or(u32::MAX);
    let start = before.rfind('\n').map_or(0, |newline| length(before.get(..newline).unwrap_or_default()) + 1);
    let end = place.end.saturating_add(length(after.split('\n').next().unwrap_or_default()));
    Span { file: place.file, start, end }
}

/// Takes secrets out of everything that a finding says.
fn scrub(sources: &Sources, finding: &mut Diagnostic) {
    let words = |span: &Span| sources.text(*span).split(|letter: char| letter == '"' || letter.is_whitespace());
    let hidden: Vec<&str> = finding.hide.iter().flat_map(words).filter(|word| word.len() >= SHORTEST).collect();
    let clean = |text: &mut String| {
        for (range, _) in literal_secrets(text).into_iter().rev() {
            text.replace_range(range, "…");
        }
        for secret in &hidden {
            if text.contains(secret) {
                *text = text.replace(secret, "…");
            }
        }
    };
    clean(&mut finding.message);
    clean(&mut finding.label);
    finding.labels.iter_mut().for_each(|label| clean(&mut label.message));
    finding.notes.iter_mut().chain(&mut finding.help).for_each(clean);
    finding.subject.iter_mut().for_each(|subject| clean(&mut subject.name));
    finding.waived.iter_mut().for_each(|waived| clean(&mut waived.because));
    let shows = |text: &str| !literal_secrets(text).is_empty() || hidden.iter().any(|secret| text.contains(secret));
    if finding.fix.as_ref().is_some_and(|fix| shows(&fix.title) || fix.edits.iter().any(|edit| shows(&edit.text))) {
        finding.fix = None;
    }
}

/// Text that quotes a policy, with what has the shape of a key masked, wherever it stands.
pub fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (secret, _) in literal_secrets(text) {
        out.push_str(text.get(at..secret.start).unwrap_or_default());
        out.push('…');
        at = secret.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use crate::catalogue::Catalogue;
    use crate::compile::{Options, compile};
    use crate::imports::NoImports;
    use crate::render::{Format, PolicyReport, Report, Style, Summary, render};
    use crate::source::{Source, Sources};
    use crate::units::Date;

    #[test]
    fn no_format_shows_a_secret_whatever_finds_it() {
        let keys =
            [["gsk_", "7Hq2Vx9LmW4bTzR8nKc3YpD6sGfJ1aE5uXoB0iQrZtNwMvChLkPd"].concat(), "f8Kq2LmZ0xWv7RtB1Nc3Yp5HjD9sGe6U".to_owned()];
        let [groq, bare] = &keys;
        let text = format!(
            "provider groq {{ key {groq} region moon bogus 3 }} # {groq}\nprovider mistral {{ key \"{bare}\" }}\nprovider xai {{ key env {bare} region eu }}\n\
             caller a {{ token env {groq} routes b, {groq} }}\nroute {groq} {{ accepts x allow {groq} primary {groq} fallback route {groq} because \"{groq}\" }}\n"
        );
        let sources = Sources::default();
        let root = sources.add(Source::new("policy.byok", text));
        let options = Options { catalogue: Catalogue::builtin(), today: Date::parse("2026-11-24").unwrap() };
        let found = compile(&sources, root, &NoImports, options).diagnostics;
        assert!(found.len() > 10);
        let policies = vec![PolicyReport { path: "policy.byok".to_owned(), diagnostics: found, summary: Summary::default() }];
        let report = Report { sources: &sources, policies };
        for format in Format::ALL {
            let shown = render(format, &report, Style { color: false, ascii: true });
            for key in &keys {
                assert!(!shown.contains(&key[8..24]), "{}:\n{shown}", format.name());
            }
        }
    }
}
