//! Data and keys: nobody is sent what he is not cleared for, and nobody's key pays where only your own may.

use std::collections::BTreeMap;

use super::attempts::{Called, Stop, masks, strips};
use super::classes::Set;
use super::fault::{Fault, Faults, at};
use super::world::World;
use crate::plan::KeyOwner;

/// Checks every attempt, tool and step.
pub(super) fn check(world: &World<'_>, faults: &mut Faults) {
    for called in world.routes.values() {
        for (index, stop) in called.stops.iter().enumerate() {
            clearance(world, called, index, stop, faults);
            lowering(world, called, index, stop, faults);
            owner(called, index, stop, faults);
        }
        tools(world, called, faults);
    }
    for (name, stages) in &world.workflows {
        steps(world, name, stages, faults);
    }
}

fn place(called: &Called<'_>, index: usize) -> String {
    at(["routes", called.name, "attempts", &index.to_string()])
}

fn clearance(world: &World<'_>, called: &Called<'_>, index: usize, stop: &Stop<'_>, faults: &mut Faults) {
    let above = stop.data.without(world.set(&stop.provider.clearance));
    if !above.is_empty() {
        let (data, target, account) = (world.classes.describe(above), &stop.attempt.target, &stop.attempt.provider);
        let message = format!("`{target}` may receive {data} data, for which provider `{account}` is not cleared");
        faults.0.push(Fault { run: called.way(index), ..Fault::new(place(called, index), message) });
    }
}

/// Redaction alone makes data less sensitive, and it reads text only.
fn lowering(world: &World<'_>, called: &Called<'_>, index: usize, stop: &Stop<'_>, faults: &mut Faults) {
    if stop.data == called.accepts {
        return;
    }
    let unread: &[&str] = match &*called.route.kind {
        "embedding" | "speech" => &[],
        "transcription" => &["files"],
        _ => &["images", "files"],
    };
    let strips = strips(called.route, stop.attempt);
    let read = masks(called.route, stop.attempt).next().is_some() && unread.iter().all(|part| strips.contains(*part));
    faults.unless(
        read,
        || place(called, index),
        || {
            let data = world.classes.describe(called.accepts.without(stop.data));
            format!("it is said to lower {data} data, but it masks nothing, or sends images or files, which nobody masks")
        },
    );
}

fn owner(called: &Called<'_>, index: usize, stop: &Stop<'_>, faults: &mut Faults) {
    let may = stop.provider.key_owner == KeyOwner::Own || called.route.byok == "prefer" && !called.entries.contains(&index);
    faults.unless(
        may,
        || place(called, index),
        || {
            let (account, byok) = (&stop.attempt.provider, &called.route.byok);
            format!("the key of provider `{account}` is not your own, which `byok: {byok}` does not let serve here")
        },
    );
}

fn tools(world: &World<'_>, called: &Called<'_>, faults: &mut Faults) {
    let shown = called.stops.iter().fold(Set::default(), |all, stop| all.union(stop.data));
    for (name, tool) in called.route.tools.iter().filter_map(|name| world.plan.tools.get_key_value(name)) {
        let refused = shown.without(world.set(&tool.accepts));
        faults.unless(
            refused.is_empty(),
            || at(["routes", called.name, "tools"]),
            || format!("tool `{name}` may get {} data, which it does not accept", world.classes.describe(refused)),
        );
        let returned = world.set(&tool.returns).without(called.accepts);
        faults.unless(
            returned.is_empty(),
            || at(["routes", called.name, "tools"]),
            || format!("tool `{name}` returns {} data, which the route does not accept", world.classes.describe(returned)),
        );
    }
}

fn steps(world: &World<'_>, name: &str, stages: &[super::flow::Stage<'_>], faults: &mut Faults) {
    let mut out: BTreeMap<&str, Set> = BTreeMap::new();
    for stage in stages {
        let read = stage.step.reads.iter().filter_map(|source| world.plan.sources.get(source)).map(|source| world.set(&source.holds));
        let handed = stage.step.after.iter().filter_map(|before| out.get(&**before).copied());
        let input = read.chain(handed).fold(Set::default(), Set::union);
        let Some(called) = world.routes.get(&*stage.step.route) else { continue };
        let refused = input.without(called.accepts);
        faults.unless(
            refused.is_empty(),
            || at(["workflows", name, "steps", stage.name]),
            || {
                let (data, route) = (world.classes.describe(refused), called.name);
                format!("step `{}` sends {data} data to route `{route}`, which does not accept it", stage.name)
            },
        );
        let returned = called.route.tools.iter().filter_map(|tool| world.plan.tools.get(tool)).map(|tool| world.set(&tool.returns));
        out.insert(stage.name, world.classes.lower(returned.fold(input, Set::union), &stage.step.lowers));
    }
}
