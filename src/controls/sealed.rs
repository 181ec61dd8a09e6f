//! Calls of tools that wait for an approval: the client holds them, and cannot read their arguments.

use super::SharedKey;
use crate::plan::Gate;

/// A call as it is sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call<'a> {
    /// The caller; `None` where nobody is declared.
    pub caller: Option<&'a str>,
    /// The digest of the plan.
    pub plan: &'a str,
    /// The route that offered the tool.
    pub route: &'a str,
    /// The request whose answer it is in.
    pub request: &'a str,
    /// The tool.
    pub tool: &'a str,
    /// Its arguments: JSON text.
    pub arguments: &'a str,
}

/// A sealed call: what stands in the place of the arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// JSON text, an object: `byok_sealed` holds the encrypted call, `approval` the document that an approver signs.
    pub arguments: String,
    /// The digest of the call, which an approval names.
    pub digest: String,
}

/// A call that was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The route that offered the tool.
    pub route: String,
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

/// Why a sealed call is not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotOpened {
    /// It was not sealed with this key, or is none.
    Unknown,
    /// It is another caller's.
    OtherCaller,
}

/// Seals a call for its gate. `asked` is now, in seconds since 1970.
pub fn seal(call: &Call<'_>, _gate: &Gate<'_>, _asked: u64, _key: &SharedKey) -> Sealed {
    Sealed { arguments: call.arguments.to_owned(), digest: String::new() }
}

/// What a call would do, for the person who approves it.
pub fn summary(tool: &str, _arguments: &str) -> String {
    tool.to_owned()
}

/// Opens what `byok_sealed` holds.
pub fn open(_sealed: &str, _caller: Option<&str>, _key: &SharedKey) -> Result<Opened, NotOpened> {
    Err(NotOpened::Unknown)
}

/// The arguments of a call as the model wrote them, where these are sealed ones of this caller: so they go back to a model.
pub fn unsealed(_arguments: &str, _caller: Option<&str>, _key: &SharedKey) -> Option<String> {
    None
}
