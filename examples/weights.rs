//! Parameters that are trained, saved as a `.safetensors` file, read again, and trained on: the same numbers, to the bit, as
//! without the pause.

use secant::interop::safetensors::{load, save};
use secant::{Params, Tape, Tensor, Var};
use std::error::Error;

/// How far a small network is from x^2 on [-1, 1].
fn loss<'t>(tape: &'t Tape<f32>, p: &[Var<'t, f32>]) -> Var<'t, f32> {
    let x = Tensor::from_fn([64, 1], |i| i as f32 / 31.5 - 1.0);
    let target = x.map(|x| x * x);
    let hidden = (tape.constant(x).matmul(p[0]) + p[1]).tanh();
    (hidden.matmul(p[2]) + p[3] - tape.constant(target))
        .square()
        .mean(None, false)
}

/// Steps of gradient descent; and the loss before the last one.
fn train(mut params: Params<f32>, steps: usize) -> Result<(Params<f32>, f32), Box<dyn Error>> {
    let mut last = f32::NAN;
    for _ in 0..steps {
        let tape = Tape::new();
        let p: Vec<Var<'_, f32>> = params
            .iter()
            .map(|(name, value)| tape.named(name, value.clone()))
            .collect();
        let loss = loss(&tape, &p);
        let gradient = loss.grad(&p)?;
        last = loss.value().item();
        let moved = params
            .iter()
            .zip(&gradient)
            .map(|((name, value), slope)| (name.to_string(), value.zip(slope, |x, g| x - 0.1 * g)));
        params = moved.collect();
    }
    Ok((params, last))
}

fn main() -> Result<(), Box<dyn Error>> {
    let wave = |k: usize| (1.3 * k as f32).sin();
    let start = Params::from_iter([
        ("hidden.weight", Tensor::from_fn([1, 16], wave)),
        ("hidden.bias", Tensor::from_fn([16], |k| wave(k + 7))),
        (
            "out.weight",
            Tensor::from_fn([16, 1], |k| 0.1 * wave(k + 3)),
        ),
        ("out.bias", Tensor::from(vec![0.0; 1])),
    ]);
    let path =
        std::env::temp_dir().join(format!("secant-weights-{}.safetensors", std::process::id()));

    let (half_way, loss) = train(start.clone(), 200)?;
    println!("after 200 steps: loss {loss:.5}");
    save(&half_way, &path)?;
    let read = load::<f32>(&path)?;
    std::fs::remove_file(&path)?;
    let (paused, loss) = train(read, 200)?;
    println!("after 200 more, from the file: loss {loss:.5}");

    let (straight, _) = train(start, 400)?;
    if paused != straight {
        return Err("the pause changed the numbers".into());
    }
    println!("the same as 400 steps at once");
    Ok(())
}
