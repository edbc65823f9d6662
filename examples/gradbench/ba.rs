//! Bundle adjustment: cameras and points of a scene are moved until the points are seen where they were observed. Asked for
//! are the residuals of all observations, and their Jacobian, which is sparse: an observation knows one camera, one point and
//! one weight. So the Jacobian is that of a small function, again and again, on one tape that keeps its memory.

use super::protocol::{Answer, Request, unknown_function, within};
use secant::number::Term;
use secant::{Dual, Number, Real, scalar};
use serde::Deserialize;
use serde_json::json;

/// Rotation vector (3), centre (3), focal length, principal point (2), radial distortion (2).
const CAMERA: usize = 11;
const POINT: usize = 3;
/// Numbers that an observation depends on: camera, point, weight.
const INPUTS: usize = CAMERA + POINT + 1;

/// A bound on the numbers of cameras, points and observations: ten million observations fill 4 GB.
const LARGEST: usize = 10_000_000;

/// The point turned about the axis of `rotation` by its length as an angle (Rodrigues' formula).
fn rotated<N: Real>(rotation: [N; 3], point: [N; 3]) -> [N; 3] {
    let cross = |a: [N; 3], b: [N; 3]| {
        [
            a[1] * b[2] - a[2] * b[1],
            a[2] * b[0] - a[0] * b[2],
            a[0] * b[1] - a[1] * b[0],
        ]
    };
    let square = N::dot(&rotation, &rotation);
    if square == N::of(0.0) {
        // to first order, for the derivative by an angle that is 0
        let turn = cross(rotation, point);
        return [0, 1, 2].map(|i| point[i] + turn[i]);
    }
    let angle = square.sqrt();
    let (sine, cosine) = (angle.sin(), angle.cos());
    let inverse = N::of(1.0) / angle;
    let axis = rotation.map(|r| r * inverse);
    let turn = cross(axis, point);
    let along = N::dot(&axis, &point) * (N::of(1.0) - cosine);
    [0, 1, 2].map(|i| N::dot(&[point[i], turn[i], axis[i]], &[cosine, sine, along]))
}

/// Where a camera sees a point, in pixels.
fn projected<N: Real>(camera: &[N], point: &[N]) -> [N; 2] {
    let &[r0, r1, r2, c0, c1, c2, focal, u, v, k1, k2] = camera else {
        unreachable!("a camera has {CAMERA} numbers")
    };
    let seen = rotated([r0, r1, r2], [point[0] - c0, point[1] - c1, point[2] - c2]);
    let flat = [seen[0] / seen[2], seen[1] / seen[2]];
    let square = N::dot(&flat, &flat);
    let distortion = (k2.fma(square, k1)).fma(square, N::of(1.0)) * focal;
    [flat[0].fma(distortion, u), flat[1].fma(distortion, v)]
}

/// The weighted distance between where a point is seen and where it was observed.
fn residual<N: Real>(inputs: &[N; INPUTS], observed: [f64; 2]) -> [N; 2] {
    let (camera, rest) = inputs.split_at(CAMERA);
    let (point, weight) = rest.split_at(POINT);
    let seen = projected(camera, point);
    [0, 1].map(|i| weight[0] * (seen[i] - N::of(observed[i])))
}

/// What keeps a weight near 1.
fn weight_residual<N: Number>(weight: N) -> N {
    let w = Term(weight);
    (1.0 - w * w).0
}

/// The messages hold one camera, point, weight and observation, and how often each is repeated.
#[derive(Deserialize)]
struct Input {
    n: usize,
    m: usize,
    p: usize,
    cam: [f64; CAMERA],
    x: [f64; POINT],
    w: f64,
    feat: [f64; 2],
}

struct Scene {
    cameras: Vec<[f64; CAMERA]>,
    points: Vec<[f64; POINT]>,
    observations: Vec<Observation>,
}

struct Observation {
    camera: u32,
    point: u32,
    weight: f64,
    seen: [f64; 2],
}

fn prepare(input: Input) -> Result<Scene, String> {
    for (name, size) in [("n", input.n), ("m", input.m), ("p", input.p)] {
        within(name, size, 1, LARGEST)?;
    }
    let observation = |i: usize| Observation {
        camera: (i % input.n) as u32,
        point: (i % input.m) as u32,
        weight: input.w,
        seen: input.feat,
    };
    Ok(Scene {
        cameras: vec![input.cam; input.n],
        points: vec![input.x; input.m],
        observations: (0..input.p).map(observation).collect(),
    })
}

impl Scene {
    /// The numbers that an observation depends on.
    fn inputs(&self, of: &Observation) -> [f64; INPUTS] {
        let (camera, point) = (
            &self.cameras[of.camera as usize],
            &self.points[of.point as usize],
        );
        let mut inputs = [of.weight; INPUTS];
        inputs[..CAMERA].copy_from_slice(camera);
        inputs[CAMERA..CAMERA + POINT].copy_from_slice(point);
        inputs
    }

    fn residuals(&self) -> Residuals {
        let all = self.observations.iter();
        Residuals {
            reprojection: all
                .clone()
                .map(|o| residual(&self.inputs(o), o.seen))
                .collect(),
            weight: all.map(|o| weight_residual(o.weight)).collect(),
        }
    }

    fn jacobian(&self, tape: &mut scalar::Tape) -> Sparse {
        let after_cameras = CAMERA * self.cameras.len();
        let after_points = after_cameras + POINT * self.points.len();
        let count = self.observations.len();
        let mut jacobian = Sparse::with_capacity(3 * count, (2 * INPUTS + 1) * count);
        let mut gradient = scalar::Gradient::default();
        for (i, observation) in self.observations.iter().enumerate() {
            let camera = CAMERA * observation.camera as usize;
            let point = after_cameras + POINT * observation.point as usize;
            let places = (camera..camera + CAMERA)
                .chain(point..point + POINT)
                .chain([after_points + i]);
            tape.clear();
            let inputs = self.inputs(observation).map(|x| tape.var(x));
            for part in residual(&inputs, observation.seen) {
                tape.pull_back_into([(part, 1.0)], &mut gradient);
                jacobian.row(places.clone().zip(inputs.map(|x| gradient.of(x))));
            }
        }
        for (i, observation) in self.observations.iter().enumerate() {
            let slope = weight_residual(Dual::variable(observation.weight)).tangent;
            jacobian.row([(after_points + i, slope)]);
        }
        jacobian
    }
}

struct Residuals {
    reprojection: Vec<[f64; 2]>,
    weight: Vec<f64>,
}

/// A matrix in compressed rows: row i has the entries from `rows[i]` up to `rows[i + 1]`.
struct Sparse {
    rows: Vec<usize>,
    columns: Vec<usize>,
    values: Vec<f64>,
}

impl Sparse {
    fn with_capacity(rows: usize, entries: usize) -> Self {
        let mut starts = Vec::with_capacity(rows + 1);
        starts.push(0);
        Self {
            rows: starts,
            columns: Vec::with_capacity(entries),
            values: Vec::with_capacity(entries),
        }
    }

    fn row(&mut self, entries: impl IntoIterator<Item = (usize, f64)>) {
        for (column, value) in entries {
            self.columns.push(column);
            self.values.push(value);
        }
        self.rows.push(self.values.len());
    }
}

/// As many entries as an observation has, and the last one: all that an output says of a list of the Jacobian.
fn ends<T: Copy>(list: &[T]) -> Vec<T> {
    let first = list.iter().take(2 * INPUTS);
    first.chain(list.last()).copied().collect()
}

pub(crate) fn call(function: &str, request: &Request) -> Answer {
    match function {
        "objective" => request.measure(
            prepare,
            |scene| Ok(scene.residuals()),
            |residuals| {
                let Residuals {
                    reprojection,
                    weight,
                } = residuals;
                json!({
                    "reproj_error": { "elements": reprojection[0], "repeated": reprojection.len() },
                    "w_err": { "element": weight[0], "repeated": weight.len() },
                })
            },
        ),
        "jacobian" => request.measure(
            |input| Ok((prepare(input)?, scalar::Tape::new())),
            |(scene, tape)| Ok(scene.jacobian(tape)),
            |Sparse {
                 rows,
                 columns,
                 values,
             }| {
                json!({ "rows": ends(&rows), "cols": ends(&columns), "vals": ends(&values) })
            },
        ),
        _ => unknown_function(function),
    }
}
