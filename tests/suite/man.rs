//! `byokc man`: the manual page names every command and option.

use crate::byokc::{project, run};

#[test]
fn the_page_holds_every_command() {
    let page = run(project(), &["man"], b"").stdout;
    let help = run(project(), &["--help"], b"").stdout;
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let commands: Vec<&str> = commands
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(commands.len() >= 10, "{help}");
    for command in commands.iter().filter(|command| **command != "help") {
        assert!(page.contains(&format!("\n.SS {command}\n")), "{command}");
    }
    assert!(page.contains("EXIT STATUS") && page.contains(r"\-\-allow\-exec"));
    let heads = page.lines().filter(|line| line.starts_with(".SH ")).collect::<Vec<_>>();
    assert_eq!(heads, [".SH NAME", ".SH SYNOPSIS", ".SH DESCRIPTION", ".SH OPTIONS", ".SH COMMANDS", ".SH \"EXIT STATUS\""]);
}
