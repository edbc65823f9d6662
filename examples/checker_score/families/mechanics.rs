//! Motion and geometry: differential equations by Euler steps, with hand-written adjoints, and lengths and angles.

use super::super::ours::Function;
use super::super::random::Random;
use super::{Family, dot, sum};
use secant::Real;

/// 25 steps of the Lorenz system: the sum of the last state, by the first state and the three constants.
pub(crate) struct Lorenz;

impl Lorenz {
    const STEP: f64 = 1.0 / 128.0;

    /// All states, the first included.
    fn path<N: Real>(x: &[N]) -> Vec<[N; 3]> {
        let h = N::of(Self::STEP);
        let (sigma, rho, beta) = (x[3], x[4], x[5]);
        let mut path = vec![[x[0], x[1], x[2]]];
        for step in 0..25 {
            let [x, y, z] = path[step];
            path.push([
                x + h * sigma * (y - x),
                y + h * (x * (rho - z) - y),
                z + h * (x * y - beta * z),
            ]);
        }
        path
    }
}

impl Function for Lorenz {
    fn call<N: Real>(&self, x: &[N]) -> N {
        let path = Self::path(x);
        sum(path[path.len() - 1])
    }
}

impl Family for Lorenz {
    const NAME: &'static str = "Lorenz system";
    const SINGLE: bool = true;

    fn draw(random: &mut Random) -> (Self, Vec<f64>) {
        let mut at = random.signeds(3, 0.5, 10.0);
        at.push(random.uniform(8.0, 12.0));
        at.push(random.uniform(20.0, 30.0));
        at.push(random.uniform(2.0, 3.0));
        (Self, at)
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let h = Self::STEP;
        let (sigma, rho, beta) = (x[3], x[4], x[5]);
        let mut path = Self::path(x);
        path.pop();
        let [mut a, mut b, mut c] = [1.0; 3];
        let mut constants = [0.0; 3];
        for [x, y, z] in path.into_iter().rev() {
            constants[0] += a * h * (y - x);
            constants[1] += b * h * x;
            constants[2] -= c * h * z;
            (a, b, c) = (
                a * (1.0 - h * sigma) + b * h * (rho - z) + c * h * y,
                a * h * sigma + b * (1.0 - h) + c * h * x,
                c * (1.0 - h * beta) - b * h * x,
            );
        }
        [[a, b, c], constants].concat()
    }
}

/// Twelve steps of logistic growth with diffusion on a ring of 16 cells: a weighted sum of the squares at the end.
pub(crate) struct Diffusion {
    weights: Vec<f64>,
}

impl Diffusion {
    const STEPS: usize = 12;
    const STEP: f64 = 0.125;
    const RATE: f64 = 0.5;

    fn step<N: Real>(u: &[N]) -> Vec<N> {
        let n = u.len();
        let (h, rate) = (N::of(Self::STEP), N::of(Self::RATE));
        let cell = |i: usize| {
            let bend = u[(i + n - 1) % n] - N::of(2.0) * u[i] + u[(i + 1) % n];
            u[i] + h * (rate * bend + u[i] * (N::of(1.0) - u[i]))
        };
        (0..n).map(cell).collect()
    }
}

impl Function for Diffusion {
    fn call<N: Real>(&self, x: &[N]) -> N {
        let end = (0..Self::STEPS).fold(x.to_vec(), |u, _| Self::step(&u));
        let squares: Vec<N> = end.iter().map(|&u| u * u).collect();
        dot(&self.weights, &squares)
    }
}

impl Family for Diffusion {
    const NAME: &'static str = "diffusion";
    const SINGLE: bool = true;

    fn draw(random: &mut Random) -> (Self, Vec<f64>) {
        let weights = random.uniforms(16, 0.5, 2.0);
        (Self { weights }, random.uniforms(16, 0.1, 1.2))
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let n = x.len();
        let mut path = vec![x.to_vec()];
        for step in 0..Self::STEPS {
            path.push(Self::step(&path[step]));
        }
        let end = path[Self::STEPS].iter().zip(&self.weights);
        let mut adjoint: Vec<f64> = end.map(|(u, w)| 2.0 * w * u).collect();
        for u in path[..Self::STEPS].iter().rev() {
            let cell = |i: usize| {
                let own = 1.0 + Self::STEP * (1.0 - 2.0 * u[i] - 2.0 * Self::RATE);
                let neighbours = adjoint[(i + n - 1) % n] + adjoint[(i + 1) % n];
                own * adjoint[i] + Self::STEP * Self::RATE * neighbours
            };
            adjoint = (0..n).map(cell).collect();
        }
        adjoint
    }
}

/// An arm of ten links of length 1: how far its hand is from a target, and under what angle it is seen, by the angles
/// of the joints.
pub(crate) struct Arm {
    target: [f64; 2],
}

impl Arm {
    /// The direction of each link.
    fn directions<N: Real>(x: &[N]) -> Vec<N> {
        let mut angle = N::of(0.0);
        let turn = |&joint: &N| {
            angle = angle + joint;
            angle
        };
        x.iter().map(turn).collect()
    }
}

impl Function for Arm {
    fn call<N: Real>(&self, x: &[N]) -> N {
        let directions = Self::directions(x);
        let across = sum(directions.iter().map(|d| d.cos()));
        let up = sum(directions.iter().map(|d| d.sin()));
        let away = (across - N::of(self.target[0])).hypot(up - N::of(self.target[1]));
        away + up.atan2(across)
    }
}

impl Family for Arm {
    const NAME: &'static str = "robot arm";
    const SINGLE: bool = true;

    fn draw(random: &mut Random) -> (Self, Vec<f64>) {
        // the hand stays on the right, away from the shoulder, where the angle turns fast, and from its cut behind
        let target = [random.uniform(-3.0, -1.0), random.uniform(-3.0, 3.0)];
        (Self { target }, random.uniforms(10, -0.25, 0.3))
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let directions = Self::directions(x);
        let across: f64 = directions.iter().map(|d| d.cos()).sum();
        let up: f64 = directions.iter().map(|d| d.sin()).sum();
        let (dx, dy) = (across - self.target[0], up - self.target[1]);
        let (away, square) = (dx.hypot(dy), across * across + up * up);
        let by_across = dx / away - up / square;
        let by_up = dy / away + across / square;
        // A joint moves all links behind it.
        let (mut gradient, mut slope) = (vec![0.0; x.len()], 0.0);
        for (g, d) in gradient.iter_mut().zip(directions).rev() {
            slope += by_up * d.cos() - by_across * d.sin();
            *g = slope;
        }
        gradient
    }
}

/// The perimeter of a polygon of eight corners, by their coordinates.
pub(crate) struct Perimeter;

impl Perimeter {
    /// The sides: the places of their ends in the list of coordinates.
    fn sides(n: usize) -> impl Iterator<Item = (usize, usize)> {
        (0..n / 2).map(move |corner| (2 * corner, (2 * corner + 2) % n))
    }
}

impl Function for Perimeter {
    fn call<N: Real>(&self, x: &[N]) -> N {
        sum(Self::sides(x.len()).map(|(a, b)| (x[b] - x[a]).hypot(x[b + 1] - x[a + 1])))
    }
}

impl Family for Perimeter {
    const NAME: &'static str = "perimeter";
    const SINGLE: bool = true;

    fn draw(random: &mut Random) -> (Self, Vec<f64>) {
        // corners near the unit circle: no side is short
        let corner = |k: u32| {
            let angle = std::f64::consts::TAU * (f64::from(k) + random.uniform(-0.2, 0.2)) / 8.0;
            let radius = random.uniform(0.7, 1.3);
            [radius * angle.cos(), radius * angle.sin()].map(|x| random.keep(x))
        };
        let at = (0..8).flat_map(corner).collect();
        (Self, at)
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let mut gradient = vec![0.0; x.len()];
        for (a, b) in Self::sides(x.len()) {
            let (dx, dy) = (x[b] - x[a], x[b + 1] - x[a + 1]);
            let length = dx.hypot(dy);
            for (axis, part) in [dx / length, dy / length].into_iter().enumerate() {
                gradient[b + axis] += part;
                gradient[a + axis] -= part;
            }
        }
        gradient
    }
}
