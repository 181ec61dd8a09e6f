//! `byokc run`: one call of a route. The answer goes to standard output, the way there to standard error.

use std::io::{Read, Write};
use std::path::PathBuf;

use clap::Args;

use crate::serve::{Asking, once};

use super::serve::failure;
use super::{Exit, Failure, Outcome, output};

/// Make one call of a route: the answer to standard output, who was called to standard error
#[derive(Args)]
pub(super) struct Run {
    /// The plan, as `byokc compile` writes it
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    /// The route
    #[arg(value_name = "ROUTE")]
    route: String,
    /// What to say, or `-` for standard input
    #[arg(long, value_name = "TEXT|-", default_value = "-")]
    input: String,
    /// Print the answer as it comes
    #[arg(long)]
    stream: bool,
    /// The caller for whom it is asked, where the plan says who may call
    #[arg(long, value_name = "NAME")]
    caller: Option<String>,
    #[command(flatten)]
    audit: super::serve::Audit,
}

pub(super) fn run(args: &Run) -> Outcome {
    if args.plan.as_os_str() == "-" && args.input == "-" {
        return Err(Failure::usage("the plan and the input cannot both come from standard input").help("give the input with --input"));
    }
    let input = if args.input == "-" {
        let mut input = String::new();
        std::io::stdin().read_to_string(&mut input).map_err(|error| Failure::new(format!("standard input cannot be read: {error}")))?;
        input
    } else {
        args.input.clone()
    };
    let asking = Asking {
        plan: args.plan.clone(),
        route: args.route.clone(),
        input,
        stream: args.stream,
        caller: args.caller.clone(),
        audit: args.audit.options(),
    };
    let mut out = Printed { last: Ok(()), ends_line: true };
    let told = once(&asking, |text| out.write(text)).map_err(failure)?;
    if !out.ends_line {
        out.write("\n");
    }
    out.last.map_err(|error| Failure::new(format!("standard output cannot be written: {}", error.kind())))?;
    for tried in &told.tried {
        output::say(&format!("{}: {}", tried.target, tried.outcome));
    }
    match told.failed {
        None => Ok(Exit::Clean),
        Some(report) => {
            output::say(&format!("error: {}", report.message));
            Ok(Exit::Findings)
        }
    }
}

/// What was printed of the answer.
struct Printed {
    last: std::io::Result<()>,
    ends_line: bool,
}

impl Printed {
    /// Prints more of it, at once; nothing after a failure. Whether that went well.
    fn write(&mut self, text: &str) -> bool {
        let mut out = std::io::stdout().lock();
        if self.last.is_ok() {
            self.last = out.write_all(text.as_bytes()).and_then(|()| out.flush());
            self.ends_line = text.ends_with('\n');
        }
        self.last.is_ok()
    }
}
