//! The clearance, and the lowering, by which the account at the end of a way may see what it is sent, and each route on it may be entered.

use crate::analysis::data::lowering;
use crate::automaton::What;
use crate::edit::with_keyword;
use crate::policy::class::ClassSet;
use crate::policy::model::{Lowers, Policy, Provider, Route, Strip};
use crate::source::{Sources, Span};

use super::Question;
use super::change::within;
use super::statement::{Statement, add, extend};
use super::ways::Way;

/// The most `lowers` of a way of which every combination is looked at; beyond, all of them are told, and that there may be fewer.
const MOST_LOWERS: usize = 10;

/// As few statements as will do, and whether all choices were looked at.
pub(super) fn statements(question: Question<'_>, way: &Way, provider: &Provider<'_>) -> (Vec<Statement>, bool) {
    let policy = &question.compilation.policy;
    let lowest = policy.classes.lowest().map_or(ClassSet::NONE, |class| policy.classes.below(class));
    let all: Vec<Lowered<'_>> = way
        .path
        .iter()
        .map(|hop| &policy[hop.route])
        .flat_map(|route| lowering(route).iter().map(move |lowers| Lowered { route, lowers }))
        .collect();
    let every = all.len() > MOST_LOWERS;
    let subsets: u32 = if every { 1 } else { 1 << all.len() };
    let mut best: Option<Vec<Statement>> = None;
    for (clearance, subset) in [false, true].into_iter().flat_map(|clearance| (0..subsets).map(move |subset| (clearance, subset))) {
        let chosen = all.iter().enumerate().filter(|(index, _)| every || subset & (1 << index) != 0).map(|(_, one)| one);
        let chosen: Vec<&Lowered<'_>> = chosen.collect();
        let sent = lower(policy, policy[question.route].accepts.value, chosen.iter().copied());
        if !sent.within(if clearance { provider.clearance } else { lowest }) || !enters(policy, way, &chosen) {
            continue;
        }
        let mut statements = Vec::new();
        for one in &chosen {
            extend(&mut statements, one.statements(question.original.sources, policy));
        }
        if let (true, Some(span)) = (clearance, provider.clearance_span) {
            let (account, route) = (provider.name.text, question.route_name());
            let (cleared, sent) = (policy.classes.describe(provider.clearance), policy.classes.describe(sent));
            add(&mut statements, Statement::new(span, format!("`{account}` may receive {cleared} data, and `{route}` sends it {sent}")));
        }
        if best.as_ref().is_none_or(|best| statements.len() < best.len()) {
            best = Some(statements);
        }
    }
    (best.unwrap_or_default(), !every)
}

fn lower<'l>(policy: &Policy<'_>, accepted: ClassSet, lowered: impl Iterator<Item = &'l Lowered<'l>>) -> ClassSet {
    lowered.fold(accepted, |set, one| policy.classes.lower(set, one.lowers.from, one.lowers.to))
}

/// Whether each route on the way accepts what the one before hands on.
fn enters(policy: &Policy<'_>, way: &Way, chosen: &[&Lowered<'_>]) -> bool {
    way.path.iter().all(|hop| {
        let What::Splice(called) = hop.what else { return true };
        let caller = &policy[hop.route];
        let own = chosen.iter().copied().filter(|one| one.route.name == caller.name);
        lower(policy, caller.accepts.value, own).within(policy[called].accepts.value)
    })
}

/// A `lowers` that counts, and the route that says it.
struct Lowered<'a> {
    route: &'a Route<'a>,
    lowers: &'a Lowers<'a>,
}

impl Lowered<'_> {
    /// The lowering, and what makes it hold: what is masked, and that nothing is sent that cannot be.
    fn statements(&self, sources: &Sources, policy: &Policy<'_>) -> Vec<Statement> {
        let name = self.route.name.text;
        let mut statements = Vec::new();
        // What the defaults mask is masked for all routes of the file: one statement for several of them.
        let (own, shared): (Vec<Span>, Vec<Span>) =
            self.route.redact.iter().map(|detector| detector.span).partition(|span| within(*span, self.route.span));
        if let Some(span) = field(sources, &["redact"], if shared.is_empty() { &own } else { &shared }) {
            add(&mut statements, Statement::new(span, format!("`{name}` masks this, so that its lowering counts")));
        }
        let unread = self.route.strip.iter().filter(|strip| matches!(strip.value, Strip::Images | Strip::Files));
        if let Some(span) = field(sources, &["strip", "minimize"], &unread.map(|strip| strip.span).collect::<Vec<_>>()) {
            add(&mut statements, Statement::new(span, format!("`{name}` does not send what cannot be masked")));
        }
        let (from, to) = (policy.classes.name(self.lowers.from), policy.classes.name(self.lowers.to));
        add(&mut statements, Statement::new(self.lowers.span, format!("`{name}` lowers {from} to {to}")));
        statements
    }
}

/// The field of these words, with the keywords before them.
fn field(sources: &Sources, keywords: &[&str], words: &[Span]) -> Option<Span> {
    let whole = words.first()?.to(*words.last()?);
    Some(keywords.iter().fold(whole, |span, keyword| with_keyword(sources, keyword, span, span).unwrap_or(span)))
}
