//! Calls of tools that wait for an approval: the client holds them, and cannot use them.
//!
//! What is sealed is the whole call with its caller, plan, route, step and request, under the shared key; so it opens for that caller alone, at any
//! instance. The arguments that its approver is shown in words are no secret from the client: what it lacks is the call itself, as a program
//! takes it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::SharedKey;
use super::approval::{ASK, Ask};
use super::digest::Digest;
use super::frame::{put, put_option, take, take_option};
use super::summary::summary;
use crate::plan::Gate;

/// What a sealed call is, to those who open it.
const KIND: &[u8] = b"byok-sealed/1";

/// A call as it is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call<'a> {
    /// The caller; `None` where nobody is declared.
    pub caller: Option<&'a str>,
    /// The digest of the plan.
    pub plan: &'a str,
    /// The route that offered the tool.
    pub route: &'a str,
    /// `workflow/step`, where it was one.
    pub step: Option<&'a str>,
    /// The request whose answer it is in.
    pub request: &'a str,
    /// The tool.
    pub tool: &'a str,
    /// Its arguments: JSON text.
    pub arguments: &'a str,
}

impl<'a> Call<'a> {
    /// The digest that an approval of it names.
    pub fn digest(&self) -> String {
        Digest::of("byok-call/1")
            .text(self.plan)
            .text(self.route)
            .option(self.step)
            .option(self.caller)
            .text(self.request)
            .text(self.tool)
            .text(self.arguments)
            .end()
    }

    /// What its approver is asked. `asked` is in seconds since 1970.
    pub fn ask<'g: 'a>(&self, gate: &'g Gate<'_>, asked: u64) -> Ask<'a> {
        Ask {
            asked,
            caller: self.caller.map(Into::into),
            digest: self.digest().into(),
            format: ASK.into(),
            plan: self.plan.into(),
            role: gate.role.as_ref().into(),
            route: self.route.into(),
            step: self.step.map(Into::into),
            summary: summary(self.tool, self.arguments).into(),
            tool: Some(self.tool.into()),
            within_ms: gate.within_ms,
        }
    }
}

/// A sealed call: what stands in the place of the arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// JSON text, an object: `byok_sealed` holds the encrypted call, `approval` the document that an approver signs.
    pub arguments: String,
    /// The digest of the call, which an approval names.
    pub digest: String,
}

/// The object that stands in the place of the arguments.
#[derive(Serialize)]
struct Written<'a> {
    approval: &'a Ask<'a>,
    byok_sealed: String,
}

/// What is read of it.
#[derive(Deserialize)]
struct Held {
    byok_sealed: String,
}

/// A call that was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The caller; `None` where nobody is declared.
    pub caller: Option<String>,
    /// The route that offered the tool.
    pub route: String,
    /// `workflow/step`, where it was one.
    pub step: Option<String>,
    /// The request whose answer it was in.
    pub request: String,
    /// The tool.
    pub tool: String,
    /// Its arguments: JSON text.
    pub arguments: String,
    /// The digest of the plan under which it was sealed.
    pub plan: String,
    /// The digest of the call.
    pub digest: String,
}

impl Opened {
    /// The call as it was sealed. `call().ask(…)` is what its approver must have been shown.
    pub fn call(&self) -> Call<'_> {
        Call {
            caller: self.caller.as_deref(),
            plan: &self.plan,
            route: &self.route,
            step: self.step.as_deref(),
            request: &self.request,
            tool: &self.tool,
            arguments: &self.arguments,
        }
    }
}

/// Why a sealed call is not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotOpened {
    /// It was not sealed with this key, or is none.
    Unknown,
    /// It is another caller's.
    OtherCaller,
}

impl NotOpened {
    /// In a word or two, for the log.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Unknown => "sealed call unknown",
            Self::OtherCaller => "sealed call of another caller",
        }
    }

    /// What happened, and what to do about it.
    pub fn said(self) -> (&'static str, &'static str) {
        match self {
            Self::Unknown => (
                "This is no call that this runtime sealed, or it was changed.",
                "Send `byok_sealed` as it came, and let all instances have the same shared key.",
            ),
            Self::OtherCaller => {
                ("This call of a tool was sealed for another caller.", "Send it with the token of the caller whose answer it was in.")
            }
        }
    }
}

/// Seals a call for its gate. `asked` is now, in seconds since 1970.
pub fn seal(call: &Call<'_>, gate: &Gate<'_>, asked: u64, key: &SharedKey) -> Sealed {
    let mut plain = Vec::with_capacity(call.arguments.len() + 512);
    for text in [call.plan, call.route, call.request, call.tool] {
        put(&mut plain, text);
    }
    put_option(&mut plain, call.step);
    put_option(&mut plain, call.caller);
    plain.extend(call.arguments.as_bytes());
    // A call that is too large for the cipher (64 GiB) stays closed: an empty text never opens.
    let sealed = key.seal(KIND, plain).unwrap_or_default();
    let ask = call.ask(gate, asked);
    let written = Written { approval: &ask, byok_sealed: URL_SAFE_NO_PAD.encode(sealed) };
    // Text and numbers always serialise.
    Sealed { arguments: serde_json::to_string(&written).unwrap_or_default(), digest: ask.digest.into_owned() }
}

/// Opens what `byok_sealed` holds.
pub fn open(sealed: &str, caller: Option<&str>, key: &SharedKey) -> Result<Opened, NotOpened> {
    let opened = read(sealed, key).ok_or(NotOpened::Unknown)?;
    if opened.caller.as_deref() == caller { Ok(opened) } else { Err(NotOpened::OtherCaller) }
}

fn read(sealed: &str, key: &SharedKey) -> Option<Opened> {
    let plain = key.open(KIND, &URL_SAFE_NO_PAD.decode(sealed).ok()?)?;
    let rest = &mut plain.as_slice();
    let mut opened = Opened {
        plan: take(rest).ok()?,
        route: take(rest).ok()?,
        request: take(rest).ok()?,
        tool: take(rest).ok()?,
        step: take_option(rest).ok()?,
        caller: take_option(rest).ok()?,
        arguments: std::str::from_utf8(rest).ok()?.to_owned(),
        digest: String::new(),
    };
    opened.digest = opened.call().digest();
    Some(opened)
}

/// The arguments of a call as the model wrote them, where these are sealed ones of this caller: so they go back to a model.
pub fn unsealed(arguments: &str, caller: Option<&str>, key: &SharedKey) -> Option<String> {
    // Most arguments are not sealed, and need not be read to see that.
    if !arguments.contains("byok_sealed") {
        return None;
    }
    let Held { byok_sealed } = serde_json::from_str(arguments).ok()?;
    open(&byok_sealed, caller, key).ok().map(|opened| opened.arguments)
}

#[cfg(test)]
mod tests;
