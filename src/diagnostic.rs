//! What byokc finds: rules with stable codes, and findings with a place, a reason and a remedy. Nothing here draws.

use std::fmt;

use crate::source::Span;

/// A finding's stable code, shown as `BYOK` and three digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub u16);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BYOK{:03}", self.0)
    }
}

/// How bad a finding is. An error keeps a policy from compiling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth a look; the policy compiles.
    Warning,
    /// The policy does not compile.
    Error,
}

impl Severity {
    /// `error` or `warning`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// The severities that a rule can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severities {
    /// Always an error.
    Error,
    /// Always a warning.
    Warning,
    /// An error or a warning; the rule's page says when.
    Either,
}

/// How much a fix can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// Keeps what the policy allows, or only narrows it: `check --fix` applies it.
    Safe,
    /// Changes what the policy allows: a person has to agree.
    Review,
}

impl Grade {
    /// `safe` or `review`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Review => "review",
        }
    }
}

/// One entry of the catalogue of findings (language reference, section 8).
#[derive(Debug)]
pub struct Rule {
    /// The stable code.
    pub code: Code,
    /// The short name in kebab case, `fallback-cycle`.
    pub name: &'static str,
    /// Error, warning, or either.
    pub severities: Severities,
    /// What one finding is about: `place`, `attempt`, `route`, …
    pub judged_on: &'static str,
    /// One line, lower case, without a full stop.
    pub summary: &'static str,
    /// The grade of the fix that its findings may carry.
    pub fix: Option<Grade>,
    /// The page that `byokc explain` prints, Markdown: what it finds, why it matters, an example that has it, the example mended.
    pub page: &'static str,
}

impl Rule {
    /// Whether `waive` may name this code: only warnings, BYOK50x and BYOK60x can be waived.
    pub fn waivable(&self) -> bool {
        self.severities != Severities::Error || matches!(self.code.0, 500..=509 | 600..=609)
    }

    /// The severity of a rule that has just one; the worse of the two for the others.
    pub fn severity(&self) -> Severity {
        match self.severities {
            Severities::Warning => Severity::Warning,
            Severities::Error | Severities::Either => Severity::Error,
        }
    }
}

/// A further place that tells why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is to be seen there.
    pub message: String,
}

/// Replaces the text of a span; an empty span inserts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// By what.
    pub text: String,
}

/// A change of the source that mends a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in the imperative.
    pub title: String,
    /// Whether it may be applied unasked.
    pub grade: Grade,
    /// The edits; they do not overlap.
    pub edits: Vec<Edit>,
}

/// The kind of declaration that a finding is about; `waive` names these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is the keyword of its name")]
pub enum SubjectKind {
    Provider,
    Model,
    Allow,
    Pool,
    Route,
    Tool,
    Source,
    Workflow,
    Step,
    Caller,
    Approver,
    Assertion,
    Test,
    Data,
    File,
}

impl SubjectKind {
    /// The keyword, `route`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Model => "model",
            Self::Allow => "allow",
            Self::Pool => "pool",
            Self::Route => "route",
            Self::Tool => "tool",
            Self::Source => "source",
            Self::Workflow => "workflow",
            Self::Step => "step",
            Self::Caller => "caller",
            Self::Approver => "approver",
            Self::Assertion => "assertion",
            Self::Test => "test",
            Self::Data => "data",
            Self::File => "file",
        }
    }
}

/// Whom a finding is about. An attempt's subject is its route; a step's name is `workflow/step`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// The kind of declaration.
    pub kind: SubjectKind,
    /// Its name.
    pub name: String,
}

/// That a `waive` declaration accepts a finding, why, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waived {
    /// The reason given.
    pub because: String,
    /// The last day, `2027-01-31`.
    pub until: String,
}

/// One finding.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// What kind of finding it is.
    pub rule: &'static Rule,
    /// Error or warning.
    pub severity: Severity,
    /// Where it is.
    pub span: Span,
    /// What is wrong, and for whom.
    pub message: String,
    /// What is to be seen at `span`; empty for nothing.
    pub label: String,
    /// Further places that tell why, in the order in which a reader follows them.
    pub labels: Vec<Label>,
    /// Facts.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Vec<String>,
    /// A change that mends it.
    pub fix: Option<Fix>,
    /// Whom it is about.
    pub subject: Option<Subject>,
    /// Places whose text nothing may show, wherever it draws the source: secrets.
    pub hide: Vec<Span>,
    /// Set where a waiver accepts it.
    pub waived: Option<Waived>,
}

impl Diagnostic {
    /// A finding with the rule's own severity and nothing but a place and a message.
    pub fn new(rule: &'static Rule, span: Span, message: impl Into<String>) -> Self {
        Self {
            rule,
            severity: rule.severity(),
            span,
            message: message.into(),
            label: String::new(),
            labels: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
            fix: None,
            subject: None,
            hide: Vec::new(),
            waived: None,
        }
    }

    /// As a warning (for a rule that can be either).
    #[must_use]
    pub fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// With the text at the main place.
    #[must_use]
    pub fn label(mut self, message: impl Into<String>) -> Self {
        self.label = message.into();
        self
    }

    /// With a further place.
    #[must_use]
    pub fn at(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { span, message: message.into() });
        self
    }

    /// With a fact.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// With a remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// With a fix.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, grade: Grade, edits: Vec<Edit>) -> Self {
        self.fix = Some(Fix { title: title.into(), grade, edits });
        self
    }

    /// With its subject.
    #[must_use]
    pub fn about(mut self, kind: SubjectKind, name: impl Into<String>) -> Self {
        self.subject = Some(Subject { kind, name: name.into() });
        self
    }

    /// The order in which findings are shown: by place, then by code, then by message.
    pub fn order(&self) -> impl Ord + '_ {
        (self.span, self.rule.code, &self.message)
    }

    /// Whether it counts: errors and warnings that no waiver accepts.
    pub fn counts(&self) -> bool {
        self.waived.is_none()
    }
}
