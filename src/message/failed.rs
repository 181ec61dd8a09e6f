//! What a person is told when a run fails: one sentence says who was called with whose key and what went wrong, the next what to do. No answer of a provider is quoted.

use super::{KeyPlace, key_header, missing, program};
use crate::failure::Failure;

/// The last call of a run that failed. Titles are as people read them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call<'a> {
    /// The title of the route that was called: `policy review`.
    pub route: &'a str,
    /// The title of the provider: `Anthropic`.
    pub provider: &'a str,
    /// Who was called: `anthropic/claude-opus-5-5`.
    pub target: &'a str,
    /// Where the key is.
    pub key: KeyPlace<'a>,
}

/// What happened, and what to do about it: a sentence each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// What happened.
    pub what: String,
    /// What to do.
    pub help: String,
}

impl Said {
    fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { what: what.into(), help: help.into() }
    }

    /// Both.
    pub fn whole(&self) -> String {
        format!("{} {}", self.what, self.help)
    }
}

/// That a run failed with a class, and what to do.
pub fn failed(call: &Call<'_>, class: Failure) -> Said {
    let Call { route, provider, target, key } = *call;
    let called = format!("The {route} route called {provider} with {}", which(key));
    let stand_in = format!("let another provider stand in on {}", class.as_str());
    let elsewhere = "switch this route to another provider";
    match class {
        Failure::MissingKey => missing(route, provider, key),
        Failure::InvalidKey => {
            Said::new(format!("{called}, and {provider} rejects it."), format!("{}, or {elsewhere}.", accepted(key, provider)))
        }
        Failure::Permission => Said::new(
            format!("{called}, and {provider} does not let it use {target}."),
            format!("Have {provider} admit the model for this account, or {elsewhere}."),
        ),
        Failure::Quota => {
            Said::new(format!("{called}, and the credit of that account is used up."), format!("Add credit at {provider}, or {elsewhere}."))
        }
        Failure::RateLimit => Said::new(
            format!("{called}, and {provider} says that there are too many requests."),
            format!("Wait and try again, raise the limit at {provider}, or {stand_in}."),
        ),
        Failure::Overloaded => {
            Said::new(format!("{called}, and {provider} says that it is overloaded."), format!("Try again later, or {stand_in}."))
        }
        Failure::ServerError => {
            Said::new(format!("{called}, and {provider} failed with an error of its own."), format!("Try again later, or {stand_in}."))
        }
        Failure::Timeout => Said::new(
            format!("{called}, and {provider} did not answer in time."),
            format!("Try again later, raise the timeout of this route, or {stand_in}."),
        ),
        Failure::Network => Said::new(
            format!("{called}, and {provider} could not be reached."),
            format!("Check the network and the address of this provider, or {stand_in}."),
        ),
        Failure::ContextLength => Said::new(
            format!("{called}, and the request does not fit {target}."),
            "Send less, or let a model with a larger window stand in on context_length.",
        ),
        Failure::ContentPolicy => {
            Said::new(format!("{called}, and {provider} refuses the content."), format!("Change what is sent, or ask {provider} why."))
        }
        Failure::ModelNotFound => Said::new(
            format!("{called}, and {provider} has no {target} for this account."),
            "Check the name of the model, or switch this route to another.",
        ),
        Failure::BadRequest => Said::new(
            format!("{called}, and {provider} says that the request itself is wrong."),
            "Correct the request; nobody else is asked.",
        ),
        Failure::Deadline => {
            Said::new(format!("{called}, and the time of the whole run was up."), "Try again later, or raise the deadline of this route.")
        }
        Failure::Refused => Said::new(
            format!("The {route} route did not call {provider}: an approval was refused or ran out, or a guard could not run."),
            "Ask for the approval again, or look at the guard.",
        ),
        Failure::TooLarge => Said::new(
            format!("The {route} route did not call {provider}: the prompt is above its max_input."),
            "Send less, or raise the max_input of this route.",
        ),
    }
}

/// That an answer broke off after some of it had gone out, and what to do.
pub fn broke_off(call: &Call<'_>, class: Failure) -> Said {
    let Said { what, help } = failed(call, class);
    let again = "Ask again: once some of an answer has gone out, nobody else is asked.";
    match class {
        Failure::Deadline => Said::new(what, help),
        _ => Said::new(what.replacen(", and ", ", and after the beginning of its answer ", 1), again),
    }
}

/// That a route called nobody, because a person who had to agree refused.
pub fn not_approved(route: &str, role: &str) -> String {
    format!(
        "The {route} route called nobody: it needs the approval of {role}, which was refused. Ask {role} again, or call a route that needs no approval."
    )
}

/// The key, to stand behind `with`.
fn which(key: KeyPlace<'_>) -> String {
    match key {
        KeyPlace::Variable(name) => format!("the key in {name}"),
        KeyPlace::File(path) => format!("the key in the file {path}"),
        KeyPlace::Keyring(service, account) => format!("the key in the keyring under {service}, {account}"),
        KeyPlace::Program(words) => format!("the key that {} prints", program(words)),
        KeyPlace::Request(account) => format!("the key in {}", key_header(account)),
        KeyPlace::Keyless(_) => "no key".to_owned(),
    }
}

/// What to do about a key that is rejected: the start of a sentence.
fn accepted(key: KeyPlace<'_>, provider: &str) -> String {
    let good = format!("a key that {provider} accepts");
    match key {
        KeyPlace::Variable(name) => format!("Set {name} to {good}"),
        KeyPlace::File(path) => format!("Put {good} into the file {path}"),
        KeyPlace::Keyring(service, account) => format!("Store {good} in the keyring under {service}, {account}"),
        KeyPlace::Program(words) => format!("Make {} print {good}", program(words)),
        KeyPlace::Request(account) => format!("Send {good} in {}", key_header(account)),
        KeyPlace::Keyless(account) => format!("Say in provider {account} where {good} is"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: Call<'_> = Call {
        route: "policy review",
        provider: "Anthropic",
        target: "anthropic/claude-opus-5-5",
        key: KeyPlace::Variable("ANTHROPIC_API_KEY"),
    };

    #[test]
    fn every_class_names_route_provider_and_remedy() {
        for class in Failure::ALL {
            let text = failed(&CALL, class).whole();
            let said = broke_off(&CALL, class);
            assert!(said.what.starts_with("The policy review route ") && !said.help.contains("stand in"), "{said:?}");
            assert!(text.starts_with("The policy review route ") && text.contains("Anthropic"), "{text}");
            assert_eq!(text.matches(". ").count(), 1, "what happened, and what to do: {text}");
            assert!(text.ends_with('.'), "{text}");
            let called = !matches!(class, Failure::Refused | Failure::TooLarge);
            assert_eq!(text.contains("ANTHROPIC_API_KEY"), called, "which key: {text}");
        }
    }

    #[test]
    fn the_sentences_read_well() {
        assert_eq!(
            failed(&CALL, Failure::InvalidKey).whole(),
            "The policy review route called Anthropic with the key in ANTHROPIC_API_KEY, and Anthropic rejects it. \
             Set ANTHROPIC_API_KEY to a key that Anthropic accepts, or switch this route to another provider."
        );
        assert_eq!(
            failed(&Call { key: KeyPlace::Request("my_lab"), ..CALL }, Failure::ServerError).whole(),
            "The policy review route called Anthropic with the key in x-byok-key-my-lab, and Anthropic failed with an error of its own. \
             Try again later, or let another provider stand in on server_error."
        );
        assert_eq!(
            not_approved("payouts", "team_lead"),
            "The payouts route called nobody: it needs the approval of team_lead, which was refused. \
             Ask team_lead again, or call a route that needs no approval."
        );
    }
}
