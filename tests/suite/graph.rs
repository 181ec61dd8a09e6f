//! `byokc graph`: drawings that other programs read.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::byokc::{project, run, snapshot};

fn graph(policy: &str, format: &str) -> String {
    let ran = run(&project().join("tests/corpus/show"), &["graph", policy, "--format", format, "--as-of", "2026-11-24"], b"");
    assert!(ran.code <= 1, "{}", ran.stderr);
    ran.stdout
}

#[test]
fn for_graphviz() {
    for (name, policy) in [("dot", "support.byok"), ("dot_odd", "odd.byok")] {
        let text = graph(policy, "dot");
        snapshot("graph", name, &text);
        layout::gv::DotParser::new(&text).process().unwrap_or_else(|error| panic!("{error}:\n{text}"));
        graphviz_reads(&text);
    }
}

/// Lets Graphviz itself read a drawing, where it is installed.
fn graphviz_reads(text: &str) {
    let started = Command::new("dot").arg("-Tsvg").stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let Ok(mut child) = started else {
        eprintln!("Graphviz is not installed: it was not asked to read the drawing");
        return;
    };
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn for_mermaid() {
    for (name, policy) in [("mermaid", "support.byok"), ("mermaid_odd", "odd.byok")] {
        let text = graph(policy, "mermaid");
        snapshot("graph", name, &text);
        for line in text.lines().skip(1) {
            assert!(line.matches('"').count() % 2 == 0 && line.matches('"').count() <= 2, "texts end where they should: {line}");
        }
    }
}
