//! The page of a finding as plain text for a terminal.

use crate::diagnostic::Rule;

use super::{fix, severity};

/// A rule's page: its head, then the text with Markdown's marks taken off.
pub fn page(rule: &Rule) -> String {
    let waive = if rule.waivable() { "can be waived" } else { "cannot be waived" };
    let fix = match fix(rule) {
        "no" => "no fix".to_owned(),
        grade => format!("has a fix ({grade})"),
    };
    let head =
        format!("{} {}: {}\n{}, one for each {}; {waive}; {fix}\n", rule.code, rule.name, rule.summary, severity(rule), rule.judged_on);
    head + &plain(rule.page)
}

/// Headings in capitals, examples indented and named, the first heading left out.
fn plain(page: &str) -> String {
    let mut text = String::new();
    let mut example = false;
    let mut headed = false;
    for line in page.lines() {
        if let Some(words) = line.strip_prefix("```") {
            if let Some(name) = example_name(words).filter(|_| !headed && !example) {
                text.extend([name, "\n\n"]);
            }
            example = !example;
        } else if example {
            text += format!("    {line}").trim_end();
            text.push('\n');
        } else if line.starts_with("# ") {
        } else if let Some(heading) = line.strip_prefix('#').map(|rest| rest.trim_start_matches('#').trim()) {
            text += &heading.to_uppercase();
            text.push('\n');
        } else {
            text += &line.replace("**", "");
            text.push('\n');
        }
        headed = !example && (line.starts_with('#') || headed && line.is_empty());
    }
    let text = text.trim_matches('\n');
    if text.is_empty() { String::new() } else { format!("\n{text}\n") }
}

/// What stands before an example that no heading names.
pub(super) fn example_name(words: &str) -> Option<&'static str> {
    let mut words = words.split(',');
    words.find_map(|word| match word {
        "fails" => Some("An example that has it:"),
        "passes" => Some("One that does not:"),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn marks_are_taken_off() {
        let page = "# Name\n\n## What it finds\n\nA **bad** `name`.\n\n```byok,fails\n# a comment\n\nroute r { }\n```\n\n## Mended\n";
        assert_eq!(
            plain(page),
            "\nWHAT IT FINDS\n\nA bad `name`.\n\nAn example that has it:\n\n    # a comment\n\n    route r { }\n\nMENDED\n"
        );
        assert_eq!(plain("# stub\n"), "");
        assert_eq!(plain("Text.\n\n```byok,fails\nroute r { }\n```\n"), "\nText.\n\nAn example that has it:\n\n    route r { }\n");
    }
}
