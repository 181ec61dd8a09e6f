//! `byokc keys`: each key source, whether it resolves here, and who needs it. Never prints a key.

use std::path::PathBuf;

use clap::Args;

use crate::analysis::reach;
use crate::catalogue::providers::all_well_known;
use crate::compile::Compilation;
use crate::keys::{self, Looked};
use crate::message::KeyPlace;
use crate::policy::model::{Auth, KeySource, Provider};
use crate::source::Sources;
use crate::text::{Table, count, some_of};

use super::{Exit, Failure, Global, Outcome, one, output};

/// Show every key and token that the policy names, whether it is there, and who needs it; never prints a key
#[derive(Args)]
pub(super) struct Keys {
    /// The policy, or `-` for standard input
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// Run the programs that print keys
    #[arg(long)]
    allow_exec: bool,
    #[cfg(feature = "live")]
    #[command(flatten)]
    live: super::live::Live,
}

/// One key source and those who need it.
struct Row {
    source: String,
    of: String,
    needed: bool,
    by: String,
    state: State,
    notes: Vec<String>,
}

/// How it stands with a key, in words.
struct State {
    text: String,
    exit: Exit,
}

pub(super) fn run(args: &Keys, global: &Global) -> Outcome {
    let sources = Sources::default();
    let one = match one::policy(&sources, &args.path, global)? {
        Ok(one) => one,
        Err(exit) => return Ok(exit),
    };
    let errors = one.say_errors("keys that they concern may be left out");
    #[cfg(feature = "live")]
    if args.live.asked() && errors != Exit::Clean {
        return Err(Failure { exit: Exit::Findings, ..Failure::new("no key is sent anywhere for a policy with errors") });
    }
    let rows = rows(args, &one.compilation);
    if rows.is_empty() {
        return Err(Failure::nothing("the policy names no key"));
    }
    let mut table = Table::new(&["key", "of", "state", "needed by"]);
    for row in &rows {
        table.row([row.source.clone(), row.of.clone(), row.state.text.clone(), row.by.clone()]);
    }
    output::print_quoting(&table.render(0))?;
    for note in rows.iter().flat_map(|row| &row.notes) {
        output::say(&format!("note: {note}"));
    }
    Ok(rows.iter().filter(|row| row.needed).map(|row| row.state.exit).max().unwrap_or(Exit::Clean).max(errors))
}

fn rows(args: &Keys, compilation: &Compilation<'_>) -> Vec<Row> {
    let policy = &compilation.policy;
    let users = reach::users(policy, compilation.attempted());
    let mut rows = Vec::new();
    for (provider, users) in policy.providers.iter().zip(users) {
        let Some(source) = &provider.key else { continue };
        let looked = keys::look(KeyPlace::of(&source.value, provider.name.text), args.allow_exec);
        let notes = elsewhere(provider, &source.value, &looked);
        rows.push(Row {
            source: source.value.describe(),
            of: format!("provider {}", provider.name.text),
            needed: !users.is_empty(),
            by: needed_by(users.iter().map(|route| policy[*route].name.text).collect()),
            state: answer(args, provider, &source.value, &looked).unwrap_or_else(|| state(&looked)),
            notes,
        });
    }
    let mut token = |source: &KeySource<'_>, kind: &str, name: &str, needed: bool, by: String| {
        let state = state(&keys::look(KeyPlace::of(source, name), args.allow_exec));
        rows.push(Row { source: source.describe(), of: format!("{kind} {name}"), needed, by, state, notes: Vec::new() });
    };
    for caller in &policy.callers {
        if let Some(source) = &caller.token {
            token(&source.value, "caller", caller.name.text, true, "the runtime, to know the caller".to_owned());
        }
    }
    for (index, tool) in policy.tools.iter().enumerate() {
        if let Auth::Token(source) = &tool.auth.value {
            let offers = policy.routes.iter().filter(|route| route.tools.iter().any(|offered| offered.value.0 as usize == index));
            let offers: Vec<&str> = offers.map(|route| route.name.text).collect();
            token(source, "tool", tool.name.text, !offers.is_empty(), needed_by(offers));
        }
    }
    rows
}

/// What the provider says of the key, where it is asked.
#[cfg(feature = "live")]
fn answer(args: &Keys, provider: &Provider<'_>, source: &KeySource<'_>, looked: &Looked) -> Option<State> {
    args.live.ask(provider, source, looked).map(|(text, exit)| State { text, exit })
}

/// What the provider says of the key: nothing, for this build asks nobody.
#[cfg(not(feature = "live"))]
fn answer(_: &Keys, _: &Provider<'_>, _: &KeySource<'_>, _: &Looked) -> Option<State> {
    None
}

/// `3 routes: a, b, c`.
fn needed_by(routes: Vec<&str>) -> String {
    if routes.is_empty() { "nobody".to_owned() } else { format!("{}: {}", count(routes.len(), "route"), some_of(routes, 3)) }
}

fn state(looked: &Looked) -> State {
    let (text, exit) = match looked {
        Looked::Found(_) => ("found".to_owned(), Exit::Clean),
        Looked::NotNeeded => ("none is needed".to_owned(), Exit::Clean),
        Looked::PerRequest(header) => (format!("comes with each request, in the header {header}"), Exit::Clean),
        Looked::Missing(seen) => (format!("missing: {seen}"), Exit::Findings),
        Looked::Unknown(why) => (format!("not looked at: {why}"), Exit::Incomplete),
    };
    State { text, exit }
}

/// Where the key is missing: the vendor's usual variables that are set, for a key there is not used.
fn elsewhere(provider: &Provider<'_>, source: &KeySource<'_>, looked: &Looked) -> Vec<String> {
    if !matches!(looked, Looked::Missing(_)) {
        return Vec::new();
    }
    let usual = all_well_known().iter().filter(|known| known.vendor == provider.vendor).flat_map(|known| known.key_variables);
    let set = usual.filter(|name| *source != KeySource::Env(name) && keys::is_set(name));
    set.map(|name| format!("{name} is set, but the policy names {} for provider {}", source.describe(), provider.name.text)).collect()
}
