//! The routing graph as nodes and edges with texts, for any language that draws graphs.

use std::collections::BTreeMap;

use crate::policy::model::{KeySource, Policy};

use super::{Link, Node, RouteGraph};
use crate::text::one_line;

/// The graph, ready to be written down.
#[derive(Debug, Default)]
pub struct Drawing {
    /// Kinds of nodes that occur, in the order in which a run meets them, with their nodes.
    pub groups: Vec<(Kind, Vec<Dot>)>,
    /// The edges, in source order within their kind.
    pub edges: Vec<Line>,
}

/// A node.
#[derive(Debug)]
pub struct Dot {
    /// A letter and a number: safe in every language.
    pub id: String,
    /// The text in it, on one line.
    pub text: String,
}

/// An edge.
#[derive(Debug)]
pub struct Line {
    /// The id of its start.
    pub from: String,
    /// The id of its end.
    pub to: String,
    /// The text at it, which may be empty.
    pub text: String,
    /// Whether it is a fallback.
    pub fallback: bool,
}

/// A kind of node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the kind of its name")]
pub enum Kind {
    Route,
    Pool,
    Target,
    Provider,
    Key,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Route, Self::Pool, Self::Target, Self::Provider, Self::Key];

    /// The name of a group of such nodes.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Route => "routes",
            Self::Pool => "pools",
            Self::Target => "models",
            Self::Provider => "providers",
            Self::Key => "keys",
        }
    }
}

impl Drawing {
    /// Of a policy's graph.
    pub fn new(policy: &Policy<'_>, graph: &RouteGraph<'_>) -> Self {
        let keys: Vec<&KeySource<'_>> = graph.nodes().filter_map(|node| if let Node::Key(key) = node { Some(key) } else { None }).collect();
        let id = |node: &Node<'_>| match node {
            Node::Route(id) => format!("r{}", id.0),
            Node::Pool(id) => format!("p{}", id.0),
            Node::Target(id) => format!("t{}", id.0),
            Node::Provider(id) => format!("a{}", id.0),
            Node::Key(key) => format!("k{}", keys.iter().position(|known| *known == key).unwrap_or_default()),
        };
        let dots = |kind: Kind| {
            let nodes = graph.nodes().filter(|node| kind_of(node) == kind);
            nodes.map(|node| Dot { id: id(node), text: one_line(&text(policy, node)).into_owned() }).collect()
        };
        let groups = Kind::ALL.into_iter().map(|kind| (kind, dots(kind))).filter(|(_, dots): &(_, Vec<Dot>)| !dots.is_empty());
        let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
        let edges = graph.links().map(|(from, to, link)| {
            let from_id = id(from);
            let number = numbers.entry(from_id.clone()).or_default();
            *number += 1;
            let text = label(policy, from, to, link, *number);
            Line { from: from_id, to: id(to), text, fallback: matches!(link, Link::Fallback(..)) }
        });
        let edges = edges.collect();
        Self { groups: groups.collect(), edges }
    }
}

fn kind_of(node: &Node<'_>) -> Kind {
    match node {
        Node::Route(_) => Kind::Route,
        Node::Pool(_) => Kind::Pool,
        Node::Target(_) => Kind::Target,
        Node::Provider(_) => Kind::Provider,
        Node::Key(_) => Kind::Key,
    }
}

fn text(policy: &Policy<'_>, node: &Node<'_>) -> String {
    match node {
        Node::Route(id) => policy[*id].name.text.to_owned(),
        Node::Pool(id) if policy[*id].spread => format!("{} (spread)", policy[*id].name.text),
        Node::Pool(id) => policy[*id].name.text.to_owned(),
        Node::Target(id) => policy[*id].text.to_owned(),
        Node::Provider(id) if policy[*id].managed.is_some() => format!("{} (managed)", policy[*id].name.text),
        Node::Provider(id) => policy[*id].name.text.to_owned(),
        Node::Key(key) => key.describe(),
    }
}

/// What is said at an edge; `number` counts the edges from the same node.
fn label(policy: &Policy<'_>, from: &Node<'_>, to: &Node<'_>, link: Link, number: usize) -> String {
    match link {
        Link::Primary(_) => {
            let on = match (from, to) {
                (Node::Route(route), Node::Pool(_)) => policy[*route].chain.first().map(|step| format!(", on {}", step.on.describe())),
                _ => None,
            };
            format!("primary{}", on.unwrap_or_default())
        }
        Link::Fallback(_, on) => format!("{}: on {}", number - 1, on.describe()),
        Link::Member(_) => number.to_string(),
        Link::ServedBy | Link::PaidWith => String::new(),
    }
}
