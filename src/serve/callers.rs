//! Who is asking: the tokens of callers, known by their hashes and compared in constant time.

use hyper::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use crate::keys::{Looked, look};
use crate::plan::Plan;
use crate::runtime::place;

/// The callers that can be told by a token.
pub(super) struct Callers {
    known: Vec<(String, [u8; 32])>,
    /// Whether the plan declares any: otherwise everybody may call every route.
    declared: bool,
}

/// Who is asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caller<'a> {
    /// Nobody was declared.
    Anybody,
    /// This one.
    Known(&'a str),
}

impl<'a> Caller<'a> {
    /// Its name; `None` where nobody was declared.
    pub(super) fn name(self) -> Option<&'a str> {
        match self {
            Self::Anybody => None,
            Self::Known(name) => Some(name),
        }
    }
}

impl Callers {
    /// Reads the tokens of a plan's callers. The names of those that have none come with it. `Err` names two callers that have the same one.
    pub(super) fn read(plan: &Plan<'_>) -> Result<(Self, Vec<String>), [String; 2]> {
        let (mut known, mut without) = (Vec::<(String, [u8; 32])>::new(), Vec::new());
        for (name, caller) in &plan.callers {
            match look(place(&caller.token, name), true) {
                Looked::Found(token) => {
                    let hash = hash(token.expose().as_bytes());
                    if let Some((other, _)) = known.iter().find(|(_, known)| *known == hash) {
                        return Err([other.clone(), name.to_string()]);
                    }
                    known.push((name.to_string(), hash));
                }
                _ => without.push(name.to_string()),
            }
        }
        Ok((Self { known, declared: !plan.callers.is_empty() }, without))
    }

    /// Whose token a request brings; `None`: nobody's.
    pub(super) fn who(&self, headers: &HeaderMap) -> Option<Caller<'_>> {
        if !self.declared {
            return Some(Caller::Anybody);
        }
        let brought = hash(token(headers)?);
        // All are compared, whichever fits, so that time tells nothing.
        let mut found = u64::MAX;
        for (index, (_, known)) in (0_u64..).zip(&self.known) {
            let same: Choice = known.ct_eq(&brought);
            found.conditional_assign(&index, same);
        }
        self.known.get(usize::try_from(found).ok()?).map(|(name, _)| Caller::Known(name))
    }
}

/// The token, from either of the headers that client libraries use. Where both say something `x-api-key` counts, as at Anthropic.
fn token(headers: &HeaderMap) -> Option<&[u8]> {
    let key = headers.get("x-api-key").map(HeaderValue::as_bytes).filter(|token| !token.is_empty());
    key.or_else(|| {
        let (scheme, token) = headers.get(AUTHORIZATION)?.as_bytes().split_at_checked(7)?;
        scheme.eq_ignore_ascii_case(b"bearer ").then(|| token.trim_ascii()).filter(|token| !token.is_empty())
    })
}

fn hash(token: &[u8]) -> [u8; 32] {
    Sha256::digest(token).into()
}
