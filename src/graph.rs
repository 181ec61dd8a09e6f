//! The routing graph: routes, pools, targets, providers and keys, and who leads to whom. The only file that names petgraph.

use petgraph::Direction;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::VecDeque;

use crate::failure::Failures;
use crate::policy::model::{Callee, KeySource, Policy, PoolId, ProviderId, RouteId, TargetId};
use crate::source::Span;

mod dot;
mod drawing;
mod mermaid;

pub use dot::dot;
pub use drawing::Drawing;
pub use mermaid::mermaid;

/// A node of the routing graph.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Node<'s> {
    /// A route.
    Route(RouteId),
    /// A pool.
    Pool(PoolId),
    /// A target.
    Target(TargetId),
    /// A provider.
    Provider(ProviderId),
    /// A key, by its source.
    Key(KeySource<'s>),
}

/// Why one node leads to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// The route's primary, named there.
    Primary(Span),
    /// One of the route's fallbacks, named there, entered after these failures.
    Fallback(Span, Failures),
    /// A member of the pool, named there.
    Member(Span),
    /// The account that serves the target.
    ServedBy,
    /// The key of the account.
    PaidWith,
}

/// One step of a fallback cycle: the route, and the place where it names the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hop {
    /// The route.
    pub from: RouteId,
    /// The route that it falls back to.
    pub to: RouteId,
    /// Where.
    pub span: Span,
}

/// The routing graph of a policy.
#[derive(Debug)]
pub struct RouteGraph<'s> {
    graph: DiGraph<Node<'s>, Link>,
    routes: Vec<NodeIndex>,
    /// Strongly connected components, those without a way out first.
    components: Vec<Vec<RouteId>>,
    looping: Vec<bool>,
}

impl<'s> RouteGraph<'s> {
    /// From so many routes of a group, at most, cycles are looked for.
    const MOST_CYCLES: usize = 16;

    /// Builds the graph, in source order.
    pub fn new(policy: &Policy<'s>) -> Self {
        let mut graph = DiGraph::with_capacity(policy.routes.len() + policy.targets.len() + 16, policy.routes.len() * 3);
        let add_all = |graph: &mut DiGraph<Node<'s>, Link>, nodes: Vec<Node<'s>>| -> Vec<NodeIndex> {
            nodes.into_iter().map(|node| graph.add_node(node)).collect()
        };
        let routes = add_all(&mut graph, (0..).map(RouteId).map(Node::Route).take(policy.routes.len()).collect());
        let pools = add_all(&mut graph, (0..).map(PoolId).map(Node::Pool).take(policy.pools.len()).collect());
        let targets = add_all(&mut graph, (0..).map(TargetId).map(Node::Target).take(policy.targets.len()).collect());
        let providers = add_all(&mut graph, (0..).map(ProviderId).map(Node::Provider).take(policy.providers.len()).collect());
        let mut link = |from: Option<&NodeIndex>, to: Option<&NodeIndex>, link: Link| {
            if let (Some(from), Some(to)) = (from, to) {
                graph.add_edge(*from, *to, link);
            }
        };
        for (route, node) in policy.routes.iter().zip(&routes) {
            for (index, step) in route.chain.iter().enumerate() {
                let to = match step.callee {
                    Callee::Target(target) => targets.get(target.0 as usize),
                    Callee::Pool(pool) => pools.get(pool.0 as usize),
                    Callee::Route(called) => routes.get(called.0 as usize),
                };
                let why = if index == 0 { Link::Primary(step.callee_span) } else { Link::Fallback(step.callee_span, step.on) };
                link(Some(node), to, why);
            }
        }
        for (pool, node) in policy.pools.iter().zip(&pools) {
            for member in &pool.members {
                link(Some(node), targets.get(member.value.0 as usize), Link::Member(member.span));
            }
        }
        for (target, node) in policy.targets.iter().zip(&targets) {
            link(Some(node), providers.get(target.provider.0 as usize), Link::ServedBy);
        }
        let mut keys: FxHashMap<KeySource<'s>, NodeIndex> = FxHashMap::default();
        for (provider, node) in policy.providers.iter().zip(&providers) {
            if let Some(key) = &provider.key {
                let to = *keys.entry(key.value.clone()).or_insert_with(|| graph.add_node(Node::Key(key.value.clone())));
                graph.add_edge(*node, to, Link::PaidWith);
            }
        }
        let mut this = Self { graph, looping: vec![false; routes.len()], routes, components: Vec::new() };
        this.find_components();
        this
    }

    fn find_components(&mut self) {
        // Kosaraju's algorithm keeps its own stack: a chain of any length cannot exhaust the thread's.
        for component in kosaraju_scc(&self.graph) {
            let mut routes: Vec<RouteId> = component.iter().filter_map(|node| self.route(*node)).collect();
            routes.sort_unstable();
            let Some(first) = routes.first().copied() else { continue };
            let in_cycle = routes.len() > 1 || self.calls(first).any(|hop| hop.to == first);
            // Components come callees first, so what a route calls has been judged before it.
            let reaches = routes.iter().any(|route| self.calls(*route).any(|hop| self.loops(hop.to)));
            for route in &routes {
                if let Some(slot) = self.looping.get_mut(route.0 as usize) {
                    *slot = in_cycle || reaches;
                }
            }
            self.components.push(routes);
        }
    }

    fn route(&self, node: NodeIndex) -> Option<RouteId> {
        match self.graph.node_weight(node) {
            Some(Node::Route(route)) => Some(*route),
            _ => None,
        }
    }

    /// Whether a route is on a fallback cycle or leads to one, so that it has no attempts.
    pub fn loops(&self, route: RouteId) -> bool {
        self.looping.get(route.0 as usize).copied().unwrap_or(false)
    }

    /// The routes that a route's chain names, in order.
    pub fn calls(&self, route: RouteId) -> impl Iterator<Item = Hop> + '_ {
        let mut hops: Vec<Hop> = self
            .routes
            .get(route.0 as usize)
            .into_iter()
            .flat_map(|node| self.graph.edges_directed(*node, Direction::Outgoing))
            .filter_map(|edge| match *edge.weight() {
                Link::Primary(span) | Link::Fallback(span, _) => Some(Hop { from: route, to: self.route(edge.target())?, span }),
                _ => None,
            })
            .collect();
        hops.sort_unstable_by_key(|hop| hop.span);
        hops.into_iter()
    }

    /// Every route, those that are called before those that call them.
    pub fn callees_first(&self) -> Vec<RouteId> {
        self.components.iter().flatten().copied().collect()
    }

    /// Fallback cycles, each a shortest one through its first route in source order: so many that every route on a cycle is on one of them.
    pub fn cycles(&self) -> Vec<Vec<Hop>> {
        let mut cycles: Vec<Vec<Hop>> = Vec::new();
        for component in &self.components {
            let mut drawn: FxHashSet<RouteId> = FxHashSet::default();
            // A large knot of routes is told by some of its cycles: each takes a walk through all of it.
            for route in component.iter().take(Self::MOST_CYCLES) {
                if let Some(cycle) = (!drawn.contains(route)).then(|| self.shortest_cycle(*route, component)).flatten() {
                    drawn.extend(cycle.iter().map(|hop| hop.from));
                    cycles.push(cycle);
                }
            }
        }
        cycles.sort_unstable_by_key(|cycle| cycle.first().map(|hop| hop.from));
        cycles
    }

    fn shortest_cycle(&self, start: RouteId, component: &[RouteId]) -> Option<Vec<Hop>> {
        let mut came: FxHashMap<RouteId, Hop> = FxHashMap::default();
        let mut queue = VecDeque::from([start]);
        while let Some(route) = queue.pop_front() {
            for hop in self.calls(route) {
                if hop.to == start {
                    let mut cycle = vec![hop];
                    while let Some(before) = cycle.last().filter(|hop| hop.from != start).and_then(|hop| came.get(&hop.from)) {
                        cycle.push(*before);
                    }
                    cycle.reverse();
                    return Some(cycle);
                }
                if component.binary_search(&hop.to).is_ok() && !came.contains_key(&hop.to) {
                    came.insert(hop.to, hop);
                    queue.push_back(hop.to);
                }
            }
        }
        None
    }

    /// Every node, in source order within its kind.
    pub fn nodes(&self) -> impl Iterator<Item = &Node<'s>> {
        self.graph.node_weights()
    }

    /// Every link, in source order within its kind: from, to, why.
    pub fn links(&self) -> impl Iterator<Item = (&Node<'s>, &Node<'s>, Link)> {
        self.graph
            .edge_references()
            .filter_map(|edge| Some((self.graph.node_weight(edge.source())?, self.graph.node_weight(edge.target())?, *edge.weight())))
    }
}
