//! What the generator reaches, read off the cases that it draws: nothing here asks the generator what it meant to draw.
#![cfg(feature = "fuzz")]

use secant::fuzz::{Recipe, Scope};
use secant::graph::default_cotangent;
use secant::modes::run;
use secant::op::{Attr, Id, Input, Kind, Op};
use secant::{Case, Dtype, Shape, Tensor};
use std::collections::BTreeMap;

const CASES: u64 = 50_000;

/// By these cases every operation has been drawn.
const ALL_BY: u64 = 10_000;

#[derive(Default)]
struct Facts {
    /// In how many cases something was seen.
    cases: BTreeMap<String, u64>,
    /// How often each operation was used, and in which case first.
    ops: BTreeMap<String, (u64, u64)>,
    operations: Vec<usize>,
}

fn attr(op: &Op, name: &str) -> Option<Attr> {
    let mut attrs = op.attrs().into_iter();
    attrs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// The numbers of an attribute that is a list.
fn numbers(attr: Option<Attr>) -> Vec<f64> {
    let Some(Attr::List(items)) = attr else {
        return Vec::new();
    };
    let number = |item: &Attr| match item {
        Attr::Number(x) => Some(*x),
        _ => None,
    };
    items.iter().filter_map(number).collect()
}

/// How the shapes of two operands broadcast.
fn broadcast(a: &Shape, b: &Shape) -> Vec<&'static str> {
    if a == b {
        return vec!["broadcast: equal shapes"];
    }
    let mut found = Vec::new();
    match (a.rank(), b.rank()) {
        (0, _) => return vec!["broadcast: scalar on the left"],
        (_, 0) => return vec!["broadcast: scalar on the right"],
        (m, n) if m < n => found.push("broadcast: axes missing on the left"),
        (m, n) if m > n => found.push("broadcast: axes missing on the right"),
        _ => {}
    }
    let pairs = || a.iter().rev().zip(b.iter().rev());
    let left = pairs().any(|(&m, &n)| m == 1 && n != 1);
    let right = pairs().any(|(&m, &n)| m != 1 && n == 1);
    match (left, right) {
        (true, true) => found.push("broadcast: ones on both sides at once"),
        (true, false) => found.push("broadcast: ones on the left"),
        (false, true) => found.push("broadcast: ones on the right"),
        (false, false) => {}
    }
    found
}

/// Which view an operation makes, if it makes one.
fn view(case: &Case, id: Id) -> Option<&'static str> {
    let node = case.graph.node(id);
    match node.op.name() {
        "transpose" => Some("view: transposed"),
        "broadcast_to" => Some("view: expanded"),
        "flip" => Some("view: flipped"),
        "slice" => {
            let steps = numbers(attr(&node.op, "step"));
            Some(match () {
                () if steps.iter().any(|&s| s < 0.0) => "view: sliced backwards",
                () if steps.iter().any(|&s| s > 1.0) => "view: stepped",
                () => "view: narrowed",
            })
        }
        _ => None,
    }
}

fn data(case: &Case, id: Id) -> Option<Vec<f64>> {
    let name = case.graph.name(id);
    let data = case.params.get(&name).or(case.graph.constants().get(&id))?;
    Some(data.to_vec())
}

/// An attribute that is one number or a number for each of `axes` axes.
fn per_axis(op: &Op, name: &str, axes: usize) -> Option<Vec<usize>> {
    match attr(op, name)? {
        Attr::Number(x) => Some(vec![x as usize; axes]),
        list @ Attr::List(_) => Some(numbers(Some(list)).iter().map(|&x| x as usize).collect()),
        _ => None,
    }
}

/// How an operation slides windows over the spatial axes of its operand, if it does.
fn windows(op: &Op, args: &[&Shape]) -> Vec<&'static str> {
    let mut found = Vec::new();
    let (x, axes) = (args[0], args[0].rank().saturating_sub(2));
    let Some(padding) = per_axis(op, "padding", axes) else {
        return found;
    };
    let kernel = match args.get(1) {
        Some(w) => w[2..].to_vec(),
        None => per_axis(op, "kernel", axes).expect("a pool has a kernel"),
    };
    let stride = per_axis(op, "stride", axes).unwrap_or_else(|| kernel.clone());
    let dilation = per_axis(op, "dilation", axes).unwrap_or_else(|| vec![1; axes]);
    let mut saw = |what, is: bool| is.then(|| found.push(what));
    let transposed = op.name().contains("transpose");
    let remainder = |k: usize| {
        let reach = dilation[k] * (kernel[k] - 1) + 1;
        (x[k + 2] + 2 * padding[k]).saturating_sub(reach) % stride[k]
    };
    saw(
        "windows: a remainder is left",
        !transposed && (0..axes).any(|k| remainder(k) > 0),
    );
    let differ = |sizes: &[usize]| sizes.iter().any(|n| *n != sizes[0]);
    saw("windows: strides differ", differ(&stride));
    saw("windows: paddings differ", differ(&padding));
    saw("windows: dilations differ", differ(&dilation));
    saw("windows: kernel not square", differ(&kernel));
    saw("windows: padded", padding.iter().any(|&n| n > 0));
    saw("windows: dilated", dilation.iter().any(|&n| n > 1));
    saw("windows: H = W", axes > 1 && !differ(&x[2..]));
    saw("windows: H != W", axes > 1 && differ(&x[2..]));
    saw("windows: batch and channels of 2", x[0] > 1 && x[1] > 1);
    let pairs = || stride.iter().zip(&kernel);
    saw("windows: overlap", pairs().any(|(s, k)| s < k));
    saw("windows: gaps", pairs().any(|(s, k)| s > k));
    if let Some(Attr::Number(groups)) = attr(op, "groups") {
        let channels = x[1] as f64 / groups;
        saw("groups: of 2 channels", groups > 1.0 && channels > 1.0);
        saw("groups: of 1 channel", groups > 1.0 && channels == 1.0);
    }
    found
}

/// What the matrices of an operation that takes square ones only are like.
fn matrices(op: &Op, x: &Tensor<f64>) -> Vec<&'static str> {
    let takes = |sizes: [usize; 2]| op.shape(&[&sizes.into()]).is_ok();
    let is_square = matches!(x.shape()[..], [.., m, n] if m == n && n > 0);
    if !takes([2, 2]) || takes([2, 3]) || takes([3, 2]) || !is_square {
        return Vec::new();
    }
    let values = |name: &str| {
        let kind = Kind::all().find(|kind| kind.name() == name);
        let op = kind
            .expect("an operation")
            .with(&[])
            .expect("no attributes");
        let shape = op.shape(&[x.shape()]).expect("square matrices");
        op.eval(&[x], &shape).expect("values").to_vec()
    };
    let n = x.shape()[x.rank() - 1];
    let mut found = Vec::new();
    for singular in values("svdvals").chunks(n) {
        match singular[n - 1] / singular[0] {
            ..1e-14 => found.push("matrix: singular"),
            ..1e-4 => found.push("matrix: nearly singular"),
            _ => {}
        }
    }
    for eigen in values("eigh_values").chunks(n) {
        let size = eigen.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
        if eigen
            .windows(2)
            .any(|pair| pair[1] - pair[0] < 1e-12 * size)
        {
            found.push("matrix: repeated eigenvalues");
        }
    }
    if x.rank() > 2 {
        found.push("matrix: a batch");
    }
    found
}

/// What an operation meets in its operands.
fn meeting(case: &Case, id: Id, values: &[Tensor<f64>]) -> Vec<&'static str> {
    let node = case.graph.node(id);
    let args: Vec<&Tensor<f64>> = node.args.iter().map(|arg| &values[arg.index()]).collect();
    let shapes: Vec<&Shape> = args.iter().map(|x| x.shape()).collect();
    let mut found = windows(&node.op, &shapes);
    if let [x] = args[..] {
        found.extend(matrices(&node.op, x));
    }
    if let (Some(Attr::Number(axis)), rank @ 2..) = (attr(&node.op, "axis"), shapes[0].rank()) {
        let last = axis == -1.0 || axis == rank as f64 - 1.0;
        found.push(if last {
            "axis: the last"
        } else {
            "axis: not the last"
        });
    }
    if ["prod", "cumprod"].contains(&node.op.name()) {
        match args[0].iter().filter(|x| *x == 0.0).count() {
            0 => {}
            1 => found.push("product: a zero"),
            _ => found.push("product: zeros"),
        }
    }
    let repeats =
        |arg: &Id| ["broadcast_to", "tile", "repeat"].contains(&case.graph.node(*arg).op.name());
    let same = node.args.len() > 1 && node.args.iter().all(|arg| *arg == node.args[0]);
    if node.op.smooth(&args, &node.shape) == 0.0 {
        let by_structure = same || node.args.iter().any(repeats);
        found.push(match by_structure {
            true => "kink: a tie by structure",
            false => "kink: at one",
        });
    }
    found
}

fn facts(case: &Case) -> Vec<String> {
    let graph = &case.graph;
    let params: Vec<Tensor<f64>> = case.params.values().cloned().collect();
    let values = run(graph, &params).expect("a case that was drawn has values");
    let mut found: Vec<String> = vec![format!("dtype: {}", case.dtype)];
    let mut saw = |what: &str| found.push(what.to_string());
    let is_leaf = |id: Id| matches!(graph.node(id).op, Op::Input(_));
    let mut readers = vec![Vec::new(); graph.nodes().len()];
    for id in graph.ids() {
        let node = graph.node(id);
        for arg in &node.args {
            readers[arg.index()].push(id);
        }
        saw(&format!("rank {}", node.shape.rank()));
        for &n in node.shape.iter() {
            match n {
                0 => saw("size 0"),
                1 => saw("size 1"),
                n if n % 2 == 1 => saw("an odd size"),
                _ => saw("an even size"),
            }
        }
        if let [m, n, ..] = node.shape[..] {
            saw(if m == n {
                "equal sizes"
            } else {
                "unequal sizes"
            });
        }
        if let (Op::Pointwise(_), [a, b]) = (&node.op, &node.args[..]) {
            broadcast(&graph.node(*a).shape, &graph.node(*b).shape)
                .into_iter()
                .for_each(&mut saw);
            match (&graph.node(*a).op, &graph.node(*b).op) {
                (Op::Input(Input::Const), _) => saw("a constant on the left"),
                (_, Op::Input(Input::Const)) => saw("a constant on the right"),
                _ => {}
            }
        }
        if !is_leaf(id) {
            meeting(case, id, &values).into_iter().for_each(&mut saw);
            node.args
                .iter()
                .filter_map(|arg| view(case, *arg))
                .for_each(&mut saw);
            let mut args = node.args.to_vec();
            args.sort();
            if args.windows(2).any(|pair| pair[0] == pair[1]) {
                saw("use: twice in one operation");
            }
        }
        if let Some(data) = data(case, id) {
            let mut sorted = data.clone();
            sorted.sort_by(f64::total_cmp);
            let repeated = sorted.windows(2).any(|pair| pair[0] == pair[1]);
            if node.op == Op::Input(Input::Index) {
                repeated.then(|| saw("index: repeated"));
                data.iter()
                    .any(|&x| x < 0.0)
                    .then(|| saw("index: negative"));
                continue;
            }
            repeated.then(|| saw("numbers: repeated"));
            let near = |x: f64, edge: f64| x != edge && (x - edge).abs() < 1e-3;
            for &x in &data {
                match x.abs() {
                    0.0 => saw("numbers: zero"),
                    1e3.. => saw("numbers: large"),
                    ..1e-3 => saw("numbers: tiny"),
                    size if near(size, 1.0) => saw("numbers: just beside 1 or -1"),
                    _ => {}
                }
            }
        }
    }
    let live = graph.live();
    for id in graph.ids() {
        let mut users = readers[id.index()].clone();
        users.dedup();
        let returned = graph.outputs().contains(&id);
        if users.len() > 1 {
            saw("use: in two operations");
        }
        if returned && !users.is_empty() {
            saw("use: output and operand");
        }
        if returned && graph.node(id).op == Op::Input(Input::Param) {
            saw("outputs: a parameter");
        }
        if !live[id.index()] {
            saw(match graph.node(id).op {
                Op::Input(Input::Param) => "dead: parameter",
                Op::Input(_) => "dead: constant",
                _ => "dead: operation",
            });
        }
    }
    let mut tracked = vec![false; graph.nodes().len()];
    for id in graph.ids() {
        let node = graph.node(id);
        let reads = node.args.iter().any(|arg| tracked[arg.index()]);
        tracked[id.index()] = reads || node.op == Op::Input(Input::Param);
        let untracked = node
            .args
            .iter()
            .any(|a| !tracked[a.index()] && !is_leaf(*a));
        if reads && untracked {
            saw("use: computed from constants, beside a parameter");
        }
    }
    saw(match graph.outputs().len() {
        1 => "outputs: one",
        2 => "outputs: two",
        _ => "outputs: more",
    });
    for (id, ct) in graph.outputs().iter().zip(&case.cotangents) {
        let default = default_cotangent(&graph.node(*id).shape).map(|x| case.dtype.round(x));
        saw(match *ct == default {
            true => "cotangent: default",
            false if ct.iter().any(|x| x == 0.0) => "cotangent: zeros",
            false => "cotangent: given",
        });
    }
    found
}

fn survey() -> Facts {
    let scope = Scope::default();
    let mut all = Facts::default();
    for k in 0..CASES {
        let case = Recipe::random(1, k, &scope).decode(&scope);
        let mut found = facts(&case);
        found.sort();
        found.dedup();
        for fact in found {
            *all.cases.entry(fact).or_default() += 1;
        }
        for (name, count) in case.graph.histogram() {
            all.ops.entry(name).or_insert((0, k)).0 += count as u64;
        }
        all.operations.push(case.graph.operations());
    }
    all
}

#[test]
fn the_generator_reaches_everything() {
    let facts = survey();
    for (what, cases) in &facts.cases {
        println!("{what:50} {cases:6}");
    }
    let mut missing = Vec::new();
    for kind in Kind::all() {
        let (count, first) = facts.ops.get(kind.name()).copied().unwrap_or((0, CASES));
        println!("{:30} {count:6} first in case {first}", kind.name());
        if count < 50 || first >= ALL_BY {
            missing.push(format!("{}: {count} times, first in {first}", kind.name()));
        }
    }
    let has = |name: &str| Kind::all().any(|kind| kind.name() == name);
    // what must be seen in how many of the cases at least
    let mut expected = vec![
        ("dtype: f32", 10_000),
        ("dtype: f64", 10_000),
        ("rank 0", 5_000),
        ("rank 1", 5_000),
        ("rank 2", 5_000),
        ("rank 3", 5_000),
        ("rank 4", 1_000),
        ("size 0", 500),
        ("size 1", 5_000),
        ("an odd size", 5_000),
        ("an even size", 5_000),
        ("equal sizes", 5_000),
        ("unequal sizes", 5_000),
        ("broadcast: equal shapes", 5_000),
        ("broadcast: scalar on the left", 1_000),
        ("broadcast: scalar on the right", 1_000),
        ("broadcast: axes missing on the left", 500),
        ("broadcast: axes missing on the right", 500),
        ("broadcast: ones on the left", 500),
        ("broadcast: ones on the right", 500),
        ("broadcast: ones on both sides at once", 200),
        ("a constant on the left", 500),
        ("a constant on the right", 1_000),
        ("use: twice in one operation", 500),
        ("use: in two operations", 5_000),
        ("use: output and operand", 500),
        ("use: computed from constants, beside a parameter", 500),
        ("outputs: a parameter", 500),
        ("outputs: one", 1_000),
        ("outputs: two", 1_000),
        ("outputs: more", 1_000),
        ("dead: parameter", 500),
        ("dead: operation", 1_000),
        ("cotangent: default", 5_000),
        ("cotangent: given", 5_000),
        ("cotangent: zeros", 500),
        ("numbers: zero", 1_000),
        ("numbers: repeated", 1_000),
        ("numbers: large", 1_000),
        ("numbers: tiny", 1_000),
        ("numbers: just beside 1 or -1", 500),
        ("axis: the last", 5_000),
        ("axis: not the last", 5_000),
        ("product: a zero", 100),
        ("product: zeros", 100),
        ("kink: at one", 500),
        ("kink: a tie by structure", 100),
        ("matrix: a batch", 500),
        ("matrix: singular", 100),
        ("matrix: nearly singular", 100),
        ("matrix: repeated eigenvalues", 100),
        ("windows: a remainder is left", 500),
        ("windows: strides differ", 500),
        ("windows: paddings differ", 500),
        ("windows: dilations differ", 100),
        ("windows: kernel not square", 500),
        ("windows: padded", 500),
        ("windows: dilated", 500),
        ("windows: H = W", 500),
        ("windows: H != W", 500),
        ("windows: batch and channels of 2", 1_000),
        ("windows: overlap", 500),
        ("windows: gaps", 500),
        ("groups: of 2 channels", 100),
        ("groups: of 1 channel", 100),
    ];
    for (name, what) in [
        ("transpose", "view: transposed"),
        ("broadcast_to", "view: expanded"),
        ("flip", "view: flipped"),
        ("slice", "view: narrowed"),
        ("slice", "view: stepped"),
        ("slice", "view: sliced backwards"),
        ("take", "index: repeated"),
        ("take", "index: negative"),
    ] {
        if has(name) {
            expected.push((what, 500));
        }
    }
    for (what, least) in expected {
        let cases = facts.cases.get(what).copied().unwrap_or(0);
        if cases < least {
            missing.push(format!("{what}: {cases} cases, expected {least}"));
        }
    }
    let mut sizes = facts.operations;
    sizes.sort_unstable();
    let median = sizes[sizes.len() / 2];
    println!(
        "operations a case: median {median}, most {}",
        sizes[sizes.len() - 1]
    );
    if !(7..=11).contains(&median) {
        missing.push(format!("the median case has {median} operations"));
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn a_scope_is_kept_to() {
    let scope = Scope {
        dtype: Some(Dtype::F32),
        max_nodes: 5,
        ..Scope::only(["log", "matmul", "sum"]).unwrap()
    };
    for k in 0..500 {
        let case = Recipe::random(3, k, &scope).decode(&scope);
        assert_eq!(case.dtype, Dtype::F32);
        assert!(case.graph.operations() <= 5);
        for name in case.graph.histogram().keys() {
            assert!(["log", "matmul", "sum"].contains(&name.as_str()), "{name}");
        }
    }
    assert!(Scope::only(["logarithm"]).is_err());
}
