//! What a run asks of the model behind one attempt: the needs of every route on the way, and what the called route offers and sends.

use crate::automaton::Place;
use crate::catalogue::{Capabilities, Capability, Constraint, Entry, Known, Mode};
use crate::policy::facts::Facts;
use crate::policy::model::{Policy, Route, RouteId, RouteKind};
use crate::source::Span;

/// One thing that is asked, by whom and where.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a, T> {
    /// What.
    pub what: T,
    /// The route that asks for it.
    pub by: &'a str,
    /// Where it does.
    pub span: Span,
    /// Whether it is asked for by offering tools, rather than by `needs`.
    pub offered: bool,
}

impl Ask<'_, Capability> {
    /// ``route `draft` needs `vision` ``
    pub fn describe(&self) -> String {
        if self.offered {
            format!("route `{}` offers tools", self.by)
        } else {
            format!("route `{}` needs `{}`", self.by, self.what.in_policy())
        }
    }
}

/// All that is asked of one attempt.
#[derive(Debug)]
pub struct Asks<'a> {
    /// What is served.
    pub kind: RouteKind,
    /// Capabilities, each once.
    pub capabilities: Vec<Ask<'a, Capability>>,
    /// The largest window that a route on the way needs.
    pub context: Option<Ask<'a, u64>>,
    /// The longest answer that a route on the way needs.
    pub output: Option<Ask<'a, u64>>,
    /// The largest prompt that the called route lets in, as far as it gets to this attempt.
    pub max_input: Option<Ask<'a, u64>>,
    /// The longest answer that the called route asks for.
    pub max_output: Option<Ask<'a, u64>>,
}

impl<'a> Asks<'a> {
    /// What the way from a route to a target asks; the called route comes first on it.
    pub fn of(policy: &'a Policy<'_>, called: RouteId, path: &[Place]) -> Self {
        let route = &policy[called];
        let name = route.name.text;
        let mut asks = Self {
            kind: route.kind,
            capabilities: Vec::new(),
            context: None,
            output: None,
            max_input: route.max_input.map(|at| Ask { what: at.value, by: name, span: at.span, offered: false }),
            max_output: route.max_output.map(|at| Ask { what: at.value, by: name, span: at.span, offered: false }),
        };
        for route in path.iter().map(|hop| &policy[hop.route]) {
            asks.add_needs(route);
        }
        if let Some(tool) = route.tools.first() {
            asks.add(Ask { what: Capability::Tools, by: name, span: tool.span, offered: true });
        }
        let up_to = path.last().and_then(|place| policy[place.route].chain.get(usize::from(place.alternative))?.up_to);
        if let (Some(up_to), Some(place)) = (up_to, path.last()) {
            let limit = Ask { what: up_to.value, by: policy[place.route].name.text, span: up_to.span, offered: false };
            asks.max_input = Some(asks.max_input.filter(|asked| asked.what <= limit.what).unwrap_or(limit));
        }
        asks
    }

    fn add_needs(&mut self, route: &'a Route<'_>) {
        let by = route.name.text;
        for need in &route.needs {
            self.add(Ask { what: need.value, by, span: need.span, offered: false });
        }
        let larger = |known: Option<Ask<'a, u64>>, need: Option<crate::policy::model::At<u64>>| {
            let need = need.map(|at| Ask { what: at.value, by, span: at.span, offered: false });
            [known, need].into_iter().flatten().reduce(|one, other| if other.what > one.what { other } else { one })
        };
        self.context = larger(self.context, route.needs_context);
        self.output = larger(self.output, route.needs_output);
    }

    fn add(&mut self, ask: Ask<'a, Capability>) {
        if !self.capabilities.iter().any(|known| known.what == ask.what) {
            self.capabilities.push(ask);
        }
    }

    /// Where a capability is asked for.
    pub fn capability(&self, what: Capability) -> Option<&Ask<'a, Capability>> {
        self.capabilities.iter().find(|ask| ask.what == what)
    }

    /// Whether anything is asked at all.
    pub fn is_empty(&self) -> bool {
        let sizes = [&self.context, &self.output, &self.max_input, &self.max_output];
        self.capabilities.is_empty() && sizes.iter().all(|ask| ask.is_none())
    }

    /// The capabilities that are asked for and that the model is not known to have. One that it has under a condition is a trap, not a lack.
    pub fn lacking(&self, facts: &Facts<'_>) -> Vec<(&Ask<'a, Capability>, Known)> {
        let judged = self.capabilities.iter().map(|ask| (ask, facts.can(ask.what)));
        judged.filter(|(ask, can)| *can != Known::Yes && !(ask.what == Capability::Sampling && self.samples_on_condition(facts))).collect()
    }

    /// Whether the model accepts sampling, though only under a condition that the request can meet.
    fn samples_on_condition(&self, facts: &Facts<'_>) -> bool {
        facts.has_trap(Constraint::SamplingNeedsApi20230601)
            || facts.has_trap(Constraint::SamplingOnlyWithEffortNone) && self.capability(Capability::Reasoning).is_none()
    }

    /// Whether a model of the catalogue does all that is asked, without a known trap and without an end.
    pub fn met_by(&self, entry: &Entry) -> bool {
        let within =
            |ask: &Option<Ask<'_, u64>>, limit: Option<u64>| ask.as_ref().is_none_or(|ask| limit.is_some_and(|limit| ask.what <= limit));
        let input = entry.max_input.or(entry.context);
        let free_of = |asked: Capability, traps: &[Constraint]| {
            self.capability(asked).is_none() || !traps.iter().any(|trap| entry.constraints.contains(*trap))
        };
        serves(self.kind, entry) == Known::Yes
            && entry.until.is_none()
            && self.capabilities.iter().all(|ask| entry.can(ask.what) == Known::Yes)
            && free_of(Capability::Tools, &TOOLS_ELSEWHERE)
            && free_of(Capability::ForcedTools, &[Constraint::NoForcedToolChoice])
            && !entry.constraints.contains(Constraint::TrainsOnData)
            && !entry.constraints.contains(Constraint::ExistingUsersOnly)
            && !entry.constraints.contains(Constraint::Retention30dRequired)
            && within(&self.context, entry.context)
            && within(&self.output, entry.max_output)
            && within(&self.max_input, input)
            && within(&self.max_output, entry.max_output)
    }
}

/// The capabilities that the way to a target asks for, without the places: for a first look.
pub fn needed(policy: &Policy<'_>, called: &Route<'_>, path: &[Place]) -> Capabilities {
    let tools = if called.tools.is_empty() { Capabilities::NONE } else { Capabilities::NONE.with(Capability::Tools) };
    let needs = path.iter().flat_map(|hop| &policy[hop.route].needs);
    needs.fold(tools, |all, need| all.with(need.value))
}

/// Traps of models that take tools on the responses endpoint only.
pub const TOOLS_ELSEWHERE: [Constraint; 3] =
    [Constraint::ToolsNeedResponses, Constraint::ToolsNeedResponsesUnlessEffortNone, Constraint::ResponsesOnly];

/// Whether a model of the catalogue serves routes of a kind.
pub fn serves(kind: RouteKind, entry: &Entry) -> Known {
    match (kind, entry.mode) {
        (RouteKind::Chat, Mode::Chat) | (RouteKind::Embedding, Mode::Embedding) => Known::Yes,
        // The catalogue tells conversations, vectors and ranks apart. What else a model for conversations may do, it does not say.
        (RouteKind::Transcription | RouteKind::Speech | RouteKind::Image, Mode::Chat) => Known::Unknown,
        _ => Known::No,
    }
}

/// Tokens as a policy spells them: `272k`, `1M`, `1048576`.
pub fn tokens(count: u64) -> String {
    match count {
        0 => "0".to_owned(),
        count if count.is_multiple_of(1_000_000) => format!("{}M", count / 1_000_000),
        count if count.is_multiple_of(1_000) => format!("{}k", count / 1_000),
        count => count.to_string(),
    }
}
