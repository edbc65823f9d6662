//! The structural operations, one declaration each: doc, name, operands, attributes with their types and defaults.
//!
//! ```text
//! /// What it is, and its convention where the derivative is a choice.
//! Name name(operands; attribute: Type = default);
//! ```
//!
//! The struct of that name, its place in [`Op`](super::Op), its method on variables, its attributes in files and its line in
//! `secant ops` follow from the declaration. What the operation does is the struct's
//! [`Primitive`](super::Primitive) implementation, in the file of its family. An operand written `xs[..]` stands for one
//! or more.

#[allow(clippy::wildcard_imports)] // the types of attributes
use super::*;

/// Hands all declarations to the macro `$then`.
macro_rules! structural_table {
    ($then:ident) => {
        $then! {
            // Reductions: x; axes, keepdims.
            /// The sum; 0 of nothing.
            Sum sum(x; axes: Option<Vec<i64>> = None, keepdims: bool = false);
            /// The arithmetic mean.
            Mean mean(x; axes: Option<Vec<i64>> = None, keepdims: bool = false);
            /// The product; 1 of nothing. Its derivatives never divide, and are exact where elements are 0.
            Prod prod(x; axes: Option<Vec<i64>> = None, keepdims: bool = false);
            /// log(sum of e^x) without overflow; -inf of nothing and of elements that are all -inf, with derivative 0 there.
            LogSumExp logsumexp(x; axes: Option<Vec<i64>> = None, keepdims: bool = false);
            /// The variance: squared distances from the mean, over count - ddof; NaN where that is not positive.
            Var var(x; axes: Option<Vec<i64>> = None, ddof: usize = 0, keepdims: bool = false);
            /// The square root of the variance; derivative 0 where all elements are equal.
            Std std(x; axes: Option<Vec<i64>> = None, ddof: usize = 0, keepdims: bool = false);
            /// (sum of |x|^ord)^(1/ord) for any order above 0; the largest |x| for the order inf, with equal shares at ties.
            /// Derivative 0 at the origin; 0 of nothing.
            Norm norm(x; ord: f64 = 2.0, axes: Option<Vec<i64>> = None, keepdims: bool = false);
            /// The largest element, NaN if there is one; equal shares of the derivative at ties.
            MaxReduce max_reduce(x; axes: Option<Vec<i64>> = None, keepdims: bool = false);
            /// The smallest element, NaN if there is one; equal shares of the derivative at ties.
            MinReduce min_reduce(x; axes: Option<Vec<i64>> = None, keepdims: bool = false);
            /// The place of the largest element along an axis, the first at ties; the first NaN if there is one. Derivative 0.
            ArgMax argmax(x; axis: i64);
            /// The place of the smallest element along an axis, the first at ties; the first NaN if there is one. Derivative 0.
            ArgMin argmin(x; axis: i64);
            /// The middle element in sorted order, or the mean of the middle two; NaN if there is one. Equal elements are sorted
            /// by their places, and only the places in the middle have a derivative.
            Median median(x; axes: Option<Vec<i64>> = None, keepdims: bool = false);
            /// The element at q (count - 1) in sorted order; between two as `method` says; NaN if there is one. Equal elements
            /// are sorted by their places, and only the places taken have a derivative.
            Quantile quantile(x; q: f64, axes: Option<Vec<i64>> = None, keepdims: bool = false, method: Between = Between::Linear);

            // Scans along an axis.
            /// The sum of the elements up to each place, or from it on if reversed; an exclusive one leaves out the place's own.
            CumSum cumsum(x; axis: i64, reverse: bool = false, exclusive: bool = false);
            /// The product of the elements up to each place, or from it on if reversed; an exclusive one leaves out the place's
            /// own. Its derivatives never divide, and are exact where elements are 0.
            CumProd cumprod(x; axis: i64, reverse: bool = false, exclusive: bool = false);
            /// The linear recurrence z = 0 at the first place, then a z + b of the place before; reversed, from the last place on.
            Recurrence recurrence(a, b; axis: i64, reverse: bool = false);

            /// The largest element up to each place, or from it on if reversed; from the first NaN on, NaN. The derivative goes to
            /// the first of equal ones in the order of the scan.
            CumMax cummax(x; axis: i64, reverse: bool = false);
            /// The smallest element up to each place, or from it on if reversed; from the first NaN on, NaN. The derivative goes
            /// to the first of equal ones in the order of the scan.
            CumMin cummin(x; axis: i64, reverse: bool = false);
            /// The place of the largest element up to each place, or from it on if reversed: the first of equal ones in the order
            /// of the scan, and from the first NaN on, its place. Derivative 0.
            CumArgMax cumargmax(x; axis: i64, reverse: bool = false);
            /// The place of the smallest element up to each place, or from it on if reversed: the first of equal ones in the order
            /// of the scan, and from the first NaN on, its place. Derivative 0.
            CumArgMin cumargmin(x; axis: i64, reverse: bool = false);
            /// log(sum of e^x) up to each place, or from it on if reversed, without overflow; -inf with derivative 0 while all
            /// elements are -inf.
            CumLogSumExp cumlogsumexp(x; axis: i64, reverse: bool = false);

            // Layout.
            /// The same elements in row-major order under another shape; one size may be -1.
            Reshape reshape(x; shape: Vec<i64>);
            /// Axis k of the result is axis `perm[k]` of x; by default the axes are reversed.
            Transpose transpose(x; perm: Option<Vec<i64>> = None);
            /// Repeated along new axes and along axes of size 1.
            BroadcastTo broadcast_to(x; shape: Vec<i64>);
            /// Without the named axes, each of which has size 1.
            Squeeze squeeze(x; axes: Vec<i64>);
            /// With new axes of size 1, which are named by their places in the result.
            Unsqueeze unsqueeze(x; axes: Vec<i64>);
            /// Along each axis the places start, start + step, .. before stop, as in Python;
            /// an entry none is the end that the step's sign implies, and a list that is none takes its defaults on every axis.
            Slice slice(x; start: Option<Vec<Option<i64>>> = None, stop: Option<Vec<Option<i64>>> = None, step: Option<Vec<i64>> = None);
            /// The elements along the named axes in reverse; none reverses all axes.
            Flip flip(x; axes: Option<Vec<i64>>);
            /// The elements moved `shift` places along the axis; what falls off one end comes in at the other.
            Roll roll(x; shift: i64, axis: i64);
            /// With `pads[k] = [before, after]` more elements along axis k, filled as in NumPy; `value` is for mode "constant".
            Pad pad(x; pads: Vec<[usize; 2]>, mode: PadMode = PadMode::Constant, value: f64 = 0.0);
            /// The tensors one behind the other along an axis that they have.
            Concat concat(xs[..]; axis: i64);
            /// The tensors, of one shape, one behind the other along a new axis, which is named by its place in the result.
            Stack stack(xs[..]; axis: i64);
            /// The whole tensor repeated `reps[k]` times along axis k, as in NumPy: missing entries are 1, further ones make new
            /// leading axes.
            Tile tile(x; reps: Vec<usize>);
            /// Each element repeated in place along the axis.
            Repeat repeat(x; repeats: usize, axis: i64);
            /// Of a vector, the matrix with it on diagonal k and zeros elsewhere; of a matrix, its diagonal k.
            Diag diag(x; k: i64 = 0);
            /// Diagonal `offset` of the last two axes, as a new last axis.
            Diagonal diagonal(x; offset: i64 = 0);
            /// The sum of diagonal `offset` of the last two axes.
            Trace trace(x; offset: i64 = 0);
            /// The last two axes with zeros above diagonal k.
            Tril tril(x; k: i64 = 0);
            /// The last two axes with zeros below diagonal k.
            Triu triu(x; k: i64 = 0);

            // Indexing.
            /// The slices of x along the axis that the index names; the index's axes take the place of that axis.
            Take take(x, index; axis: i64);
            /// At each place the element of x at the index found there along the axis; the other axes broadcast.
            TakeAlongAxis take_along_axis(x, index; axis: i64);
            /// x with the slices of src added along the axis where the index says; the adjoint of take.
            ScatterAdd scatter_add(x, index, src; axis: i64);
            /// x with each element of src added at the index found at its place, along the axis; the adjoint of take_along_axis.
            /// Beside the axis, src has the sizes of x, and the index broadcasts to it.
            ScatterAddAlongAxis scatter_add_along_axis(x, index, src; axis: i64);

            /// x with the slices of src written along the axis where the index says; src has the shape that take would give. Where
            /// an index is repeated the last one in row-major order wins, and only it has a derivative.
            Scatter scatter(x, index, src; axis: i64);
            /// x with each element of src written at the index found at its place, along the axis; shapes as in
            /// scatter_add_along_axis. Of several at one place the last one in row-major order wins, and only it has a derivative.
            ScatterAlongAxis scatter_along_axis(x, index, src; axis: i64);
            /// For each segment the sum of the slices of x along axis 0 whose entry of the index, a vector, names it; 0 for one
            /// that nobody names.
            SegmentSum segment_sum(x, index; num_segments: usize);
            /// For each segment the largest elements of the slices of x along axis 0 whose entry of the index, a vector, names it,
            /// NaN if there is one, -inf if nobody names it; equal shares of the derivative at ties.
            SegmentMax segment_max(x, index; num_segments: usize);
            /// Along a new last axis of size n, 1 at the index and 0 elsewhere. Negative ones count from the end. No derivative.
            OneHot one_hot(index; n: usize);

            // Sorting. NaN is larger than all numbers, as in NumPy, JAX and PyTorch.
            /// The elements along an axis in order; NaN counts as the largest. Equal elements stay in the order of their places,
            /// and so do their derivatives.
            Sort sort(x; axis: i64 = -1, descending: bool = false);
            /// The places of the elements along an axis, in the order of the elements; equal ones in the order of their places,
            /// NaN as the largest. Derivative 0.
            ArgSort argsort(x; axis: i64 = -1, descending: bool = false);
            /// The k largest elements along an axis in descending order, or the smallest in ascending order; NaN counts as the
            /// largest. Of equal elements the first are taken first, and only places taken have a derivative.
            TopK top_k(x; k: usize, axis: i64 = -1, largest: bool = true);

            // Products.
            /// The matrix product; a vector on the left is a row, on the right a column; leading axes are batches and broadcast.
            MatMul matmul(a, b);
            /// The inner product of two vectors.
            Dot dot(a, b);
            /// All products of an element of a with one of b, a row for each of a; both are flattened first.
            Outer outer(a, b);
            /// Sums of products over the last axes of both, whose sizes are equal; a number multiplies everything.
            Inner inner(a, b);
            /// The Kronecker product: blocks of b, each multiplied by an element of a. The one of lower rank gets leading axes of
            /// size 1.
            Kron kron(a, b);
            /// Sums of products over axes of a paired with axes of b, of equal sizes: the last n of a with the first n of b, or the
            /// axes in a list with those in another. The other axes of a come first, then those of b.
            TensorDot tensordot(a, b; axes: Pairs = Pairs::Count(2));
            /// Einstein's notation, as in NumPy: each operand's axes are named by letters, a repeated one in an operand takes its
            /// diagonal, and what the result behind `->` lacks is summed. Without `->` the result has the axes of the `...`, then
            /// the letters that occur once, in alphabetical order. Sizes of 1 broadcast. Operands are taken pair by
            /// pair, the smallest product first.
            Einsum einsum(xs[..]; equation: String);
            /// The cross product along an axis of the broadcast result, on which both operands have size 3.
            Cross cross(a, b; axis: i64 = -1);

            // Factorisations: of the matrices in the last two axes; the leading axes are batches.
            /// The triangular factor of (a + a^T) / 2 = L L^T with a positive diagonal: L, or its transpose. NaN if the matrix is
            /// not positive definite. The derivative is symmetric.
            Cholesky cholesky(a; lower: bool = true);
            /// The solution x of A x = b, or of A^T x = b, where A is the named triangle of a: the rest is not read, nor the diagonal
            /// if it counts as ones. b is a vector only if its rank is 1; batches broadcast. NaN if the diagonal has a zero.
            TriangularSolve triangular_solve(a, b; lower: bool, transpose: bool = false, unit_diagonal: bool = false);
            /// The solution x of a x = b. b is a vector only if its rank is 1; batches broadcast. NaN if a is singular.
            Solve solve(a, b);
            /// The inverse; NaN if there is none.
            Inv inv(a);
            /// The determinant, 1 of no elements. Its derivatives are exact where it is 0: the first is the matrix of cofactors, of
            /// any size; those of the second order up to 16 rows, of the third up to 6, of any order up to 4. Beyond that they
            /// divide, and are NaN of a singular matrix.
            Det det(a);
            /// The derivatives of the determinant by `order` elements: entry [.., i, j, k, l, ..] is that by elements (i, j), (k, l), ..;
            /// of order 1, the matrix of cofactors. The order is at most the number of rows.
            Cofactors cofactors(a; order: usize = 1);
            /// The logarithm of the determinant's absolute value; -inf, with derivative NaN, if the matrix is singular.
            SlogDet slogdet(a);
            /// The power with an integer exponent, by repeated squaring; of the inverse if it is negative.
            MatrixPower matrix_power(a; n: i64);
            /// The exponential of a matrix.
            Expm expm(a);
            /// The orthonormal factor of the reduced factorisation a = Q R of a square or tall matrix, where the diagonal of R is not
            /// negative.
            QrQ qr_q(a);
            /// The triangular factor of the reduced factorisation a = Q R of a square or tall matrix; its diagonal is not negative.
            QrR qr_r(a);
            /// The eigenvalues of (a + a^T) / 2, ascending; another name of eigh_values.
            EigValsH eigvalsh(a);
            /// The eigenvalues of (a + a^T) / 2, ascending. The derivative is symmetric; there is none where two are equal.
            EighValues eigh_values(a);
            /// The eigenvectors of (a + a^T) / 2, as columns in the order of the eigenvalues. Of each, the first component that is at
            /// least 0.6 times the largest is positive.
            EighVectors eigh_vectors(a);
            /// The singular values, descending. There is no derivative where two are equal or one is 0.
            SvdVals svdvals(a);
            /// The pseudoinverse, without the singular values that are at most `rcond` times the largest. Its derivative is that of
            /// changes which keep the rank.
            Pinv pinv(a; rcond: f64 = 1e-15);

            // Neural, and other.
            /// e^x over its sum along an axis, without overflow; NaN, and so its derivative, where all elements are -inf.
            Softmax softmax(x; axis: i64);
            /// The logarithm of the softmax, without cancellation: x minus logsumexp(x) along an axis.
            LogSoftmax log_softmax(x; axis: i64);
            /// Minus the log_softmax at the label. Classes are on axis 1 of the logits, or on the last of rank 1, and labels have
            /// the shape of the rest. Negative labels count from the end.
            CrossEntropy cross_entropy(logits, labels; reduction: Reduction = Reduction::Mean);
            /// (x - mean) / sqrt(var + eps) over the axes from `axis` to the last, times weight, plus bias, which have the shape
            /// of these axes; the variance is the biased one.
            LayerNorm layer_norm(x, weight, bias; axis: i64 = -1, eps: f64 = 1e-5);
            /// x / sqrt(mean of x^2 + eps) over the last axis, times weight, which has the shape of that axis.
            RmsNorm rms_norm(x, weight; eps: f64 = 1e-6);
            /// As layer_norm, over each of `groups` groups of the channels on axis 1 and all axes behind; weight and bias have an
            /// element for each channel.
            GroupNorm group_norm(x, weight, bias; groups: usize, eps: f64 = 1e-5);
            /// As layer_norm, over all axes but the channels on axis 1; weight and bias have an element for each channel.
            BatchNormTrain batch_norm_train(x, weight, bias; eps: f64 = 1e-5);
            /// softmax(q k^T / sqrt(d)) v for queries (.., L, d), keys (.., S, d) and values (.., S, e); leading axes are batches
            /// and broadcast. If it is causal, query i takes the keys up to i only.
            Attention attention(q, k, v; causal: bool = false);
            /// The rows of a table that the index names: take along axis 0.
            Embedding embedding(table, index);

            // Convolutions, pools, and upsampling of tensors (N, C, spatial axes).
            /// The sums of x (N, C, L) under a sliding kernel w (O, C / groups, K), which is not turned, with zeros around x.
            Conv1d conv1d(x, w; stride: PerAxis = 1_usize.into(), padding: PerAxis = 0_usize.into(), dilation: PerAxis = 1_usize.into(), groups: usize = 1);
            /// As conv1d, of x (N, C, H, W) with w (O, C / groups, K, L).
            Conv2d conv2d(x, w; stride: PerAxis = 1_usize.into(), padding: PerAxis = 0_usize.into(), dilation: PerAxis = 1_usize.into(), groups: usize = 1);
            /// As conv1d, of x (N, C, D, H, W) with w (O, C / groups, K, L, M).
            Conv3d conv3d(x, w; stride: PerAxis = 1_usize.into(), padding: PerAxis = 0_usize.into(), dilation: PerAxis = 1_usize.into(), groups: usize = 1);
            /// The adjoint of conv1d in its first operand, with w (C, O / groups, K). Of the sizes that conv1d takes to that of x,
            /// the smallest and `output_padding` more, which is below the stride or the dilation.
            ConvTranspose1d conv_transpose1d(x, w; stride: PerAxis = 1_usize.into(), padding: PerAxis = 0_usize.into(), output_padding: PerAxis = 0_usize.into(), dilation: PerAxis = 1_usize.into(), groups: usize = 1);
            /// As conv_transpose1d, the adjoint of conv2d.
            ConvTranspose2d conv_transpose2d(x, w; stride: PerAxis = 1_usize.into(), padding: PerAxis = 0_usize.into(), output_padding: PerAxis = 0_usize.into(), dilation: PerAxis = 1_usize.into(), groups: usize = 1);
            /// As conv_transpose1d, the adjoint of conv3d.
            ConvTranspose3d conv_transpose3d(x, w; stride: PerAxis = 1_usize.into(), padding: PerAxis = 0_usize.into(), output_padding: PerAxis = 0_usize.into(), dilation: PerAxis = 1_usize.into(), groups: usize = 1);
            /// The largest element of each window, NaN if there is one; at ties the first has the derivative. Padding is never
            /// chosen. The stride is the kernel's size by default.
            MaxPool1d max_pool1d(x; kernel: PerAxis, stride: Option<PerAxis> = None, padding: PerAxis = 0_usize.into());
            /// As max_pool1d, on two axes.
            MaxPool2d max_pool2d(x; kernel: PerAxis, stride: Option<PerAxis> = None, padding: PerAxis = 0_usize.into());
            /// As max_pool1d, on three axes.
            MaxPool3d max_pool3d(x; kernel: PerAxis, stride: Option<PerAxis> = None, padding: PerAxis = 0_usize.into());
            /// The mean of each window, in which padding counts as zeros, or does not count. The stride is the kernel's size by
            /// default.
            AvgPool1d avg_pool1d(x; kernel: PerAxis, stride: Option<PerAxis> = None, padding: PerAxis = 0_usize.into(), count_include_pad: bool = true);
            /// As avg_pool1d, on two axes.
            AvgPool2d avg_pool2d(x; kernel: PerAxis, stride: Option<PerAxis> = None, padding: PerAxis = 0_usize.into(), count_include_pad: bool = true);
            /// As avg_pool1d, on three axes.
            AvgPool3d avg_pool3d(x; kernel: PerAxis, stride: Option<PerAxis> = None, padding: PerAxis = 0_usize.into(), count_include_pad: bool = true);
            /// Each element repeated `scale` times along each of the one to three spatial axes.
            UpsampleNearest upsample_nearest(x; scale: PerAxis);
            /// Linear interpolation along both spatial axes to `scale` times as many places, as in PyTorch: those of the corners
            /// coincide if they are aligned, else the outer edges of the outermost cells do.
            UpsampleBilinear upsample_bilinear(x; scale: PerAxis, align_corners: bool = false);
            /// The value of x, as a constant: no derivative passes.
            StopGradient stop_gradient(x);
            /// Element k (row-major) over 1 - rate if it is kept, else 0. It is kept if u >= rate, u the top 53 bits of
            /// splitmix64(seed + (k + 1) 0x9E3779B97F4A7C15) over 2^53. The rate is from 0 to 1, and 1 keeps nothing.
            Dropout dropout(x; rate: f64, seed: i64);
        }
    };
}
pub(crate) use structural_table;

macro_rules! default_of {
    (=> $T:ty) => {
        None
    };
    ($default:expr => $T:ty) => {
        Some(attr::Attribute::write(&{
            let value: $T = $default;
            value
        }))
    };
}
/// Makes the struct and the [`Signature`] of each declaration.
macro_rules! structural {
    ($(
        $(#[doc = $doc:literal])+
        $Name:ident $name:ident($($x:ident $([$dots:tt])?),+ $(; $($attr:ident: $T:ty $(= $default:expr)?),+)?);
    )+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq)]
        pub struct $Name { $($(#[allow(missing_docs)] pub $attr: $T),+)? }

        impl Signature for $Name {
            const NAME: &'static str = stringify!($name);
            const DOC: &'static str = concat!($($doc),+);
            const OPERANDS: &'static [&'static str] = &[$(concat!(stringify!($x), $(stringify!($dots))?)),+];

            fn specs() -> Vec<AttrSpec> {
                vec![$($(AttrSpec {
                    name: stringify!($attr),
                    expected: <$T as attr::Attribute>::EXPECTED,
                    default: default_of!($($default)? => $T),
                }),+)?]
            }

            fn attrs(&self) -> Vec<Attr> {
                vec![$($(attr::Attribute::write(&self.$attr)),+)?]
            }

            #[allow(unused_variables)]
            fn from_attrs(given: &[(String, Attr)]) -> Result<Self, String> {
                let specs = Self::specs();
                known(Self::NAME, &specs, given)?;
                Ok(Self { $($($attr: field(Self::NAME, stringify!($attr), &specs, given)?),+)? })
            }
        }

        impl From<$Name> for Op {
            fn from(op: $Name) -> Self {
                Op::$Name(op)
            }
        }
    )+};
}
structural_table!(structural);

/// Refuses attributes that the operation does not have, or that are given twice.
pub(super) fn known(op: &str, specs: &[AttrSpec], given: &[(String, Attr)]) -> Result<(), String> {
    for (i, (name, _)) in given.iter().enumerate() {
        if !specs.iter().any(|spec| spec.name == name) {
            let names: Vec<&str> = specs.iter().map(|spec| spec.name).collect();
            let has = if names.is_empty() {
                "none".into()
            } else {
                names.join(", ")
            };
            return Err(format!("{op} has no attribute `{name}`; it has {has}"));
        }
        if given[..i].iter().any(|(other, _)| other == name) {
            return Err(format!("attribute `{name}` of {op} is given twice"));
        }
    }
    Ok(())
}

/// The value of one attribute, given or by default.
pub(super) fn field<T: attr::Attribute>(
    op: &str,
    name: &str,
    specs: &[AttrSpec],
    given: &[(String, Attr)],
) -> Result<T, String> {
    let default = || {
        specs
            .iter()
            .find(|spec| spec.name == name)
            .and_then(|spec| spec.default.as_ref())
    };
    match given
        .iter()
        .find(|(n, _)| n == name)
        .map(|(_, attr)| attr)
        .or_else(default)
    {
        None => Err(format!(
            "{op} needs the attribute `{name}`: {}",
            T::EXPECTED
        )),
        Some(attr) => T::read(attr).ok_or_else(|| {
            format!(
                "attribute `{name}` of {op} is {attr}; expected {}",
                T::EXPECTED
            )
        }),
    }
}
