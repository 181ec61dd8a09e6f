//! Approvals: what a person is asked, and whether what they signed is what the plan asks for (language reference, section 3: `approve`).
//!
//! An approval is two parts in base64url with a dot between them: what is signed, a JSON object, and its Ed25519 signature. It names the digest of
//! what is approved, the plan, and the digest of what its approver was shown. Who signed is looked up in the plan: the key must be an approver's.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::signature::{ED25519, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

use super::digest::Digest;
use crate::plan::{Gate, Plan};

pub use key::{ApproverKey, NotSigned};

mod key;
mod said;

/// The value of `format` of an [`Ask`].
pub const ASK: &str = "byok-approval-request/1";
/// The value of `format` of what is signed.
const APPROVAL: &str = "byok-approval/1";
/// Stands before what is signed, so that this signature counts for nothing else.
const DOMAIN: &[u8] = b"byok-approval/1\0";
/// The longest approval, in bytes.
const LONGEST: usize = 4096;
/// So far the clocks of approvers and runtimes may be apart, in seconds.
const SKEW: u64 = 60;

/// What a person is asked to approve: the client hands it over, as it got it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask<'a> {
    /// When it was asked, in seconds since 1970.
    pub asked: u64,
    /// Who asks; `None` where nobody is declared.
    pub caller: Option<Cow<'a, str>>,
    /// The digest of what is to be approved: an approval counts for it alone.
    pub digest: Cow<'a, str>,
    /// `byok-approval-request/1`.
    pub format: Cow<'a, str>,
    /// The digest of the plan.
    pub plan: Cow<'a, str>,
    /// The role that must agree.
    pub role: Cow<'a, str>,
    /// The route.
    pub route: Cow<'a, str>,
    /// `workflow/step`, where it is one.
    pub step: Option<Cow<'a, str>>,
    /// What it is, in words.
    pub summary: Cow<'a, str>,
    /// The tool whose call is to be approved; `None`: the request itself is.
    pub tool: Option<Cow<'a, str>>,
    /// So long after `asked` an approval comes too late, in milliseconds.
    pub within_ms: u64,
}

impl Ask<'_> {
    /// The digest of all that it shows: an approval holds it, so that nobody gets one for something else than was shown.
    pub fn shown(&self) -> String {
        Digest::of("byok-shown/1")
            .option(self.caller.as_deref())
            .text(&self.digest)
            .text(&self.plan)
            .text(&self.role)
            .text(&self.route)
            .option(self.step.as_deref())
            .text(&self.summary)
            .option(self.tool.as_deref())
            .end()
    }
}

/// A request that must be approved, as its digest covers it: the same request, byte for byte, must come again with the approval.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The digest of the plan.
    pub plan: &'a str,
    /// The path of the endpoint.
    pub path: &'a str,
    /// The route, or `workflow/step`.
    pub place: &'a str,
    /// Who asks; `None` where nobody is declared.
    pub caller: Option<&'a str>,
    /// The run of the workflow that the request names.
    pub run: Option<&'a str>,
    /// The data classes that the request names; in any order.
    pub data: &'a [&'a str],
    /// The body, as it came.
    pub body: &'a [u8],
}

impl Asking<'_> {
    /// The digest that an approval names.
    pub fn digest(&self) -> String {
        let mut data = self.data.to_vec();
        data.sort_unstable();
        data.dedup();
        Digest::of("byok-request/1")
            .text(self.plan)
            .text(self.path)
            .text(self.place)
            .option(self.caller)
            .option(self.run)
            .list(&data)
            .part(self.body)
            .end()
    }
}

/// What an approver signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signed<'a> {
    asked: u64,
    digest: Cow<'a, str>,
    expires: u64,
    format: Cow<'a, str>,
    id: Cow<'a, str>,
    issued: u64,
    key: Cow<'a, str>,
    plan: Cow<'a, str>,
    role: Cow<'a, str>,
    shown: Cow<'a, str>,
}

/// The bytes that are signed.
fn message(payload: &[u8]) -> Vec<u8> {
    [DOMAIN, payload].concat()
}

/// An approval that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approved {
    /// The approver, by the name in the plan.
    pub approver: String,
    /// The role in which they approved.
    pub role: String,
    /// Names this approval, in 32 hexadecimal digits: it may be used once.
    pub id: String,
    /// Until when it counts, in seconds since 1970.
    pub expires: u64,
    /// The digest of what its approver was shown: [`Ask::shown`].
    pub shown: String,
}

/// Why an approval does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotApproved {
    /// It is no approval.
    Malformed,
    /// Signed with a key of no approver of the plan, or not signed with the key that it names.
    UnknownKey,
    /// Of this approver, for a role that they do not hold, or another than the gate's.
    OtherRole(String),
    /// For something else.
    OtherRequest,
    /// Its approver was shown something else.
    OtherSummary,
    /// Under another plan.
    OtherPlan,
    /// It came, or is used, too late.
    Expired,
    /// It says that it was asked or signed later than now.
    NotYet,
    /// It was used before. `check` cannot know; who remembers says it.
    Reused,
}

/// Whether an approval is what a gate asks for, of what has this digest. `now` is in seconds since 1970: an auditor gives the time of a record.
///
/// It counts until it says, and not longer than the gate's `within` after it was asked, whatever its approver was told of that.
pub fn check(plan: &Plan<'_>, gate: &Gate<'_>, digest: &str, approval: &str, now: u64) -> Result<Approved, NotApproved> {
    let (payload, signature) = parts(approval).ok_or(NotApproved::Malformed)?;
    let signed: Signed<'_> = serde_json::from_slice(&payload).map_err(|_| NotApproved::Malformed)?;
    let id = signed.id.len() == 32 && signed.id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if signed.format != APPROVAL || !id {
        return Err(NotApproved::Malformed);
    }
    let named = || plan.approvers.iter().filter(|(_, approver)| approver.public_key == signed.key);
    let (first, _) = named().next().ok_or(NotApproved::UnknownKey)?;
    let public = STANDARD.decode(signed.key.as_bytes()).map_err(|_| NotApproved::UnknownKey)?;
    UnparsedPublicKey::new(&ED25519, public).verify(&message(&payload), &signature).map_err(|_| NotApproved::UnknownKey)?;

    if signed.plan != plan.digest {
        return Err(NotApproved::OtherPlan);
    }
    let holder = named().find(|(_, approver)| approver.roles.contains(&gate.role)).filter(|_| signed.role == gate.role);
    let (approver, _) = holder.ok_or_else(|| NotApproved::OtherRole(first.to_string()))?;
    if signed.digest != digest {
        return Err(NotApproved::OtherRequest);
    }
    if signed.asked > now.saturating_add(SKEW) || signed.issued > now.saturating_add(SKEW) {
        return Err(NotApproved::NotYet);
    }
    let expires = signed.expires.min(signed.asked.saturating_add(gate.within_ms / 1000));
    if now >= expires {
        return Err(NotApproved::Expired);
    }
    Ok(Approved {
        approver: approver.to_string(),
        role: signed.role.into_owned(),
        id: signed.id.into_owned(),
        expires,
        shown: signed.shown.into_owned(),
    })
}

/// The same for what is asked here and now: its approver must have been shown just this. Only `asked` and `within_ms` may differ.
pub fn check_ask(plan: &Plan<'_>, gate: &Gate<'_>, ask: &Ask<'_>, approval: &str, now: u64) -> Result<Approved, NotApproved> {
    let approved = check(plan, gate, &ask.digest, approval, now)?;
    if approved.shown == ask.shown() { Ok(approved) } else { Err(NotApproved::OtherSummary) }
}

/// What is signed, and its signature.
fn parts(approval: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    let (payload, signature) = approval.split_once('.').filter(|_| approval.len() <= LONGEST)?;
    Some((URL_SAFE_NO_PAD.decode(payload).ok()?, URL_SAFE_NO_PAD.decode(signature).ok()?))
}

#[cfg(test)]
mod tests;
