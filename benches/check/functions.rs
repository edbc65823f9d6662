//! Three functions with gradients by hand, as a user would write them who cares for speed: no allocation, products in
//! tiles that stay in registers, an exponential that vectorises.

use secant::Case;
use secant::op::splitmix64;

type Function<Y> = Box<dyn Fn(&[f64]) -> Y>;

/// A function, its gradient, and where it is checked.
pub(crate) struct Problem {
    pub(crate) name: &'static str,
    pub(crate) at: Vec<f64>,
    pub(crate) value: Function<f64>,
    pub(crate) gradient: Function<Vec<f64>>,
}

/// Numbers in [-scale, scale); `check_peers.py` draws the same.
fn uniform(stream: u64, count: usize, scale: f64) -> Vec<f64> {
    let number =
        |k: usize| (splitmix64(stream << 32 | k as u64) >> 11) as f64 / (1u64 << 52) as f64;
    (0..count).map(|k| scale * (number(k) - 1.0)).collect()
}

/// 1/12!, 1/11!, .., 1/0!.
const INVERSE_FACTORIALS: [f64; 13] = {
    let mut inverse = [1.0; 13];
    let (mut n, mut factorial) = (1, 1.0);
    while n < 13 {
        factorial *= n as f64;
        inverse[12 - n] = 1.0 / factorial;
        n += 1;
    }
    inverse
};

/// Branch-free, so that loops of it vectorise; right to a roundoff or two.
#[inline(always)]
fn exp(x: f64) -> f64 {
    const ROUND: f64 = 1.5 * (1u64 << 52) as f64;
    // log(2) in two parts, the first of so few bits that its multiples are exact
    const LN_2: [f64; 2] = [6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10];
    let x = x.clamp(-708.0, 708.0);
    let shifted = x * std::f64::consts::LOG2_E + ROUND;
    let k = shifted - ROUND;
    let r = (x - k * LN_2[0]) - k * LN_2[1];
    // Taylor's, up to 1/12!: |r| is at most log(2)/2
    let sum = INVERSE_FACTORIALS.iter().fold(0.0, |sum, c| sum * r + c);
    f64::from_bits(sum.to_bits().wrapping_add(shifted.to_bits() << 52))
}

#[inline(always)]
fn hyperbolic_tangent(x: f64) -> f64 {
    (1.0 - 2.0 / (exp(2.0 * x.abs()) + 1.0)).copysign(x)
}

/// `out = x w + b` for rows of `N`, two rows and `TILE` columns at a time.
#[inline(always)]
fn affine<const N: usize, const TILE: usize>(x: &[f64], w: &[f64], b: &[f64], out: &mut [f64]) {
    let inputs = w.len() / N;
    let pairs = x.chunks_exact(2 * inputs).zip(out.chunks_exact_mut(2 * N));
    for (x, out) in pairs {
        let (x0, x1) = x.split_at(inputs);
        for j in (0..N).step_by(TILE) {
            let tile = |row: &[f64]| -> [f64; TILE] { std::array::from_fn(|t| row[j + t]) };
            let (mut y0, mut y1) = (tile(b), tile(b));
            for ((x0, x1), w) in x0.iter().zip(x1).zip(w.chunks_exact(N)) {
                let w: &[f64; TILE] = w[j..j + TILE].try_into().expect("N is a multiple");
                for t in 0..TILE {
                    y0[t] += x0 * w[t];
                    y1[t] += x1 * w[t];
                }
            }
            out[j..j + TILE].copy_from_slice(&y0);
            out[N + j..N + j + TILE].copy_from_slice(&y1);
        }
    }
}

/// `y += a x`; inlined, the compiler would work across rows, far apart in memory.
#[inline(never)]
fn add_multiple<const N: usize>(y: &mut [f64; N], a: f64, x: &[f64; N]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += a * x;
    }
}

/// What `affine` gives its weights and biases, added to `w` and `b`, and the inputs, if they are wanted.
fn affine_gradient<const N: usize>(
    x: &[f64],
    dy: &[f64],
    parameters: &mut [f64],
    back: Option<(&[f64], &mut [f64])>,
) {
    let inputs = parameters.len() / N - 1;
    let (rows, _) = parameters.as_chunks_mut::<N>();
    let (dw, db) = rows.split_at_mut(inputs);
    for (x, dy) in x.chunks_exact(inputs).zip(dy.as_chunks::<N>().0) {
        for (x, dw) in x.iter().zip(&mut *dw) {
            add_multiple(dw, *x, dy);
        }
        add_multiple(&mut db[0], 1.0, dy);
    }
    if let Some((w, dx)) = back {
        for (dx, dy) in dx.chunks_exact_mut(inputs).zip(dy.chunks_exact(N)) {
            for (dx, w) in dx.iter_mut().zip(w.chunks_exact(N)) {
                *dx = w.iter().zip(dy).map(|(w, dy)| w * dy).sum();
            }
        }
    }
}

/// sum(tanh(x W + b)) with W [15, 16], b [16] and a batch of 16.
pub(crate) fn tanh() -> Problem {
    fn activations(x: &[f64], p: &[f64]) -> [f64; 256] {
        let mut y = [0.0; 256];
        affine::<16, 8>(x, &p[..240], &p[240..], &mut y);
        y.map(hyperbolic_tangent)
    }
    let x = uniform(1, 16 * 15, 1.0);
    let also = x.clone();
    Problem {
        name: "tanh",
        at: uniform(2, 256, 0.5),
        value: Box::new(move |p| activations(&x, p).iter().sum()),
        gradient: Box::new(move |p| {
            let dy = activations(&also, p).map(|y| 1.0 - y * y);
            let mut gradient = vec![0.0; 256];
            affine_gradient::<16>(&also, &dy, &mut gradient, None);
            gradient
        }),
    }
}

/// Images of the batch of [`network`].
pub(crate) fn batch() -> Vec<f64> {
    uniform(3, 16 * 64, 1.0)
}

/// Their classes.
pub(crate) fn labels() -> impl Iterator<Item = usize> {
    (0..16).map(|row| 7 * row % 10)
}

/// 64-32-10, relu, mean cross-entropy of the softmax.
pub(crate) fn network() -> Problem {
    struct Forward {
        hidden: [f64; 16 * 32],
        /// exp(z - max z)
        exps: [f64; 16 * 10],
        sums: [f64; 16],
        loss: f64,
    }
    fn forward(x: &[f64], p: &[f64]) -> Forward {
        let (mut hidden, mut z) = ([0.0; 16 * 32], [0.0; 16 * 10]);
        affine::<32, 8>(x, &p[..2048], &p[2048..2080], &mut hidden);
        hidden.iter_mut().for_each(|h| *h = h.max(0.0));
        affine::<10, 10>(&hidden, &p[2080..2400], &p[2400..], &mut z);
        let mut loss = 0.0;
        for (z, label) in z.chunks_exact_mut(10).zip(labels()) {
            let largest = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            z.iter_mut().for_each(|z| *z -= largest);
            loss -= z[label];
        }
        let exps = z.map(exp);
        let mut sums = [0.0; 16];
        for (sum, exps) in sums.iter_mut().zip(exps.chunks_exact(10)) {
            *sum = exps.iter().sum();
            loss += sum.ln();
        }
        Forward {
            hidden,
            exps,
            sums,
            loss: loss / 16.0,
        }
    }
    let x = batch();
    let also = x.clone();
    let parts = [(4, 2048, 0.4), (5, 32, 0.1), (6, 320, 0.4), (7, 10, 0.1)];
    Problem {
        name: "network",
        at: parts
            .iter()
            .flat_map(|&(stream, count, scale)| uniform(stream, count, scale))
            .collect(),
        value: Box::new(move |p| forward(&x, p).loss),
        gradient: Box::new(move |p| {
            let Forward {
                hidden,
                mut exps,
                sums,
                ..
            } = forward(&also, p);
            for ((dz, sum), label) in exps.chunks_exact_mut(10).zip(sums).zip(labels()) {
                dz.iter_mut().for_each(|e| *e /= 16.0 * sum);
                dz[label] -= 1.0 / 16.0;
            }
            let mut gradient = vec![0.0; 2410];
            let (first, second) = gradient.split_at_mut(2080);
            let mut dh = [0.0; 16 * 32];
            affine_gradient::<10>(&hidden, &exps, second, Some((&p[2080..2400], &mut dh)));
            for (dh, h) in dh.iter_mut().zip(hidden) {
                *dh = if h > 0.0 { *dh } else { 0.0 };
            }
            affine_gradient::<32>(&also, &dh, first, None);
            gradient
        }),
    }
}

/// The course's network, 4-5-3-1 with three samples, which its file holds: columns are samples.
pub(crate) fn course() -> Problem {
    const SAMPLES: usize = 3;
    type Layer<const N: usize> = [[f64; SAMPLES]; N];
    struct Forward {
        first: Layer<5>,
        second: Layer<3>,
        output: [f64; SAMPLES],
    }
    #[inline(always)]
    fn layer<const I: usize, const O: usize>(w: &[f64], b: &[f64], x: &Layer<I>) -> Layer<O> {
        std::array::from_fn(|o| {
            let mut sum = [b[o]; SAMPLES];
            for (w, x) in w[o * I..(o + 1) * I].iter().zip(x) {
                sum.iter_mut().zip(x).for_each(|(sum, x)| *sum += w * x);
            }
            sum
        })
    }
    fn relu<const N: usize>(x: Layer<N>) -> Layer<N> {
        x.map(|row| row.map(|x| x.max(0.0)))
    }
    fn forward(x: &Layer<4>, p: &[f64]) -> Forward {
        let first = relu(layer::<4, 5>(&p[..20], &p[20..25], x));
        let second = relu(layer::<5, 3>(&p[25..40], &p[40..43], &first));
        let [output] = layer::<3, 1>(&p[43..46], &p[46..], &second);
        Forward {
            first,
            second,
            output: output.map(|z| 1.0 / (1.0 + (-z).exp())),
        }
    }
    fn layer_gradient<const I: usize, const O: usize>(
        w: &[f64],
        x: &Layer<I>,
        dy: &Layer<O>,
        parameters: &mut [f64],
    ) -> Layer<I> {
        let (dw, db) = parameters.split_at_mut(I * O);
        let mut dx = [[0.0; SAMPLES]; I];
        for (o, dy) in dy.iter().enumerate() {
            db[o] = dy.iter().sum();
            for (i, x) in x.iter().enumerate() {
                dw[o * I + i] = x.iter().zip(dy).map(|(x, dy)| x * dy).sum();
                for ((dx, x), dy) in dx[i].iter_mut().zip(x).zip(dy) {
                    *dx += if *x > 0.0 { w[o * I + i] * dy } else { 0.0 };
                }
            }
        }
        dx
    }
    let case = Case::from_text(include_str!("../../examples/course_network.graph"));
    let case = case.expect("a legal case");
    let constant = |name: &str| {
        let mut named = case.graph.constants().iter();
        let found = named.find(|(id, _)| case.graph.name(**id) == name);
        found.expect("it has one").1.to_vec()
    };
    let (x, y) = (constant("X"), constant("Y"));
    let x: Layer<4> = std::array::from_fn(|i| std::array::from_fn(|s| x[i * SAMPLES + s]));
    let y: [f64; SAMPLES] = y.try_into().expect("a label a sample");
    Problem {
        name: "course",
        at: case.params.to_vector(),
        value: Box::new(move |p| {
            let cost = |(a, y): (f64, f64)| -a.ln() * y - (1.0 - a).ln() * (1.0 - y);
            forward(&x, p)
                .output
                .into_iter()
                .zip(y)
                .map(cost)
                .sum::<f64>()
                / SAMPLES as f64
        }),
        gradient: Box::new(move |p| {
            let Forward {
                first,
                second,
                output,
            } = forward(&x, p);
            let dz = [std::array::from_fn(|s| (output[s] - y[s]) / SAMPLES as f64)];
            let mut gradient = vec![0.0; 47];
            let dz = layer_gradient::<3, 1>(&p[43..46], &second, &dz, &mut gradient[43..]);
            let dz = layer_gradient::<5, 3>(&p[25..40], &first, &dz, &mut gradient[25..43]);
            layer_gradient::<4, 5>(&p[..20], &x, &dz, &mut gradient[..25]);
            gradient
        }),
    }
}
