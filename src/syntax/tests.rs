//! The parser and the printer on whole policies.

use super::*;
use crate::source::FileId;

const WHOLE: &str = include_str!("../../tests/corpus/syntax/whole.byok");
const FORMS: &str = include_str!("../../tests/corpus/syntax/forms.byok");

#[test]
fn whole_policies_parse() {
    for (text, count) in [(WHOLE, 26), (FORMS, 48)] {
        let parsed = parse(FileId(0), text);
        assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
        assert_eq!(parsed.file.declarations.len(), count);
    }
}
