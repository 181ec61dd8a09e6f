//! The last pass: each name that is not known becomes one finding, with the nearest known name and every place that mentions it.

use super::Resolver;
use super::about::shown;
use super::findings::{Space, Unknown};
use super::lookup::CAPABILITIES;
use super::nearest::Nearest;
use crate::catalogue::well_known;
use crate::diagnostic::{Diagnostic, Edit, Grade};
use crate::failure::{Failure, Failures};
use crate::policy::model::Detector;
use crate::policy::rules;
use crate::syntax::keyword::Kind;

/// The most further places that a finding shows.
const PLACES: usize = 5;
/// The most known names that a finding lists.
const LISTED: usize = 8;

impl Space {
    fn noun(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Owner => "provider or vendor",
            Self::Vendor => "vendor",
            Self::CatalogueModel => "model",
            Self::Class => "data class",
            Self::Allow => "allowlist",
            Self::Pool => "pool",
            Self::Route => "route",
            Self::Tool => "tool",
            Self::Source => "source",
            Self::Workflow => "workflow",
            Self::Step => "step",
            Self::Failure => "failure class",
            Self::Capability => "capability",
            Self::Detector => "detector",
            Self::Subject => "name",
        }
    }

    /// The kind that declares such names.
    fn kind(self) -> Option<Kind> {
        Some(match self {
            Self::Provider => Kind::Provider,
            Self::Class => Kind::Data,
            Self::Allow => Kind::Allow,
            Self::Pool => Kind::Pool,
            Self::Route => Kind::Route,
            Self::Tool => Kind::Tool,
            Self::Source => Kind::Source,
            Self::Workflow => Kind::Workflow,
            Self::Step => Kind::Step,
            _ => return None,
        })
    }
}

impl<'s> Resolver<'s> {
    /// Reports everything that was noted as unknown.
    pub(super) fn report_unknown(&mut self) {
        let mut nearest = Nearest::default();
        for mut unknown in std::mem::take(&mut self.out.unknown) {
            unknown.places.sort_by_key(|(span, _)| *span);
            let Some((span, about)) = unknown.places.first().copied() else { continue };
            let near = self.near(&unknown, &mut nearest);
            let noun = match unknown.space {
                Space::Subject => unknown.within,
                space => space.noun(),
            };
            let whose = match unknown.space {
                Space::Step if !unknown.within.is_empty() => format!(" of workflow `{}`", unknown.within),
                Space::CatalogueModel => format!(" of vendor `{}`", unknown.within),
                _ => String::new(),
            };
            let message = format!("unknown {noun} `{}`{whose} in {about}", shown(&unknown.name));
            let mut finding = Diagnostic::new(&rules::UNKNOWN_NAME, span, message).label(format!("no such {noun}"));
            let others = unknown.places.get(1..).unwrap_or_default();
            for (span, about) in others.iter().take(PLACES) {
                finding = finding.at(*span, format!("named again in {about}"));
            }
            if others.len() > PLACES {
                finding = finding.note(format!("it is named in {} places more", others.len() - PLACES));
            }
            finding = match near {
                Some(meant) => {
                    let edits = unknown.places.iter().map(|(span, _)| Edit { span: *span, text: meant.clone() }).collect();
                    finding.help(format!("did you mean `{meant}`?")).fix(format!("write `{meant}`"), Grade::Review, edits)
                }
                None => finding.help(self.remedy(&unknown)),
            };
            self.out.add(about, finding);
        }
    }

    /// The known name that was probably meant.
    fn near(&self, unknown: &Unknown<'s>, nearest: &mut Nearest) -> Option<String> {
        if unknown.space == Space::CatalogueModel {
            return self.catalogue.nearest(unknown.within, &unknown.name).map(str::to_owned);
        }
        nearest.find(&unknown.name, self.known(unknown).into_iter()).map(str::to_owned)
    }

    /// Every name that would have been known in its place.
    fn known<'a>(&'a self, unknown: &Unknown<'s>) -> Vec<&'a str> {
        let names = &self.names;
        match unknown.space {
            Space::Owner => names.providers.keys().chain(&names.vendors).copied().collect(),
            Space::Vendor => names.vendors.iter().copied().collect(),
            Space::Class => self.policy.classes.names().iter().map(String::as_str).collect(),
            Space::Failure => Failures::GROUPS.iter().map(|(name, _)| *name).chain(Failure::ALL.map(Failure::as_str)).collect(),
            Space::Capability => CAPABILITIES.iter().map(|one| one.in_policy()).chain(["context", "output"]).collect(),
            Space::Detector => Detector::ALL.map(Detector::as_str).to_vec(),
            Space::CatalogueModel => Vec::new(),
            Space::Step => {
                let within = |name: &'a str| match name.split_once('/') {
                    Some((workflow, step)) => (workflow == unknown.within).then_some(step),
                    None => unknown.within.is_empty().then_some(name),
                };
                names.steps.keys().filter_map(|name| within(name)).collect()
            }
            Space::Subject => match Kind::parse(unknown.within) {
                Some(Kind::Test) => names.tests.keys().map(|name| &**name).collect(),
                Some(Kind::Data) => self.policy.classes.names().iter().map(String::as_str).collect(),
                Some(Kind::Step) => names.steps.keys().map(|name| &**name).filter(|name| name.contains('/')).collect(),
                Some(kind) => names.table(kind).into_iter().flat_map(|table| table.keys().copied()).collect(),
                None => names.assertions.keys().map(|title| &**title).collect(),
            },
            space => {
                let table = space.kind().and_then(|kind| names.table(kind));
                table.into_iter().flat_map(|table| table.keys().copied()).collect()
            }
        }
    }

    /// What to do about a name that is like none that is known.
    fn remedy(&self, unknown: &Unknown<'s>) -> String {
        let mut known = self.known(unknown);
        let few = (1..=LISTED).contains(&known.len());
        let built_in = matches!(unknown.space, Space::Failure | Space::Capability | Space::Detector);
        if !built_in && unknown.space != Space::Class {
            known.sort_unstable();
        }
        let list = || format!("known here: {}", known.iter().map(|name| format!("`{}`", shown(name))).collect::<Vec<_>>().join(", "));
        let account = well_known(&unknown.name);
        let key = account.and_then(|known| known.key_variables.first());
        match (unknown.space, key) {
            // The account that is meant is plain: what is missing is its declaration.
            (Space::Provider, Some(variable)) => {
                let declaration =
                    format!("declare it: `provider {} {{ key env {variable} }}`, with the `clearance` that it may have", unknown.name);
                if few { format!("{declaration}; {}", list()) } else { declaration }
            }
            // A well-known account's name is not always its company's: `azure_openai` is at `azure`.
            (Space::Owner, _) if account.is_some() => {
                let vendor = account.map_or("", |known| known.vendor);
                format!("write `{vendor}`, the name of the company, or declare the account")
            }
            _ if few || built_in => list(),
            _ => match unknown.space.kind() {
                Some(kind) => format!("declare it, as in `{}`", kind.form()),
                None => "check the spelling: it has to be a provider of this policy or a vendor that `byokc models` knows".to_owned(),
            },
        }
    }
}
