//! Decides every assertion by trying every run of the reference interpreter, and compares what is decided without.
//!
//! Shares nothing with what decides assertions: only names, units and facts are looked up as a policy resolves to them.

mod account;
mod against;
mod bounds;
mod decide;
mod examples;
mod expectations;
mod glob;
mod independent;
mod passes;
mod plans;
mod random;
mod random_claims;
mod reaches;
mod replay;
mod scenarios;
mod serves;
mod survives;
mod tables;
mod time;
mod verdict;
mod world;

use ::byokc::catalogue::Catalogue;
use ::byokc::compile::{Compilation, Options, compile};
use ::byokc::imports::NoImports;
use ::byokc::source::{Source, Sources};
use ::byokc::units::Date;

use self::world::World;

/// Looks at a policy whose names are all good and whose routes all have attempts.
fn with_world(text: &str, look: impl FnOnce(&World<'_>, &Compilation<'_>)) {
    let sources = Sources::default();
    let root = sources.add(Source::new("p.byok", text));
    let options = Options { catalogue: Catalogue::builtin(), today: Date::new(2026, 11, 24).unwrap() };
    let compilation = compile(&sources, root, &NoImports, options);
    let wrong = compilation.diagnostics.iter().find(|finding| finding.rule.code.0 < 105);
    assert!(wrong.is_none(), "{:?}\n{text}", wrong.map(|finding| &finding.message));
    assert!(compilation.automata.iter().all(|automaton| matches!(automaton, Some(Ok(_)))), "{text}");
    look(&World::of(&compilation.policy, &compilation.facts, Catalogue::builtin()), &compilation);
}
