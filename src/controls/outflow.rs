//! What comes back to the client: placeholders become values again, calls of tools that were not offered are blocked, those with a gate sealed.
//!
//! A whole answer and a stream of the same give a client the same. In a stream a call with a gate is held back until its arguments are all there.

use std::collections::{BTreeMap, BTreeSet};

use super::{SharedKey, sealed};
use crate::exchange::{Answer, Event, Finish, Part, ToolCall};
use crate::plan::Gate;
use crate::redact::{Detectors, Restorer, mask};

/// So long may the arguments of a call with a gate be, in bytes: they are held in memory.
const LONGEST: usize = 16 << 20;
/// So many characters of the name of a tool that was blocked are shown: a model may have written anything.
const NAME: usize = 64;

/// A call of a tool in an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToolUse {
    /// It was passed on.
    Called(String),
    /// It was sealed; with the digest of the call.
    Sealed(String, String),
    /// The request does not offer it, or it was too large to be sealed: it was taken out. The name as it may be shown.
    Blocked(String),
}

/// What is needed to seal a call. Owned, for an answer outlives what asked for it.
#[derive(Clone, Debug)]
pub struct Outlet {
    /// The tools that the request offers.
    pub offered: BTreeSet<String>,
    /// The gates of tools that have one, by tool.
    pub gates: BTreeMap<String, Gate<'static>>,
    /// Who calls; `None` where nobody is declared.
    pub caller: Option<String>,
    /// The digest of the plan.
    pub plan: String,
    /// The route.
    pub route: String,
    /// `workflow/step`, where it is one.
    pub step: Option<String>,
    /// The request.
    pub request: String,
    /// When the request came, in seconds since 1970.
    pub asked: u64,
    /// Seals.
    pub key: SharedKey,
}

/// Why a call is blocked.
#[derive(Clone, Copy)]
enum Why {
    NotOffered,
    TooLarge,
}

/// What becomes of a call.
enum Fate {
    Pass(ToolCall),
    Seal(ToolCall),
    Block(String),
}

impl Outlet {
    /// What becomes of a call, as far as its name tells.
    fn judge(&self, call: ToolCall) -> Fate {
        if !self.offered.contains(&call.name) {
            Fate::Block(call.name)
        } else if self.gates.contains_key(&call.name) {
            Fate::Seal(call)
        } else {
            Fate::Pass(call)
        }
    }

    /// A call that can be used only with an approval, and its digest.
    fn seal(&self, mut call: ToolCall) -> Result<(ToolCall, String), String> {
        let Some(gate) = self.gates.get(&call.name).filter(|_| call.arguments.len() <= LONGEST) else { return Err(call.name) };
        let plain = sealed::Call {
            caller: self.caller.as_deref(),
            plan: &self.plan,
            route: &self.route,
            step: self.step.as_deref(),
            request: &self.request,
            tool: &call.name,
            arguments: if call.arguments.is_empty() { "{}" } else { &call.arguments },
        };
        let sealed = sealed::seal(&plain, gate, self.asked, &self.key);
        call.arguments = sealed.arguments;
        Ok((call, sealed.digest))
    }
}

/// Where a stream is.
enum Now {
    /// In no call, or in one that is passed on.
    Open(bool),
    /// In a call that is held back.
    Held(ToolCall),
    /// In a call that is taken out.
    Blocked,
}

/// The way of one answer to the client.
pub struct Outflow {
    outlet: Outlet,
    restorer: Restorer,
    uses: Vec<ToolUse>,
    now: Now,
    /// Whether the last part that went out is a refusal: the next one goes on in it.
    refusing: bool,
}

impl Outflow {
    /// For the answer to one request.
    pub fn new(outlet: Outlet, restorer: Restorer) -> Self {
        Self { outlet, restorer, uses: Vec::new(), now: Now::Open(false), refusing: false }
    }

    /// A whole answer.
    pub fn answer(&mut self, answer: &mut Answer) {
        self.restorer.answer(answer);
        let mut parts: Vec<Part> = Vec::with_capacity(answer.parts.len());
        for part in std::mem::take(&mut answer.parts) {
            let Part::ToolCall(call) = part else {
                parts.push(part);
                continue;
            };
            let refusal = match self.outlet.judge(call) {
                Fate::Pass(call) => {
                    self.uses.push(ToolUse::Called(call.name.clone()));
                    parts.push(Part::ToolCall(call));
                    continue;
                }
                Fate::Seal(call) => match self.outlet.seal(call) {
                    Ok((call, digest)) => {
                        self.uses.push(ToolUse::Sealed(call.name.clone(), digest));
                        parts.push(Part::ToolCall(call));
                        continue;
                    }
                    Err(name) => self.block(&name, Why::TooLarge),
                },
                Fate::Block(name) => self.block(&name, Why::NotOffered),
            };
            match parts.last_mut() {
                Some(Part::Refusal(before)) => before.extend(["\n", &refusal]),
                _ => parts.push(Part::Refusal(refusal)),
            }
        }
        answer.parts = parts;
        answer.finish = self.finish(answer.finish);
    }

    /// The next event of a stream.
    pub fn event(&mut self, event: Event, out: &mut Vec<Event>) {
        let mut restored = Vec::new();
        self.restorer.event(event, &mut restored);
        for event in restored {
            self.pass(event, out);
        }
    }

    /// The stream is over: what was kept back.
    pub fn end(&mut self, out: &mut Vec<Event>) {
        let mut restored = Vec::new();
        self.restorer.end(&mut restored);
        for event in restored {
            self.pass(event, out);
        }
        self.let_go(out);
    }

    /// Whether a call of a tool has reached the client: the answer is not the last of its step.
    pub fn open_calls(&self) -> bool {
        self.uses.iter().any(|used| !matches!(used, ToolUse::Blocked(_)))
    }

    /// The calls of tools so far.
    pub fn uses(&self) -> &[ToolUse] {
        &self.uses
    }

    fn pass(&mut self, event: Event, out: &mut Vec<Event>) {
        match event {
            Event::Arguments(more) => match &mut self.now {
                Now::Open(true) => out.push(Event::Arguments(more)),
                Now::Held(call) if call.arguments.len() + more.len() <= LONGEST => call.arguments += &more,
                Now::Held(call) => {
                    let name = std::mem::take(&mut call.name);
                    self.now = Now::Blocked;
                    self.refuse(&name, Why::TooLarge, out);
                }
                // Arguments of no call, or of one that is taken out.
                Now::Open(false) | Now::Blocked => {}
            },
            // The price of an answer may come at any place in it.
            Event::Usage(usage) => out.push(Event::Usage(usage)),
            Event::ToolCall(call) => {
                self.let_go(out);
                match self.outlet.judge(call) {
                    Fate::Pass(call) => {
                        self.uses.push(ToolUse::Called(call.name.clone()));
                        (self.now, self.refusing) = (Now::Open(true), false);
                        out.push(Event::ToolCall(call));
                    }
                    Fate::Seal(call) => self.now = Now::Held(call),
                    Fate::Block(name) => {
                        self.now = Now::Blocked;
                        self.refuse(&name, Why::NotOffered, out);
                    }
                }
            }
            Event::Finish(finish) => {
                self.let_go(out);
                out.push(Event::Finish(self.finish(finish)));
            }
            other => {
                self.let_go(out);
                self.refusing = matches!(other, Event::Refusal(_));
                out.push(other);
            }
        }
    }

    /// A call that is held back goes out sealed: its arguments are all there.
    fn let_go(&mut self, out: &mut Vec<Event>) {
        let Now::Held(call) = std::mem::replace(&mut self.now, Now::Open(false)) else { return };
        match self.outlet.seal(call) {
            Ok((call, digest)) => {
                self.uses.push(ToolUse::Sealed(call.name.clone(), digest));
                self.refusing = false;
                out.push(Event::ToolCall(call));
            }
            Err(name) => self.refuse(&name, Why::TooLarge, out),
        }
    }

    fn refuse(&mut self, name: &str, why: Why, out: &mut Vec<Event>) {
        let refusal = self.block(name, why);
        out.push(Event::Refusal(if self.refusing { format!("\n{refusal}") } else { refusal }));
        self.refusing = true;
    }

    /// Notes a call that is taken out; what stands in its place.
    fn block(&mut self, name: &str, why: Why) -> String {
        let mut name: String = mask(&crate::text::one_line(name), Detectors::ALL).chars().take(NAME).collect();
        // What it was has been left out or cut: it must not read like the name of a tool that is offered.
        if matches!(why, Why::NotOffered) && self.outlet.offered.contains(&name) {
            name.push('…');
        }
        let refusal = match why {
            Why::NotOffered => format!("A call of the tool `{name}` was blocked: this request does not offer it."),
            Why::TooLarge => format!("A call of the tool `{name}` was blocked: its arguments are too long to wait for an approval."),
        };
        self.uses.push(ToolUse::Blocked(name));
        refusal
    }

    /// Why the answer ended, for the client: nobody waits for calls that were taken out.
    fn finish(&self, finish: Finish) -> Finish {
        if finish == Finish::ToolCalls && !self.open_calls() { Finish::Stop } else { finish }
    }
}

#[cfg(test)]
mod tests;
