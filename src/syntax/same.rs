//! Whether two trees say the same, wherever their parts stand.

use super::ast::{
    Auth, Block, Bounded, Callee, Chain, Claim, Declaration, Field, File, Item, Name, Need, Outcome, Routes, Source, Text, Url, Value,
    Waypoint, Whom, Word,
};
use super::keyword::{Key, Kind};
use crate::source::Span;

/// Whether two files hold the same declarations, in the same order and the same words. Places and comments do not count.
pub fn same_meaning(a: &File<'_>, b: &File<'_>) -> bool {
    a.declarations.same(&b.declarations)
}

trait Same {
    fn same(&self, other: &Self) -> bool;
}

impl Same for Span {
    fn same(&self, _: &Self) -> bool {
        true
    }
}

impl Same for str {
    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

impl<T: Same + ?Sized> Same for &T {
    fn same(&self, other: &Self) -> bool {
        (**self).same(*other)
    }
}

impl<T: Same> Same for Box<T> {
    fn same(&self, other: &Self) -> bool {
        (**self).same(other)
    }
}

impl<T: Same> Same for Vec<T> {
    fn same(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other).all(|(a, b)| a.same(b))
    }
}

impl<T: Same> Same for Option<T> {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Some(a), Some(b)) => a.same(b),
            (None, None) => true,
            _ => false,
        }
    }
}

macro_rules! equal {
    ($($type:ty),*) => { $(impl Same for $type {
        fn same(&self, other: &Self) -> bool {
            self == other
        }
    })* };
}

equal!(bool, Kind, Key);

macro_rules! records {
    ($($type:ident { $($part:ident),* })*) => { $(impl Same for $type<'_> {
        fn same(&self, other: &Self) -> bool {
            let Self { $($part),* } = self;
            $($part.same(&other.$part))&&*
        }
    })* };
}

// Each part is named, so a new one cannot be forgotten.
records! {
    Word { text, span }
    Text { raw, span }
    Declaration { span, item }
    Block { span, kind, name, fields, whole, lost }
    Field { span, key, value }
    Chain { what, within, up_to, on }
    Need { what, tokens }
}

macro_rules! choices {
    ($($type:ident { $($variant:ident $(( $($at:ident),* ))? $({ $($part:ident),* })?;)* })*) => { $(impl Same for $type<'_> {
        #[allow(unused_variables, reason = "where a variant holds places only")]
        fn same(&self, other: &Self) -> bool {
            match self {
                $(Self::$variant $(( $($at),* ))? $({ $($part),* })? => {
                    let this = ($($($at,)*)? $($($part,)*)?);
                    match other {
                        Self::$variant $(( $($at),* ))? $({ $($part),* })? => this.same(&($($($at,)*)? $($($part,)*)?)),
                        _ => false,
                    }
                })*
            }
        }
    })* };
}

macro_rules! tuples {
    ($(($($name:ident $at:tt),*))*) => { $(impl<$($name: Same),*> Same for ($($name,)*) {
        fn same(&self, other: &Self) -> bool {
            $(self.$at.same(&other.$at))&&*
        }
    })* };
}

tuples! { (A 0) (A 0, B 1) (A 0, B 1, C 2) (A 0, B 1, C 2, D 3) (A 0, B 1, C 2, D 3, E 4) }

choices! {
    Item {
        Language(a); Import(a); Data(a); Block(a);
        Allow { name, patterns, except, whole };
        Deny { patterns, routes, because };
        Pool { name, spread, targets, whole };
        Workflow { name, steps };
        Assert { title, claim };
        Waive { code, kind, name, because, until };
    }
    Name { Word(a); Text(a); }
    Value {
        Word(a); Words(a); Text(a); Texts(a); Chain(a);
        Key { source, managed };
        Url(a); Because(a);
        Upstreams { only, slugs };
        Header(a, b); Needs(a);
        Lowers { from, to, because };
        History(a); Strip(a);
        Approve { role, within };
        Auth(a); Times(a);
        Fail { subject, class };
        Expect { route, outcome };
    }
    Callee { None(a); Target(a); Pool(a); Route(a); }
    Source { Env(a); File(a); Keyring(a, b); Exec(a); PerRequest(a); None(a); }
    Url { Text(a); Env(a); }
    Auth { None(a); Token(a); Oauth(a); }
    Outcome { Serves(a); Tries(a); Fails { class, says }; }
    Claim {
        ReachesOnly { classes, whom };
        NeverReaches { classes, whom };
        OnlyServe { patterns, routes };
        Passes { to, through };
        Survives { routes, count, what };
        Independent { route, of, by };
        Bound { what, of, limit };
        OwnKeys(a); NoFallback(a);
    }
    Routes { All(a); Named(a); }
    Bounded { Routes(a); Workflow(a); }
    Whom { Word(a); Region(a); }
    Waypoint { Tool(a); Step(a); Provider(a); Approval(a, b); Redaction(a); }
}
