//! A planted fault that would do: how plausible it is, and how it is told.

use super::blame::{Suspect, multiple};
use super::part::isolate;
use super::pattern::Factor;
use crate::engine::sabotage::{Damage, Flaw, Place};
use crate::graph::Case;
use crate::modes::Error;
use crate::op::{Id, Op};

/// A fault that makes the claimed numbers of some parameters, and changes no other.
pub(super) struct Hypothesis {
    pub(super) place: Place,
    pub(super) damage: Damage,
    /// Its name, if it is a factor.
    pub(super) factor: Option<Factor>,
    /// The parameters.
    pub(super) explained: Vec<usize>,
}

impl Hypothesis {
    /// The most plausible first: a factor with a name, what else has one, any factor; one share, one node, all of an
    /// operation; what a parameter receives at once; the last of the program.
    pub(super) fn rank(&self, case: &Case) -> (usize, usize, bool, usize) {
        let graph = &case.graph;
        let kind = match (self.factor, self.damage) {
            (Some(Factor::Other(x)), _) if x != 0.0 => 2,
            (Some(_), _) => 0,
            _ => 1,
        };
        let before_last = |id: &Id| graph.nodes().len() - id.index();
        match &self.place {
            Place::Share(id, i) => {
                let operand = graph.node(graph.node(*id).args[*i]);
                let inside = !matches!(operand.op, Op::Input(_));
                (kind, 0, inside, before_last(id))
            }
            Place::Node(id) => (kind, 1, false, before_last(id)),
            Place::Op(_) => (kind, 2, false, 0),
        }
    }

    fn words(&self, case: &Case) -> String {
        match self.damage {
            Damage::Factor(0.0) => "is missing".into(),
            Damage::Factor(x) => multiple(self.factor.unwrap_or(Factor::Other(x))),
            Damage::Flipped(axis) => format!("is backwards along axis {axis}"),
            Damage::Passed => "is the cotangent as it came: the derivative is taken for 1".into(),
            Damage::Copy(number) => {
                let of = match &self.place {
                    Place::Share(id, i) => {
                        let arg = case.graph.node(*id).args[*i];
                        format!(" of {}", case.graph.name(arg))
                    }
                    _ => String::new(),
                };
                format!("is not summed over the copies{of}: copy {number} is taken for all")
            }
            Damage::Flaw(flaw) => match flaw {
                Flaw::Transposed => "is transposed".into(),
                Flaw::Shifted => "is moved on by one place".into(),
                Flaw::Swapped => "is that of the other operand".into(),
                Flaw::Overwritten => "replaces what was added up before".into(),
                other => format!("is wrong ({})", other.name()),
            },
        }
    }

    /// The suspect, beside hypotheses that explain as much.
    pub(super) fn suspect(&self, case: &Case, equal: &[&Hypothesis]) -> Result<Suspect, Error> {
        let mut others = Vec::new();
        for other in equal {
            if other.place != self.place && !others.contains(&other.place) {
                others.push(other.place.clone());
            }
        }
        named(case, &self.place, &self.words(case), &others)
    }
}

/// A place in words.
fn subject(case: &Case, place: &Place) -> String {
    let graph = &case.graph;
    let node = |id: Id| format!("{} node {}", graph.node(id).op.name(), graph.name(id));
    match place {
        Place::Share(id, i) => {
            let operand = graph.name(graph.node(*id).args[*i]);
            format!("the share of {} for its operand {operand}", node(*id))
        }
        Place::Node(id) => format!("what {} hands to its operands", node(*id)),
        Place::Op(op) => format!("what every {op} node hands to its operands"),
    }
}

/// A place as a suspect: what is wrong with it, and which places would do as well.
pub(super) fn named(
    case: &Case,
    place: &Place,
    what: &str,
    others: &[Place],
) -> Result<Suspect, Error> {
    const LISTED: usize = 3;
    let graph = &case.graph;
    let (node, operand) = match place {
        Place::Share(id, i) => (*id, Some(*i)),
        Place::Node(id) => (*id, None),
        Place::Op(op) => {
            let mut ids = graph.ids().rev();
            let last = ids.find(|&id| graph.node(id).op.name() == op);
            (last.expect("a hypothesis about a node that is there"), None)
        }
    };
    let mut message = format!("{} {what}", subject(case, place));
    if !others.is_empty() {
        let mut words: Vec<String> = others
            .iter()
            .take(LISTED)
            .map(|place| subject(case, place))
            .collect();
        if others.len() > LISTED {
            words.push(format!("{} more", others.len() - LISTED));
        }
        message.push_str(&format!(
            "; the same numbers would come from {}",
            words.join(", ")
        ));
    }
    let others = others.iter().filter_map(|place| match place {
        Place::Share(id, i) => Some((*id, Some(*i))),
        Place::Node(id) => Some((*id, None)),
        Place::Op(_) => None,
    });
    Ok(Suspect {
        node,
        op: graph.node(node).op.name().to_string(),
        operand,
        message,
        case: isolate(case, node)?,
        others: others.collect(),
    })
}
