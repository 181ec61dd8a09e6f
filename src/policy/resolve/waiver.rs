//! Waivers: only what can be waived, only in the file that declares it.

use rustc_hash::FxHashMap;

use super::Resolver;
use super::about::{About, shown};
use super::declare::Entry;
use super::findings::Space;
use crate::diagnostic::{Code, Diagnostic, SubjectKind};
use crate::policy::model::{At, Waiver};
use crate::policy::rules;
use crate::source::Span;
use crate::syntax::ast::{Item, Word};
use crate::syntax::keyword::{Key, Kind};

/// Codes that are always errors, 50x and 60x aside: these cannot be waived (language reference, section 8).
const ERRORS: &[u16] = &[
    1, 2, 3, 4, 5, 101, 102, 103, 104, 201, 202, 203, 207, 208, 210, 301, 302, 303, 304, 306, 307, 401, 402, 403, 404, 701, 703, 801, 803,
    901,
];

/// Every other code.
const WAIVABLE: &[u16] = &[
    105, 204, 205, 206, 209, 211, 212, 213, 214, 215, 305, 308, 309, 405, 406, 501, 502, 503, 504, 505, 506, 507, 601, 602, 603, 604, 702,
    704, 705, 706, 707, 708, 802, 804, 805, 806, 902,
];

/// What a waiver may be about, by its keyword.
const KINDS: [(&str, (Kind, SubjectKind)); 15] = [
    ("provider", (Kind::Provider, SubjectKind::Provider)),
    ("model", (Kind::Model, SubjectKind::Model)),
    ("allow", (Kind::Allow, SubjectKind::Allow)),
    ("pool", (Kind::Pool, SubjectKind::Pool)),
    ("route", (Kind::Route, SubjectKind::Route)),
    ("tool", (Kind::Tool, SubjectKind::Tool)),
    ("source", (Kind::Source, SubjectKind::Source)),
    ("workflow", (Kind::Workflow, SubjectKind::Workflow)),
    ("step", (Kind::Step, SubjectKind::Step)),
    ("caller", (Kind::Caller, SubjectKind::Caller)),
    ("approver", (Kind::Approver, SubjectKind::Approver)),
    ("assertion", (Kind::Assert, SubjectKind::Assertion)),
    ("assert", (Kind::Assert, SubjectKind::Assertion)),
    ("test", (Kind::Test, SubjectKind::Test)),
    ("data", (Kind::Data, SubjectKind::Data)),
];

impl<'s> Resolver<'s> {
    /// Resolves every waiver.
    pub(super) fn waivers(&mut self, entries: &[Entry<'_, 's>]) {
        let mut known: FxHashMap<(u16, SubjectKind, String), Span> = FxHashMap::default();
        for entry in entries {
            let Some(waiver) = self.waiver(entry) else { continue };
            let key = (waiver.code.value, waiver.kind.value, waiver.name.value.clone().into_owned());
            let first = *known.entry(key).or_insert(waiver.span);
            if first == waiver.span {
                self.policy.waivers.push(waiver);
            } else {
                let message = format!(
                    "{} is waived twice on {} `{}`",
                    Code(waiver.code.value),
                    waiver.kind.value.as_str(),
                    shown(&waiver.name.value)
                );
                let finding =
                    Diagnostic::new(&rules::DUPLICATE, waiver.span, message).label("waived again here").at(first, "first waived here");
                self.out.add(About::nameless(Kind::Waive), finding.help("keep one of them"));
            }
        }
    }

    fn waiver(&mut self, entry: &Entry<'_, 's>) -> Option<Waiver<'s>> {
        let Item::Waive { code, kind, name, because, until } = &entry.declaration.item else { return None };
        let about = About::nameless(Kind::Waive);
        let because = self.out.reason(because, about.field(Key::Because));
        let until = self.out.date(*until, about.field(Key::Until)).map(|value| At { value, span: until.span });
        let code = self.code(*code, about).map(|value| At { value, span: code.span });
        let (declared, subject) = self.out.choice(*kind, &KINDS, about.spot("on"))?;
        let value = name.value();
        match self.subject_place(declared, &value) {
            None => {
                let within = if declared == Kind::Assert { "assertion" } else { declared.as_str() };
                self.out.unknown(Space::Subject, within, value, name.span(), about);
                None
            }
            Some(place) if place.file != entry.declaration.span.file => {
                let message = format!("a waiver is about {} `{}`, which another file declares", subject.as_str(), shown(&value));
                let finding =
                    Diagnostic::new(&rules::BAD_VALUE, name.span(), message).label("declared in another file").at(place, "declared here");
                self.out.add(about, finding.help("write the waiver in the file that declares what it is about"));
                None
            }
            Some(_) => Some(Waiver {
                span: entry.declaration.span,
                code: code?,
                kind: At { value: subject, span: kind.span },
                name: At { value, span: name.span() },
                because,
                until: until?,
            }),
        }
    }

    /// The number of a code that can be waived.
    fn code(&mut self, word: Word<'s>, about: About<'s>) -> Option<u16> {
        let digits = word.text.strip_prefix("BYOK").filter(|digits| digits.len() == 3);
        let number = digits.and_then(|digits| digits.parse::<u16>().ok());
        let spot = about.spot("waive");
        match number {
            Some(number) if WAIVABLE.contains(&number) => return Some(number),
            Some(number) if ERRORS.contains(&number) => {
                self.out.wrong(spot, word, "cannot be waived", "mend what it finds; only warnings, BYOK50x and BYOK60x can be waived");
            }
            _ => self.out.wrong(spot, word, "is not the code of a finding", "write the code as a finding shows it, such as `BYOK504`"),
        }
        None
    }
}
