//! A drawing as a Mermaid flowchart.

use std::fmt::Write as _;

use super::drawing::{Drawing, Kind};

/// The whole chart.
pub fn mermaid(drawing: &Drawing) -> String {
    let mut text = String::from("flowchart LR\n");
    for (kind, dots) in &drawing.groups {
        let _ = writeln!(text, "  subgraph {0}_group[\"{0}\"]", kind.plural());
        for dot in dots {
            let (open, close) = brackets(*kind);
            let _ = writeln!(text, "    {}{open}\"{}\"{close}", dot.id, escaped(&dot.text));
        }
        text += "  end\n";
    }
    for edge in &drawing.edges {
        let arrow = if edge.fallback { "-.->" } else { "-->" };
        let label = if edge.text.is_empty() { String::new() } else { format!("|\"{}\"|", escaped(&edge.text)) };
        let _ = writeln!(text, "  {} {arrow}{label} {}", edge.from, edge.to);
    }
    text
}

fn brackets(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Route => ("[", "]"),
        Kind::Pool => ("[[", "]]"),
        Kind::Target => ("([", "])"),
        Kind::Provider => ("{{", "}}"),
        Kind::Key => (">", "]"),
    }
}

/// Everything that Mermaid or HTML could read as a mark is written by its number: `#quot;` and the like.
fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut all, char| {
        if char.is_alphanumeric() || matches!(char, ' ' | '.' | ',' | '/' | '_' | '-' | ':' | '(' | ')' | '@' | '+') {
            all.push(char);
        } else {
            let _ = write!(all, "#{};", u32::from(char));
        }
        all
    })
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn marks_are_written_by_number() {
        assert_eq!(escaped("lab/\"m4\" <b>`é"), "lab/#34;m4#34; #60;b#62;#96;é");
    }
}
