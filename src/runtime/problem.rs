//! What is said of a request that failed: one sentence on what happened, one on what to do, and the same for programs.

use crate::controls::approval::{Ask, NotApproved};
use crate::failure::Failure;
use crate::message::{Call, Said, broke_off, failed};
use crate::plan::{Attempt, Gate, Plan, Route};
use crate::redact::Unreadable;

use super::{Denied, key_name, place};

/// The code of a request that somebody has to approve.
const APPROVAL_REQUIRED: &str = "approval_required";

/// An attempt that was made, and what became of it: `served`, or a failure class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// `provider/model`.
    pub target: String,
    /// `served`, or the class.
    pub outcome: &'static str,
}

/// Why a request has no answer, in words and for programs. Nothing of a provider's own answer is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The HTTP status.
    pub status: u16,
    /// The failure class, or what else stood in the way: `unauthorized`.
    pub code: &'static str,
    /// What happened and what to do.
    pub message: String,
    /// What to do, alone.
    pub help: Option<String>,
    /// The route.
    pub route: Option<String>,
    /// The account that was called last.
    pub provider: Option<String>,
    /// The target that was called last.
    pub target: Option<String>,
    /// The name of where the key is.
    pub key: Option<String>,
    /// The attempts of the run, in order.
    pub attempts: Vec<Tried>,
    /// The field of the request that is wrong, where that is known.
    pub field: Option<String>,
    /// What somebody has to approve, where that is what is missing.
    pub ask: Option<Box<Ask<'static>>>,
    /// What stood in the way, in a word or two, for the audit log: nothing of the request.
    pub reason: Option<&'static str>,
}

/// The status that fits a class (the command line's reference).
pub fn status(class: Failure) -> u16 {
    match class {
        Failure::MissingKey | Failure::InvalidKey | Failure::Permission => 424,
        Failure::RateLimit | Failure::Quota => 429,
        Failure::Timeout | Failure::Deadline => 504,
        Failure::TooLarge => 413,
        Failure::Refused => 403,
        Failure::Overloaded => 503,
        Failure::Network | Failure::ServerError => 502,
        Failure::ContextLength | Failure::ContentPolicy | Failure::BadRequest => 400,
        Failure::ModelNotFound => 404,
    }
}

impl Report {
    /// Something else than a failed run: two sentences, what happened and what to do.
    pub fn new(status: u16, code: &'static str, what: &str, help: &str) -> Self {
        Self { status, code, message: format!("{what} {help}"), help: Some(help.to_owned()), ..Self::default() }
    }

    /// The same, of a route.
    #[must_use]
    pub fn of_route(mut self, route: &str) -> Self {
        self.route = Some(route.to_owned());
        self
    }

    /// A guard turned the request away.
    pub fn refused(what: &str, help: &str, reason: &'static str) -> Self {
        Self { reason: Some(reason), ..Self::new(403, Failure::Refused.as_str(), what, help) }
    }

    /// An approval that does not count, of what was asked for this gate.
    pub fn not_approved(not: &NotApproved, gate: &Gate<'_>, ask: Ask<'static>) -> Self {
        let (what, help) = not.said(gate);
        let route = ask.route.to_string();
        Self { ask: Some(Box::new(ask)), ..Self::refused(&what, help, not.reason()) }.of_route(&route)
    }

    /// The same, of a field of the request.
    #[must_use]
    pub fn of_field(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned()).filter(|field| !field.is_empty());
        self
    }

    /// A run that failed with a class at an attempt.
    pub fn run(plan: &Plan<'_>, name: &str, route: &Route<'_>, attempt: &Attempt<'_>, class: Failure, attempts: Vec<Tried>) -> Self {
        Self::said(plan, name, route, attempt, (class, failed), attempts)
    }

    /// An answer that broke off after some of it had gone out.
    pub fn broke_off(plan: &Plan<'_>, name: &str, route: &Route<'_>, attempt: &Attempt<'_>, class: Failure, attempts: Vec<Tried>) -> Self {
        Self::said(plan, name, route, attempt, (class, broke_off), attempts)
    }

    fn said(
        plan: &Plan<'_>,
        name: &str,
        route: &Route<'_>,
        attempt: &Attempt<'_>,
        (class, say): (Failure, fn(&Call<'_>, Failure) -> Said),
        attempts: Vec<Tried>,
    ) -> Self {
        let Some(provider) = plan.providers.get(&attempt.provider) else {
            return Self::new(500, "server_error", "The plan does not hold together.", "Compile the policy again.").of_route(name);
        };
        let call =
            Call { route: &route.title, provider: &provider.title, target: &attempt.target, key: place(&provider.key, &attempt.provider) };
        let Said { what, help } = say(&call, class);
        Self {
            route: Some(name.to_owned()),
            provider: Some(attempt.provider.to_string()),
            target: Some(attempt.target.to_string()),
            key: key_name(provider).map(str::to_owned),
            attempts,
            ..Self::new(status(class), class.as_str(), &what, &help)
        }
    }

    /// A request that was turned away before anybody was called.
    pub fn denied(name: &str, title: &str, denied: &Denied) -> Self {
        let report = match denied {
            Denied::Kind(what) => Self::new(
                400,
                Failure::BadRequest.as_str(),
                &format!("This address does not serve the {title} route: {what}."),
                "Ask for another route, or send this request to the address of its kind.",
            ),
            Denied::Guard(guard, help) => Self::refused(&format!("The {title} route called nobody: {guard}."), help, "guard"),
            Denied::Data(class) => Self::refused(
                &format!(
                    "The {title} route called nobody: the request says that it holds `{}` data, which this route does not accept.",
                    visible(class)
                ),
                "Call a route that accepts it, or correct the header x-byok-data.",
                "data class",
            ),
            Denied::Unreadable(unreadable) => {
                let (what, reason) = match unreadable {
                    Unreadable::Image => ("the request holds an image, and this route redacts, which images cannot be".to_owned(), "image"),
                    Unreadable::File => ("the request holds a file, and this route redacts, which files cannot be".to_owned(), "file"),
                    Unreadable::Name(place) => (
                        format!("{place} in the request holds what this route redacts, and no placeholder can stand there"),
                        "unmaskable name",
                    ),
                };
                let help = "Leave it out, or call a route that does not redact.";
                Self::refused(&format!("The {title} route called nobody: {what}."), help, reason)
            }
            Denied::ApprovalRequired(ask) => Self {
                code: APPROVAL_REQUIRED,
                ask: Some(ask.clone()),
                ..Self::refused(
                    &format!("The {title} route called nobody: it needs the approval of {}.", ask.role),
                    "Have `error.approval` signed with `byokc approve`, and send the same request again with the header x-byok-approval.",
                    "approval required",
                )
            },
            Denied::Tool(tool) => Self::new(
                400,
                Failure::BadRequest.as_str(),
                &format!(
                    "The {title} route called nobody: the request offers the tool `{}`, which the policy does not give to this route.",
                    visible(tool)
                ),
                "Leave the tool out, or name it under `tools` of this route.",
            )
            .of_field("tools"),
            Denied::Field(field, why) => Self::new(
                400,
                Failure::BadRequest.as_str(),
                &format!("The {title} route called nobody: the request has `{field}`, and {why}."),
                "Leave it out, or switch this route to another model.",
            )
            .of_field(field),
        };
        let reason = match denied {
            Denied::Kind(_) => Some("another kind of request"),
            Denied::Tool(_) => Some("tool not offered"),
            Denied::Field(..) => Some("field that cannot be carried"),
            _ => report.reason,
        };
        Self { reason, ..report }.of_route(name)
    }
}

/// What a client wrote, short and without anything that a terminal acts on.
fn visible(text: &str) -> String {
    crate::text::visible(text).chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_the_status_of_its_kind() {
        for class in Failure::ALL {
            let status = status(class);
            // What a person must mend here is no fault of the server, and what the provider did is none of the client's.
            let expected = match class {
                Failure::Timeout | Failure::Deadline | Failure::Overloaded | Failure::Network | Failure::ServerError => 500..600,
                _ => 400..500,
            };
            assert!(expected.contains(&status), "{class:?}: {status}");
        }
        assert_eq!((status(Failure::MissingKey), status(Failure::RateLimit), status(Failure::TooLarge)), (424, 429, 413));
    }

    #[test]
    fn what_a_client_wrote_is_shown_short_and_harmless() {
        let denied = Denied::Tool(format!("a\u{1b}[31m\u{202e}{}", "x".repeat(500)));
        let report = Report::denied("chat", "chat", &denied);
        assert!(report.message.len() < 300 && !report.message.contains(['\u{1b}', '\u{202e}']), "{}", report.message);
        assert!(report.message.ends_with(report.help.as_deref().unwrap()));
        assert_eq!((report.status, report.code, report.field.as_deref()), (400, "bad_request", Some("tools")));
    }
}
