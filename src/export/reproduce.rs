//! Programs that stand alone and fail where an engine is wrong: what a report to the engine's people needs.
//!
//! A program in the engine's language computes values and gradient, as the exporters write it, and asserts those numbers
//! that were found wrong. It knows nothing of this crate.

use super::python::{data, tuple};
use super::{ExportError, Format};
use crate::graph::{Case, Params, write_number};
use crate::op::Id;
use std::fmt::Write;

/// What part of an answer an element belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// An output.
    Value,
    /// The gradient by a parameter.
    Gradient,
    /// The tangent of an output.
    Jvp,
    /// The Hessian-vector product by a parameter.
    Hvp,
}

impl Part {
    /// The word in programs.
    pub fn name(self) -> &'static str {
        match self {
            Part::Value => "value",
            Part::Gradient => "gradient",
            Part::Jvp => "jvp",
            Part::Hvp => "hvp",
        }
    }
}

/// One element of an answer, or several added up, and what it should be.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// The part of the answer.
    pub part: Part,
    /// Names and places in row-major order.
    pub elements: Vec<(String, usize)>,
    /// The right number.
    pub number: f64,
    /// How far a right engine may be off.
    pub error: f64,
}

impl Expected {
    /// `gradient of x[0] + x[1]`.
    pub fn words(&self) -> String {
        let elements: Vec<String> = self
            .elements
            .iter()
            .map(|(name, place)| format!("{name}[{place}]"))
            .collect();
        format!("{} of {}", self.part.name(), elements.join(" + "))
    }
}

/// A program that stands alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reproducer {
    /// The word for its language in a fenced block.
    pub language: &'static str,
    /// Files by their paths; the first is the program.
    pub files: Vec<(String, String)>,
    /// What runs it, in its directory.
    pub command: String,
}

/// What a program of an engine's needs to stand alone.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Package {
    /// The package that has the engine; and for what is asked along a direction the function that has its name.
    Python(&'static str, &'static [(Part, &'static str)]),
    /// Dependencies, with `VERSION` for the engine's; and the program with what it asserts.
    Rust(
        &'static str,
        fn(&Case, &[Expected]) -> Result<String, ExportError>,
    ),
}

/// The program that shows what an engine gets wrong in a case; none if nobody writes its language here. If it is a package, it
/// is called `name`: cargo takes packages of one name in one target directory for the same.
///
/// Values and gradients it always computes; tangents and Hessian-vector products, along `directions`, if numbers of theirs are
/// expected, or no numbers at all.
///
/// # Errors
/// If the program's language has no word for an operation, or nothing for a part of the answer.
///
/// ```
/// use secant::export::{Expected, Part, reproducer};
/// let case = secant::Case::from_text("secant 1\nparam x [1] = [2.0]\ny = square(x)\nreturn y\n")?;
/// let slope = Expected { part: Part::Gradient, elements: vec![("x".into(), 0)], number: 4.0, error: 1e-12 };
/// let found = reproducer("pytorch-square", &case, "pytorch", "2.9.0", &[slope], &[]).unwrap()?;
/// assert!(found.files[0].1.contains("pip install torch==2.9.0"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn reproducer(
    name: &str,
    case: &Case,
    engine: &str,
    version: &str,
    expected: &[Expected],
    directions: &[(Part, &Params<f64>)],
) -> Option<Result<Reproducer, ExportError>> {
    let is_of = |format: &&Format| match format.package {
        Some(Package::Python(package, _)) if engine.starts_with(package) => true,
        package => package.is_some() && engine.starts_with(format.name),
    };
    let format = Format::ALL.iter().find(is_of)?;
    let is_needed = |(part, _): &&(Part, &Params<f64>)| {
        let mut parts = expected.iter().map(|one| one.part);
        expected.is_empty() || parts.any(|other| other == *part)
    };
    let mut derived = directions.iter().filter(is_needed);
    Some(match format.package? {
        Package::Python(package, functions) => {
            let asked = derived.map(|&(part, direction)| {
                let function = functions.iter().find(|(other, _)| *other == part);
                let function = function.ok_or_else(|| nothing_for(part, format))?.1;
                Ok((part, along(case, part, function, direction)))
            });
            let asked: Result<Vec<_>, ExportError> = asked.collect();
            asked.and_then(|along| {
                let program = (format.write)(case)?;
                Ok(python(case, &program, package, version, expected, &along))
            })
        }
        Package::Rust(dependencies, program) => match derived.next() {
            Some((part, _)) => Err(nothing_for(*part, format)),
            None => {
                program(case, expected).map(|program| rust(name, program, dependencies, version))
            }
        },
    })
}

fn nothing_for(part: Part, format: &Format) -> ExportError {
    ExportError::NoPart {
        part: part.name(),
        format: format.name,
    }
}

fn python(
    case: &Case,
    program: &str,
    package: &str,
    version: &str,
    expected: &[Expected],
    along: &[(Part, String)],
) -> Reproducer {
    let mut text = format!("# pip install {package}=={version}\n{program}\n");
    let graph = &case.graph;
    text += "tensors = {\"value\": dict(zip(outputs, values)), \"gradient\": dict(zip(params, gradients))}\n";
    for (_, asked) in along {
        text += asked;
    }
    text += "for part, name, shape in [\n";
    let parts = [Part::Value, Part::Gradient].into_iter();
    for part in parts.chain(along.iter().map(|(part, _)| *part)) {
        let ids: Vec<Id> = match part {
            Part::Value | Part::Jvp => graph.outputs().to_vec(),
            Part::Gradient | Part::Hvp => graph.params().collect(),
        };
        for id in ids {
            let (part, shape) = (part.name(), tuple(graph.node(id).shape.iter()));
            let _ = writeln!(text, "    ({part:?}, {:?}, {shape}),", graph.name(id));
        }
    }
    text += "]:\n    found = tuple(getattr(tensors[part][name], \"shape\", ()))\n    \
             assert found == shape, f\"{part} of {name} has shape {found}, should have {shape}\"\n";
    if !expected.is_empty() {
        text += "for part, elements, expected, error in [\n";
        for one in expected {
            let elements: Vec<String> = one
                .elements
                .iter()
                .map(|(name, place)| format!("({name:?}, {place})"))
                .collect();
            let (number, error) = (number(one.number), number(one.error));
            let _ = writeln!(
                text,
                "    ({:?}, [{}], {number}, {error}),",
                one.part.name(),
                elements.join(", ")
            );
        }
        text += "]:\n    found = sum(float(answer[part][name][place]) for name, place in elements)\n    \
                 assert abs(found - expected) <= error, f\"{part} of {elements} is {found}, should be {expected}\"\n\
                 print(\"right\")\n";
    }
    Reproducer {
        language: "python",
        files: vec![("reproduce.py".into(), text)],
        command: "python3 reproduce.py".into(),
    }
}

/// The part of a program that asks for something along a direction.
fn along(case: &Case, part: Part, function: &str, direction: &Params<f64>) -> String {
    let graph = &case.graph;
    let mut text = format!("\n{function}\n\n");
    let named = match part {
        Part::Value | Part::Jvp => "outputs",
        Part::Gradient | Part::Hvp => "params",
    };
    let part = part.name();
    // in the order of the parameters
    let _ = writeln!(text, "tensors[{part:?}] = dict(zip({named}, {part}([");
    for id in graph.params() {
        let numbers = data(&direction[&graph.name(id)], case.dtype);
        let _ = writeln!(text, "    constant({numbers}),");
    }
    let _ = writeln!(
        text,
        "])))\nanswer[{part:?}] = {{name: flat(x) for name, x in tensors[{part:?}].items()}}\nprint(answer[{part:?}])"
    );
    text
}

/// A number as Python and Rust both read it.
pub(super) fn number(x: f64) -> String {
    let mut text = String::new();
    write_number(&mut text, x, crate::graph::Dtype::F64).expect("a string takes everything");
    text
}

fn rust(name: &str, program: String, dependencies: &str, version: &str) -> Reproducer {
    // an older release of an engine is called by its version: `candle@0.9.1` answers with 0.9.1
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[workspace]\n\n[dependencies]\n{}",
        dependencies.replace("VERSION", version)
    );
    Reproducer {
        language: "rust",
        files: vec![
            ("src/main.rs".into(), program),
            ("Cargo.toml".into(), manifest),
        ],
        command: "cargo run".into(),
    }
}
