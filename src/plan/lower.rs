//! From a checked policy to its plan.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::{
    Approver, Attempt, Auth, BaseUrl, Caller, CatalogueMark, Claim, Claims, FORMAT, FileMark, Gate, KeyOwner, KeySource, Lowers, Mark,
    Minimize, Model, Next, Plan, Provenance, Provider, Reached, Route, Source, Step, Tool, Upstreams, Verdict, Waiver, Workflow,
};
use crate::automaton::Automaton;
use crate::catalogue::{Capability, Constraint, Known, Mode, Protocol};
use crate::compile::{Checked, Compilation};
use crate::diagnostic::Code;
use crate::policy::class::{ClassSet, Classes};
use crate::policy::model::{self, Policy, Retention, RouteId};
use crate::source::Sources;
use crate::units::Money;

/// The plan of a checked policy.
pub fn lower(sources: &Sources, checked: &Checked<'_, '_>) -> Plan {
    let compilation = checked.compilation();
    let policy = &compilation.policy;
    let called: BTreeSet<_> =
        compilation.automata.iter().flatten().flatten().flat_map(|automaton| &automaton.attempts).map(|attempt| attempt.target).collect();
    let providers: BTreeSet<_> = called.iter().map(|target| policy[*target].provider).collect();
    let mut plan = Plan {
        approvers: policy.approvers.iter().map(|approver| (approver.name.text.to_owned(), lower_approver(approver))).collect(),
        callers: policy.callers.iter().filter_map(|caller| Some((caller.name.text.to_owned(), lower_caller(policy, caller)?))).collect(),
        claims: claims(sources, compilation),
        data: policy
            .classes
            .names()
            .iter()
            .enumerate()
            .map(|(class, name)| (name.clone(), names(&policy.classes, policy.classes.below(class))))
            .collect(),
        digest: String::new(),
        format: FORMAT.to_owned(),
        models: called.iter().filter_map(|target| Some((policy[*target].text.to_owned(), lower_model(compilation, *target)?))).collect(),
        provenance: provenance(sources, compilation),
        providers: providers
            .iter()
            .filter_map(|id| Some((policy[*id].name.text.to_owned(), lower_provider(policy, &policy[*id])?)))
            .collect(),
        routes: routes(compilation)
            .map(|(id, route, automaton)| (route.name.text.to_owned(), lower_route(policy, id, route, automaton)))
            .collect(),
        sources: policy
            .sources
            .iter()
            .map(|source| (source.name.text.to_owned(), Source { holds: names(&policy.classes, source.holds.value) }))
            .collect(),
        tools: policy.tools.iter().map(|tool| (tool.name.text.to_owned(), lower_tool(policy, tool))).collect(),
        workflows: policy.workflows.iter().map(|workflow| (workflow.name.text.to_owned(), lower_workflow(policy, workflow))).collect(),
    };
    plan.digest = plan.compute_digest();
    plan
}

fn routes<'a, 's>(compilation: &'a Compilation<'s>) -> impl Iterator<Item = (RouteId, &'a model::Route<'s>, &'a Automaton)> {
    (0..).map(RouteId).zip(&compilation.policy.routes).filter_map(|(id, route)| Some((id, route, compilation.automaton(id)?)))
}

fn names(classes: &Classes, set: ClassSet) -> BTreeSet<String> {
    set.iter().map(|class| classes.name(class).to_owned()).collect()
}

fn lower_approver(approver: &model::Approver<'_>) -> Approver {
    Approver {
        public_key: approver.public_key.as_ref().map(|key| key.value.to_string()).unwrap_or_default(),
        roles: approver.roles.iter().map(|role| role.text.to_owned()).collect(),
        title: approver.title.to_string(),
    }
}

fn lower_caller(policy: &Policy<'_>, caller: &model::Caller<'_>) -> Option<Caller> {
    Some(Caller {
        routes: caller.routes.iter().map(|route| policy[route.value].name.text.to_owned()).collect(),
        title: caller.title.to_string(),
        token: lower_key(&caller.token.as_ref()?.value, caller.name.text),
        workflows: caller.workflows.iter().map(|workflow| policy[workflow.value].name.text.to_owned()).collect(),
    })
}

fn lower_key(key: &model::KeySource<'_>, provider: &str) -> KeySource {
    match key {
        model::KeySource::Env(name) => KeySource::Env((*name).to_owned()),
        model::KeySource::File(path) => KeySource::File(path.to_string()),
        model::KeySource::Keyring(service, account) => KeySource::Keyring { account: account.to_string(), service: service.to_string() },
        model::KeySource::Exec(words) => KeySource::Exec(words.iter().map(ToString::to_string).collect()),
        model::KeySource::PerRequest => KeySource::PerRequest(format!("x-byok-key-{}", provider.replace('_', "-"))),
        model::KeySource::None => KeySource::None,
    }
}

fn lower_provider(policy: &Policy<'_>, provider: &model::Provider<'_>) -> Option<Provider> {
    let slugs = |slugs: &[model::Slug<'_>]| slugs.iter().map(|slug| slug.text.to_owned()).collect();
    Some(Provider {
        api_version: provider.api_version.as_ref().map(|version| version.value.to_string()),
        base_url: match provider.base_url.as_ref()? {
            model::BaseUrl::Address { url, .. } => BaseUrl::Url(url.to_string()),
            model::BaseUrl::Variable(name) => BaseUrl::Env((*name).to_owned()),
        },
        clearance: names(&policy.classes, provider.clearance),
        headers: provider.headers.iter().map(|header| (header.name.value.to_lowercase(), header.value.value.to_string())).collect(),
        key: lower_key(&provider.key.as_ref()?.value, provider.name.text),
        key_owner: owner(provider),
        protocol: provider.protocol?.as_str().to_owned(),
        region: provider.region.as_ref().map(|regions| slugs(&regions.value)),
        retention_ms: provider.retention.map(|retention| match retention.value {
            Retention::None => 0,
            Retention::AtMost(milliseconds) => milliseconds,
        }),
        title: provider.title.to_string(),
        training: provider.training_never.map(|_| "never".to_owned()),
        upstreams: provider.is_router().then(|| match &provider.upstreams {
            model::Upstreams::Only(only) => Upstreams::Only(slugs(only)),
            model::Upstreams::AnyExcept(except) => Upstreams::AnyExcept(slugs(except)),
        }),
        vendor: provider.vendor.to_string(),
    })
}

fn owner(provider: &model::Provider<'_>) -> KeyOwner {
    if provider.managed.is_some() { KeyOwner::Managed } else { KeyOwner::Own }
}

fn decimal(money: Money) -> String {
    money.to_string().trim_start_matches('$').to_owned()
}

fn lower_model(compilation: &Compilation<'_>, target: model::TargetId) -> Option<Model> {
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
        base: facts.base.as_ref().map(ToString::to_string),
        capabilities: Capability::ALL.iter().filter(|what| facts.can(**what) == Known::Yes).map(|what| what.as_str().to_owned()).collect(),
        context: facts.context,
        endpoint: chat.to_owned(),
        endpoint_with_tools: with_tools.to_owned(),
        input_price: input_price.map(decimal),
        max_input: facts.max_input,
        max_output: facts.max_output,
        output_limit: match (chat, trap(Constraint::MaxCompletionTokensOnly)) {
            ("responses", _) => "max_output_tokens",
            ("generate_content", _) => "maxOutputTokens",
            ("chat_completions", true) => "max_completion_tokens",
            _ => "max_tokens",
        }
        .to_owned(),
        output_price: output_price.map(decimal),
        traps: Constraint::ALL.iter().filter(|what| trap(**what)).map(|what| what.as_str().to_owned()).collect(),
    })
}

fn lower_route(policy: &Policy<'_>, id: RouteId, route: &model::Route<'_>, automaton: &Automaton) -> Route {
    let spread = automaton.entries.len() > 1 || automaton.attempts.iter().any(|attempt| branches(automaton, attempt));
    Route {
        accepts: names(&policy.classes, route.accepts.value),
        answers: route.answers.iter().map(|name| name.value.to_string()).collect(),
        approve: route.approve.as_ref().map(lower_gate),
        attempts: automaton.attempts.iter().map(|attempt| lower_attempt(policy, id, automaton, attempt, spread)).collect(),
        audit: route.audit.value.as_str().to_owned(),
        byok: if route.prefers_byok.value { "prefer" } else { "require" }.to_owned(),
        cost: route.cost.map(|cost| decimal(cost.value)),
        deadline_ms: route.deadline.map(|deadline| deadline.value),
        entries: spread.then(|| automaton.entries.clone()),
        kind: route.kind.as_str().to_owned(),
        lowers: route.lowers.iter().map(|lowers| lower_lowers(policy, lowers)).collect(),
        max_input: route.max_input.map(|tokens| tokens.value),
        max_output: route.max_output.map(|tokens| tokens.value),
        minimize: minimize([route]),
        redact: route.redact.iter().map(|detector| detector.value.as_str().to_owned()).collect(),
        title: route.title.to_string(),
        tools: route.tools.iter().map(|tool| policy[tool.value].name.text.to_owned()).collect(),
    }
}

/// Whether some class leads to several attempts.
fn branches(automaton: &Automaton, attempt: &crate::automaton::Attempt) -> bool {
    let edges = automaton.next(attempt);
    edges.iter().enumerate().any(|(index, edge)| edges.iter().skip(index + 1).any(|other| !edge.on.and(other.on).is_empty()))
}

fn lower_attempt(
    policy: &Policy<'_>,
    called: RouteId,
    automaton: &Automaton,
    attempt: &crate::automaton::Attempt,
    spread: bool,
) -> Attempt {
    let place = automaton.place(attempt);
    let own = &policy[place.route];
    let step = own.chain.get(usize::from(place.alternative));
    let target = &policy[attempt.target];
    let mut next: BTreeMap<String, Vec<u16>> = BTreeMap::new();
    for edge in automaton.next(attempt) {
        for class in edge.on.iter() {
            next.entry(class.as_str().to_owned()).or_default().push(edge.to);
        }
    }
    let one_or_any = |to: Vec<u16>| match to.as_slice() {
        [one] if !spread => Next::One(*one),
        _ => Next::Any(to),
    };
    let path: Vec<RouteId> = if place.route == called { Vec::new() } else { automaton.routes(place).collect() };
    let further: Vec<&model::Route<'_>> = path.iter().skip(1).map(|id| &policy[*id]).collect();
    let all = || path.iter().map(|id| &policy[*id]);
    let redact = further.iter().flat_map(|route| &route.redact).map(|detector| detector.value);
    let known = &policy[called].redact;
    let sent = minimize(all());
    let lowers = || all().flat_map(|route| &route.lowers).map(|lowers| lower_lowers(policy, lowers)).collect();
    Attempt {
        lowers: if further.iter().any(|route| !route.lowers.is_empty()) { lowers() } else { Vec::new() },
        max_input: step.and_then(|step| step.up_to).map(|tokens| tokens.value),
        minimize: if sent == minimize([&policy[called]]) { Minimize::default() } else { sent },
        model: target.id.to_string(),
        next: next.into_iter().map(|(class, to)| (class, one_or_any(to))).collect(),
        provider: policy[target.provider].name.text.to_owned(),
        redact: redact
            .filter(|detector| known.iter().all(|other| other.value != *detector))
            .map(|detector| detector.as_str().to_owned())
            .collect(),
        retries: own.retry,
        target: target.text.to_owned(),
        timeout_ms: step.and_then(|step| step.within).map_or(own.timeout, |within| within.value),
    }
}

/// What of a request is sent when every one of these routes has its say.
fn minimize<'a, 's: 'a>(routes: impl IntoIterator<Item = &'a model::Route<'s>>) -> Minimize {
    routes.into_iter().fold(Minimize::default(), |mut sent, route| {
        let history = route.history.map(|messages| messages.value);
        sent.history = [sent.history, history].into_iter().flatten().min();
        sent.strip.extend(route.strip.iter().map(|field| field.value.as_str().to_owned()));
        sent
    })
}

fn lower_lowers(policy: &Policy<'_>, lowers: &model::Lowers<'_>) -> Lowers {
    Lowers {
        because: lowers.because.to_string(),
        from: policy.classes.name(lowers.from).to_owned(),
        to: policy.classes.name(lowers.to).to_owned(),
    }
}

fn lower_gate(gate: &model::Gate<'_>) -> Gate {
    Gate { role: gate.role.text.to_owned(), within_ms: gate.within }
}

fn lower_tool(policy: &Policy<'_>, tool: &model::Tool<'_>) -> Tool {
    Tool {
        accepts: names(&policy.classes, tool.accepts.value),
        approve: tool.approve.as_ref().map(lower_gate),
        auth: match &tool.auth.value {
            model::Auth::None => Auth::None,
            model::Auth::Token(source) => Auth::Token(lower_key(source, tool.name.text)),
            model::Auth::Oauth(scope) => Auth::Oauth(scope.to_string()),
        },
        effect: tool.effect.value.as_str().to_owned(),
        returns: names(&policy.classes, tool.returns.value),
    }
}

fn lower_workflow(policy: &Policy<'_>, workflow: &model::Workflow<'_>) -> Workflow {
    let step_name = |index: usize| workflow.steps.get(index).map_or(String::new(), |step| step.name.text.to_owned());
    let steps = workflow.steps.iter().filter_map(|step| {
        let after = step.after.iter().chain(&step.judges).map(|at| step_name(at.value)).collect();
        let lowered = Step {
            after,
            at_most: step.at_most.value,
            judges: step.judges.as_ref().map(|at| step_name(at.value)),
            lowers: step.lowers.iter().map(|lowers| lower_lowers(policy, lowers)).collect(),
            reads: step.reads.iter().map(|source| policy[source.value].name.text.to_owned()).collect(),
            route: policy[step.route.as_ref()?.value].name.text.to_owned(),
        };
        Some((step.name.text.to_owned(), lowered))
    });
    Workflow { steps: steps.collect() }
}

fn claims(sources: &Sources, compilation: &Compilation<'_>) -> Claims {
    let policy = &compilation.policy;
    let assertions = policy.assertions.iter().map(|assertion| {
        let claim = sources.text(assertion.claim_span).split_whitespace().collect::<Vec<_>>().join(" ");
        Claim { claim, relies_on: Vec::new(), title: assertion.title.as_ref().map(ToString::to_string), verdict: Verdict::Undecided }
    });
    let waivers = policy.waivers.iter().map(|waiver| Waiver {
        because: waiver.because.to_string(),
        code: Code(waiver.code.value).to_string(),
        kind: waiver.kind.value.as_str().to_owned(),
        name: waiver.name.value.to_string(),
        until: waiver.until.value.to_string(),
    });
    let mut waivers: Vec<Waiver> = waivers.collect();
    waivers.sort();
    let reach = routes(compilation).map(|(_, route, automaton)| (route.name.text.to_owned(), reached(policy, route, automaton)));
    Claims { assertions: assertions.collect(), reach: reach.collect(), waivers }
}

/// Everyone that a run of the route can reach, with the data that they may receive.
fn reached(policy: &Policy<'_>, route: &model::Route<'_>, automaton: &Automaton) -> Vec<Reached> {
    let mut all: BTreeMap<model::TargetId, ClassSet> = BTreeMap::new();
    for attempt in &automaton.attempts {
        let place = automaton.place(attempt);
        let lowers: Vec<&model::Lowers<'_>> = if route.lowers.is_empty() && std::ptr::eq(&raw const policy[place.route], route) {
            Vec::new()
        } else {
            automaton.routes(place).flat_map(|id| &policy[id].lowers).collect()
        };
        let data = lowers.into_iter().fold(route.accepts.value, |set, lowers| policy.classes.lower(set, lowers.from, lowers.to));
        let slot = all.entry(attempt.target).or_default();
        *slot = slot.union(data);
    }
    let mut reached: Vec<Reached> = all
        .into_iter()
        .map(|(target, data)| {
            let target = &policy[target];
            let provider = &policy[target.provider];
            let behind: Vec<String> = match &provider.upstreams {
                model::Upstreams::Only(only) => only.iter().map(|slug| slug.text.to_owned()).collect(),
                model::Upstreams::AnyExcept(_) if provider.is_router() => vec!["*".to_owned()],
                model::Upstreams::AnyExcept(_) => Vec::new(),
            };
            Reached {
                data: names(&policy.classes, data),
                key_owner: owner(provider),
                model: target.id.to_string(),
                provider: provider.name.text.to_owned(),
                region: provider.region.as_ref().map(|regions| regions.value.iter().map(|slug| slug.text.to_owned()).collect()),
                vendors: behind.into_iter().chain([provider.vendor.to_string()]).collect(),
            }
        })
        .collect();
    reached.sort();
    reached
}

fn provenance(sources: &Sources, compilation: &Compilation<'_>) -> Provenance {
    let policy = &compilation.policy;
    let hex = |bytes: &[u8]| bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    let mark = |span: crate::source::Span| {
        let start = sources.start(span);
        Mark { column: start.column, file: policy.files.iter().position(|file| *file == span.file).unwrap_or_default(), line: start.line }
    };
    Provenance {
        as_of: compilation.options.today.to_string(),
        catalogue: CatalogueMark {
            date: compilation.options.catalogue.date().to_string(),
            sha256: compilation.options.catalogue.digest().to_owned(),
        },
        compiler: format!("byokc {}", env!("CARGO_PKG_VERSION")),
        files: policy
            .files
            .iter()
            .map(|file| FileMark {
                path: sources.name(*file).to_owned(),
                sha256: hex(&Sha256::digest(sources.get(*file).map_or("", |source| source.text()).as_bytes())),
            })
            .collect(),
        routes: policy.routes.iter().map(|route| (route.name.text.to_owned(), mark(route.name.span))).collect(),
    }
}
