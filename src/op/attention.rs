//! Attention, and the embedding that stands before it.

use super::builder::{Builder, Id, Shares, Site};
use super::choices::{Choices, Drawn, Request};
use super::neural::softmax_lane;
use super::pointwise::Row;
use super::primitive::{DomainError, Linearity, Primitive};
use super::product::multiply;
use super::reduce::sum_kept;
use super::{Attention, Embedding, MaxReduce, Softmax, StopGradient, Take};
use crate::number::Real;
use crate::tensor::{Shape, ShapeError, Tensor, shape_error};

/// The sizes of queries (.., l, d), keys (.., s, d) and values (.., s, e).
struct Sizes {
    batch: Shape,
    l: usize,
    s: usize,
    d: usize,
    e: usize,
}

impl Sizes {
    fn of(args: &[&Shape]) -> Result<Self, ShapeError> {
        let names = ["queries", "keys", "values"];
        for (name, shape) in names.iter().zip(args) {
            if shape.rank() < 2 {
                return shape_error!(
                    "attention takes {name} of rank 2 or more, found shape {shape}"
                );
            }
        }
        let matrix = |x: &Shape| [x[x.rank() - 2], x[x.rank() - 1]];
        let ([l, d], [s, d_k], [s_v, e]) = (matrix(args[0]), matrix(args[1]), matrix(args[2]));
        let [q, k, v] = [args[0], args[1], args[2]];
        if d != d_k {
            return shape_error!("attention: queries {q} have {d} features, keys {k} have {d_k}");
        }
        if s != s_v {
            return shape_error!("attention: {s} keys {k} for {s_v} values {v}");
        }
        if d == 0 {
            return shape_error!("attention: queries {q} have no features");
        }
        let batch = |x: &Shape| Shape::from(&x[..x.rank() - 2]);
        let leading = batch(q)
            .broadcast(&batch(k))
            .and_then(|both| both.broadcast(&batch(v)))
            .map_err(|e| ShapeError(format!("attention of {q}, {k} and {v}: batch {e}")))?;
        Ok(Self {
            batch: leading,
            l,
            s,
            d,
            e,
        })
    }

    fn matrix(&self, rows: usize, columns: usize) -> Shape {
        self.batch.iter().copied().chain([rows, columns]).collect()
    }
}

impl Attention {
    /// The number of keys that query `i` of `s` keys takes.
    fn seen(&self, i: usize, s: usize) -> usize {
        if self.causal { s.min(i + 1) } else { s }
    }

    /// The weights of the values, in the rule; and sqrt(d).
    fn weights(&self, b: &dyn Builder, q: Id, k: Id, sizes: &Sizes) -> [Id; 2] {
        let root = b.pointwise(Row::Sqrt, &[b.constant(sizes.d as f64)]);
        let scores = b.div(b.matmul(q, b.matrix_transpose(k)), root);
        if !self.causal {
            return [b.apply(Softmax { axis: -1 }.into(), &[scores]), root];
        }
        // no infinity goes through the exponential
        let s = sizes.s;
        let seen = Tensor::from_fn([sizes.l, s], |at| f64::from(u8::from(at % s <= at / s)));
        let seen = b.literal(seen);
        let largest = MaxReduce {
            axes: Some(vec![-1]),
            keepdims: true,
        };
        let lowest = b.select(seen, scores, b.constant(f64::NEG_INFINITY));
        let shift = b.apply(
            StopGradient {}.into(),
            &[b.apply(largest.into(), &[lowest])],
        );
        let zero = b.constant(0.0);
        let powers = b.exp(b.select(seen, b.sub(scores, shift), zero));
        let powers = b.select(seen, powers, zero);
        let last = b.shape(powers).rank() - 1;
        [b.div(powers, sum_kept(b, powers, &[last])), root]
    }
}

impl Primitive for Attention {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        let sizes = Sizes::of(args)?;
        if sizes.matrix(sizes.l, sizes.s).checked_count().is_none() {
            return shape_error!(
                "attention of {} queries to {} keys is larger than memory can address",
                sizes.l,
                sizes.s
            );
        }
        Ok(sizes.matrix(sizes.l, sizes.e))
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        let shapes: Vec<&Shape> = args.iter().map(|x| x.shape()).collect();
        let sizes = Sizes::of(&shapes).expect("the shape rule checked the sizes");
        let Sizes { l, s, d, e, .. } = sizes;
        if shape.count() == 0 || s == 0 {
            return Ok(Tensor::zeros(shape));
        }
        let view = |x: &Tensor<T>, rows: usize, columns: usize| {
            x.broadcast_to(&sizes.matrix(rows, columns))
                .expect("batches broadcast")
        };
        let turned = {
            let k = view(args[1], s, d);
            let mut perm: Vec<usize> = (0..k.rank()).collect();
            perm.swap(k.rank() - 1, k.rank() - 2);
            k.transpose(&perm).expect("a permutation")
        };
        let scores = multiply(&view(args[0], l, d), &turned, [l, d, s]);
        let root = T::of(d as f64).sqrt();
        let mut row = 0;
        let weights = scores.scan(scores.rank() - 1, |from, to| {
            let seen = self.seen(row % l, s);
            row += 1;
            let scaled: Vec<T> = from[..seen].iter().map(|&x| x / root).collect();
            softmax_lane(&scaled, &mut to[..seen]);
            to[seen..].fill(T::of(0.0));
        });
        Ok(multiply(&weights, &view(args[2], s, e), [l, s, e]))
    }

    /// With p the weights and ct v^T the cotangent of p, that of the scores is p (ct v^T - the mean of it with weights p).
    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let [q, k, v] = [at.args[0], at.args[1], at.args[2]];
        let shapes = [q, k, v].map(|id| b.shape(id));
        let sizes = Sizes::of(&[&shapes[0], &shapes[1], &shapes[2]]);
        let sizes = sizes.expect("the shape rule checked the sizes");
        let mut shares = Shares::new();
        if b.shape(ct).count() == 0 || sizes.s == 0 {
            return shares;
        }
        let [p, root] = self.weights(b, q, k, &sizes);
        if at.wanted[0] || at.wanted[1] {
            let each = b.matmul(ct, b.matrix_transpose(v));
            let last = b.shape(each).rank() - 1;
            let mean = sum_kept(b, b.mul(each, p), &[last]);
            let scores = b.div(b.mul(p, b.sub(each, mean)), root);
            if at.wanted[0] {
                shares.push((0, b.matmul(scores, k)));
            }
            if at.wanted[1] {
                shares.push((1, b.matmul(b.matrix_transpose(scores), q)));
            }
        }
        if at.wanted[2] {
            shares.push((2, b.matmul(b.matrix_transpose(p), ct)));
        }
        shares
    }

    fn first(from: &mut Choices<'_>) -> Option<Shape> {
        let matrix = [1 + from.below(4), 1 + from.below(4)];
        let leading: [&[usize]; 4] = [&[], &[2], &[1], &[2, 2]];
        let batch = leading[from.below(4)];
        Some(batch.iter().copied().chain(matrix).collect())
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let rank = x.rank();
        if rank < 2 || x[rank - 1] == 0 || x.count() > 64 {
            return None;
        }
        let (s, e) = (*from.pick(&[2, 3, 4, 2, 3, 1]), 1 + from.below(3));
        let causal = from.chance(0.4);
        // batch axes that are equal, 1, or missing
        let mut batch = || -> Vec<usize> {
            let some = if from.chance(0.3) { 0 } else { rank - 2 };
            let size = |&n: &usize| if from.chance(0.2) { 1 } else { n };
            x[..some].iter().map(size).collect()
        };
        let k: Shape = batch().into_iter().chain([s, x[rank - 1]]).collect();
        let v: Shape = batch().into_iter().chain([s, e]).collect();
        Drawn::with(Self { causal }, [Request::Tensor(k), Request::Tensor(v)])
    }
}

const AS_TAKE: Take = Take { axis: 0 };

impl Primitive for Embedding {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        match args[0].rank() {
            0 => shape_error!("embedding takes a table of rows, found a single number"),
            _ => AS_TAKE.shape(args),
        }
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        AS_TAKE.eval(args, shape)
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        AS_TAKE.vjp(b, at, ct)
    }

    fn linearity(&self) -> Linearity {
        AS_TAKE.linearity()
    }

    fn carries(&self, operand: usize) -> bool {
        AS_TAKE.carries(operand)
    }

    fn is_index(&self, operand: usize) -> bool {
        AS_TAKE.is_index(operand)
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let &rows = x.first()?;
        let mut index: Shape = (0..from.below(3)).map(|_| 1 + from.below(3)).collect();
        if rows == 0 {
            index = [0].into();
        }
        Drawn::with(Self {}, [Request::Index(index, rows.max(1))])
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check_adjoint, check_error, check_value, counting};
    use super::*;
    use crate::op::Kind;
    use crate::op::check::*;

    #[test]
    fn derivatives() {
        all_derivatives_agree(Kind::Attention);
        all_derivatives_agree(Kind::Embedding);
        check_adjoint::<Embedding>();
    }

    fn attention(causal: bool) -> Attention {
        Attention { causal }
    }

    #[test]
    fn weights_of_values() {
        let q = || Tensor::from([[1.0, 0.0, 0.0, 0.0], [0.0, 2.0, 0.0, 0.0]]);
        let k = || {
            Tensor::from([
                [0.0, 1.0, 0.0, 0.0],
                [0.0, 0.0, 3.0, 0.0],
                [2.0, 0.0, 0.0, 0.0],
            ])
        };
        let v = || Tensor::from([[1.0], [10.0], [100.0]]);
        let e = std::f64::consts::E;
        // scores: half of [0, 0, 2] and of [2, 0, 0]
        let expected = [[(11.0 + 100.0 * e) / (2.0 + e)], [(e + 110.0) / (2.0 + e)]];
        check(attention(false), &[q(), k(), v()], expected.into());
        let expected = [[1.0], [(e + 10.0) / (1.0 + e)]];
        check(attention(true), &[q(), k(), v()], expected.into());
    }

    #[test]
    fn scores_far_out() {
        let q = || Tensor::from([[1000.0], [-1000.0]]);
        let k = || Tensor::from([[1.0], [-1.0]]);
        let v = || Tensor::from([[3.0], [5.0]]);
        check(attention(false), &[q(), k(), v()], [[3.0], [5.0]].into());
        let zeros = || Tensor::zeros([2, 1]);
        check_pull(
            attention(false),
            &[q(), k(), v()],
            [[1.0], [10.0]].into(),
            &[zeros(), zeros(), [[1.0], [10.0]].into()],
        );
    }

    #[test]
    fn sizes_of_attention() {
        let none = Tensor::zeros([0, 2]);
        check(
            attention(true),
            &[Tensor::zeros([3, 2]), none.clone(), Tensor::zeros([0, 4])],
            Tensor::zeros([3, 4]),
        );
        check(
            attention(false),
            &[none, Tensor::zeros([3, 2]), Tensor::zeros([3, 4])],
            Tensor::zeros([0, 4]),
        );
        let ones = |shape: &[usize]| Tensor::ones(shape);
        check(
            attention(false),
            &[ones(&[2, 1, 3, 2]), ones(&[4, 3, 2]), ones(&[3, 5])],
            ones(&[2, 4, 3, 5]),
        );
        check_refused(
            attention(false),
            &[&[2], &[2, 2], &[2, 2]],
            "queries of rank 2 or more",
        );
        check_refused(
            attention(false),
            &[&[2, 3], &[2, 2], &[2, 2]],
            "3 features, keys [2, 2] have 2",
        );
        check_refused(
            attention(false),
            &[&[2, 3], &[2, 3], &[4, 2]],
            "2 keys [2, 3] for 4 values",
        );
        check_refused(
            attention(false),
            &[&[2, 0], &[2, 0], &[2, 2]],
            "no features",
        );
        check_refused(
            attention(false),
            &[&[2, 1, 1], &[3, 1, 1], &[1, 1]],
            "batch",
        );
    }

    #[test]
    fn rows_of_a_table() {
        let index = Tensor::from([[2.0], [-3.0]]);
        check_value(
            Embedding {},
            &[&counting(&[3, 2]), &index],
            &[2, 1, 2],
            &[4.0, 5.0, 0.0, 1.0],
        );
        check_error(
            Embedding {},
            &[&counting(&[3, 2]), &Tensor::from(3.0)],
            "index 3",
        );
        check_error(
            Embedding {},
            &[&Tensor::from(3.0), &Tensor::from(0.0)],
            "a table of rows",
        );
    }
}
