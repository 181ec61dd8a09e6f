//! From a checked policy to its plan.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use super::{
    Approver, Attempt, Auth, BaseUrl, Caller, CatalogueMark, Claim, Claims, FORMAT, FileMark, Gate, KeyOwner, KeySource, Lowers, Mark,
    Minimize, Model, Next, Plan, Provenance, Provider, Reached, Route, Source, Step, Text, Texts, Tool, Upstreams, Verdict, Waiver,
    Workflow,
};
use crate::analysis::data::carried;
use crate::automaton::{Automaton, Edge};
use crate::catalogue::{Capability, Constraint, Known, Mode, Protocol};
use crate::compile::{Checked, Compilation};
use crate::diagnostic::Code;
use crate::policy::class::ClassSet;
use crate::policy::model::{self, Policy, Retention, RouteId, TargetId};
use crate::source::Sources;
use crate::units::Money;

/// The plan of a checked policy.
pub fn lower<'a>(sources: &'a Sources, checked: &Checked<'a, 'a>) -> Plan<'a> {
    let compilation = checked.compilation();
    let policy = &compilation.policy;
    let called: BTreeSet<_> =
        compilation.automata.iter().flatten().flatten().flat_map(|automaton| &automaton.attempts).map(|attempt| attempt.target).collect();
    let providers: BTreeSet<_> = called.iter().map(|target| policy[*target].provider).collect();
    let mut shared = Shared::default();
    let routes = routes(compilation);
    let mut plan = Plan {
        approvers: policy.approvers.iter().map(|approver| (approver.name.text.into(), lower_approver(approver))).collect(),
        callers: policy.callers.iter().filter_map(|caller| Some((caller.name.text.into(), lower_caller(policy, caller)?))).collect(),
        claims: claims(sources, compilation, &routes, &mut shared),
        data: policy
            .classes
            .names()
            .iter()
            .enumerate()
            .map(|(class, name)| (borrow(name), shared.classes(policy, policy.classes.below(class))))
            .collect(),
        digest: Text::default(),
        format: FORMAT.into(),
        models: called.iter().filter_map(|target| Some((policy[*target].text.into(), lower_model(compilation, *target)?))).collect(),
        provenance: provenance(sources, compilation),
        providers: providers
            .iter()
            .filter_map(|id| Some((policy[*id].name.text.into(), lower_provider(policy, &policy[*id], &mut shared)?)))
            .collect(),
        routes: routes
            .iter()
            .map(|(id, route, automaton)| (route.name.text.into(), lower_route(policy, *id, route, automaton, &mut shared)))
            .collect(),
        sources: policy
            .sources
            .iter()
            .map(|source| (source.name.text.into(), Source { holds: shared.classes(policy, source.holds.value) }))
            .collect(),
        tools: policy.tools.iter().map(|tool| (tool.name.text.into(), lower_tool(policy, tool, &mut shared))).collect(),
        workflows: policy.workflows.iter().map(|workflow| (workflow.name.text.into(), lower_workflow(policy, workflow))).collect(),
    };
    plan.digest = plan.compute_digest().into();
    plan
}

/// The routes that have attempts, by name.
fn routes<'a>(compilation: &'a Compilation<'a>) -> Vec<(RouteId, &'a model::Route<'a>, &'a Automaton)> {
    let mut routes: Vec<_> = compilation.attempted().map(|(id, automaton)| (id, &compilation.policy[id], automaton)).collect();
    routes.sort_by_key(|(_, route, _)| route.name.text);
    routes
}

/// Parts that many routes have in common, made once.
#[derive(Default)]
struct Shared<'a> {
    none: Texts<'a>,
    classes: FxHashMap<ClassSet, Texts<'a>>,
    next: FxHashMap<Vec<Edge>, Arc<BTreeMap<Text<'a>, Next>>>,
    next_spread: FxHashMap<Vec<Edge>, Arc<BTreeMap<Text<'a>, Next>>>,
    reached: FxHashMap<Vec<(TargetId, ClassSet)>, Arc<Vec<Reached<'a>>>>,
}

impl<'a> Shared<'a> {
    /// The names of classes.
    fn classes(&mut self, policy: &'a Policy<'_>, set: ClassSet) -> Texts<'a> {
        let names = || Arc::new(set.iter().map(|class| Cow::Borrowed(policy.classes.name(class))).collect());
        Arc::clone(self.classes.entry(set).or_insert_with(names))
    }

    /// Texts, of which there are mostly none.
    fn texts(&self, texts: impl Iterator<Item = &'a str>) -> Texts<'a> {
        let mut texts = texts.peekable();
        if texts.peek().is_none() { Arc::clone(&self.none) } else { Arc::new(texts.map(Cow::Borrowed).collect()) }
    }

    /// What follows an attempt.
    fn next(&mut self, edges: &[Edge], spread: bool) -> Arc<BTreeMap<Text<'a>, Next>> {
        let known = if spread { &mut self.next_spread } else { &mut self.next };
        if let Some(next) = known.get(edges) {
            return Arc::clone(next);
        }
        let mut next: BTreeMap<&'static str, Vec<u16>> = BTreeMap::new();
        for edge in edges {
            for class in edge.on.iter() {
                next.entry(class.as_str()).or_default().push(edge.to);
            }
        }
        let one_or_any = |to: Vec<u16>| match to.as_slice() {
            [one] if !spread => Next::One(*one),
            _ => Next::Any(to),
        };
        let next = Arc::new(next.into_iter().map(|(class, to)| (class.into(), one_or_any(to))).collect());
        known.insert(edges.to_vec(), Arc::clone(&next));
        next
    }
}

fn borrow(text: &str) -> Text<'_> {
    Cow::Borrowed(text)
}

fn lower_approver<'a>(approver: &'a model::Approver<'_>) -> Approver<'a> {
    Approver {
        public_key: approver.public_key.as_ref().map(|key| borrow(&key.value)).unwrap_or_default(),
        roles: texts(approver.roles.iter().map(|role| role.text)),
        title: borrow(&approver.title),
    }
}

fn lower_caller<'a>(policy: &'a Policy<'_>, caller: &'a model::Caller<'_>) -> Option<Caller<'a>> {
    Some(Caller {
        routes: texts(caller.routes.iter().map(|route| policy[route.value].name.text)),
        title: borrow(&caller.title),
        token: lower_key(&caller.token.as_ref()?.value, caller.name.text),
        workflows: texts(caller.workflows.iter().map(|workflow| policy[workflow.value].name.text)),
    })
}

fn lower_key<'a>(key: &'a model::KeySource<'_>, provider: &str) -> KeySource<'a> {
    match key {
        model::KeySource::Env(name) => KeySource::Env(borrow(name)),
        model::KeySource::File(path) => KeySource::File(borrow(path)),
        model::KeySource::Keyring(service, account) => KeySource::Keyring { account: borrow(account), service: borrow(service) },
        model::KeySource::Exec(words) => KeySource::Exec(words.iter().map(|word| borrow(word)).collect()),
        model::KeySource::PerRequest => KeySource::PerRequest(format!("x-byok-key-{}", provider.replace('_', "-")).into()),
        model::KeySource::None => KeySource::None,
    }
}

fn lower_provider<'a>(policy: &'a Policy<'_>, provider: &'a model::Provider<'_>, shared: &mut Shared<'a>) -> Option<Provider<'a>> {
    Some(Provider {
        api_version: provider.api_version.as_ref().map(|version| borrow(&version.value)),
        base_url: match provider.base_url.as_ref()? {
            model::BaseUrl::Address { url, .. } => BaseUrl::Url(borrow(url)),
            model::BaseUrl::Variable(name) => BaseUrl::Env(borrow(name)),
        },
        clearance: shared.classes(policy, provider.clearance),
        headers: provider.headers.iter().map(|header| (header.name.value.to_lowercase().into(), borrow(&header.value.value))).collect(),
        key: lower_key(&provider.key.as_ref()?.value, provider.name.text),
        key_owner: owner(provider),
        protocol: provider.protocol?.as_str().into(),
        region: provider.region.as_ref().map(|regions| slugs(&regions.value)),
        retention_ms: provider.retention.map(|retention| match retention.value {
            Retention::None => 0,
            Retention::AtMost(milliseconds) => milliseconds,
        }),
        title: borrow(&provider.title),
        training: provider.training_never.map(|_| "never".into()),
        upstreams: provider.is_router().then(|| match &provider.upstreams {
            model::Upstreams::Only(only) => Upstreams::Only(slugs(only)),
            model::Upstreams::AnyExcept(except) => Upstreams::AnyExcept(slugs(except)),
        }),
        vendor: borrow(&provider.vendor),
    })
}

fn slugs<'a>(slugs: &[model::Slug<'a>]) -> Texts<'a> {
    texts(slugs.iter().map(|slug| slug.text))
}

fn texts<'a>(texts: impl Iterator<Item = &'a str>) -> Texts<'a> {
    Arc::new(texts.map(Cow::Borrowed).collect())
}

fn owner(provider: &model::Provider<'_>) -> KeyOwner {
    if provider.managed.is_some() { KeyOwner::Managed } else { KeyOwner::Own }
}

fn decimal(money: Money) -> Text<'static> {
    money.to_string().trim_start_matches('$').to_owned().into()
}

fn lower_model<'a>(compilation: &'a Compilation<'a>, target: TargetId) -> Option<Model<'a>> {
    let facts = compilation.facts.get(target.0 as usize)?;
    let protocol = compilation.policy[compilation.policy[target].provider].protocol?;
    let trap = |trap| facts.has_trap(trap);
    let (input_price, output_price) = facts.prices(0);
    let chat = match protocol {
        _ if facts.entry.is_some_and(|entry| entry.mode == Mode::Embedding) => "embeddings",
        Protocol::Anthropic => "messages",
        Protocol::Gemini => "generate_content",
        _ if trap(Constraint::ResponsesOnly) => "responses",
        _ => "chat_completions",
    };
    let responses_for_tools = trap(Constraint::ToolsNeedResponses) || trap(Constraint::ToolsNeedResponsesUnlessEffortNone);
    let with_tools = if chat == "chat_completions" && responses_for_tools { "responses" } else { chat };
    Some(Model {
        base: facts.base.as_deref().map(borrow),
        capabilities: texts(Capability::ALL.iter().filter(|what| facts.can(**what) == Known::Yes).map(|what| what.as_str())),
        context: facts.context,
        endpoint: chat.into(),
        endpoint_with_tools: with_tools.into(),
        input_price: input_price.map(decimal),
        max_input: facts.max_input,
        max_output: facts.max_output,
        output_limit: match (chat, trap(Constraint::MaxCompletionTokensOnly)) {
            ("responses", _) => "max_output_tokens",
            ("generate_content", _) => "maxOutputTokens",
            ("chat_completions", true) => "max_completion_tokens",
            _ => "max_tokens",
        }
        .into(),
        output_price: output_price.map(decimal),
        traps: texts(Constraint::ALL.iter().filter(|what| trap(**what)).map(|what| what.as_str())),
    })
}

fn lower_route<'a>(
    policy: &'a Policy<'a>,
    id: RouteId,
    route: &'a model::Route<'a>,
    automaton: &Automaton,
    shared: &mut Shared<'a>,
) -> Route<'a> {
    let spread = automaton.entries.len() > 1 || automaton.attempts.iter().any(|attempt| branches(automaton, attempt));
    Route {
        accepts: shared.classes(policy, route.accepts.value),
        answers: shared.texts(route.answers.iter().map(|name| &*name.value)),
        approve: route.approve.as_ref().map(lower_gate),
        attempts: automaton.attempts.iter().map(|attempt| lower_attempt(policy, id, automaton, attempt, spread, shared)).collect(),
        audit: route.audit.value.as_str().into(),
        byok: if route.prefers_byok.value { "prefer" } else { "require" }.into(),
        cost: route.cost.map(|cost| decimal(cost.value)),
        deadline_ms: route.deadline.map(|deadline| deadline.value),
        entries: spread.then(|| automaton.entries.clone()),
        kind: route.kind.as_str().into(),
        lowers: route.lowers.iter().map(|lowers| lower_lowers(policy, lowers)).collect(),
        max_input: route.max_input.map(|tokens| tokens.value),
        max_output: route.max_output.map(|tokens| tokens.value),
        minimize: minimize([route], shared),
        redact: shared.texts(route.redact.iter().map(|detector| detector.value.as_str())),
        title: borrow(&route.title),
        tools: shared.texts(route.tools.iter().map(|tool| policy[tool.value].name.text)),
    }
}

/// Whether some class leads to several attempts.
fn branches(automaton: &Automaton, attempt: &crate::automaton::Attempt) -> bool {
    let edges = automaton.next(attempt);
    edges.iter().enumerate().any(|(index, edge)| edges.iter().skip(index + 1).any(|other| !edge.on.and(other.on).is_empty()))
}

fn lower_attempt<'a>(
    policy: &'a Policy<'a>,
    called: RouteId,
    automaton: &Automaton,
    attempt: &crate::automaton::Attempt,
    spread: bool,
    shared: &mut Shared<'a>,
) -> Attempt<'a> {
    let place = automaton.place(attempt);
    let own = &policy[place.route];
    let step = own.chain.get(usize::from(place.alternative));
    let target = &policy[attempt.target];
    let path: Vec<RouteId> = if place.route == called { Vec::new() } else { automaton.routes(place).collect() };
    let further: Vec<&model::Route<'_>> = path.iter().skip(1).map(|id| &policy[*id]).collect();
    let all = || path.iter().map(|id| &policy[*id]);
    let redact = further.iter().flat_map(|route| &route.redact).map(|detector| detector.value);
    let known = &policy[called].redact;
    let sent = minimize(all(), shared);
    let lowers = || all().flat_map(|route| &route.lowers).map(|lowers| lower_lowers(policy, lowers)).collect();
    Attempt {
        lowers: if further.iter().any(|route| !route.lowers.is_empty()) { lowers() } else { Vec::new() },
        max_input: step.and_then(|step| step.up_to).map(|tokens| tokens.value),
        minimize: if sent == minimize([&policy[called]], shared) { minimize([], shared) } else { sent },
        model: borrow(&target.id),
        next: shared.next(automaton.next(attempt), spread),
        provider: policy[target.provider].name.text.into(),
        redact: shared.texts(redact.filter(|detector| known.iter().all(|other| other.value != *detector)).map(|detector| {
            let name: &'static str = detector.as_str();
            name
        })),
        retries: own.retry,
        target: target.text.into(),
        timeout_ms: step.and_then(|step| step.within).map_or(own.timeout, |within| within.value),
    }
}

/// What of a request is sent when every one of these routes has its say.
fn minimize<'a, 'r>(routes: impl IntoIterator<Item = &'r model::Route<'r>>, shared: &Shared<'a>) -> Minimize<'a> {
    let nothing = Minimize { history: None, strip: Arc::clone(&shared.none) };
    routes.into_iter().fold(nothing, |mut sent, route| {
        let history = route.history.map(|messages| messages.value);
        sent.history = [sent.history, history].into_iter().flatten().min();
        if !route.strip.is_empty() {
            Arc::make_mut(&mut sent.strip).extend(route.strip.iter().map(|field| Cow::Borrowed(field.value.as_str())));
        }
        sent
    })
}

fn lower_lowers<'a>(policy: &'a Policy<'_>, lowers: &'a model::Lowers<'_>) -> Lowers<'a> {
    Lowers { because: borrow(&lowers.because), from: policy.classes.name(lowers.from).into(), to: policy.classes.name(lowers.to).into() }
}

fn lower_gate<'a>(gate: &model::Gate<'a>) -> Gate<'a> {
    Gate { role: gate.role.text.into(), within_ms: gate.within }
}

fn lower_tool<'a>(policy: &'a Policy<'_>, tool: &'a model::Tool<'_>, shared: &mut Shared<'a>) -> Tool<'a> {
    Tool {
        accepts: shared.classes(policy, tool.accepts.value),
        approve: tool.approve.as_ref().map(lower_gate),
        auth: match &tool.auth.value {
            model::Auth::None => Auth::None,
            model::Auth::Token(source) => Auth::Token(lower_key(source, tool.name.text)),
            model::Auth::Oauth(scope) => Auth::Oauth(borrow(scope)),
        },
        effect: tool.effect.value.as_str().into(),
        returns: shared.classes(policy, tool.returns.value),
    }
}

fn lower_workflow<'a>(policy: &'a Policy<'_>, workflow: &'a model::Workflow<'_>) -> Workflow<'a> {
    let step_name = |index: usize| workflow.steps.get(index).map_or("", |step| step.name.text);
    let steps = workflow.steps.iter().filter_map(|step| {
        let after = texts(step.after.iter().chain(&step.judges).map(|at| step_name(at.value)));
        let lowered = Step {
            after,
            at_most: step.at_most.value,
            judges: step.judges.as_ref().map(|at| step_name(at.value).into()),
            lowers: step.lowers.iter().map(|lowers| lower_lowers(policy, lowers)).collect(),
            reads: texts(step.reads.iter().map(|source| policy[source.value].name.text)),
            route: policy[step.route.as_ref()?.value].name.text.into(),
        };
        Some((step.name.text.into(), lowered))
    });
    Workflow { steps: steps.collect() }
}

fn claims<'a>(
    sources: &Sources,
    compilation: &'a Compilation<'a>,
    routes: &[(RouteId, &'a model::Route<'a>, &'a Automaton)],
    shared: &mut Shared<'a>,
) -> Claims<'a> {
    let policy = &compilation.policy;
    let assertions = policy.assertions.iter().map(|assertion| Claim {
        claim: assertion.text(sources).into(),
        relies_on: Vec::new(),
        title: assertion.title.as_deref().map(borrow),
        verdict: Verdict::Undecided,
    });
    let waivers = policy.waivers.iter().map(|waiver| Waiver {
        because: borrow(&waiver.because),
        code: Code(waiver.code.value).to_string().into(),
        kind: waiver.kind.value.as_str().into(),
        name: borrow(&waiver.name.value),
        until: waiver.until.value.to_string().into(),
    });
    let mut waivers: Vec<Waiver<'_>> = waivers.collect();
    waivers.sort();
    let reach = routes.iter().map(|(_, route, automaton)| (route.name.text.into(), reached(policy, route, automaton, shared)));
    Claims { assertions: assertions.collect(), reach: reach.collect(), waivers }
}

/// Everyone that a run of the route can reach, with the data that they may receive.
fn reached<'a>(policy: &'a Policy<'a>, route: &model::Route<'_>, automaton: &Automaton, shared: &mut Shared<'a>) -> Arc<Vec<Reached<'a>>> {
    let mut all: Vec<(TargetId, ClassSet)> = Vec::with_capacity(automaton.attempts.len());
    for attempt in &automaton.attempts {
        let place = automaton.place(attempt);
        let unchanged = route.lowers.is_empty() && std::ptr::eq(&raw const policy[place.route], route);
        let data = if unchanged {
            route.accepts.value
        } else {
            carried(&policy.classes, route.accepts.value, automaton.routes(place).map(|id| &policy[id]))
        };
        match all.iter_mut().find(|(target, _)| *target == attempt.target) {
            Some((_, known)) => *known = known.union(data),
            None => all.push((attempt.target, data)),
        }
    }
    if let Some(known) = shared.reached.get(&all) {
        return Arc::clone(known);
    }
    let mut reached: Vec<Reached<'a>> = all
        .iter()
        .map(|(target, data)| {
            let target = &policy[*target];
            let provider = &policy[target.provider];
            let behind: Vec<&str> = match &provider.upstreams {
                model::Upstreams::Only(only) => only.iter().map(|slug| slug.text).collect(),
                model::Upstreams::AnyExcept(_) if provider.is_router() => vec!["*"],
                model::Upstreams::AnyExcept(_) => Vec::new(),
            };
            Reached {
                data: shared.classes(policy, *data),
                key_owner: owner(provider),
                model: borrow(&target.id),
                provider: provider.name.text.into(),
                region: provider.region.as_ref().map(|regions| slugs(&regions.value)),
                vendors: texts(behind.into_iter().chain([&*provider.vendor])),
            }
        })
        .collect();
    reached.sort();
    let reached = Arc::new(reached);
    shared.reached.insert(all, Arc::clone(&reached));
    reached
}

fn provenance<'a>(sources: &'a Sources, compilation: &'a Compilation<'_>) -> Provenance<'a> {
    let policy = &compilation.policy;
    let hex = |bytes: &[u8]| bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    let mark = |span: crate::source::Span| {
        let start = sources.start(span);
        Mark { column: start.column, file: policy.files.iter().position(|file| *file == span.file).unwrap_or_default(), line: start.line }
    };
    Provenance {
        as_of: compilation.options.today.to_string().into(),
        catalogue: CatalogueMark {
            date: compilation.options.catalogue.date().to_string().into(),
            sha256: compilation.options.catalogue.digest().to_owned().into(),
        },
        compiler: concat!("byokc ", env!("CARGO_PKG_VERSION")).into(),
        files: policy
            .files
            .iter()
            .map(|file| FileMark {
                path: sources.name(*file).into(),
                sha256: hex(&Sha256::digest(sources.get(*file).map_or("", |source| source.text()).as_bytes())).into(),
            })
            .collect(),
        routes: policy.routes.iter().map(|route| (route.name.text.into(), mark(route.name.span))).collect(),
    }
}
