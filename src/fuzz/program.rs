//! A program while it is drawn: the graph with the values of its nodes.

use super::guard::{Operand, Step, attempt, guards, lets_through};
use super::scope::{Choice, Scope};
use super::values::{self, mix};
use crate::graph::{Case, Dtype, Graph, Params};
use crate::op::pointwise::REAL;
use crate::op::{Choices, Domain, Drawn, Id, Input, Op, Request};
use crate::tensor::{Shape, Tensor};
use smallvec::SmallVec;

/// No tensor has more elements.
const LARGEST: usize = 64;

/// All tensors of a program together have not many more elements.
const TOTAL: usize = 320;

/// How often another first operand is tried before an operation is given up.
const ATTEMPTS: u32 = 8;

/// Operations that make views: other readings of the same numbers.
const VIEWS: [&str; 4] = ["transpose", "slice", "flip", "broadcast_to"];

/// The words of one operation, by what they decide. Each has its own, so that they change independently.
struct Words<'w>(&'w [u32]);

impl<'w> Words<'w> {
    fn at(&self, place: usize) -> u32 {
        self.0.get(place).copied().unwrap_or(0)
    }

    fn from(&self, place: usize) -> Choices<'w> {
        Choices::new(self.0.get(place..).unwrap_or(&[]))
    }

    fn kind(&self) -> u32 {
        self.at(0)
    }
    fn operand(&self) -> u32 {
        self.at(1)
    }
    fn style(&self) -> u32 {
        self.at(2)
    }
    fn seed(&self) -> u32 {
        self.at(3)
    }
    fn others(&self) -> u32 {
        self.at(4)
    }
    fn view(&self) -> u32 {
        self.at(5)
    }
    fn shape(&self) -> Choices<'w> {
        self.from(6)
    }
    fn attributes(&self) -> Choices<'w> {
        self.from(12)
    }
}

/// An operand that is not in the program yet.
#[derive(Clone)]
struct Plan {
    base: Base,
    steps: SmallVec<[Step; 2]>,
    value: Tensor<f64>,
    moves: bool,
}

#[derive(Clone)]
enum Base {
    Node(Id),
    Leaf(Input, Tensor<f64>),
}

impl Plan {
    fn leaf(role: Input, value: Tensor<f64>) -> Self {
        Self {
            base: Base::Leaf(role, value.clone()),
            steps: SmallVec::new(),
            value,
            moves: role == Input::Param,
        }
    }

    fn operand(&self) -> Operand<'_> {
        Operand {
            value: &self.value,
            moves: self.moves,
        }
    }

    /// The plan with further steps, if they can be taken.
    fn then(&self, steps: &[Step]) -> Option<Self> {
        let mut plan = self.clone();
        for step in steps {
            plan.value = step.take(plan.operand())?;
            plan.steps.push(step.clone());
        }
        (plan.value.len() <= LARGEST).then_some(plan)
    }

    fn is_index(&self) -> bool {
        matches!(self.base, Base::Leaf(Input::Index, _))
    }
}

/// How many operations plans take together.
fn steps(plans: &[Plan]) -> usize {
    plans.iter().map(|plan| plan.steps.len()).sum()
}

/// What is known of a node.
struct Known {
    value: Tensor<f64>,
    /// Whether it depends on a parameter.
    moves: bool,
    /// How many operations read it.
    uses: usize,
}

/// A program that grows.
pub(super) struct Program<'s> {
    scope: &'s Scope,
    dtype: Dtype,
    graph: Graph,
    params: Params<f64>,
    known: Vec<Known>,
    operations: usize,
    elements: usize,
}

impl<'s> Program<'s> {
    pub(super) fn new(scope: &'s Scope, dtype: Dtype) -> Self {
        Self {
            scope,
            dtype,
            graph: Graph::new(),
            params: Params::new(),
            known: Vec::new(),
            operations: 0,
            elements: 0,
        }
    }

    /// Adds the operation that a record asks for, with what it needs before it.
    pub(super) fn grow(&mut self, record: &[u32]) {
        if self.scope.is_empty() || self.operations >= self.scope.max_nodes {
            return;
        }
        let words = Words(record);
        let place = Choices::new(&[words.kind()]).below(self.scope.len());
        let choice = self.scope.choice(place);
        for turn in 0..ATTEMPTS {
            // a full program takes only operations that fit; the last attempts bring fresh numbers
            let fresh = turn >= ATTEMPTS / 2;
            let Some(first) = self.first(choice, &words, turn, fresh) else {
                continue;
            };
            if let Some((op, plans, value)) = self.settle(choice, &words, first, fresh) {
                self.push(op, plans, value);
                return;
            }
        }
    }

    /// A first operand: a node, most often a late one, or a leaf.
    fn first(&self, choice: Choice<'_>, words: &Words<'_>, turn: u32, fresh: bool) -> Option<Plan> {
        let word = mix(words.operand(), u64::from(turn));
        let mut from = [word, mix(word, 1), mix(word, 2)];
        if words.operand() == 0 {
            from = [0, turn << 28, 0];
        }
        let mut from = Choices::new(&from);
        if fresh || self.known.is_empty() || from.chance(0.2) {
            let mut shape = values::shape(&mut words.shape());
            let other: Vec<u32> = (0..16).map(|k| mix(word, 3 + k)).collect();
            if let Some(shape) = choice.first(&mut Choices::new(&other)) {
                return Some(self.dressed(&shape, words, word));
            }
            if turn > ATTEMPTS / 2 {
                // square matrices, vectors, and whatever else the words say
                let other = [mix(words.seed() | 1, u64::from(turn)); 1];
                let sizes = [1 + Choices::new(&other).below(3); 4];
                shape = sizes[..[2, 1, 3][turn as usize % 3]].into();
            }
            return Some(Plan::leaf(
                self.role(words.style()),
                values::leaf(&shape, words.style(), words.seed(), self.dtype),
            ));
        }
        let unused = from.chance(0.5);
        let is_candidate = |id: &Id| {
            let known = &self.known[id.index()];
            !self.is_index(*id) && (!unused || known.uses == 0)
        };
        let nodes: Vec<Id> = self.graph.ids().rev().filter(is_candidate).collect();
        let back = from.unit();
        let id = *nodes.get((back * back * nodes.len() as f64) as usize)?;
        self.viewed(self.node(id), words, turn)
    }

    /// A leaf of a shape that few nodes have, sometimes turned or behind another operation.
    fn dressed(&self, shape: &Shape, words: &Words<'_>, word: u32) -> Plan {
        let choices = [mix(word, 20), mix(word, 21)];
        let mut from = Choices::new(&choices);
        let leaf = |shape: &Shape| {
            let value = values::leaf(shape, words.style(), words.seed(), self.dtype);
            Plan::leaf(self.role(words.style()), value)
        };
        let turned = from.chance(0.3).then(|| {
            let back: Shape = shape.iter().rev().copied().collect();
            let perm = (0..shape.rank() as i64).rev().collect();
            leaf(&back).then(&[self.view("transpose", perm)?])
        });
        let plan = turned.flatten().unwrap_or_else(|| leaf(shape));
        let behind = from.chance(0.4).then(|| {
            let guards = guards(self.scope, &plan.value, words.others(), self.dtype);
            guards.iter().find_map(|steps| plan.then(steps))
        });
        behind.flatten().unwrap_or(plan)
    }

    /// One of the operations that make views, with its attribute.
    fn view(&self, name: &str, attr: Vec<i64>) -> Option<Step> {
        let key = if name == "transpose" { "perm" } else { "shape" };
        let attr = crate::op::attr::Attribute::write(&attr);
        let op = self.scope.named(name)?.with(&[(key.into(), attr)]).ok()?;
        Some(Step { op, constant: None })
    }

    /// Sometimes a view of an operand in its place.
    fn viewed(&self, plan: Plan, words: &Words<'_>, turn: u32) -> Option<Plan> {
        let word = mix(words.view(), u64::from(turn));
        if !Choices::new(&[word]).chance(0.2) {
            return Some(plan);
        }
        let words: Vec<u32> = (1..16).map(|k| mix(word, k)).collect();
        let mut from = Choices::new(&words);
        let view = self.scope.named(VIEWS[from.below(VIEWS.len())]);
        let drawn = view.and_then(|kind| kind.draw(&mut from, plan.value.shape()));
        let Some(drawn) = drawn.filter(|drawn| drawn.others.is_empty()) else {
            return Some(plan);
        };
        let step = Step {
            op: drawn.op,
            constant: None,
        };
        let viewed = plan.then(&[step]);
        Some(viewed.unwrap_or(plan))
    }

    /// A leaf is a parameter, or, now and then, a constant; the first one is a parameter.
    fn role(&self, style: u32) -> Input {
        let constant = !self.params.is_empty() && Choices::new(&[mix(style, 77)]).chance(0.2);
        if constant { Input::Const } else { Input::Param }
    }

    fn node(&self, id: Id) -> Plan {
        let known = &self.known[id.index()];
        Plan {
            base: Base::Node(id),
            steps: SmallVec::new(),
            value: known.value.clone(),
            moves: known.moves,
        }
    }

    fn is_index(&self, id: Id) -> bool {
        self.graph.node(id).op == Op::Input(Input::Index)
    }

    /// The operation with operands that suit it, if there are any.
    fn settle(
        &self,
        choice: Choice<'_>,
        words: &Words<'_>,
        first: Plan,
        fresh: bool,
    ) -> Option<(Op, Vec<Plan>, Tensor<f64>)> {
        let drawn = choice.draw(&mut words.attributes(), first.value.shape())?;
        let plans = self.operands(&drawn, words, first, fresh);
        let op = drawn.op;
        let shapes: SmallVec<[&Shape; 3]> = plans.iter().map(|p| p.value.shape()).collect();
        let shape = op.shape(&shapes).ok()?;
        drop(shapes);
        let room = self.operations + steps(&plans) < self.scope.max_nodes;
        if !room || shape.count() > LARGEST || self.elements + shape.count() > TOTAL {
            return None;
        }
        // where no derivative exists there is nothing to be careless about
        let careless = op.chooses() && Choices::new(&[mix(words.style(), 5)]).chance(0.02);
        let try_with = |plans: &[Plan]| {
            let operands: SmallVec<[Operand<'_>; 3]> = plans.iter().map(Plan::operand).collect();
            attempt(&op, &operands, &shape, careless)
        };
        if let Some(value) = try_with(&plans) {
            return Some((op, plans, value));
        }
        // something does not suit: a guard before one operand, before all, or fresh numbers
        let (plans, value) = self
            .guarded(&plans, words, &try_with)
            .or_else(|| self.refreshed(&op, &plans, words, &try_with))?;
        Some((op, plans, value))
    }

    /// The operands that an operation asks for, the first of which is given.
    fn operands(
        &self,
        drawn: &Drawn<Op>,
        words: &Words<'_>,
        first: Plan,
        fresh: bool,
    ) -> Vec<Plan> {
        let mut plans = vec![first];
        for (i, request) in drawn.others.iter().enumerate() {
            let word = mix(words.others(), i as u64);
            let plan = match request {
                Request::Tensor(shape) => self.tensor(shape, &plans[0], word, fresh),
                Request::Index(shape, below) => self.index(shape, -(*below as i64), *below, word),
                Request::Label(shape, below) => self.index(shape, 0, *below, word),
            };
            plans.push(plan);
        }
        if let Domain::Index(below) = drawn.op.domain(0) {
            let shape = plans[0].value.shape();
            plans[0] = self.index(shape, -(below as i64), below, words.seed());
        }
        plans
    }

    /// With operations before one of the operands that bring it into the domain.
    fn guarded(
        &self,
        plans: &[Plan],
        words: &Words<'_>,
        try_with: &dyn Fn(&[Plan]) -> Option<Tensor<f64>>,
    ) -> Option<(Vec<Plan>, Tensor<f64>)> {
        if self.operations + steps(plans) + 2 >= self.scope.max_nodes {
            return None;
        }
        for i in (0..plans.len()).filter(|&i| !plans[i].is_index()) {
            for steps in guards(self.scope, &plans[i].value, words.others(), self.dtype) {
                let Some(guarded) = plans[i].then(&steps) else {
                    continue;
                };
                let mut trial = plans.to_vec();
                trial[i] = guarded;
                if let Some(value) = try_with(&trial) {
                    return Some((trial, value));
                }
            }
        }
        None
    }

    /// With fresh numbers that lie in the domain, of the first operand last.
    fn refreshed(
        &self,
        op: &Op,
        plans: &[Plan],
        words: &Words<'_>,
        try_with: &dyn Fn(&[Plan]) -> Option<Tensor<f64>>,
    ) -> Option<(Vec<Plan>, Tensor<f64>)> {
        let real = Domain::Interval(REAL);
        for tame in [false, true] {
            let mut trial = plans.to_vec();
            for (i, plan) in trial.iter_mut().enumerate() {
                // what the program has stays if it is at fault with nothing else
                if plan.is_index() || (!tame && i == 0 && op.domain(0) == real) {
                    continue;
                }
                let style = if tame { values::TAME } else { words.style() };
                let seed = mix(words.seed() | 1, i as u64);
                let shape = plan.value.shape();
                let value = match op.domain(i) {
                    domain if tame && domain == real => {
                        values::leaf(shape, style, seed, self.dtype)
                    }
                    Domain::Interval(interval) => {
                        values::inside(shape, interval, words.style(), seed, self.dtype)
                    }
                    Domain::Definite => values::definite(shape, seed, self.dtype),
                    Domain::Index(_) => continue,
                };
                *plan = Plan::leaf(self.role(mix(style, seed.into())), value);
            }
            if let Some(value) = try_with(&trial) {
                return Some((trial, value));
            }
        }
        None
    }

    /// A further operand: the first one again, a node of that shape, one that can be viewed so, or a leaf.
    fn tensor(&self, shape: &Shape, first: &Plan, word: u32, fresh: bool) -> Plan {
        let words: Vec<u32> = (1..8).map(|k| mix(word, k)).collect();
        let mut from = Choices::new(&words);
        let (style, seed) = (from.word(), from.word());
        if first.value.shape() == shape && from.chance(0.12) && !first.is_index() {
            return first.clone();
        }
        let by_node = !fresh && from.chance(0.6);
        let nodes = |fits: &dyn Fn(&Shape) -> bool| -> Vec<Id> {
            let is_candidate =
                |id: &Id| !self.is_index(*id) && fits(self.known[id.index()].value.shape());
            self.graph.ids().filter(is_candidate).collect()
        };
        if by_node {
            let same = nodes(&|other| other == shape);
            if !same.is_empty() {
                return self.node(*from.pick(&same));
            }
        }
        if by_node && from.chance(0.5) {
            let smaller = nodes(&|other| other != shape && other.broadcasts_to(shape));
            let reversed: Shape = shape.iter().rev().copied().collect();
            let turned = nodes(&|other| *other == reversed && shape.rank() > 1);
            let perm = (0..shape.rank() as i64).rev().collect();
            let viewed = match (smaller.is_empty(), turned.is_empty()) {
                (false, _) => self
                    .view("broadcast_to", shape.to_signed())
                    .and_then(|step| self.node(*from.pick(&smaller)).then(&[step])),
                (_, false) => self
                    .view("transpose", perm)
                    .and_then(|step| self.node(*from.pick(&turned)).then(&[step])),
                _ => None,
            };
            if let Some(plan) = viewed {
                return plan;
            }
        }
        let constant = !self.params.is_empty() && from.chance(0.3);
        let role = if constant { Input::Const } else { Input::Param };
        Plan::leaf(role, values::leaf(shape, style, seed, self.dtype))
    }

    /// Integers: a node that computes such, or a leaf.
    fn index(&self, shape: &Shape, low: i64, below: usize, word: u32) -> Plan {
        let fits = |id: &Id| {
            let (node, known) = (self.graph.node(*id), &self.known[id.index()]);
            // positions, which an operation found, and through which no gradient flows
            node.args.len() == 1
                && !node.op.carries(0)
                && node.shape == *shape
                && known.value != self.known[node.args[0].index()].value
                && known
                    .value
                    .iter()
                    .all(|x| x.fract() == 0.0 && x >= 0.0 && x < below as f64)
        };
        let found: Vec<Id> = self.graph.ids().filter(fits).collect();
        let words = [mix(word, 1), mix(word, 2)];
        let mut from = Choices::new(&words);
        if !found.is_empty() && from.chance(0.5) {
            return self.node(*from.pick(&found));
        }
        let value = values::integers(shape, low, below as i64, mix(word, 3));
        Plan::leaf(Input::Index, value)
    }

    /// Enters an operation and what its operands need.
    fn push(&mut self, op: Op, plans: Vec<Plan>, value: Tensor<f64>) {
        let mut args: SmallVec<[Id; 3]> = SmallVec::new();
        let mut entered: Vec<(Plan, Id)> = Vec::new();
        for plan in plans {
            // a leaf that was planned twice is one leaf
            let same = entered
                .iter()
                .find(|(other, _)| match (&plan.base, &other.base) {
                    (Base::Leaf(a, x), Base::Leaf(b, y)) => {
                        a == b && x == y && plan.steps.is_empty() && other.steps.is_empty()
                    }
                    _ => false,
                });
            let id = match same {
                Some((_, id)) => *id,
                None => self.enter(&plan),
            };
            args.push(id);
            entered.push((plan, id));
        }
        self.operation(op, &args, value);
    }

    fn enter(&mut self, plan: &Plan) -> Id {
        let (mut id, mut value) = match &plan.base {
            Base::Node(id) => (*id, self.known[id.index()].value.clone()),
            Base::Leaf(role, value) => (self.leaf(*role, value.clone()), value.clone()),
        };
        for step in &plan.steps {
            let mut args: SmallVec<[Id; 2]> = SmallVec::from_elem(id, 1);
            let constant = step.constant.clone();
            args.extend(constant.map(|constant| self.leaf(Input::Const, constant)));
            let moves = self.known[id.index()].moves;
            let operand = Operand {
                value: &value,
                moves,
            };
            value = step.take(operand).expect("a step that was taken before");
            id = self.operation(step.op.clone(), &args, value.clone());
        }
        id
    }

    fn leaf(&mut self, role: Input, value: Tensor<f64>) -> Id {
        let place = self.known.len();
        let id = match role {
            Input::Param => {
                let name = format!("p{place}");
                let id = self.graph.param(&name, value.shape().clone());
                self.params.insert(name, value.clone());
                id
            }
            Input::Const => self.graph.constant(&format!("c{place}"), value.clone()),
            Input::Index => self.graph.index(&format!("i{place}"), value.clone()),
        };
        self.elements += value.len();
        self.known.push(Known {
            value,
            moves: role == Input::Param,
            uses: 0,
        });
        id.expect("a fresh name and a small shape")
    }

    fn operation(&mut self, op: Op, args: &[Id], value: Tensor<f64>) -> Id {
        let moves = args.iter().any(|arg| self.known[arg.index()].moves);
        let moves = moves && lets_through(&op, args.len());
        for arg in args {
            self.known[arg.index()].uses += 1;
        }
        self.operations += 1;
        self.elements += value.len();
        self.known.push(Known {
            value,
            moves,
            uses: 0,
        });
        self.graph
            .push("", op, args)
            .expect("an operation whose shapes were tried")
    }

    /// The case: outputs among the nodes that nobody reads, sometimes others, and cotangents.
    pub(super) fn finish(mut self, from: &mut Choices<'_>) -> Case {
        let (select, style, seed) = (from.word(), from.word(), from.word());
        if self.params.is_empty() {
            self.leaf(Input::Param, Tensor::scalar(1.0));
        }
        let is_operation = |id: &Id| !matches!(self.graph.node(*id).op, Op::Input(_));
        let last = self.graph.ids().rev().find(is_operation);
        let mut outputs: Vec<Id> = Vec::new();
        for id in self.graph.ids() {
            let word = [mix(select, u64::from(id.0) + 1)];
            let uses = self.known[id.index()].uses;
            let share = match (self.graph.node(id).op.clone(), uses) {
                (Op::Input(Input::Param), _) => 0.02,
                (Op::Input(_), _) => 0.0,
                (_, 0) if Some(id) == last => 1.0,
                // what is not chosen here is dead
                (_, 0) => 0.8,
                _ => 0.03,
            };
            if share == 1.0 || Choices::new(&word).chance(share) {
                outputs.push(id);
                // the same output twice is legal
                if Choices::new(&[mix(word[0], 2)]).chance(0.01) {
                    outputs.push(id);
                }
            }
        }
        if outputs.is_empty() {
            outputs.extend(last.or_else(|| self.graph.params().next()));
        }
        let mut cotangents = Vec::new();
        for &id in &outputs {
            self.graph.output(id);
            let shape = &self.graph.node(id).shape;
            // by node: an output that is given twice has one name, and so one cotangent
            let place = u64::from(id.0);
            let (style, seed) = (mix(style, place), mix(seed, place));
            cotangents.push(values::cotangent(shape, style, seed, self.dtype));
        }
        Case::with(self.graph, self.params, cotangents, self.dtype)
            .expect("a program that was drawn is legal")
    }
}
