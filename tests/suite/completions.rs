//! `byokc completions`: every shell is offered every command.

use crate::byokc::{project, run};

#[test]
fn every_shell_knows_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = run(project(), &["completions", shell], b"");
        assert_eq!(ran.code, 0);
        for command in ["check", "compile", "explain", "models"] {
            assert!(ran.stdout.contains(command), "{shell} {command}");
        }
    }
    assert_eq!(run(project(), &["completions", "cmd"], b"").code, 2);
}
