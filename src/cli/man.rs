//! `byokc man`: the manual page, all commands in one.

use std::io;

use clap::{Args, CommandFactory};
use clap_mangen::Man as Page;

use super::{Cli, Exit, Failure, Global, Outcome, output};

/// Print the manual page, in roff
#[derive(Args)]
pub(super) struct Man {}

pub(super) fn run(_args: &Man, _global: &Global) -> Outcome {
    let page = page().map_err(|error| Failure::new(format!("the manual page cannot be made: {error}")))?;
    output::print(&String::from_utf8_lossy(&page))?;
    Ok(Exit::Clean)
}

fn page() -> io::Result<Vec<u8>> {
    let mut command = Cli::command();
    command.build();
    let mut page = Vec::new();
    let whole = Page::new(command.clone());
    whole.render_title(&mut page)?;
    whole.render_name_section(&mut page)?;
    whole.render_synopsis_section(&mut page)?;
    whole.render_description_section(&mut page)?;
    whole.render_options_section(&mut page)?;
    page.extend(b".SH COMMANDS\n");
    for command in command.get_subcommands().filter(|command| !command.is_hide_set()) {
        page.extend(section(command)?);
    }
    page.extend(EXIT.as_bytes());
    Ok(page)
}

/// One command: its usage, what it does, and the options that are its own.
fn section(command: &clap::Command) -> io::Result<Vec<u8>> {
    let mut own = command.clone();
    let global: Vec<clap::Id> =
        own.get_arguments().filter(|argument| argument.is_global_set()).map(|argument| argument.get_id().clone()).collect();
    for id in global {
        own = own.mut_arg(id, |argument| argument.hide(true));
    }
    let mut text = format!(".SS {}\n", command.get_name()).into_bytes();
    let page = Page::new(own);
    let mut parts = Vec::new();
    page.render_description_section(&mut parts)?;
    page.render_synopsis_section(&mut parts)?;
    page.render_options_section(&mut parts)?;
    for line in parts.split_inclusive(|byte| *byte == b'\n') {
        // One page has each heading once: inside a command they go.
        match line {
            b".SH SYNOPSIS\n" | b".SH OPTIONS\n" => text.extend(b".PP\n"),
            line if line.starts_with(b".SH ") => {}
            line => text.extend(line),
        }
    }
    Ok(text)
}

const EXIT: &str = r#".SH "EXIT STATUS"
.TP
0
Nothing at or above \-\-fail\-on.
.TP
1
Findings at or above it; for keys, a key that is needed is missing or rejected; for fmt \-\-check, a layout that would change.
.TP
2
Wrong usage.
.TP
3
Nothing to check.
.TP
4
Could not complete: a path that is not there, a file that cannot be read or written.
"#;
