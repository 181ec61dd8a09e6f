//! byokc: a compiler and validator for model routing policies.
//!
//! | stage | from | to | room |
//! | --- | --- | --- | --- |
//! | parse | text | a tree *and* its findings | `syntax` |
//! | import | a root file | the trees of all its files | `imports` |
//! | resolve | trees | `Policy`: names, units, defaults; every value keeps its place | `policy` |
//! | unfold | a policy | who leads to whom, and each route's attempts | `graph`, `automaton` |
//! | check | all of these | findings | `checks`, on `analysis` |
//! | recheck | a policy and edits of it | what comes of them: so is every fix tried | `recheck` |
//! | ask | a route and a target | why the one reaches the other, or what would let it | `why` |
//! | play | a scenario, or all that can happen | runs, and what can become of a route | `simulate` |
//! | test | a policy's tests | a report, and the attempts that no test exercises | `testing` |
//! | mutate | a policy with tests and assertions | its changes that none of them notices | `mutation` |
//! | lower | a `Checked` policy | the plan | `plan` |
//! | verify | a plan alone | that it is what it says, or its faults | `verify` |
//! | speak | requests and answers of agents (`clients`) and providers (`providers`) | the same in no company's shape (`exchange`) | `clients`, `providers` |
//! | redact | text, requests | the same masked, and what puts it back | `redact` |
//! | guard | a request, approvals, receipts, answers | what of it may pass | `controls` |
//! | decide | a plan, and what happened to a call | what follows, and what is said of it | `runtime` |
//! | serve | a plan | answers over HTTP | `serve` |
//! | audit | a plan and a log | that only what the plan allows has happened, or the first record that is not so | `audit` |
//! | render | findings | text in one of seven formats | `render` |
//!
//! `compile` alone puts the stages in order. What holds everywhere:
//!
//! - Every stage is total: whatever the input, it gives what it could make of it and says what was wrong.
//! - Only a policy without errors becomes a plan: `Checked` cannot be made otherwise.
//! - Only `cli`, `serve` and, to look for keys, `keys` touch files, environment, clock, network and processes, and only the first two print.
//! - A key is never part of a finding, a report or a plan; a policy names where keys are.
//! - The same input gives the same bytes.

// pest's generated parser names `alloc` when its `std` is off.
extern crate alloc;

pub mod analysis;
#[cfg(feature = "serve")]
pub mod audit;
pub mod automaton;
pub mod catalogue;
pub mod checks;
pub mod cli;
pub mod clients;
pub mod compile;
#[cfg(feature = "serve")]
pub mod controls;
pub mod diagnostic;
pub mod docs;
pub mod edit;
pub mod exchange;
pub mod failure;
pub mod graph;
pub mod imports;
pub mod keys;
pub mod message;
pub mod mutation;
pub mod plan;
pub mod policy;
pub mod providers;
pub mod recheck;
pub mod redact;
pub mod render;
#[cfg(feature = "serve")]
pub mod runtime;
pub mod secrets;
#[cfg(feature = "serve")]
pub mod serve;
pub mod show;
pub mod simulate;
pub mod source;
pub mod syntax;
pub mod testing;
pub mod text;
pub mod units;
pub mod verify;
pub mod why;
