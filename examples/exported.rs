//! Written by secant. Prints outputs and gradient; needs the crate `secant`.
#![allow(dead_code, unused_imports, clippy::all)]
#![cfg_attr(rustfmt, rustfmt_skip)]

use secant::modes::reverse::gradient;
use secant::op::{Attr, Kind, Op};
use secant::{Error, Tape, Tensor};

type Real = f64;

fn tensor(shape: &[usize], data: &[Real]) -> Tensor<Real> {
    Tensor::new(shape, data).expect("as many numbers as the shape says")
}

fn op(name: &str, attrs: &[(&str, Attr)]) -> Op {
    let attrs: Vec<(String, Attr)> = attrs.iter().map(|(key, value)| (key.to_string(), value.clone())).collect();
    let kind = Kind::all().find(|kind| kind.name() == name).expect("an operation of this version");
    kind.with(&attrs).expect("legal attributes")
}

fn main() -> Result<(), Error> {
    let tape = Tape::<Real>::new();
    let w = tape.named("w", tensor(&[2, 3], &[0.5, -1.25, 3.0, 0.1, 0.2, 0.3]));
    let b = tape.named("b", tensor(&[2], &[0.25, -0.5]));
    let x = tape.constant(tensor(&[3], &[1.0, 2.0, 3.0]));
    let h = tape.record(op("matmul", &[]), &[w, x]);
    let z = h.add(b);
    let a = z.elu(0.75);
    let l = tape.record(op("sum", &[("axes", Attr::List(vec![Attr::Number(0.0)]))]), &[a]);

    let graph = tape.graph(&[l])?;
    let params: Vec<Tensor<Real>> = vec![w.value(), b.value()];
    let cotangents: Vec<Tensor<Real>> = vec![
        tensor(&[], &[1.0]),
    ];
    let (values, gradients) = gradient(&graph, &params, &cotangents)?;
    for (name, value) in ["l"].iter().zip(&values) {
        println!("{name} = {value:?}");
    }
    for (id, gradient) in graph.params().zip(&gradients) {
        println!("gradient of {} = {gradient:?}", graph.name(id));
    }
    Ok(())
}
