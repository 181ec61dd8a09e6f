//! From a provider's refusal to the class of the failure, by its status and body. What the provider wrote is looked at and not kept.

pub(super) mod anthropic;
pub(super) mod gemini;
mod openai;
mod openrouter;
mod overflow;
mod said;
#[cfg(test)]
mod tests;
pub(super) mod wait;

use crate::failure::Failure;

use super::{Failed, Rules, Target};
use said::Said;

use said::field;

/// What a provider answered instead of an answer.
#[derive(Clone, Copy)]
pub struct Reply<'a> {
    /// The HTTP status.
    pub status: u16,
    /// Looks a header up, by its name in lower case.
    pub headers: &'a dyn Fn(&str) -> Option<&'a str>,
    /// The body, or its beginning.
    pub body: &'a [u8],
    /// The time, in seconds since 1970: a wait may be stated as a date.
    pub now: u64,
}

/// Why the call failed: its class, the wait that the provider asks for, and the field of a bad request.
pub fn classify(target: &Target<'_>, reply: &Reply<'_>) -> Failed {
    let mut failed = match &*target.provider.protocol {
        "anthropic" => anthropic::classify(reply),
        "gemini" => gemini::classify(reply),
        "openrouter" => openrouter::classify(reply),
        _ => openai::classify(reply, &target.provider.vendor),
    };
    let said = Said::read(reply.body);
    failed.wait = wait::stated(reply).or(failed.wait).or(said.wait);
    or_overflow(failed, reply.status, &said)
}

/// Why an answer failed that began as a success: the `error` object in the place of an answer, or in a stream, of OpenAI's and OpenRouter's shape.
pub(super) fn inside(rules: Rules, body: &[u8]) -> Failed {
    let said = Said::read(body);
    let status = said.status().unwrap_or(500);
    // Whoever passes OpenRouter's errors on is known by what only these have.
    let routed = rules == Rules::OpenRouter && said.status().is_some() || said.metadata.is_some();
    let failed = if routed { openrouter::of(status, &said) } else { openai::inside(&said) };
    or_overflow(Failed { wait: said.wait, ..failed }, status, &said)
}

/// What a status means where nothing else is said: at Anthropic, Gemini and OpenRouter alike.
fn of_status(status: u16) -> Failure {
    match status {
        401 => Failure::InvalidKey,
        402 => Failure::Quota,
        403 => Failure::Permission,
        404 => Failure::ModelNotFound,
        413 => Failure::ContextLength,
        429 => Failure::RateLimit,
        408 | 504 | 524 => Failure::Timeout,
        503 | 529 => Failure::Overloaded,
        // A conflict passes, as a fault of the server does.
        409 => Failure::ServerError,
        400..=499 => Failure::BadRequest,
        _ => Failure::ServerError,
    }
}

/// A bad request, unless it is one because the prompt is too long: many servers say that in words alone.
fn or_overflow(failed: Failed, status: u16, said: &Said) -> Failed {
    let in_words_alone = matches!(status, 400 | 413) && said.metadata("error_type").is_none();
    if failed.class == Failure::BadRequest && in_words_alone && said.overflows() {
        return Failed { class: Failure::ContextLength, field: None, ..failed };
    }
    failed
}

/// Whether a message says that the prompt is too long, in its own words and not in those that it quotes.
fn overflows(message: &str) -> bool {
    overflow::says(&overflow::unquoted(message))
}

/// The class of an error that OpenAI names by a code, where it is not known to be another: `server_error`.
pub(super) fn named(code: &str) -> Failed {
    Failed::of(openai::named(code).unwrap_or(Failure::ServerError))
}
