//! What the grammar would have taken, in words that people know.

use super::parse::Rule;

/// The words for rules of the grammar, each once, in their order. Rules that say nothing to people are left out.
pub(super) fn expected(rules: &[Rule]) -> Vec<&'static str> {
    let mut out: Vec<&'static str> = Vec::new();
    for rule in rules {
        for word in words(*rule) {
            if !out.contains(word) {
                out.push(word);
            }
        }
    }
    out
}

fn words(rule: Rule) -> &'static [&'static str] {
    match rule {
        Rule::string => &["a string in quotes"],
        Rule::word | Rule::need | Rule::data_chain | Rule::whom => &["a name"],
        Rule::key_source => &["env", "file", "keyring", "exec", "per_request", "none"],
        Rule::on => &["on"],
        Rule::within => &["within"],
        Rule::up_to => &["up to"],
        Rule::pool => &["pool"],
        Rule::route => &["route"],
        Rule::for_route => &["for route"],
        Rule::because => &["because"],
        Rule::until => &["until"],
        Rule::except => &["except"],
        Rule::only => &["only"],
        Rule::to => &["to"],
        Rule::with => &["with"],
        Rule::by => &["by"],
        Rule::of => &["of"],
        Rule::env => &["env"],
        Rule::file_at => &["file"],
        Rule::keyring => &["keyring"],
        Rule::exec => &["exec"],
        Rule::token => &["token"],
        Rule::oauth => &["oauth"],
        Rule::history => &["history"],
        Rule::strip => &["strip"],
        Rule::tries => &["tries"],
        Rule::fails => &["fails"],
        Rule::says => &["says"],
        Rule::arrow => &["->"],
        Rule::no_more => &["<="],
        Rule::reaches => &["reaches"],
        Rule::reaches_only => &["reaches only"],
        Rule::serve => &["serve"],
        Rule::path => &["path"],
        Rule::passes => &["passes"],
        Rule::survives => &["survives losing any"],
        Rule::losing => &["losing"],
        Rule::independent => &["independent of"],
        Rule::keys => &["keys"],
        Rule::fallback => &["fallback"],
        Rule::none => &["none"],
        Rule::any => &["any"],
        Rule::managed => &["managed"],
        Rule::spread => &["spread"],
        Rule::per_request => &["per_request"],
        Rule::times => &["times"],
        Rule::to_tool => &["tool"],
        Rule::to_step => &["step"],
        Rule::to_provider => &["provider"],
        Rule::approval | Rule::approval_ => &["approval"],
        Rule::redaction => &["redaction of"],
        _ => &[],
    }
}
