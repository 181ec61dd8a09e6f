//! A drawing in the DOT language of Graphviz.

use std::fmt::Write as _;

use super::drawing::{Drawing, Kind};

/// The whole file.
pub fn dot(drawing: &Drawing) -> String {
    let mut text = String::from(
        "digraph policy {\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\", fontsize=10];\n",
    );
    for (kind, dots) in &drawing.groups {
        let name = kind.plural();
        let _ = writeln!(text, "  subgraph cluster_{name} {{\n    label={};\n    node [shape={}];", quoted(name), shape(*kind));
        for dot in dots {
            let _ = writeln!(text, "    {} [label={}];", dot.id, quoted(&dot.text));
        }
        text += "  }\n";
    }
    for edge in &drawing.edges {
        let label = if edge.text.is_empty() { String::new() } else { format!("label={}", quoted(&edge.text)) };
        let style = if edge.fallback { "style=dashed" } else { "" };
        let attributes: Vec<&str> = [label.as_str(), style].into_iter().filter(|attribute| !attribute.is_empty()).collect();
        let attributes = if attributes.is_empty() { String::new() } else { format!(" [{}]", attributes.join(", ")) };
        let _ = writeln!(text, "  {} -> {}{attributes};", edge.from, edge.to);
    }
    text + "}\n"
}

fn shape(kind: Kind) -> &'static str {
    match kind {
        Kind::Route => "box",
        Kind::Pool => "folder",
        Kind::Target => "ellipse",
        Kind::Provider => "component",
        Kind::Key => "note",
    }
}

/// In quotes. A backslash is doubled, for in a label `\n` and `\N` have a meaning.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
