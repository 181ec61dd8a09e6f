//! One place of a route's chain: `primary` or `fallback`.

use super::Resolver;
use super::about::About;
use super::number::Zero;
use crate::diagnostic::Diagnostic;
use crate::failure::Failures;
use crate::policy::model::{Alternative, At, Callee};
use crate::policy::rules;
use crate::source::Span;
use crate::syntax::ast::{self, Chain, Field};
use crate::syntax::keyword::Key;

impl<'s> Resolver<'s> {
    /// Who is called, after which failures, and whether all of that is known. `None` where that is not known (which is reported).
    pub(super) fn alternative(&mut self, field: &Field<'s>, chain: &Chain<'s>, about: About<'s>) -> Option<(Alternative, bool)> {
        let spot = about.field(field.key);
        let mut whole = true;
        let (callee, callee_span) = match chain.what {
            ast::Callee::Target(word) => (self.target(word, spot).map(Callee::Target), word.span),
            ast::Callee::Pool(word) => {
                let pool = self.pool_id(word, about);
                whole = !pool.is_some_and(|pool| self.broken_pools.contains(&pool));
                (pool.map(Callee::Pool), word.span)
            }
            ast::Callee::Route(word) if field.key == Key::Primary => {
                self.out.wrong(spot, word, "is a route", "name a target or a pool; a route can be a `fallback` only");
                (None, word.span)
            }
            ast::Callee::Route(word) => (self.route_id(word, about).map(Callee::Route), word.span),
            ast::Callee::None(span) => {
                let finding = Diagnostic::new(&rules::BAD_VALUE, span, format!("{spot} is `none`")).label("calls nobody");
                self.out.add(about, finding.help("name a target or a pool; only `fallback` can be `none`"));
                (None, span)
            }
        };
        let on_span = chain.on.first().zip(chain.on.last()).map(|(first, last)| first.span.to(last.span));
        let single = field.key == Key::Primary && matches!(chain.what, ast::Callee::Target(_));
        let (on, good) = if chain.on.is_empty() || single { (Failures::DEFAULT, true) } else { self.failures(&chain.on, about) };
        whole &= good;
        if let Some(span) = on_span.filter(|_| single) {
            let finding = Diagnostic::new(&rules::BAD_VALUE, span, format!("{spot} has an `on`, and nothing is called before it"))
                .label("no failure can come before the primary");
            let help = "take `on` out; a fallback has one, and so has a pool, for its further members";
            self.out.add(about, finding.help(help));
        }
        let value = |value: u64, span: Span| At { value, span };
        let within = chain.within.and_then(|word| Some(value(self.out.duration(word, Zero::Refused, about.spot("within"))?, word.span)));
        let up_to = chain.up_to.and_then(|word| Some(value(self.out.tokens(word, Zero::Refused, about.spot("up to"))?, word.span)));
        let on_span = on_span.filter(|_| !single);
        callee.map(|callee| (Alternative { span: field.span, on, on_span, callee, callee_span, within, up_to }, whole))
    }
}
