//! The sentences that people read whole, the same at check time and at run time: which route, which provider, which key, and what to do.

use std::borrow::Cow;

use crate::policy::model::KeySource;
use crate::text::and;

pub use failed::{Call, Said, broke_off, failed, not_approved};

mod failed;

/// Where a key should have been, and so what puts it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPlace<'a> {
    /// An environment variable.
    Variable(&'a str),
    /// A file.
    File(&'a str),
    /// The system's keyring: service, account.
    Keyring(&'a str, &'a str),
    /// The output of a program: its name and arguments.
    Program(&'a [Cow<'a, str>]),
    /// A header of the request, for the account of this name.
    Request(&'a str),
    /// Nowhere: the account of this name, a local server, has not been said to need none.
    Keyless(&'a str),
}

impl<'a> KeyPlace<'a> {
    /// Where a policy says that the key of an account is.
    pub fn of(source: &'a KeySource<'_>, account: &'a str) -> Self {
        match source {
            KeySource::Env(variable) => Self::Variable(variable),
            KeySource::File(path) => Self::File(path),
            KeySource::Keyring(service, key) => Self::Keyring(service, key),
            KeySource::Exec(words) => Self::Program(words),
            KeySource::PerRequest => Self::Request(account),
            KeySource::None => Self::Keyless(account),
        }
    }

    /// What to do about a missing key: the start of a sentence.
    fn remedy(self) -> String {
        match self {
            Self::Variable(name) => format!("Set {name}"),
            Self::File(path) => format!("Put the key into the file {path}"),
            Self::Keyring(service, account) => format!("Store the key in the keyring under {service}, {account}"),
            Self::Program(words) => format!("Make {} print the key", program(words)),
            Self::Request(account) => format!("Send {}", key_header(account)),
            Self::Keyless(account) => format!("Write `key none` in provider {account}"),
        }
    }
}

/// The name of a program that prints a key.
fn program<'a>(words: &'a [Cow<'_, str>]) -> &'a str {
    words.first().map_or("the program", |word| word)
}

/// The request header that brings the key of an account: `x-byok-key-azure-openai`.
pub fn key_header(account: &str) -> String {
    format!("x-byok-key-{}", account.replace('_', "-"))
}

/// That a key is missing, for one route or for several (of which `more` are not named). Titles are as people read them: `policy review`, `Anthropic`.
pub fn missing_key(routes: &[&str], more: usize, provider: &str, place: KeyPlace<'_>) -> String {
    lacks(routes, more, provider, place).whole()
}

/// The same for one route, as what happened and what to do.
fn missing(route: &str, provider: &str, place: KeyPlace<'_>) -> Said {
    lacks(&[route], 0, provider, place)
}

fn lacks(routes: &[&str], more: usize, provider: &str, place: KeyPlace<'_>) -> Said {
    let (subject, verb, these) = match (routes, more) {
        ([one], 0) => (format!("{one} route"), "is", "this route"),
        (all, 0) => (format!("{} routes", and(all)), "are", "these routes"),
        (all, more) => (format!("{} and {more} more routes", all.join(", ")), "are", "these routes"),
    };
    Said {
        what: format!("The {subject} {verb} using {provider}, but no {provider} BYOK key is configured."),
        help: format!("{}, or switch {these} to another provider.", place.remedy()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_names_route_provider_key_and_remedy() {
        assert_eq!(
            missing_key(&["policy review"], 0, "Anthropic", KeyPlace::Variable("ANTHROPIC_API_KEY")),
            "The policy review route is using Anthropic, but no Anthropic BYOK key is configured. Set ANTHROPIC_API_KEY, or switch this route to another provider."
        );
        let ends = |place| missing_key(&["faq", "draft"], 0, "Lab", place);
        assert!(
            ends(KeyPlace::Request("my_lab")).ends_with("configured. Send x-byok-key-my-lab, or switch these routes to another provider.")
        );
        assert!(
            ends(KeyPlace::File("keys/lab")).starts_with("The faq and draft routes are using Lab, but no Lab BYOK key is configured. Put")
        );
        assert!(missing_key(&["a", "b"], 3, "Lab", KeyPlace::Keyless("lab")).starts_with("The a, b and 3 more routes are using Lab"));
    }
}
