//! stub
#![allow(missing_docs, reason = "stub")]
pub fn matches(_p: &str, _t: &str) -> bool {
    false
}
pub fn matches_any_case(_p: &str, _t: &str) -> bool {
    false
}
