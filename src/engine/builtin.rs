//! Our own engines. They share the forward values and differ in how they differentiate.

use super::{Capabilities, Engine, EngineError, Evaluation, Mode, Named, Want};
use crate::graph::{Case, Dtype, Graph, Params};
use crate::modes::{self, Both, Error, push_forward, reverse, run};
use crate::number::{Dual, Real};
use crate::scalar;
use crate::tensor::Tensor;

/// How an engine of ours differentiates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The eager sweep over tensors, with the rules of the table; forward by linearity; Hessians by dual numbers.
    Tape,
    /// Gradient, tangent and Hessian-vector product as recorded programs.
    Graph,
    /// The program unrolled onto the scalar tape: forward kernels and scalar partial derivatives only.
    Scalar,
    /// Forward mode by number type: forward kernels on dual numbers only.
    Dual,
}

impl Way {
    /// All of them.
    pub const ALL: [Way; 4] = [Way::Tape, Way::Graph, Way::Scalar, Way::Dual];

    /// The engine's name.
    pub fn name(self) -> &'static str {
        match self {
            Way::Tape => "tape",
            Way::Graph => "graph",
            Way::Scalar => "scalar",
            Way::Dual => "dual",
        }
    }

    /// The way of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.name() == name)
    }
}

/// An engine of ours.
pub struct Builtin {
    way: Way,
    capabilities: Capabilities,
}

impl Builtin {
    /// The engine that differentiates in the given way.
    pub fn new(way: Way) -> Self {
        let capabilities = Capabilities {
            version: env!("CARGO_PKG_VERSION").into(),
            dtypes: vec![Dtype::F32, Dtype::F64],
            modes: Mode::ALL.into(),
            ops: None,
        };
        Self { way, capabilities }
    }
}

impl Engine for Builtin {
    fn name(&self) -> &str {
        self.way.name()
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn is_foreign(&self) -> bool {
        false
    }

    fn evaluate(&mut self, case: &Case, want: &Want) -> Result<Evaluation, EngineError> {
        let answer = match case.dtype {
            Dtype::F32 => evaluate::<f32>(self.way, case, want),
            Dtype::F64 => evaluate::<f64>(self.way, case, want),
        };
        answer.map_err(|e| EngineError::Invalid(e.to_string()))
    }
}

/// The case's numbers in the engine's arithmetic.
struct Problem<'c, T> {
    graph: &'c Graph,
    params: Vec<Tensor<T>>,
    cotangents: Vec<Tensor<T>>,
}

fn evaluate<T: Real>(way: Way, case: &Case, want: &Want) -> Result<Evaluation, Error> {
    let problem = Problem {
        graph: &case.graph,
        params: case.params.values().map(|x| x.map(T::of)).collect(),
        cotangents: case.cotangents.iter().map(|ct| ct.map(T::of)).collect(),
    };
    let of_params =
        |tensors: Vec<Tensor<T>>| named(case.params.names().map(str::to_string), tensors);
    let of_outputs = |tensors: Vec<Tensor<T>>| {
        let outputs = case.graph.outputs().iter();
        named(outputs.map(|&id| case.graph.name(id).into_owned()), tensors)
    };
    let mut answer = Evaluation::default();
    let directions =
        |params: &Params<f64>| params.values().map(|x| x.map(T::of)).collect::<Vec<_>>();
    if want.gradient {
        let (values, gradient) = problem.gradient(way)?;
        answer.gradient = Some(of_params(gradient));
        answer.value = want.value.then(|| of_outputs(values));
    } else if want.value {
        answer.value = Some(of_outputs(modes::evaluate(problem.graph, &problem.params)?));
    }
    if let Some(tangents) = &want.tangents {
        answer.jvp = Some(of_outputs(problem.jvp(way, &directions(tangents))?));
    }
    if let Some(direction) = &want.direction {
        answer.hvp = Some(of_params(problem.hvp(way, &directions(direction))?));
    }
    Ok(answer)
}

/// Tensors by name; a name that comes twice is the same output.
fn named<T: Real>(names: impl Iterator<Item = String>, tensors: Vec<Tensor<T>>) -> Named {
    let mut found = Named::new();
    for (name, tensor) in names.zip(tensors) {
        if found.iter().all(|(other, _)| *other != name) {
            found.push((name, tensor.to_f64().to_vec()));
        }
    }
    found
}

impl<T: Real> Problem<'_, T> {
    fn gradient(&self, way: Way) -> Result<Both<T>, Error> {
        match way {
            Way::Tape => reverse::gradient(self.graph, &self.params, &self.cotangents),
            Way::Graph => {
                let program = reverse::gradient_program(self.graph);
                let given: Vec<Tensor<T>> = self
                    .params
                    .iter()
                    .chain(&self.cotangents)
                    .cloned()
                    .collect();
                let mut values = modes::evaluate(&program, &given)?;
                let gradient = values.split_off(self.cotangents.len());
                Ok((values, gradient))
            }
            Way::Scalar => {
                let (values, gradient) = self.unrolled(&self.params, |x| x)?;
                Ok((values, gradient))
            }
            Way::Dual => {
                let mut values = Vec::new();
                let mut gradient = Vec::new();
                for (p, x) in self.params.iter().enumerate() {
                    let mut entries = Vec::with_capacity(x.len());
                    for k in 0..x.len() {
                        let (_, tangents) =
                            push_forward(self.graph, &self.params, &self.unit(p, k))?;
                        entries.push(self.against(&tangents));
                    }
                    gradient.push(Tensor::new(x.shape(), entries)?);
                }
                values.extend(modes::evaluate(self.graph, &self.params)?);
                Ok((values, gradient))
            }
        }
    }

    fn jvp(&self, way: Way, direction: &[Tensor<T>]) -> Result<Vec<Tensor<T>>, Error> {
        match way {
            Way::Tape => modes::linearized(self.graph, &self.params, direction),
            Way::Graph => {
                let given: Vec<Tensor<T>> = self.params.iter().chain(direction).cloned().collect();
                modes::evaluate(&modes::tangent_program(self.graph), &given)
            }
            Way::Scalar => {
                let tape = scalar::Tape::new();
                let vars: Vec<Tensor<scalar::Var<'_, T>>> =
                    self.params.iter().map(|x| x.map(|x| tape.var(x))).collect();
                let values = run(self.graph, &vars)?;
                let moves = vars
                    .iter()
                    .zip(direction)
                    .flat_map(|(x, d)| x.iter().zip(d.iter()).collect::<Vec<_>>());
                let tangents = tape.push_forward(moves);
                Ok(self
                    .graph
                    .outputs()
                    .iter()
                    .map(|id| values[id.index()].map(|y| tangents.of(y)))
                    .collect())
            }
            Way::Dual => {
                push_forward(self.graph, &self.params, direction).map(|(_, tangents)| tangents)
            }
        }
    }

    fn hvp(&self, way: Way, direction: &[Tensor<T>]) -> Result<Vec<Tensor<T>>, Error> {
        match way {
            Way::Tape => reverse::hvp(self.graph, &self.params, &self.cotangents, direction),
            Way::Graph => {
                let given: Vec<Tensor<T>> = self
                    .params
                    .iter()
                    .chain(&self.cotangents)
                    .chain(direction)
                    .cloned()
                    .collect();
                modes::evaluate(&reverse::hvp_program(self.graph), &given)
            }
            Way::Scalar => {
                let moving = self.params.iter().zip(direction);
                let duals: Vec<Tensor<Dual<T>>> = moving
                    .map(|(x, d)| x.zip(d, |value, tangent| Dual { value, tangent }))
                    .collect();
                let (_, gradient) = self.unrolled(&duals, Dual::constant)?;
                Ok(gradient.iter().map(|g| g.map(|d| d.tangent)).collect())
            }
            Way::Dual => {
                let mut product = Vec::new();
                for (p, x) in self.params.iter().enumerate() {
                    let mut entries = Vec::with_capacity(x.len());
                    for k in 0..x.len() {
                        let unit = self.unit(p, k);
                        let moving = self.params.iter().zip(direction).zip(&unit);
                        let duals: Vec<Tensor<Dual<Dual<T>>>> = moving
                            .map(|((x, d), e)| {
                                let inner = x.zip(d, |value, tangent| Dual { value, tangent });
                                inner.zip(e, |value, e| Dual {
                                    value,
                                    tangent: Dual::constant(e),
                                })
                            })
                            .collect();
                        let values = modes::evaluate(self.graph, &duals)?;
                        let second: Vec<Tensor<T>> = values
                            .iter()
                            .map(|y| y.map(|d| d.tangent.tangent))
                            .collect();
                        entries.push(self.against(&second));
                    }
                    product.push(Tensor::new(x.shape(), entries)?);
                }
                Ok(product)
            }
        }
    }

    /// Values and gradient on the scalar tape of another number.
    fn unrolled<U: Real>(
        &self,
        params: &[Tensor<U>],
        number: impl Fn(T) -> U + Copy,
    ) -> Result<Both<U>, Error> {
        let tape = scalar::Tape::new();
        let vars: Vec<Tensor<scalar::Var<'_, U>>> =
            params.iter().map(|x| x.map(|x| tape.var(x))).collect();
        let outputs = modes::evaluate(self.graph, &vars)?;
        let pairs = outputs.iter().zip(&self.cotangents);
        let seeds =
            pairs.flat_map(|(y, ct)| y.iter().zip(ct.map(number).iter()).collect::<Vec<_>>());
        let gradient = tape.pull_back(seeds.collect::<Vec<_>>());
        let values = outputs.iter().map(|y| y.map(|y| y.value)).collect();
        Ok((
            values,
            vars.iter().map(|x| x.map(|x| gradient.of(x))).collect(),
        ))
    }

    /// The direction that moves one element.
    fn unit(&self, param: usize, element: usize) -> Vec<Tensor<T>> {
        let entry = |p: usize, k: usize| T::of(if (p, k) == (param, element) { 1.0 } else { 0.0 });
        self.params
            .iter()
            .enumerate()
            .map(|(p, x)| Tensor::from_fn(x.shape(), |k| entry(p, k)))
            .collect()
    }

    /// `<cotangents, tangents>`; a zero cotangent asks nothing.
    fn against(&self, tangents: &[Tensor<T>]) -> T {
        let pairs = tangents.iter().zip(&self.cotangents);
        let terms = pairs.flat_map(|(t, ct)| {
            ct.iter()
                .zip(t.iter())
                .map(|(c, t)| c.strong_mul(t))
                .collect::<Vec<_>>()
        });
        T::sum(&terms.collect::<Vec<_>>())
    }
}
