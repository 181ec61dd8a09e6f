//! Approvals: what a person is asked, what they sign, and whether that is what the plan asks for (language reference, section 3: `approve`).

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::plan::{Gate, Plan};

/// The value of `format` of an [`Ask`].
pub const ASK: &str = "byok-approval-request/1";

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

/// An approval that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approved {
    /// The approver, by the name in the plan.
    pub approver: String,
    /// The role in which they approved.
    pub role: String,
    /// Names this approval: it may be used once.
    pub id: String,
    /// Until when it counts, in seconds since 1970.
    pub expires: u64,
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
    /// Under another plan.
    OtherPlan,
    /// It came, or is used, too late.
    Expired,
    /// It says that it was signed later than now.
    NotYet,
    /// It was used before. `check` cannot know; who remembers says it.
    Reused,
}

/// What a request consists of, for its digest.
#[derive(Clone, Copy, Debug)]
pub struct RequestParts<'a> {
    /// The digest of the plan.
    pub plan: &'a str,
    /// The path of the endpoint.
    pub path: &'a str,
    /// The route, or `workflow/step`.
    pub wanted: &'a str,
    /// The caller; `None` where nobody is declared.
    pub caller: Option<&'a str>,
    /// The run of the workflow.
    pub run: Option<&'a str>,
    /// The data classes that it names.
    pub data: &'a [Cow<'a, str>],
    /// Its body, byte for byte.
    pub body: &'a [u8],
}

/// The digest of a request: an approval counts for these very bytes.
pub fn digest_of_request(parts: &RequestParts<'_>) -> String {
    parts.plan.to_owned()
}

impl NotApproved {
    /// What stands in the way, what to do, and a word or two for the audit log.
    pub fn said(&self) -> (String, &'static str, &'static str) {
        (String::new(), "", "")
    }
}

/// Whether an approval is what a gate asks for, of what has this digest. `now` is in seconds since 1970.
pub fn check(_plan: &Plan<'_>, _gate: &Gate<'_>, _digest: &str, _approval: &str, _now: u64) -> Result<Approved, NotApproved> {
    Err(NotApproved::Malformed)
}
