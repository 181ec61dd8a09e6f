//! How a rule of the plan is said to be kept, or broken.

/// Kept, or why not: a clause about `it`, the record.
pub(super) type Rule = Result<(), String>;

/// That something holds.
pub(super) fn must(holds: bool, otherwise: impl FnOnce() -> String) -> Rule {
    if holds { Ok(()) } else { Err(otherwise()) }
}

/// That a record says what the plan says.
pub(super) fn agree<T: PartialEq + std::fmt::Display>(what: &str, said: T, plan: T) -> Rule {
    must(said == plan, || format!("it names the {what} `{said}`, and the plan says `{plan}`"))
}

/// The same where either may be absent.
pub(super) fn agree_if(what: &str, said: Option<&str>, plan: Option<&str>) -> Rule {
    let name = |text: Option<&str>| text.map_or_else(|| "none".to_owned(), |text| format!("`{text}`"));
    must(said == plan, || format!("it names as {what} {}, and the plan says {}", name(said), name(plan)))
}
