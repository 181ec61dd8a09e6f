//! Which model an id stands for, by rule.

pub(super) fn base(_vendor: &str, _id: &str, _known: impl Fn(&str) -> bool) -> Option<String> {
    None
}

pub(super) fn maker(_vendor: &str, _id: &str) -> Option<&'static str> {
    None
}
