//! From a call of a tool to what its approver reads: the tool and every argument, cut short, with nothing in it that hides or steers.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::redact::{Detector, Detectors, mask};
use crate::text::{grouped, one_line, visible};

/// So many characters of a value are shown.
const VALUE: usize = 120;
/// So many of a name.
const NAME: usize = 64;
/// So many arguments.
const MEMBERS: usize = 50;

/// A call in words: a line for the tool, and one for each argument.
pub(super) fn summary(tool: &str, arguments: &str) -> String {
    let tool = name(tool);
    let Ok(Members(members)) = serde_json::from_str(arguments) else {
        return format!("A call of the tool {tool} with arguments that are no JSON object: {}", value(arguments));
    };
    if members.is_empty() {
        return format!("A call of the tool {tool} without arguments");
    }
    let mut lines = vec![format!("A call of the tool {tool} with")];
    for (member, raw) in members.iter().take(MEMBERS) {
        let said = match serde_json::from_str::<String>(raw.get()) {
            Ok(said) => quoted(&said),
            Err(_) => value(raw.get()),
        };
        lines.push(format!("{}: {said}", name(member)));
    }
    if members.len() > MEMBERS {
        lines.push(format!("and {} more arguments that are not shown", members.len() - MEMBERS));
    }
    lines.join("\n")
}

/// The name of a tool or an argument: as it is where it is plain, else in quotes.
fn name(text: &str) -> String {
    let plain = !text.is_empty() && text.len() <= NAME && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    let masked = masked(text);
    if plain { masked.into_owned() } else { cut(&masked, NAME, json) }
}

/// A text, in quotes.
fn quoted(text: &str) -> String {
    cut(&masked(text), VALUE, json)
}

/// Any other value, as it was written but for line breaks.
fn value(raw: &str) -> String {
    cut(&masked(raw), VALUE, |text| one_line(text).into_owned())
}

/// Without what has the shape of a key.
fn masked(text: &str) -> Cow<'_, str> {
    mask(text, Detectors::from_iter([Detector::Secret]))
}

/// A text as JSON has it, and nothing in it that cannot be seen.
fn json(text: &str) -> String {
    // Text always serialises.
    visible(&serde_json::to_string(text).unwrap_or_default()).into_owned()
}

/// The first characters of a text, shown in some way, and how many there are.
fn cut(text: &str, most: usize, show: impl Fn(&str) -> String) -> String {
    let Some((end, _)) = text.char_indices().nth(most) else { return show(text) };
    let count = |number: usize| grouped(number as u64);
    let shown = show(text.get(..end).unwrap_or_default());
    format!("{shown} (the first {} of {} characters)", count(most), count(text.chars().count()))
}

/// The members of an object in the order in which they are written. All of them: of two with one name programs take the one or the other.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_argument_is_shown_as_it_is() {
        let arguments = r#"{"to": "jo@example.com", "cc":["a",
            {"b": 1}], "n": -1.50, "to": "eve@example.com", "a b": null, "": true, "body": "x\ny\u0065"}"#;
        assert_eq!(
            summary("send_email", arguments),
            "A call of the tool send_email with\nto: \"jo@example.com\"\ncc: [\"a\", {\"b\": 1}]\nn: -1.50\nto: \"eve@example.com\"\n\
             \"a b\": null\n\"\": true\nbody: \"x\\nye\""
        );
        assert_eq!(summary("f", " {} "), "A call of the tool f without arguments");
        assert_eq!(summary("f", "{\"a\": 1"), "A call of the tool f with arguments that are no JSON object: {\"a\": 1");
    }

    #[test]
    fn what_is_long_is_cut_and_said_to_be() {
        let long = summary("f", &format!("{{\"a\": \"{}\"}}", "ä".repeat(3400)));
        assert_eq!(long, format!("A call of the tool f with\na: \"{}\" (the first 120 of 3,400 characters)", "ä".repeat(120)));
        let exact = summary("f", &format!("{{\"a\": \"{}\"}}", "x".repeat(120)));
        assert!(exact.ends_with("x\""), "{exact}");
        let members: Vec<String> = (0..60).map(|number| format!("\"m{number}\": {number}")).collect();
        let many = summary(&"t".repeat(200), &format!("{{{}}}", members.join(",")));
        assert!(many.contains("m49: 49\nand 10 more arguments that are not shown"), "{many}");
        assert!(many.starts_with(&format!("A call of the tool \"{}\" (the first 64 of 200 characters) with\n", "t".repeat(64))));
    }

    proptest! {
        #[test]
        fn nothing_steers_hides_or_adds_a_line(tool in "[\\PC\u{1b}\u{202e}\n]{0,20}", member in "[\\PC\u{7f}\u{200b}\n]{0,20}", said: String, junk: String) {
            let arguments = serde_json::json!({ member: said, "b": [said] }).to_string();
            let shown = summary(&tool, &arguments);
            prop_assert!(shown.lines().count() <= 3, "{shown}");
            for text in [shown, summary(&tool, &junk)] {
                prop_assert!(!text.chars().any(|char| char != '\n' && crate::text::hidden(char)), "{text:?}");
            }
        }
    }
}
