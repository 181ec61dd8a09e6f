//! From text to a plan: refused where it is something else, or could be read in two ways.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::fault::Fault;
use crate::plan::{FORMAT, Plan};

/// Why a text gives no plan.
#[derive(Debug)]
pub enum NotRead {
    /// It is empty, or something else altogether: in words.
    NoPlan(String),
    /// It is a plan, but not one that can be relied on.
    Refused(Fault),
}

/// Reads a plan. One with members that its format does not know, or with one member twice, is refused.
pub fn read(text: &str) -> Result<Plan<'static>, NotRead> {
    #[derive(Deserialize)]
    struct Head {
        format: Option<serde_json::Value>,
    }
    let refused = |message: String| NotRead::Refused(Fault::new(String::new(), message));
    if text.trim().is_empty() {
        return Err(NotRead::NoPlan("is empty".to_owned()));
    }
    if text.trim_start().starts_with('[') {
        return Err(NotRead::NoPlan("is no plan: a plan is a JSON object".to_owned()));
    }
    let head: Head = match serde_json::from_str(text) {
        Ok(head) => head,
        Err(error) if error.is_data() => return Err(NotRead::NoPlan("is no plan: a plan is a JSON object".to_owned())),
        Err(error) => return Err(NotRead::NoPlan(format!("is not JSON: {error}"))),
    };
    match head.format.as_ref().and_then(serde_json::Value::as_str) {
        Some(FORMAT) => {}
        Some(format) if format.starts_with("byok-plan/") => {
            return Err(refused(format!("it is a plan of the format `{format}`; this byokc knows `{FORMAT}` only")));
        }
        Some(format) => return Err(NotRead::NoPlan(format!("is `{format}`, not a plan"))),
        None => return Err(NotRead::NoPlan(format!("is no plan: it has no `format`, which would be `{FORMAT}`"))),
    }
    serde_json::from_str::<Distinct>(text).map_err(|error| refused(format!("it can be read in two ways: {error}")))?;
    serde_json::from_str(text).map_err(|error| refused(format!("it is not what `{FORMAT}` says: {error}")))
}

/// Whether no object of a JSON text holds a member twice; otherwise which.
pub fn distinct(text: &[u8]) -> Result<(), String> {
    serde_json::from_slice::<Distinct>(text).map(|_| ()).map_err(|error| error.to_string())
}

/// Any JSON value no object of which holds a member twice.
struct Distinct;

impl<'de> Deserialize<'de> for Distinct {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Anything)
    }
}

struct Anything;

impl<'de> Visitor<'de> for Anything {
    type Value = Distinct;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Distinct, E> {
        Ok(Distinct)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Distinct, E> {
        Ok(Distinct)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Distinct, E> {
        Ok(Distinct)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Distinct, E> {
        Ok(Distinct)
    }

    fn visit_str<E>(self, _: &str) -> Result<Distinct, E> {
        Ok(Distinct)
    }

    fn visit_unit<E>(self) -> Result<Distinct, E> {
        Ok(Distinct)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Distinct, A::Error> {
        while items.next_element::<Distinct>()?.is_some() {}
        Ok(Distinct)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Distinct, A::Error> {
        let mut seen = BTreeSet::new();
        while let Some(name) = members.next_key::<String>()? {
            members.next_value::<Distinct>()?;
            if seen.contains(&name) {
                return Err(A::Error::custom(format!("member `{name}` stands twice")));
            }
            seen.insert(name);
        }
        Ok(Distinct)
    }
}
