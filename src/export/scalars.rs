//! Rust programs for engines of single numbers: reverse, num-dual, autodiff, easy-ml and echidna.
//!
//! A tensor is a list of the engine's numbers, so a program has no shapes: what broadcasts or only moves numbers names the places
//! that it takes, and what adds them up folds them with the engine's own operators.

use super::crates::{Pattern, Target, Use, list};
use crate::op::{Input, splitmix64};
use crate::tensor::{Shape, Tensor};

/// An engine: the format of its programs, what a manifest needs, and a program that asserts.
macro_rules! engine {
    ($module:ident, $target:ident, $dependencies:literal) => {
        pub(super) mod $module {
            use crate::export::crates::write;
            use crate::export::{Expected, ExportError, Format, Package};
            use crate::graph::Case;

            pub(crate) const FORMAT: Format = Format {
                name: super::$target.format,
                doc: "a Rust program that prints value and gradient as that crate has them",
                is_whole: false,
                package: Some(Package::Rust(DEPENDENCIES, program)),
                write: |case| program(case, &[]),
            };

            const DEPENDENCIES: &str = $dependencies;

            fn program(case: &Case, expected: &[Expected]) -> Result<String, ExportError> {
                write(case, &super::$target, expected)
            }
        }
    };
}

engine!(reverse, REVERSE, "reverse = \"=VERSION\"\n");
engine!(
    num_dual,
    NUM_DUAL,
    "num-dual = { version = \"=VERSION\", default-features = false }\n"
);
engine!(autodiff, AUTODIFF, "autodiff = \"=VERSION\"\n");
engine!(easy_ml, EASY_ML, "easy-ml = \"=VERSION\"\n");
engine!(
    echidna,
    ECHIDNA,
    "echidna = { version = \"=VERSION\", default-features = false }\nnum-traits = \"0.2\"\n"
);

/// Lists of numbers that an engine has on a tape.
const NUMBERS: &str = r#"
fn map<N>(x: &[N], f: impl Fn(&N) -> N) -> Vec<N> {
    x.iter().map(f).collect()
}

fn zip<N>(x: &[N], z: &[N], f: impl Fn(&N, &N) -> N) -> Vec<N> {
    x.iter().zip(z).map(|(x, z)| f(x, z)).collect()
}

/// The numbers at the first places with those at the next ones, and so on.
fn fold<N: Copy>(x: &[N], places: &[&[usize]], f: impl Fn(&N, &N) -> N) -> Vec<N> {
    let first = pick(x, places[0]);
    places[1..].iter().fold(first, |sum, next| zip(&sum, &pick(x, next), &f))
}
"#;

/// Lists of numbers, each with a dual number for each element of a parameter: its tangent is 1 in that of its own.
const DUALS: &str = r#"
const COUNT: usize = {elements};

type Number = [Dual; COUNT];
type Param = Vec<Number>;

fn constants(data: &[f64]) -> Vec<Number> {
    data.iter().map(|&x| [Dual::new(x, 0.0); COUNT]).collect()
}

fn variables(data: &[f64], next: &mut usize) -> Vec<Number> {
    let mut numbers = constants(data);
    for (number, &x) in numbers.iter_mut().zip(data) {
        number[*next] = Dual::new(x, 1.0);
        *next += 1;
    }
    numbers
}

fn map(x: &[Number], f: impl Fn(&Dual) -> Dual) -> Vec<Number> {
    x.iter().map(|x| std::array::from_fn(|k| f(&x[k]))).collect()
}

fn zip(x: &[Number], z: &[Number], f: impl Fn(&Dual, &Dual) -> Dual) -> Vec<Number> {
    x.iter().zip(z).map(|(x, z)| std::array::from_fn(|k| f(&x[k], &z[k]))).collect()
}

/// The numbers at the first places with those at the next ones, and so on.
fn fold(x: &[Number], places: &[&[usize]], f: impl Fn(&Dual, &Dual) -> Dual) -> Vec<Number> {
    let first = pick(x, places[0]);
    places[1..].iter().fold(first, |sum, next| zip(&sum, &pick(x, next), &f))
}
"#;

const PICK: &str = r#"
/// The numbers at some places.
fn pick<N: Copy>(x: &[N], places: &[usize]) -> Vec<N> {
    places.iter().map(|&place| x[place]).collect()
}
"#;

const OPERATORS: &[Pattern] = &[
    ("neg", "map(&{0}, |x| -*x)"),
    ("add", "zip(&{0}, &{1}, |x, z| *x + *z)"),
    ("sub", "zip(&{0}, &{1}, |x, z| *x - *z)"),
    ("mul", "zip(&{0}, &{1}, |x, z| *x * *z)"),
    ("div", "zip(&{0}, &{1}, |x, z| *x / *z)"),
];

const WITH_NUMBER: &[Pattern] = &[
    ("add", "map(&{0}, |x| *x + {1})"),
    ("sub", "map(&{0}, |x| *x - {1})"),
    ("mul", "map(&{0}, |x| *x * {1})"),
    ("div", "map(&{0}, |x| *x / {1})"),
];

const OF_NUMBER: &[Pattern] = &[
    ("add", "map(&{1}, |z| {0} + *z)"),
    ("sub", "map(&{1}, |z| {0} - *z)"),
    ("mul", "map(&{1}, |z| {0} * *z)"),
    ("div", "map(&{1}, |z| {0} / *z)"),
];

/// Methods that engines name as Rust does.
const METHODS: &[Pattern] = &[
    ("abs", "map(&{0}, |x| x.abs())"),
    ("square", "map(&{0}, |x| x.powi(2))"),
    ("cube", "map(&{0}, |x| x.powi(3))"),
    ("recip", "map(&{0}, |x| x.recip())"),
    ("powi", "map(&{0}, |x| x.powi({n} as i32))"),
    ("sqrt", "map(&{0}, |x| x.sqrt())"),
    ("cbrt", "map(&{0}, |x| x.cbrt())"),
    ("exp", "map(&{0}, |x| x.exp())"),
    ("exp2", "map(&{0}, |x| x.exp2())"),
    ("log", "map(&{0}, |x| x.ln())"),
    ("log2", "map(&{0}, |x| x.log2())"),
    ("log10", "map(&{0}, |x| x.log10())"),
    ("log1p", "map(&{0}, |x| x.ln_1p())"),
    ("sin", "map(&{0}, |x| x.sin())"),
    ("cos", "map(&{0}, |x| x.cos())"),
    ("tan", "map(&{0}, |x| x.tan())"),
    ("asin", "map(&{0}, |x| x.asin())"),
    ("acos", "map(&{0}, |x| x.acos())"),
    ("atan", "map(&{0}, |x| x.atan())"),
    ("sinh", "map(&{0}, |x| x.sinh())"),
    ("cosh", "map(&{0}, |x| x.cosh())"),
    ("tanh", "map(&{0}, |x| x.tanh())"),
    ("asinh", "map(&{0}, |x| x.asinh())"),
    ("acosh", "map(&{0}, |x| x.acosh())"),
    ("atanh", "map(&{0}, |x| x.atanh())"),
];

/// Those that not all of them have.
const MORE_METHODS: &[Pattern] = &[
    ("expm1", "map(&{0}, |x| x.exp_m1())"),
    ("atan2", "zip(&{0}, &{1}, |x, z| x.atan2(*z))"),
];

/// The methods of num-traits' `Float`.
const ROUNDING: &[Pattern] = &[
    ("floor", "map(&{0}, |x| x.floor())"),
    ("ceil", "map(&{0}, |x| x.ceil())"),
    ("trunc", "map(&{0}, |x| x.trunc())"),
    ("hypot", "zip(&{0}, &{1}, |x, z| x.hypot(*z))"),
    ("max", "zip(&{0}, &{1}, |x, z| x.max(*z))"),
    ("min", "zip(&{0}, &{1}, |x, z| x.min(*z))"),
    ("fmod", "zip(&{0}, &{1}, |x, z| *x % *z)"),
    ("deg2rad", "map(&{0}, |x| x.to_radians())"),
];

/// What the engines have in common.
const TARGET: Target = Target {
    format: "",
    dtype: |_| "f64",
    highest_rank: usize::MAX,
    prologue: &[],
    frame: ["fn main() {", ""],
    leaf: |_, _, _| String::new(),
    rows: &[],
    rows_with_number: &[WITH_NUMBER],
    rows_of_number: &[],
    sizes: |shape| shape.to_string(),
    operand,
    structural,
    around: ["", ""],
    values: "",
    gradient: "",
    param: |variable| format!("{variable}.clone()"),
    output: |name, variable, data, _| format!("({name:?}, {variable}.clone(), vec!{data})"),
};

const REVERSE: Target = Target {
    format: "reverse",
    prologue: &[
        "\nuse reverse::{Gradient, Powf, Tape, Var};\n\ntype Param<'t> = Vec<Var<'t>>;\n",
        NUMBERS,
        PICK,
    ],
    frame: ["fn main() {\n    let tape = Tape::new();", ""],
    leaf: |_, data, _| format!("tape.add_vars(&{data})"),
    rows: &[
        OPERATORS,
        METHODS,
        &[
            ("powc", "map(&{0}, |x| x.powf({exponent}))"),
            ("pow", "zip(&{0}, &{1}, |x, z| x.powf(*z))"),
        ],
    ],
    rows_with_number: &[WITH_NUMBER, &[("pow", "map(&{0}, |x| x.powf({1}))")]],
    rows_of_number: &[OF_NUMBER, &[("pow", "map(&{1}, |z| Powf::powf(&{0}, *z))")]],
    values: r#"    let mut loss = tape.add_var(0.0);
    for (name, y, cotangent) in &outputs {
        answer.push(("value", name, y.iter().map(Var::val).collect()));
        for (y, cotangent) in y.iter().zip(cotangent) {
            loss = loss + *y * *cotangent;
        }
    }
"#,
    gradient: r#"    let gradient = loss.grad();
    for (name, x) in &params {
        answer.push(("gradient", name, gradient.wrt(&x[..])));
    }
"#,
    ..TARGET
};

const NUM_DUAL: Target = Target {
    format: "num-dual",
    prologue: &[
        "\nuse num_dual::{Dual64 as Dual, DualNum};\n\n\
         fn value(x: &Dual) -> f64 {\n    x.re\n}\n\nfn tangent(x: &Dual) -> f64 {\n    x.eps\n}\n",
        DUALS,
        PICK,
    ],
    rows: &[
        OPERATORS,
        METHODS,
        MORE_METHODS,
        &[
            ("powc", "map(&{0}, |x| x.powf({exponent}))"),
            ("pow", "zip(&{0}, &{1}, |x, z| x.powd(*z))"),
        ],
    ],
    rows_with_number: &[WITH_NUMBER, &[("pow", "map(&{0}, |x| x.powf({1}))")]],
    ..DUAL
};

const AUTODIFF: Target = Target {
    format: "autodiff",
    prologue: &[
        "\nuse autodiff::{Float, FT};\n\ntype Dual = FT<f64>;\n\n\
         fn value(x: &Dual) -> f64 {\n    x.x\n}\n\nfn tangent(x: &Dual) -> f64 {\n    x.dx\n}\n",
        DUALS,
        PICK,
    ],
    rows: &[
        OPERATORS,
        METHODS,
        MORE_METHODS,
        ROUNDING,
        &[
            ("powc", "map(&{0}, |x| x.powf(Dual::cst({exponent})))"),
            ("pow", "zip(&{0}, &{1}, |x, z| x.powf(*z))"),
        ],
    ],
    rows_with_number: &[WITH_NUMBER, &[("pow", "map(&{0}, |x| x.pow({1}))")]],
    rows_of_number: &[OF_NUMBER],
    ..DUAL
};

/// Programs of dual numbers.
const DUAL: Target = Target {
    frame: ["fn main() {\n    let mut next = 0;", ""],
    leaf: |role, data, _| match role {
        Input::Param => format!("variables(&{data}, &mut next)"),
        _ => format!("constants(&{data})"),
    },
    values: r#"    let mut gradient = [0.0; COUNT];
    for (name, y, cotangent) in &outputs {
        answer.push(("value", name, y.iter().map(|y| value(&y[0])).collect()));
        for (y, cotangent) in y.iter().zip(cotangent) {
            let duals = gradient.iter_mut().zip(y);
            duals.for_each(|(sum, y)| *sum += cotangent * tangent(y));
        }
    }
"#,
    gradient: r#"    let mut gradient = gradient.into_iter();
    for (name, x) in &params {
        answer.push(("gradient", name, gradient.by_ref().take(x.len()).collect()));
    }
"#,
    ..TARGET
};

const EASY_ML: Target = Target {
    format: "easy-ml",
    prologue: &[
        "\nuse easy_ml::differentiation::record_operations::SwappedOperations;\n\
         use easy_ml::differentiation::{Record, WengertList};\n\
         use easy_ml::numeric::activation::{relu, sigmoid};\n\
         use easy_ml::numeric::extra::{Cos, Exp, Ln, Pow, Sin, Sqrt};\n\n\
         type Param<'t> = Vec<Record<'t, f64>>;\n\n\
         fn variables<'t>(data: &[f64], tape: &'t WengertList<f64>) -> Param<'t> {\n    \
         data.iter().map(|&x| Record::variable(x, tape)).collect()\n}\n\n\
         fn constants<'t>(data: &[f64]) -> Param<'t> {\n    \
         data.iter().map(|&x| Record::constant(x)).collect()\n}\n",
        NUMBERS,
        PICK,
    ],
    frame: ["fn main() {\n    let tape = WengertList::new();", ""],
    leaf: |role, data, _| match role {
        Input::Param => format!("variables(&{data}, &tape)"),
        _ => format!("constants(&{data})"),
    },
    rows: &[
        OPERATORS,
        &[
            ("square", "map(&{0}, |x| (*x).pow(2.0))"),
            ("recip", "map(&{0}, |x| x.div_swapped(1.0))"),
            ("sqrt", "map(&{0}, |x| (*x).sqrt())"),
            ("exp", "map(&{0}, |x| std::f64::consts::E.pow(*x))"),
            ("exp2", "map(&{0}, |x| 2.0.pow(*x))"),
            ("exp10", "map(&{0}, |x| 10.0.pow(*x))"),
            ("log", "map(&{0}, |x| (*x).ln())"),
            ("sin", "map(&{0}, |x| (*x).sin())"),
            ("cos", "map(&{0}, |x| (*x).cos())"),
            ("relu", "map(&{0}, |x| relu(*x))"),
            ("sigmoid", "map(&{0}, |x| sigmoid(*x))"),
            ("powc", "map(&{0}, |x| (*x).pow({exponent}))"),
            ("pow", "zip(&{0}, &{1}, |x, z| (*x).pow(*z))"),
        ],
    ],
    rows_with_number: &[WITH_NUMBER, &[("pow", "map(&{0}, |x| (*x).pow({1}))")]],
    rows_of_number: &[&[
        ("sub", "map(&{1}, |z| z.sub_swapped({0}))"),
        ("div", "map(&{1}, |z| z.div_swapped({0}))"),
        ("pow", "map(&{1}, |z| Pow::pow({0}, *z))"),
    ]],
    values: r#"    let mut loss = Record::variable(0.0, &tape);
    for (name, y, cotangent) in &outputs {
        answer.push(("value", name, y.iter().map(|y| y.number).collect()));
        for (y, cotangent) in y.iter().zip(cotangent) {
            loss = loss + *y * *cotangent;
        }
    }
"#,
    gradient: r#"    let derivatives = loss.derivatives();
    for (name, x) in &params {
        answer.push(("gradient", name, x.iter().map(|x| derivatives.at(x)).collect()));
    }
"#,
    ..TARGET
};

const ECHIDNA: Target = Target {
    format: "echidna",
    prologue: &[
        "\nuse echidna::tape::{Tape, TapeGuard, with_active_tape};\nuse echidna::{Reverse, Scalar};\nuse num_traits::Float;\n\n\
         type Number = Reverse<f64>;\ntype Param = Vec<Number>;\n\n\
         fn variable(x: f64) -> Number {\n    \
         let (place, x) = with_active_tape(|tape: &mut Tape<f64>| tape.new_variable(x));\n    \
         Number::from_tape(x, place)\n}\n\n\
         fn variables(data: &[f64]) -> Param {\n    data.iter().map(|&x| variable(x)).collect()\n}\n\n\
         fn constants(data: &[f64]) -> Param {\n    data.iter().map(|&x| Number::constant(x)).collect()\n}\n",
        NUMBERS,
        PICK,
    ],
    frame: [
        "fn main() {\n    let mut tape = Tape::<f64>::new();\n    let _active = TapeGuard::new(&mut tape);",
        "",
    ],
    leaf: |role, data, _| match role {
        Input::Param => format!("variables(&{data})"),
        _ => format!("constants(&{data})"),
    },
    rows: &[
        OPERATORS,
        METHODS,
        MORE_METHODS,
        ROUNDING,
        &[
            (
                "powc",
                "map(&{0}, |x| x.powf(Number::constant({exponent})))",
            ),
            ("pow", "zip(&{0}, &{1}, |x, z| x.powf(*z))"),
        ],
    ],
    rows_of_number: &[OF_NUMBER],
    values: r#"    let mut loss = variable(0.0);
    for (name, y, cotangent) in &outputs {
        answer.push(("value", name, y.iter().map(Scalar::value).collect()));
        for (y, cotangent) in y.iter().zip(cotangent) {
            loss = loss + *y * *cotangent;
        }
    }
"#,
    gradient: r#"    let adjoints = with_active_tape(|tape: &mut Tape<f64>| tape.reverse(loss.index()));
    for (name, x) in &params {
        answer.push(("gradient", name, x.iter().map(|x| adjoints[x.index() as usize]).collect()));
    }
"#,
    ..TARGET
};

/// An operand as long as the result.
fn operand(name: &str, shape: &Shape, result: &Shape) -> String {
    let places = Tensor::from_fn(shape, |k| k as f64);
    match places.broadcast_to(result) {
        Ok(places) if shape != result => picked(name, &places),
        _ => name.into(),
    }
}

fn picked(name: &str, places: &Tensor<f64>) -> String {
    format!("pick(&{name}, &{})", list(places.iter()))
}

fn structural(call: &Use<'_>) -> Option<String> {
    let (add, mul) = ("|x, z| *x + *z", "|x, z| *x * *z");
    match call.call.op {
        "sum" | "prod" => {
            let kept = call.shape(0).reduced(&call.call.axes()?, true);
            let groups = Tensor::from_fn(&kept, |k| k as f64);
            let groups = groups.broadcast_to(call.shape(0)).ok()?;
            let f = if call.call.op == "sum" { add } else { mul };
            folded(call.arg(0), &groups, f)
        }
        "dot" | "matmul" => {
            let (a, b) = (call.shape(0), call.shape(1));
            let ([n, m], p) = match (&a[..], &b[..]) {
                ([m], [_]) => ([1, *m], 1),
                ([n, m], [_, p]) => ([*n, *m], *p),
                _ => return None,
            };
            let all = Shape::from([n, p, m]);
            let at = |f: fn([usize; 3], [usize; 2]) -> usize| {
                Tensor::from_fn(&all, |k| f([k / (p * m), k / m % p, k % m], [m, p]) as f64)
            };
            let a = picked(call.arg(0), &at(|[i, _, k], [m, _]| i * m + k));
            let b = picked(call.arg(1), &at(|[_, j, k], [_, p]| k * p + j));
            folded(
                &format!("zip(&{a}, &{b}, {mul})"),
                &at(|[i, j, _], [_, p]| i * p + j),
                add,
            )
        }
        _ => moved(call),
    }
}

/// Numbers folded with those of the same group; none if there are none.
fn folded(name: &str, groups: &Tensor<f64>, f: &str) -> Option<String> {
    let count = groups.iter().map(|group| group as usize + 1).max()?;
    let mut places = vec![Vec::new(); count];
    for (place, group) in groups.iter().enumerate() {
        places[group as usize].push(place);
    }
    let step = |k: usize| format!("&{}", list(places.iter().map(|group| group[k])));
    let steps = list((0..places[0].len()).map(step));
    Some(format!("fold(&{name}, &{steps}, {f})"))
}

/// The numbers of the operands in another order, if the operation does nothing else: then it does it to other numbers as well.
fn moved(call: &Use<'_>) -> Option<String> {
    let floats = || (0..call.call.args.len()).filter(|&i| !call.is_index(i));
    let mut before = 0;
    let mut places = Vec::new();
    for i in floats() {
        places.push(Tensor::from_fn(call.shape(i), |k| (before + k) as f64));
        before += call.shape(i).count();
    }
    let mixed = |x: f64| splitmix64(x as u64 + 1) as f64;
    let order = call.eval(&places)?;
    let numbers: Vec<Tensor<f64>> = places.iter().map(|x| x.map(mixed)).collect();
    let same = call.eval(&numbers)?;
    let is_move = order
        .iter()
        .zip(same.iter())
        .all(|(place, x)| mixed(place) == x);
    let args: Vec<&str> = floats().map(|i| call.arg(i)).collect();
    let all = match &args[..] {
        [one] => (*one).into(),
        all => format!(
            "[{}].concat()",
            all.iter()
                .map(|x| format!("&{x}[..]"))
                .collect::<Vec<_>>()
                .join(", ")
        ),
    };
    let is_move = is_move && floats().all(|i| call.carries(i));
    is_move.then(|| picked(&all, &order))
}
