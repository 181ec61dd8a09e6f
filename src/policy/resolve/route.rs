//! Routes: who serves a kind of task, what may follow on failure, under which rules.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::Resolver;
use super::about::About;
use super::declare::{BlockEntry, block_name};
use super::defaults::Defaults;
use super::findings::Seen;
use super::number::Zero;
use super::terms::Terms;
use super::word::words;
use crate::diagnostic::Diagnostic;
use crate::policy::class::ClassSet;
use crate::policy::model::{AllowId, Allowing, At, Callee, Fallback, Gate, Lowers, Route, RouteId, RouteKind, Strip};
use crate::policy::rules;
use crate::source::{FileId, Span};
use crate::syntax::ast::{self, Block, Field, Value, Word};
use crate::syntax::keyword::{Key, Kind};

const TIMEOUT: u64 = 60_000;
const RETRY: u8 = 1;
/// How long an approval is waited for, in milliseconds.
const PATIENCE: u64 = 3_600_000;

impl<'s> Resolver<'s> {
    /// Resolves every route under the defaults of its file.
    pub(super) fn routes(&mut self, entries: &[BlockEntry<'_, 's>], defaults: &FxHashMap<FileId, Defaults<'s>>) {
        self.policy.routes.reserve_exact(self.names.routes.len());
        let mut answers: FxHashMap<Cow<'s, str>, Span> = FxHashMap::default();
        for entry in entries {
            let route = self.route(entry.block, entry.span, defaults.get(&entry.span.file));
            if entry.stands {
                self.unique_answers(&route, &mut answers);
                self.policy.routes.push(route);
            }
        }
        self.spread_broken();
    }

    fn route(&mut self, block: &Block<'s>, span: Span, defaults: Option<&Defaults<'s>>) -> Route<'s> {
        let about = About::block(block);
        let name = block_name(block);
        let mut terms = Terms::default();
        let mut route = blank(name, span);
        let chains = block.fields.iter().filter(|field| matches!(field.key, Key::Primary | Key::Fallback)).count();
        route.chain.reserve_exact(chains);
        let mut seen = Seen::default();
        let mut none = None;
        for field in &block.fields {
            if self.out.repeated(&mut seen, field, &block.fields, about) || self.term(&mut terms, field, about) {
                continue;
            }
            match &field.value {
                Value::Chain(chain) if field.key == Key::Fallback && matches!(chain.what, ast::Callee::None(_)) => {
                    none = none.or(Some(field.span));
                }
                Value::Chain(chain) => {
                    if field.key == Key::Fallback {
                        route.fallback = Fallback::Some;
                    }
                    match self.alternative(field, chain, about) {
                        // The primary comes first, wherever it is written.
                        Some((alternative, whole)) => {
                            let place = if field.key == Key::Primary { 0 } else { route.chain.len() };
                            route.chain.insert(place, alternative);
                            route.broken |= !whole;
                        }
                        None => route.broken = true,
                    }
                }
                _ => self.route_field(&mut route, field, about),
            }
        }
        if let Some(none) = none {
            self.none_only(&mut route, none, block, about);
        }
        // The defaults, or a part of them, may be among what could not be read.
        let known = self.whole && defaults.is_none_or(|defaults| defaults.whole);
        route.whole = known && block.whole;
        if let Some(defaults) = defaults {
            terms.add(&defaults.terms);
            if let (Fallback::Unsaid, Some(none)) = (route.fallback, defaults.fallback_none) {
                route.fallback = Fallback::None(none);
            }
        }
        let accepts_missing = known && terms.accepts.is_none() && !seen.has(Key::Accepts);
        route.broken |= terms.accepts.is_none() || !seen.has(Key::Primary);
        // Without what these say, whom it may call is not known.
        route.broken |= [Key::Fallback, Key::Accepts].iter().any(|key| block.lost.contains(key));
        let missing: &[Key] = match (accepts_missing, seen.has(Key::Primary)) {
            (true, true) => &[Key::Accepts],
            (true, false) => &[Key::Accepts, Key::Primary],
            (false, false) => &[Key::Primary],
            (false, true) => &[],
        };
        self.out.missing(missing, block, about);
        terms.allow_broken |= block.lost.contains(&Key::Allow);
        self.agree(&mut route, terms);
        route
    }

    /// Takes over what a route and the defaults say together.
    fn agree(&mut self, route: &mut Route<'s>, terms: Terms<'s>) {
        let here = route.name.span;
        route.accepts = terms.accepts.unwrap_or(At { value: ClassSet::NONE, span: here });
        route.allow = terms.allow;
        route.allow_span = terms.allow_span;
        route.broken |= terms.broken;
        route.allow_known = !terms.allow_broken;
        if route.allow_span.is_none()
            && let Some(list) = self.names.allows.get("default").copied()
        {
            route.allow_known = !self.broken_allows.contains(&AllowId(list.value));
            route.allow = vec![Allowing::List(At { value: AllowId(list.value), span: list.span })];
        }
        route.prefers_byok = terms.prefers_byok.unwrap_or(At { value: false, span: here });
        route.needs = terms.needs;
        route.needs_context = terms.needs_context;
        route.needs_output = terms.needs_output;
        route.region = terms.region;
        route.retention = terms.retention;
        route.training_never = terms.training_never;
        route.timeout = terms.timeout.unwrap_or(TIMEOUT);
        route.retry = terms.retry.unwrap_or(RETRY);
        route.deadline = terms.deadline;
        route.cost = terms.cost;
        route.redact = terms.redact;
        route.audit = terms.audit.unwrap_or(At { value: crate::policy::model::Audit::default(), span: here });
    }

    fn route_field(&mut self, route: &mut Route<'s>, field: &Field<'s>, about: About<'s>) {
        let spot = about.field(field.key);
        let span = field.span;
        match (field.key, &field.value) {
            (Key::Title, Value::Text(text)) => {
                if let Some(title) = self.out.text(text, spot) {
                    route.title = title.value;
                }
            }
            (Key::Because, Value::Text(text)) => route.because = Some(self.out.reason(text, spot)),
            (Key::Kind, Value::Word(word)) => {
                let kinds = RouteKind::ALL.map(|kind| (kind.as_str(), kind));
                route.kind = self.out.choice(*word, &kinds, spot).unwrap_or_default();
            }
            (Key::Answers, Value::Texts(texts)) => route.answers = texts.iter().filter_map(|text| self.out.text(text, spot)).collect(),
            (Key::MaxInput, Value::Word(word)) => {
                route.max_input = self.out.tokens(*word, Zero::Refused, spot).map(|value| At { value, span });
            }
            (Key::MaxOutput, Value::Word(word)) => {
                route.max_output = self.out.tokens(*word, Zero::Refused, spot).map(|value| At { value, span });
            }
            (Key::Lowers, value) => match self.lowers(value, span, about) {
                Some(lowers) => route.lowers.push(lowers),
                None => route.broken = true,
            },
            (Key::Minimize, Value::History(word)) => {
                let count = self.out.count(*word, 0, u64::MAX, about.spot("minimize history"));
                route.history = route.history.or(count.map(|value| At { value, span }));
            }
            (Key::Minimize, Value::Strip(words)) => {
                let choices = Strip::ALL.map(|strip| (strip.as_str(), strip));
                for word in words {
                    if let Some(value) = self.out.choice(*word, &choices, about.spot("minimize strip")) {
                        route.strip.push(At { value, span: word.span });
                    }
                }
            }
            (Key::Tools, value) => {
                for word in self.unless_none(words(value), about) {
                    if let Some(value) = self.tool_id(*word, about) {
                        route.tools.push(At { value, span: word.span });
                    }
                }
            }
            (Key::Approve, value) => route.approve = self.gate(value, span, about),
            _ => {}
        }
    }

    /// The words of a list that may be `none` instead.
    fn unless_none<'w>(&mut self, words: &'w [Word<'s>], about: About<'s>) -> &'w [Word<'s>] {
        match words {
            [only] if only.text == "none" => &[],
            _ => {
                if let Some(none) = words.iter().find(|word| word.text == "none") {
                    self.out.wrong(about.field(Key::Tools), *none, "cannot stand among names", "take `none` out, or all the others");
                    return &[];
                }
                words
            }
        }
    }

    /// `fallback none` cannot stand beside a fallback.
    fn none_only(&mut self, route: &mut Route<'s>, none: Span, block: &Block<'s>, about: About<'s>) {
        if route.fallback != Fallback::Some {
            route.fallback = Fallback::None(none);
            return;
        }
        let other = |field: &&Field<'s>| field.key == Key::Fallback && field.span != none;
        let finding = Diagnostic::new(&rules::BAD_VALUE, none, format!("{about} says both `fallback none` and whom to fall back to"))
            .label("says that there is no fallback");
        let finding =
            block.fields.iter().find(other).into_iter().fold(finding, |finding, field| finding.at(field.span, "a fallback is named here"));
        self.out.add(about, finding.help("take one of them out"));
    }

    /// `lowers CLASS to CLASS because STRING`.
    pub(super) fn lowers(&mut self, value: &Value<'s>, span: Span, about: About<'s>) -> Option<Lowers<'s>> {
        let Value::Lowers { from, to, because } = value else { return None };
        let because = self.out.reason(because, about.field(Key::Lowers));
        let (from, to) = (self.class(*from, about), self.class(*to, about));
        Some(Lowers { span, from: from?, to: to?, because })
    }

    /// `approve ROLE [within DURATION]`.
    pub(super) fn gate(&mut self, value: &Value<'s>, span: Span, about: About<'s>) -> Option<Gate<'s>> {
        let Value::Approve { role, within } = value else { return None };
        // A role that is no name has been reported; the gate stands.
        self.out.free_name(*role, about.field(Key::Approve));
        let within = within.and_then(|word| self.out.duration(word, Zero::Refused, about.spot("approve within")));
        Some(Gate { span, role: *role, within: within.unwrap_or(PATIENCE) })
    }

    /// Reports a name that two routes answer to.
    fn unique_answers(&mut self, route: &Route<'s>, answers: &mut FxHashMap<Cow<'s, str>, Span>) {
        let about = About::named(Kind::Route, route.name);
        for answer in &route.answers {
            let named = self.names.routes.get(&*answer.value).map(|known| known.span).filter(|span| *span != route.name.span);
            let first = named.unwrap_or_else(|| *answers.entry(answer.value.clone()).or_insert(answer.span));
            if first != answer.span {
                let message = format!("{about} answers to `{}`, which is taken", super::about::shown(&answer.value));
                let finding = Diagnostic::new(&rules::DUPLICATE, answer.span, message).label("already taken").at(first, "taken here");
                self.out.add(about, finding.help("give each route names of its own; a client's request has to lead to one route"));
            }
        }
    }

    /// A chain with the chain of a broken route in it is broken too.
    fn spread_broken(&mut self) {
        let broken: Vec<usize> = (0..).zip(&self.policy.routes).filter(|(_, route)| route.broken).map(|(number, _)| number).collect();
        if broken.is_empty() {
            return;
        }
        let mut callers: FxHashMap<RouteId, Vec<usize>> = FxHashMap::default();
        for (number, route) in (0..).zip(&self.policy.routes) {
            for alternative in &route.chain {
                if let Callee::Route(id) = alternative.callee {
                    callers.entry(id).or_default().push(number);
                }
            }
        }
        let mut open = broken;
        while let Some(number) = open.pop() {
            let Ok(id) = u32::try_from(number) else { continue };
            for caller in callers.remove(&RouteId(id)).unwrap_or_default() {
                if let Some(route) = self.policy.routes.get_mut(caller).filter(|route| !route.broken) {
                    route.broken = true;
                    open.push(caller);
                }
            }
        }
    }
}

/// A route about which nothing is known but its name.
fn blank(name: Word<'_>, span: Span) -> Route<'_> {
    let title = if name.text.contains('_') { Cow::Owned(name.text.replace('_', " ")) } else { Cow::Borrowed(name.text) };
    Route {
        name,
        span,
        title,
        because: None,
        kind: RouteKind::default(),
        answers: Vec::new(),
        accepts: At { value: ClassSet::NONE, span: name.span },
        allow: Vec::new(),
        allow_span: None,
        prefers_byok: At { value: false, span: name.span },
        needs: Vec::new(),
        needs_context: None,
        needs_output: None,
        region: Vec::new(),
        retention: None,
        training_never: None,
        chain: Vec::new(),
        fallback: Fallback::Unsaid,
        timeout: TIMEOUT,
        retry: RETRY,
        deadline: None,
        max_input: None,
        max_output: None,
        cost: None,
        redact: Vec::new(),
        lowers: Vec::new(),
        history: None,
        strip: Vec::new(),
        tools: Vec::new(),
        approve: None,
        audit: At { value: crate::policy::model::Audit::default(), span: name.span },
        broken: false,
        whole: true,
        allow_known: true,
    }
}
