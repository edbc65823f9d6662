//! A recurrent network of long short-term memory cells that predicts the next letter of a text. The weight matrices are
//! diagonal, so a layer is a row of cells that do not know each other, and the program is one of single numbers.

use super::nested::gradient;
use super::protocol::{Answer, Request, matrix, matrix_of, unknown_function, within};
use secant::number::Term;
use secant::{Number, Real, scalar};
use serde::Deserialize;
use std::convert::identity;

#[derive(Deserialize)]
struct Input {
    main_params: Vec<Vec<f64>>,
    extra_params: Vec<Vec<f64>>,
    state: Vec<Vec<f64>>,
    sequence: Vec<Vec<f64>>,
}

struct Network {
    /// The bits of a letter, and so the cells of a layer.
    width: usize,
    layers: usize,
    /// For each layer the weights of the gates, then their biases: forget, in, out, change; then the weights of the input,
    /// and weights and biases of the output.
    parameters: Vec<f64>,
    /// For each layer the hidden values and the cells, at first.
    state: Vec<f64>,
    letters: Vec<Vec<f64>>,
}

fn prepare(input: Input) -> Result<Network, String> {
    let letters = matrix("sequence", &input.sequence)?;
    let width = letters.shape()[1];
    let layers = input.main_params.len() / 2;
    within("the number of letters", letters.shape()[0], 2, 1 << 24)?;
    within("the bits of a letter", width, 1, 1 << 24)?;
    within("the number of layers", layers, 1, 1 << 24)?;
    let main = matrix_of("main_params", &input.main_params, [2 * layers, 4 * width])?;
    let extra = matrix_of("extra_params", &input.extra_params, [3, width])?;
    let state = matrix_of("state", &input.state, [2 * layers, width])?;
    Ok(Network {
        width,
        layers,
        parameters: main.iter().chain(extra.iter()).collect(),
        state: state.to_vec(),
        letters: input.sequence,
    })
}

/// A cell's gates: for forget, in, out and change, weight and bias.
type Gates<N> = [(N, N); 4];

/// The hidden value and the cell after one letter.
fn step<N: Number>(gates: Gates<N>, input: N, hidden: N, cell: N) -> (N, N) {
    let [forget, ingate, outgate, change] = gates;
    let affine = |(weight, bias): (N, N), x: N| weight.fma(x, bias);
    let kept = cell * affine(forget, input).sigmoid();
    let cell = affine(ingate, hidden)
        .sigmoid()
        .fma(affine(change, hidden).tanh(), kept);
    (affine(outgate, input).sigmoid() * cell.tanh(), cell)
}

impl Network {
    /// The mean surprise at each bit of the next letter.
    fn surprise<N: Real>(&self, parameters: &[N]) -> N {
        let width = self.width;
        let (main, extra) = parameters.split_at(8 * width * self.layers);
        let (in_weight, output) = extra.split_at(width);
        let (out_weight, out_bias) = output.split_at(width);
        let mut state: Vec<N> = self.state.iter().map(|&x| N::of(x)).collect();
        let mut likelihood = Vec::with_capacity(self.letters.len());
        for pair in self.letters.windows(2) {
            let input = pair[0].iter().map(|&bit| N::of(bit));
            let mut signal: Vec<N> = input.zip(in_weight).map(|(x, &w)| w * x).collect();
            for (layer, state) in main.chunks(8 * width).zip(state.chunks_mut(2 * width)) {
                let (hidden, cells) = state.split_at_mut(width);
                for i in 0..width {
                    let gates =
                        [0, 1, 2, 3].map(|g| (layer[g * width + i], layer[(4 + g) * width + i]));
                    (hidden[i], cells[i]) = step(gates, signal[i], hidden[i], cells[i]);
                }
                signal.copy_from_slice(hidden);
            }
            for ((x, &weight), &bias) in signal.iter_mut().zip(out_weight).zip(out_bias) {
                *x = weight.fma(*x, bias);
            }
            likelihood.push(log_likelihood(&signal, &pair[1]));
        }
        let count = width * likelihood.len();
        N::sum(&likelihood) / N::of(-(count as f64))
    }
}

/// Of a letter, given a prediction: <letter, prediction - log(2 + sum of e^prediction)>.
fn log_likelihood<N: Real>(prediction: &[N], letter: &[f64]) -> N {
    let exponentials: Vec<N> = prediction.iter().map(|x| x.exp()).collect();
    let total = (2.0 + Term(N::sum(&exponentials))).log().0;
    let bits: Vec<N> = letter.iter().map(|&bit| N::of(bit)).collect();
    N::dot(&bits, prediction) - N::sum(&bits) * total
}

pub(crate) fn call(function: &str, request: &Request) -> Answer {
    match function {
        "objective" => request.measure(
            prepare,
            |network| Ok(network.surprise(&network.parameters)),
            identity,
        ),
        "jacobian" => request.measure(
            |input| Ok((prepare(input)?, scalar::Tape::new())),
            |(network, tape)| Ok(gradient(tape, &network.parameters, |p| network.surprise(p))),
            identity,
        ),
        _ => unknown_function(function),
    }
}
