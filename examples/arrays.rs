//! Logistic regression with data in an array of `ndarray` and `nalgebra` as the solver of Newton's equations; the derivatives
//! are secant's.

use nalgebra::{DMatrix, DVector};
use ndarray::{Array1, Array2, ArrayViewD};
use secant::op::splitmix64;
use secant::{Tensor, Var, grad, hessian};
use std::error::Error;

const SAMPLES: usize = 400;
const TRUTH: [f64; 3] = [1.5, -2.0, 0.7];

/// A number in [0, 1), given by its place.
fn uniform(place: usize) -> f64 {
    (splitmix64(place as u64) >> 11) as f64 / (1u64 << 53) as f64
}

/// Points in a cube; and labels, 1 or -1, drawn with the odds that the true weights give.
fn data() -> (Array2<f64>, Array1<f64>) {
    let x = Array2::from_shape_fn((SAMPLES, TRUTH.len()), |(i, j)| {
        4.0 * uniform(TRUTH.len() * i + j) - 2.0
    });
    let scores = x.dot(&Array1::from(TRUTH.to_vec()));
    let labels = scores.iter().enumerate().map(|(i, score)| {
        let chance = 1.0 / (1.0 + (-score).exp());
        if uniform(1_000_000 + i) < chance {
            1.0
        } else {
            -1.0
        }
    });
    let labels = labels.collect();
    (x, labels)
}

/// Minus the mean log-likelihood of the labels.
fn loss<'t>(w: Var<'t>, x: &Tensor<f64>, labels: &Tensor<f64>) -> Var<'t> {
    let tape = w.tape().expect("a variable");
    let margins = tape.constant(labels.clone()) * tape.constant(x.clone()).matmul(w);
    (-margins).softplus().mean(None, false)
}

fn main() -> Result<(), Box<dyn Error>> {
    let (points, labels) = data();
    // the arrays move in, as they lie in memory
    let (x, labels) = (Tensor::from(points), Tensor::from(labels));

    let mut w = DVector::zeros(TRUTH.len());
    for step in 1.. {
        let at = Tensor::from(&w);
        let slope = &grad(|w| loss(w[0], &x, &labels), std::slice::from_ref(&at))?[0];
        let slope = DVector::try_from(slope)?;
        println!(
            "step {step}: weights {:.4?}, slope {:.1e}",
            w.as_slice(),
            slope.norm()
        );
        if slope.norm() < 1e-12 {
            break;
        }
        let curvature = DMatrix::try_from(&hessian(|w| loss(w, &x, &labels), &at)?)?;
        w -= curvature
            .cholesky()
            .ok_or("the loss is not convex here")?
            .solve(&slope);
        if step == 20 {
            return Err("Newton's method did not end".into());
        }
    }

    // the tensor seen as an array: nothing is copied
    let x = ArrayViewD::from(&x);
    let scores = x
        .rows()
        .into_iter()
        .map(|row| row.iter().zip(&w).map(|(x, w)| x * w).sum::<f64>());
    let right = scores
        .zip(labels.iter())
        .filter(|(score, label)| score * label > 0.0);
    println!("{} of {SAMPLES} points are on their side", right.count());
    Ok(())
}
