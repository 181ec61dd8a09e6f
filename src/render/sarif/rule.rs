//! Describes a rule to a SARIF host, from its entry in the catalogue and its page.

use super::log::{Configuration, Descriptor, DescriptorProperties, Help, Message};
use crate::diagnostic::Rule;

/// The metadata of a rule.
pub(super) fn descriptor(rule: &Rule) -> Descriptor {
    let level = rule.severity().as_str();
    let page = if rule.page.trim().is_empty() { rule.summary } else { rule.page };
    Descriptor {
        id: rule.code.to_string(),
        name: rule.name.split('-').map(capital).collect(),
        short_description: Message { text: capital(rule.summary) },
        full_description: Message { text: opening(rule.page).unwrap_or_else(|| capital(rule.summary)) },
        help: Help { text: page, markdown: page },
        default_configuration: Configuration { level },
        properties: DescriptorProperties { tags: ["byok", group(rule.code.0)], precision: "very-high", severity: level },
    }
}

/// What a hundred of codes is about.
fn group(code: u16) -> &'static str {
    match code / 100 {
        0 => "syntax",
        1 => "names",
        2 => "routing",
        3 => "keys",
        4 => "data",
        5 => "models",
        6 => "bounds",
        7 => "workflows",
        8 => "assertions",
        _ => "interchange",
    }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The first paragraph of a page that is not a heading, on one line.
fn opening(page: &str) -> Option<String> {
    let lines = page.lines().map(str::trim).skip_while(|line| line.is_empty() || line.starts_with('#'));
    let paragraph: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
    (!paragraph.is_empty()).then(|| paragraph.join(" "))
}
