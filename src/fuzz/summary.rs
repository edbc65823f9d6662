//! What a run found: plain data, which the parts of a run that was divided add up to.

use crate::check::Class;
use crate::graph::Case;
use crate::op::Op;
use std::collections::{BTreeMap, BTreeSet};

/// How an engine did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct EngineTally {
    /// The engine's name.
    pub name: String,
    /// Cases in which all was right.
    pub agree: u64,
    /// Cases in which something was wrong.
    pub disagree: u64,
    /// Cases in which something could not be decided, and nothing was wrong.
    pub undecided: u64,
    /// Cases that the engine does not take.
    pub unsupported: u64,
    /// Cases that are at fault themselves.
    pub failed: u64,
}

impl EngineTally {
    fn add(&mut self, other: &Self) {
        self.agree += other.agree;
        self.disagree += other.disagree;
        self.undecided += other.undecided;
        self.unsupported += other.unsupported;
        self.failed += other.failed;
    }
}

/// Something that an engine does wrong, as the smallest case that was found for it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Finding {
    /// The engine's name and version.
    pub engine: String,
    /// What is wrong.
    #[cfg_attr(feature = "serde", serde(with = "class_name"))]
    pub class: Class,
    /// The operations of the smallest case, or, where one of them is wrong by itself, that one.
    pub ops: Vec<String>,
    /// How many operations the smallest case has.
    pub nodes: usize,
    /// Where the case was saved.
    pub file: Option<String>,
    /// What is wrong, in numbers.
    pub message: String,
    /// The number of the case that was drawn.
    pub case: u64,
    /// What it depends on: `needs a repeated index`, `only f32`.
    #[cfg_attr(feature = "serde", serde(default))]
    pub conditions: String,
    /// Whether random cases of these operations hardly ever show it. Then the conditions are those of the first case, and all
    /// of its class in these operations are one finding.
    #[cfg_attr(feature = "serde", serde(default))]
    pub rare: bool,
    /// In how many cases the engine was wrong in this way.
    #[cfg_attr(feature = "serde", serde(default))]
    pub count: u64,
    /// The directory with its reproducer and its report.
    #[cfg_attr(feature = "serde", serde(default))]
    pub report: Option<String>,
}

/// Engine, class and operations.
pub(super) type Group = (String, Class, Vec<String>);

impl Finding {
    pub(super) fn group(&self) -> Group {
        (self.engine.clone(), self.class, self.ops.clone())
    }

    /// The operations in words.
    pub fn operations(&self) -> String {
        match &self.ops[..] {
            [] => "a parameter by itself".into(),
            ops => ops.join(", "),
        }
    }

    /// What it takes to show the fault, as far as that tells it from others of its class in these operations; nothing if it is
    /// rare.
    pub fn distinction(&self) -> &str {
        match self.rare {
            true => "",
            false => &self.conditions,
        }
    }

    /// Whether two are the same fault: it takes the same to show them.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let own = (self.rare, self.distinction());
        self.group() == other.group() && own == (other.rare, other.distinction())
    }
}

/// Class by its word.
#[cfg(feature = "serde")]
mod class_name {
    use crate::check::Class;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(class: &Class, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(class.name())
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<Class, D::Error> {
        let word = String::deserialize(from)?;
        Class::from_name(&word).ok_or_else(|| D::Error::custom(format!("no class `{word}`")))
    }
}

/// What the cases were made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Coverage {
    /// How often each operation was used.
    pub ops: BTreeMap<String, u64>,
    /// How many operations had results of each rank.
    pub ranks: BTreeMap<String, u64>,
    /// The number of pairs of operations of which one fed the other.
    pub pairs: usize,
    /// Those pairs, as `first>second`: parts of a run can only be added up if they are known.
    #[cfg_attr(feature = "serde", serde(default))]
    pub pair_list: BTreeSet<String>,
}

impl Coverage {
    /// Counts a case.
    pub fn add(&mut self, case: &Case) {
        let graph = &case.graph;
        let computes = |op: &Op| !matches!(op, Op::Input(_));
        for node in graph.nodes().iter().filter(|node| computes(&node.op)) {
            let name = node.op.name();
            count(&mut self.ops, name);
            count(&mut self.ranks, &node.shape.rank().to_string());
            for arg in &node.args {
                let feeder = &graph.node(*arg).op;
                if computes(feeder) {
                    let pair = [feeder.name(), name].join(">");
                    self.pair_list.insert(pair);
                }
            }
        }
        self.pairs = self.pair_list.len();
    }

    fn merge(&mut self, other: Self) {
        add_counts(&mut self.ops, other.ops);
        add_counts(&mut self.ranks, other.ranks);
        self.pair_list.extend(other.pair_list);
        self.pairs = self.pair_list.len();
    }
}

pub(super) fn count(counts: &mut BTreeMap<String, u64>, key: &str) {
    match counts.get_mut(key) {
        Some(n) => *n += 1,
        None => drop(counts.insert(key.to_string(), 1)),
    }
}

fn add_counts(to: &mut BTreeMap<String, u64>, from: BTreeMap<String, u64>) {
    for (key, n) in from {
        *to.entry(key).or_insert(0) += n;
    }
}

/// What a run, or a part of it, found.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Summary {
    /// The version of this crate.
    pub secant: String,
    /// The seed.
    pub seed: u64,
    /// Which part of how many; all of it is 0 of 1.
    pub shard: (u64, u64),
    /// How many cases were judged.
    pub cases: u64,
    /// How long that took; of parts that ran beside each other, the longest.
    pub seconds: f64,
    /// Cases over seconds.
    pub cases_per_second: f64,
    /// How each engine did.
    pub engines: Vec<EngineTally>,
    /// How often each reason left something undecided.
    pub undecided: BTreeMap<String, u64>,
    /// What is wrong, in the order of the cases: one entry a fault. Also legal choices that differ from ours
    /// ([`Class::Convention`]), which are no disagreements.
    pub findings: Vec<Finding>,
    /// What the judge calls wrong and the engine's own values do not confirm.
    #[cfg_attr(feature = "serde", serde(default))]
    pub unconfirmed: Vec<Finding>,
    /// What the cases were made of.
    pub coverage: Coverage,
}

impl Summary {
    /// Adds another part of the same run. The order in which parts are added does not matter.
    pub fn merge(&mut self, other: Self) {
        if self.secant.is_empty() {
            *self = other;
            return;
        }
        if other.secant.is_empty() {
            return;
        }
        self.seed = self.seed.min(other.seed);
        self.shard = (0, 1);
        self.cases += other.cases;
        self.seconds = self.seconds.max(other.seconds);
        self.cases_per_second = self.cases as f64 / self.seconds.max(1e-9);
        // two engines of a run may have one name: its first tally is added to the first of it, the second to the second
        let mut taken = vec![false; self.engines.len()];
        for tally in other.engines {
            let is_own = |&i: &usize| !taken[i] && self.engines[i].name == tally.name;
            match (0..taken.len()).find(is_own) {
                None => self.engines.push(tally),
                Some(i) => {
                    taken[i] = true;
                    self.engines[i].add(&tally);
                }
            }
        }
        add_counts(&mut self.undecided, other.undecided);
        for (own, others) in [
            (&mut self.findings, other.findings),
            (&mut self.unconfirmed, other.unconfirmed),
        ] {
            own.extend(others);
            keep_first(own);
        }
        self.coverage.merge(other.coverage);
    }

    /// How many answers were wrong.
    pub fn disagreements(&self) -> u64 {
        self.engines.iter().map(|tally| tally.disagree).sum()
    }
}

/// Adds a finding to what is known of its like.
pub(super) fn add(to: &mut Vec<Finding>, finding: Finding) {
    to.push(finding);
    keep_first(to);
}

/// Sorts findings by case, and keeps the first of each fault. So what is kept does not depend on the order in which cases
/// were judged.
fn keep_first(findings: &mut Vec<Finding>) {
    findings.sort_by_key(|finding| (finding.case, finding.group()));
    let mut kept: Vec<Finding> = Vec::new();
    for finding in findings.drain(..) {
        let mut earlier = kept.iter_mut();
        match earlier.find(|first| first.is_like(&finding)) {
            Some(first) => first.count += finding.count,
            None => kept.push(finding),
        }
    }
    *findings = kept;
}

#[cfg(all(test, feature = "serde"))]
mod tests {
    use super::*;

    /// The names are a contract: other tools read them.
    #[test]
    fn json_has_the_names_that_are_documented() {
        let mut summary = Summary {
            secant: "0.1.0".into(),
            shard: (0, 1),
            engines: vec![EngineTally::default()],
            findings: vec![Finding {
                engine: "candle 0.11.1".into(),
                class: Class::WrongGradient,
                ops: vec!["scatter_add".into()],
                nodes: 2,
                file: None,
                message: String::new(),
                case: 7,
                conditions: "only f32".into(),
                rare: false,
                count: 1,
                report: None,
            }],
            ..Summary::default()
        };
        summary.coverage.pair_list.insert("add>mul".into());
        let json = serde_json::to_value(&summary).unwrap();
        let names = |value: &serde_json::Value| -> Vec<String> {
            value.as_object().unwrap().keys().cloned().collect()
        };
        let top = "secant seed shard cases seconds cases_per_second engines undecided findings unconfirmed coverage";
        assert_eq!(names(&json).join(" "), top);
        let tally = "name agree disagree undecided unsupported failed";
        assert_eq!(names(&json["engines"][0]).join(" "), tally);
        let finding = "engine class ops nodes file message case conditions rare count report";
        assert_eq!(names(&json["findings"][0]).join(" "), finding);
        assert_eq!(json["findings"][0]["class"], "wrong-gradient");
        assert_eq!(
            names(&json["coverage"]).join(" "),
            "ops ranks pairs pair_list"
        );
        assert_eq!(serde_json::from_value::<Summary>(json).unwrap(), summary);
    }
}
