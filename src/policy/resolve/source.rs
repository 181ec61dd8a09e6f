//! Where a key or token is. What is written there is never repeated: it may be the key itself.

use super::about::Spot;
use super::findings::Findings;
use crate::diagnostic::Diagnostic;
use crate::policy::model::KeySource;
use crate::policy::rules;
use crate::source::Span;
use crate::syntax::ast::{Source, Text, Word};

const SOURCES: &str = "write `env` and the name of a variable such as `env OPENAI_API_KEY`, or `file`, `keyring` or `exec` with strings; never the key itself";

/// Whether a text can be the name of an environment variable.
fn is_variable(text: &str) -> bool {
    let first = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    first && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

impl<'s> Findings<'s> {
    fn bad_source(&mut self, span: Span, problem: &str, label: &str, help: &str, spot: Spot<'s>) {
        let finding = Diagnostic::new(&rules::BAD_VALUE, span, format!("{spot} {problem}")).label(label);
        self.add(spot.about, finding.help(help));
    }

    /// The name of an environment variable.
    pub(super) fn variable(&mut self, word: Word<'s>, spot: Spot<'s>) -> Option<&'s str> {
        let good = is_variable(word.text);
        if !good {
            self.bad_source(
                word.span,
                "does not name an environment variable",
                "not the name of a variable",
                "a variable is made of letters, digits and `_`, such as `OPENAI_API_KEY`; never write the value itself",
                spot,
            );
        }
        good.then_some(word.text)
    }

    /// A source. What is wrong is reported, and read as [`KeySource::PerRequest`], about which nobody has more to say.
    pub(super) fn key_source(&mut self, source: &Source<'s>, spot: Spot<'s>) -> KeySource<'s> {
        let mut filled = |texts: &[&Text<'s>]| {
            let empty = texts.iter().find(|text| text.value().trim().is_empty());
            if let Some(text) = empty {
                self.bad_source(text.span, "has an empty string where it says where the key is", "empty", SOURCES, spot);
            }
            empty.is_none()
        };
        match source {
            Source::Env(word) => self.variable(*word, spot).map_or(KeySource::PerRequest, KeySource::Env),
            Source::File(path) if filled(&[path]) => KeySource::File(path.value()),
            Source::Keyring(service, account) if filled(&[service, account]) => KeySource::Keyring(service.value(), account.value()),
            Source::Exec(words) if words.first().is_some_and(|program| filled(&[program])) => {
                KeySource::Exec(words.iter().map(Text::value).collect())
            }
            Source::None(_) => KeySource::None,
            Source::PerRequest(_) | Source::File(_) | Source::Keyring(..) | Source::Exec(_) => KeySource::PerRequest,
        }
    }

    /// The source of a token that somebody has to keep: `none` and `per_request` will not do.
    pub(super) fn token_source(&mut self, source: &Source<'s>, spot: Spot<'s>) -> Option<KeySource<'s>> {
        if let Source::None(span) | Source::PerRequest(span) = source {
            self.bad_source(*span, "does not say where its token is", "expected a source", SOURCES, spot);
            return None;
        }
        Some(self.key_source(source, spot))
    }
}
