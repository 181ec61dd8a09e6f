//! Logs that a runtime could have written: random walks through the tables of a plan, each record as the plan and what happened before ask for it.

use std::collections::{BTreeMap, VecDeque};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use byokc::audit::{
    After, Approval, Asked, Attempt, Call, Denied, Done, End, Entry, Head, Key, Minimized, Opened, Redeemed, Tool, ToolDecision, Used,
    company, cost,
};
use byokc::failure::Failure;
use byokc::plan::{self, BaseUrl, Gate, KeyOwner, KeySource, Next, Plan, Route};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::json;

/// Milliseconds since 1970: when the logs begin.
const BEGIN: i64 = 1_795_514_400_000;

/// A record before it is in a chain.
pub(super) type Record = (i64, Entry<'static>);

/// A time as records say it.
pub(super) fn said(time: i64) -> String {
    format!("{:.3}", jiff::Timestamp::from_millisecond(time).unwrap())
}

/// The lines of records, newlines included.
pub(super) fn lines(records: &[Record]) -> Vec<Vec<u8>> {
    let mut head = Head::default();
    records.iter().map(|(time, entry)| head.append(&said(*time), &serde_json::to_vec(entry).unwrap())).collect()
}

/// The public key that grows from this byte.
pub(super) fn public_key(seed: u8) -> String {
    STANDARD.encode(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap().public_key())
}

/// An approval of a digest, signed by the approver whose key grows from this byte.
pub(super) fn sign(seed: u8, plan: &str, role: &str, digest: &str, now: i64, id: u128) -> String {
    let key = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
    let now = now / 1000;
    let payload = json!({
        "asked": now - 60, "digest": digest, "expires": now + 900, "format": "byok-approval/1", "id": format!("{id:032x}"), "issued": now - 5,
        "key": public_key(seed), "plan": plan, "role": role, "shown": "sha256:0",
    })
    .to_string();
    let signature = key.sign(&[b"byok-approval/1\0", payload.as_bytes()].concat());
    format!("{}.{}", URL_SAFE_NO_PAD.encode(&payload), URL_SAFE_NO_PAD.encode(signature))
}

/// A walk.
pub(super) struct Walk<'p> {
    plan: &'p Plan<'static>,
    pub(super) random: fastrand::Rng,
    time: i64,
    instance: String,
}

impl<'p> Walk<'p> {
    pub(super) fn new(plan: &'p Plan<'static>, seed: u64) -> Self {
        Self { plan, random: fastrand::Rng::with_seed(seed), time: BEGIN, instance: String::new() }
    }

    /// A log of so many requests, some of them at the same time.
    pub(super) fn log(&mut self, requests: usize) -> Vec<Record> {
        let mut records = vec![self.opened(false)];
        let mut running: Vec<VecDeque<Entry<'static>>> = Vec::new();
        let mut begun = 0;
        while begun < requests || !running.is_empty() {
            if begun < requests && (running.len() < 3 || self.random.u8(..) < 60) {
                running.push(self.anything());
                begun += 1;
            }
            let at = self.random.usize(..running.len());
            self.time += self.random.i64(1..400);
            if let Some(mut entry) = running[at].pop_front() {
                self.sign_now(&mut entry);
                records.push((self.time, entry));
            }
            running.retain(|queue| !queue.is_empty());
            if self.random.u8(..) < 6 {
                records.push(self.opened(true));
            } else if self.random.u8(..) < 4 {
                // Killed, or stopped: what was under way has no end.
                if self.random.bool() {
                    records.push((self.time, Entry::Closed {}));
                }
                running.clear();
                records.push(self.opened(false));
            }
        }
        records
    }

    fn id(&mut self) -> String {
        format!("{:032x}", self.random.u128(..))
    }

    /// A process begins, or goes on in another file.
    fn opened(&mut self, goes_on: bool) -> Record {
        if !goes_on {
            self.instance = self.id();
        }
        let (instance, continues) = (self.instance.clone().into(), goes_on.then(|| "audit.jsonl.000001".into()));
        let opened = Opened { version: "1".into(), instance, plan: self.plan.digest.clone(), continues, torn_bytes: None };
        (self.time, Entry::Opened(opened))
    }

    /// Approvals are signed when they are used.
    fn sign_now(&mut self, entry: &mut Entry<'static>) {
        let approval = match entry {
            Entry::Attempt(attempt) => attempt.approval.as_mut(),
            Entry::Redeemed(redeemed) => Some(&mut redeemed.approval),
            _ => None,
        };
        if let Some(approval) = approval {
            approval.signed = sign(7, &self.plan.digest, &approval.role, &approval.digest, self.time, self.random.u128(..)).into();
        }
    }

    fn anything(&mut self) -> VecDeque<Entry<'static>> {
        if !self.plan.workflows.is_empty() && self.random.u8(..) < 90 {
            return self.workflow();
        }
        let routes: Vec<_> = self.plan.routes.iter().filter(|(_, route)| route.audit != "none").collect();
        let (name, route) = routes[self.random.usize(..routes.len())];
        let callers: Vec<_> = self.plan.callers.iter().filter(|(_, caller)| caller.routes.contains(name)).collect();
        let caller = if callers.is_empty() { None } else { Some(callers[self.random.usize(..callers.len())].0.clone()) };
        let mut asked = self.asked(caller, name, route);
        if self.random.u8(..) < 40 || (asked.caller.is_none() && !self.plan.callers.is_empty()) {
            if self.random.bool() {
                (asked.caller, asked.route) = (None, None);
            }
            let gate = route.approve.is_some() && asked.route.is_some();
            let digest = gate.then(|| format!("sha256:{:032x}", self.random.u128(..)).into());
            let code = if gate { "approval_required" } else { "refused" };
            return [Entry::Denied(Denied { asked, code: code.into(), digest, reason: Some("a reason".into()) })].into();
        }
        self.run(&asked, route, &[]).0.into()
    }

    fn asked(&mut self, caller: Option<plan::Text<'static>>, name: &plan::Text<'static>, route: &Route<'static>) -> Asked<'static> {
        let data: Vec<_> = route.accepts.iter().filter(|_| self.random.u8(..) < 80).cloned().collect();
        Asked { request: self.id().into(), plan: self.plan.digest.clone(), caller, route: Some(name.clone()), data, ..Asked::default() }
    }

    /// The steps of a workflow in their order, until one is not answered.
    fn workflow(&mut self) -> VecDeque<Entry<'static>> {
        let workflows: Vec<_> = self.plan.workflows.iter().collect();
        let (name, workflow) = workflows[self.random.usize(..workflows.len())];
        let caller = self.plan.callers.iter().find(|(_, caller)| caller.workflows.contains(name)).map(|(caller, _)| caller.clone());
        let run = self.id();
        let mut done: BTreeMap<String, String> = BTreeMap::new();
        let mut entries = VecDeque::new();
        while let Some((step_name, step)) = workflow
            .steps
            .iter()
            .find(|(name, step)| !done.contains_key(&***name) && step.after.iter().all(|before| done.contains_key(&**before)))
        {
            let mut asked = self.asked(caller.clone(), &step.route, &self.plan.routes[&step.route]);
            (asked.workflow, asked.step, asked.run) = (Some(name.clone()), Some(step_name.clone()), Some(run.clone().into()));
            let receipts: Vec<_> =
                step.after.iter().map(|step| Done { step: step.clone(), request: done[&**step].clone().into() }).collect();
            let (of_step, receipt) = self.run(&asked, &self.plan.routes[&step.route], &receipts);
            entries.extend(of_step);
            if !receipt {
                break;
            }
            done.insert(step_name.to_string(), asked.request.to_string());
        }
        entries
    }

    /// A run of a route, and whether it handed out a receipt.
    fn run(&mut self, asked: &Asked<'static>, route: &Route<'static>, receipts: &[Done<'static>]) -> (Vec<Entry<'static>>, bool) {
        let mut entries = Vec::new();
        let most = if self.random.u8(..) < 40 { 30_000 } else { 2_000 };
        let estimate = self.random.u64(10..most);
        let stream = route.kind == "chat" && self.random.bool();
        let entry = route.entries.clone().unwrap_or_else(|| vec![0]);
        let (mut index, mut after) = (entry[self.random.usize(..entry.len())], None);
        let mut spent = 0;
        loop {
            let attempt = &route.attempts[usize::from(index)];
            let mut record = self.attempt(asked, route, index, after.take());
            record.call.estimate = estimate;
            record.call.stream = stream;
            if entries.is_empty() {
                record.approval = route.approve.as_ref().map(|gate| self.approval(gate));
                record.done = receipts.to_vec();
            }
            let too_large = route.max_input.is_some_and(|most| estimate > most);
            let too_long = attempt.max_input.is_some_and(|most| estimate > most);
            let keyless = self.plan.providers[&attempt.provider].key == KeySource::None;
            let takes = self.random.u64(1..9_000);
            spent += takes;
            let end = |outcome: &str, class: Option<Failure>, tries: u64| End {
                asked: asked.clone(),
                index,
                target: attempt.target.clone(),
                outcome: outcome.to_owned().into(),
                class: class.map(|class| class.as_str().into()),
                tries,
                duration_ms: spent,
                ..End::default()
            };
            let most = 1 + u64::from(attempt.retries);
            let tries = self.random.u64(1..=most);
            let (called, failed, tries, last) = if too_large {
                (false, None, 0, Some(end("failed", Some(Failure::TooLarge), 0)))
            } else if too_long {
                (false, Some(Failure::ContextLength), 0, None)
            } else {
                match self.random.u8(..100) {
                    0..40 => (true, None, tries, Some(self.served(end("served", None, tries), route, &record))),
                    40..44 if stream => (true, None, tries, Some(end("broke_off", Some(Failure::Network), tries))),
                    44..48 => (true, None, tries, Some(end("client_gone", None, tries))),
                    48..52 => (false, None, 0, Some(end("failed", Some(Failure::Refused), 0))),
                    52..56 if route.deadline_ms.is_some() => {
                        let late = End {
                            duration_ms: route.deadline_ms.unwrap_or_default() + takes,
                            ..end("failed", Some(Failure::Deadline), tries)
                        };
                        (true, None, tries, Some(late))
                    }
                    56..66 if !keyless => (false, Some(Failure::MissingKey), 0, None),
                    _ => {
                        let classes: Vec<Failure> = Failure::ALL
                            .into_iter()
                            .filter(|class| class.of_a_call() && !(keyless && *class == Failure::MissingKey))
                            .collect();
                        (true, Some(classes[self.random.usize(..classes.len())]), tries, None)
                    }
                }
            };
            record.call.called = called;
            entries.push(Entry::Attempt(Box::new(record)));
            let next = failed.filter(|class| class.falls_back()).and_then(|class| attempt.next.get(class.as_str()));
            match (last, failed, next) {
                (Some(last), ..) => return self.over(entries, last),
                (None, Some(class), None) => return self.over(entries, end("failed", Some(class), tries)),
                (None, Some(class), Some(next)) => {
                    after = Some(After { attempt: index, class: class.as_str().into(), tries, duration_ms: takes });
                    index = match next {
                        Next::One(next) => *next,
                        Next::Any(several) => several[self.random.usize(..several.len())],
                    };
                }
                (None, None, _) => unreachable!("an attempt fails, or is the last"),
            }
        }
    }

    /// The end of a run, and what follows it: sealed calls that are opened.
    fn over(&mut self, mut entries: Vec<Entry<'static>>, end: End<'static>) -> (Vec<Entry<'static>>, bool) {
        let receipt = end.receipt;
        let sealed: Vec<_> = end.tools.iter().filter_map(|tool| Some((tool.name.clone(), tool.digest.clone()?))).collect();
        let asked = end.asked.clone();
        entries.push(Entry::End(Box::new(end)));
        for (tool, digest) in sealed {
            if self.random.bool() {
                let gate = self.plan.tools[&tool].approve.clone().unwrap();
                let approval = Approval { digest, ..self.approval(&gate) };
                let asked = Asked { request: self.id().into(), ..asked.clone() };
                // A call may be opened while the rest of its answer is still on its way.
                let at = entries.len() - usize::from(self.random.bool() && entries.len() > 1);
                entries.insert(at, Entry::Redeemed(Redeemed { asked, tool, sealed_in: entries_request(&entries), approval }));
            }
        }
        (entries, receipt)
    }

    fn served(&mut self, mut end: End<'static>, route: &Route<'static>, record: &Attempt<'static>) -> End<'static> {
        if route.kind == "chat" {
            for tool in &record.tools {
                let gated = self.plan.tools[tool].approve.is_some();
                if self.random.bool() {
                    let digest = gated.then(|| format!("sha256:{:032x}", self.random.u128(..)).into());
                    let decision = if gated { ToolDecision::Sealed } else { ToolDecision::Called };
                    end.tools.push(Tool { name: tool.clone(), decision, digest });
                }
            }
            if self.random.u8(..) < 30 {
                end.tools.push(Tool { name: "rm_rf".into(), decision: ToolDecision::Blocked, digest: None });
            }
        }
        let open = end.tools.iter().any(|tool| tool.decision != ToolDecision::Blocked);
        end.receipt = end.asked.step.is_some() && !open;
        let mut used =
            Used { finish: vec!["stop".into()], input: self.random.u64(1..1500), output: self.random.u64(1..400), ..Used::default() };
        used.cost = self.plan.models.get(&end.target).and_then(|model| cost::cost(model, &used)).map(|cost| cost::dollars(cost).into());
        end.used = used;
        if route.audit == "full" {
            end.messages = Some(json!([{"role": "assistant", "parts": [{"type": "text", "content": "Good day, [EMAIL_1]"}]}]));
        }
        end
    }

    fn approval(&mut self, gate: &Gate<'static>) -> Approval<'static> {
        let digest = format!("sha256:{:032x}", self.random.u128(..)).into();
        let approver = self.plan.approvers.iter().find(|(_, approver)| approver.roles.contains(&gate.role)).unwrap().0.clone();
        Approval { approver, role: gate.role.clone(), digest, signed: String::new().into() }
    }

    fn attempt(&mut self, asked: &Asked<'static>, route: &Route<'static>, index: u16, after: Option<After<'static>>) -> Attempt<'static> {
        let attempt = &route.attempts[usize::from(index)];
        let provider = &self.plan.providers[&attempt.provider];
        let model = &self.plan.models[&attempt.target];
        let address = match &provider.base_url {
            BaseUrl::Url(url) => reqwest::Url::parse(url).unwrap(),
            BaseUrl::Env(_) => reqwest::Url::parse("https://rented.example:8443/v1").unwrap(),
        };
        let (source, name) = match &provider.key {
            KeySource::Env(name) => ("env", Some(name.clone())),
            KeySource::File(name) => ("file", Some(name.clone())),
            KeySource::Keyring { service, .. } => ("keyring", Some(service.clone())),
            KeySource::Exec(words) => ("exec", words.first().cloned()),
            KeySource::PerRequest(name) => ("per_request", Some(name.clone())),
            KeySource::None => ("none", None),
        };
        let chat = route.kind == "chat";
        let most = route.max_output.into_iter().chain(model.max_output).min();
        let minimize = if attempt.minimize.is_empty() { &route.minimize } else { &attempt.minimize };
        let redact: Vec<_> = route.redact.union(&attempt.redact).cloned().collect();
        let masked: Vec<_> = redact.iter().filter(|_| self.random.bool()).cloned().collect();
        let redactions = masked.into_iter().map(|name| (name, self.random.u64(1..9))).collect();
        Attempt {
            asked: asked.clone(),
            index,
            after,
            call: Call {
                called: true,
                target: attempt.target.clone(),
                account: attempt.provider.clone(),
                operation: if chat { "chat" } else { "embeddings" }.into(),
                provider: company(&provider.vendor).to_owned().into(),
                model: attempt.model.clone(),
                max_output: most.filter(|_| chat).map(|most| most.min(1 + self.random.u64(..5000))),
                stream: false,
                estimate: 0,
                host: address.host_str().unwrap().to_owned().into(),
                port: address.port_or_known_default().unwrap(),
            },
            key: Key { source: source.into(), name, owner: if provider.key_owner == KeyOwner::Own { "own" } else { "managed" }.into() },
            redact,
            redactions,
            minimized: Minimized { history: minimize.history, strip: minimize.strip.iter().cloned().collect() },
            tools: if chat { route.tools.iter().filter(|_| self.random.u8(..) < 200).cloned().collect() } else { Vec::new() },
            messages: (route.audit == "full").then(|| json!([{"role": "user", "parts": [{"type": "text", "content": "I am [EMAIL_1]"}]}])),
            ..Attempt::default()
        }
    }
}

/// The request of a run's records.
fn entries_request(entries: &[Entry<'static>]) -> plan::Text<'static> {
    entries.iter().find_map(|entry| if let Entry::Attempt(attempt) = entry { Some(attempt.asked.request.clone()) } else { None }).unwrap()
}
