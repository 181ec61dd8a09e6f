//! `byokc approve`: a person reads what they are asked to approve, and signs it. The approval goes to standard output, what it is for to standard error.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::controls::approval::{ASK, ApproverKey, Ask, NotSigned};
use crate::plan::Plan;
use crate::text::{duration, one_line, visible};
use crate::verify::{NotRead, read};

use super::{Exit, Failure, Outcome, files, output};

mod keygen;

/// Sign an approval that a request or a call of a tool waits for; `keygen` makes the key of an approver
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Approve {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    sign: Sign,
}

#[derive(Subcommand)]
enum Command {
    Keygen(keygen::Keygen),
}

#[derive(Args)]
struct Sign {
    /// What the runtime asks for: its whole error body, the arguments of a sealed call, or the `approval` in them; `-` for standard input
    #[arg(value_name = "REQUEST", required = true)]
    request: Option<PathBuf>,
    /// The approver's private key, as `byokc approve keygen` writes it
    #[arg(long, value_name = "FILE", required = true)]
    key: Option<PathBuf>,
    /// The role in which you agree [default: the one that is asked for]
    #[arg(long, value_name = "ROLE")]
    role: Option<String>,
    /// So long the approval counts, but never longer than the policy gives it
    #[arg(long, value_name = "DURATION", default_value = "10min", value_parser = seconds)]
    valid: u64,
    /// Compare with PLAN first: its digest, the gate, and whether this key may open it
    #[arg(long, value_name = "PLAN")]
    plan: Option<PathBuf>,
}

pub(super) fn run(args: &Approve) -> Outcome {
    match &args.command {
        Some(Command::Keygen(keygen)) => keygen::run(keygen),
        None => sign(&args.sign),
    }
}

fn sign(args: &Sign) -> Outcome {
    let (Some(request), Some(key_file)) = (&args.request, &args.key) else { return Err(Failure::usage("no request or no key is named")) };
    let from_stdin =
        [Some(request), Some(key_file), args.plan.as_ref()].into_iter().flatten().filter(|path| path.as_os_str() == "-").count();
    if from_stdin > 1 {
        return Err(
            Failure::usage("two of the request, the key and the plan would come from standard input").help("name a file for each but one")
        );
    }
    let ask = ask(request)?;
    show(&ask);
    let key = key(key_file)?;
    let role = args.role.as_deref().unwrap_or(&ask.role);
    if let Some(path) = &args.plan {
        let approver = compare(&plan(path)?, &ask, &key)?;
        output::say(&format!("{} may approve this, says {}", one_line(&approver), files::shown(path)));
    }
    let now = u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or(0);
    let approval = key.sign(&ask, role, now, args.valid).map_err(|why| not_signed(why, &ask, role))?;
    let until = now.saturating_add(args.valid).min(until(&ask));
    output::say(&format!("approved as {}, until {}", one_line(role), time(until)));
    output::print(&format!("{approval}\n"))?;
    Ok(Exit::Clean)
}

/// A refusal to sign: nothing is wrong with how the command was called.
fn refusal(message: impl Into<String>) -> Failure {
    Failure { exit: Exit::Findings, ..Failure::new(message) }
}

/// What is asked, from any of the documents that hold it.
fn ask(path: &Path) -> Result<Ask<'static>, Failure> {
    let name = files::shown(path);
    let text = files::read_or_stdin(path).map_err(|reason| Failure::new(format!("{name} {reason}")))?;
    let nothing = || {
        Failure::nothing(format!("{name} holds no approval request"))
            .help("give what the runtime answered: its error body with the code `approval_required`, or the arguments of the sealed call")
    };
    let document: Value = serde_json::from_str(&text).map_err(|_| nothing())?;
    let places = [Some(&document), document.pointer("/error/approval"), document.get("approval")];
    let format = |place: &Value| place.get("format").and_then(Value::as_str).map(str::to_owned);
    let (place, format) = places.into_iter().flatten().find_map(|place| Some((place, format(place)?))).ok_or_else(nothing)?;
    if format != ASK {
        return Err(refusal(format!("{name} is of the format `{}`, which this byokc does not know", one_line(&format)))
            .help(format!("this byokc signs `{ASK}`")));
    }
    serde_json::from_value(place.clone()).map_err(|error| {
        refusal(format!("{name} holds an approval request that cannot be read: {}", one_line(&error.to_string())))
            .help("give it as the runtime wrote it")
    })
}

/// Says what is asked. No line of it can be taken for another.
fn show(ask: &Ask<'_>) {
    let caller = ask.caller.as_deref().map_or_else(|| "somebody who is not named".into(), one_line);
    let what = ask.tool.as_deref().map_or_else(|| "to make a request".to_owned(), |tool| format!("to call the tool {}", one_line(tool)));
    let step = ask.step.as_deref().map_or_else(String::new, |step| format!(", step {}", one_line(step)));
    let line = |text: String| output::say(&text);
    line(format!("{caller} asks {what}"));
    line(format!("  route  {}{step}", one_line(&ask.route)));
    line(format!("  role   {}", one_line(&ask.role)));
    line(format!("  asked  {}, for an answer within {}", time(ask.asked), duration(ask.within_ms)));
    line(format!("  until  {}", time(until(ask))));
    line(format!("  plan   {}", one_line(&ask.plan)));
    line(format!("  digest {}", one_line(&ask.digest)));
    visible(&ask.summary).lines().for_each(|said| line(format!("  | {said}")));
}

/// When an approval comes too late.
fn until(ask: &Ask<'_>) -> u64 {
    ask.asked.saturating_add(ask.within_ms / 1000)
}

fn time(seconds: u64) -> String {
    let time = i64::try_from(seconds).ok().and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    time.map_or_else(|| "the end of time".to_owned(), |time| time.to_string())
}

/// The approver's key.
fn key(path: &Path) -> Result<ApproverKey, Failure> {
    let name = files::shown(path);
    let text = files::read_or_stdin(path).map(Zeroizing::new).map_err(|reason| {
        Failure::new(format!("the key file {name} {reason}"))
            .help("`byokc approve keygen` makes a key; its public half goes into the policy")
    })?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o077 != 0) {
            output::say(&format!("note: others on this machine may read {name}; `chmod 600 {name}` keeps it to you"));
        }
    }
    ApproverKey::read(&text).map_err(|reason| {
        Failure::new(format!("the key file {name} {reason}"))
            .help("an approver's key is Ed25519 in PKCS#8 in PEM: `byokc approve keygen` makes one")
    })
}

fn plan(path: &Path) -> Result<Plan<'static>, Failure> {
    let name = files::shown(path);
    let text = files::read_or_stdin(path).map_err(|reason| Failure::new(format!("{name} {reason}")))?;
    read(&text).map_err(|not_read| match not_read {
        NotRead::Refused(fault) => refusal(format!("{name}: {}", one_line(&fault.message))).help("compile the policy again"),
        NotRead::NoPlan(reason) => {
            Failure::nothing(format!("{name} {}", one_line(&reason))).help("`byokc compile policy.byok -o plan.json` writes a plan")
        }
    })
}

/// Who this is by the plan, where what is asked is what the plan asks for.
fn compare(plan: &Plan<'_>, ask: &Ask<'_>, key: &ApproverKey) -> Result<String, Failure> {
    if plan.digest != ask.plan {
        return Err(
            refusal(format!("the request is under another plan: this one is {}", plan.digest)).help("compile the policy that is served")
        );
    }
    let gate = match &ask.tool {
        Some(tool) => plan.tools.get(tool).and_then(|tool| tool.approve.as_ref()),
        None => plan.routes.get(&ask.route).and_then(|route| route.approve.as_ref()),
    };
    if !gate.is_some_and(|gate| gate.role == ask.role && gate.within_ms == ask.within_ms) {
        return Err(
            refusal("the plan asks for no such approval: the request was changed on its way here").help("get it from the runtime itself")
        );
    }
    let public = key.public();
    let mine = || plan.approvers.values().filter(|approver| approver.public_key == public);
    let Some(first) = mine().next() else {
        let help = format!("put `public_key \"{public}\"` into the `approver` that you are in the policy");
        return Err(refusal("this key is of no approver of the plan").help(help));
    };
    let holder = mine().find(|approver| approver.roles.contains(&ask.role));
    holder.map(|approver| approver.title.to_string()).ok_or_else(|| {
        refusal(format!("{} does not hold the role {}", one_line(&first.title), one_line(&ask.role))).help("ask somebody who does")
    })
}

fn not_signed(why: NotSigned, ask: &Ask<'_>, role: &str) -> Failure {
    match why {
        NotSigned::OtherRole => refusal(format!("the role {} is asked for, not {}", one_line(&ask.role), one_line(role)))
            .help("leave --role out to agree in that role, or let somebody agree who holds it"),
        NotSigned::TooLate => refusal(format!("it is too late: an approval of this would have counted until {}", time(until(ask))))
            .help("let it be asked for again"),
        NotSigned::NotYet => {
            refusal("this was asked for later than now: a clock is wrong").help("set the clocks of this machine and of the runtime")
        }
        NotSigned::Format => refusal(format!("this byokc signs `{ASK}` and nothing else")),
        NotSigned::NoRandom => Failure::new("the system has no random bytes"),
    }
}

/// `10min`, in seconds.
fn seconds(text: &str) -> Result<u64, String> {
    let digits = text.len() - text.trim_start_matches(|char: char| char.is_ascii_digit()).len();
    let (number, unit) = text.split_at_checked(digits).unwrap_or_default();
    let unit = match unit {
        "s" => Some(1),
        "min" => Some(60),
        "h" => Some(3600),
        "d" => Some(86_400),
        _ => None,
    };
    let seconds = unit.zip(number.parse::<u64>().ok()).and_then(|(unit, number)| number.checked_mul(unit));
    seconds.filter(|seconds| *seconds > 0).ok_or_else(|| "expected a time such as 90s, 10min, 2h or 1d".to_owned())
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn times_are_read_as_in_the_language() {
        for (text, expected) in [("1s", 1), ("10min", 600), ("2h", 7200), ("1d", 86_400)] {
            assert_eq!(seconds(text), Ok(expected));
        }
        for bad in ["", "0s", "10", "min", "-1s", "1m", "1 h", "1.5h", "1ms", "99999999999999999999s", "18446744073709551615d", "ä"] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
    }
}
