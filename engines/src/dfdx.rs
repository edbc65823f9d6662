//! dfdx: shapes are types, so a tensor here is one of five, by its rank; sizes are known at run time.
//!
//! Convolutions and pools are there on nightly Rust only, and so not here.
//!
//! The tape travels in an operation's first operand. Between operations it waits in the library, and values have none, as
//! a user's have after `split_tape`.

use super::{VERSION, library};
use crate::adapter::{self, Adapter, Answer, Library, Read, Row, Site, failed, unsupported};
use library::shapes::{Axes2, Axes3, Axes4, Axis, Dtype as Element, HasShape, Shape};
use library::tensor::{
    Cpu, NoneTape, OnesTensor, OwnedTape, PutTape, SplitTape, Tape, Tensor, TensorFromVec,
    ZerosTensor,
};
#[allow(clippy::wildcard_imports)] // each operation is a trait
use library::tensor_ops::*;
use secant::Dtype;
use secant::engine::Engine;
use std::cell::RefCell;

/// The engine.
pub(crate) fn open(name: &'static str) -> Box<dyn Engine> {
    let both = [Dtype::F32, Dtype::F64];
    Adapter::engine::<Dfdx<f64>>(name, VERSION, &both, |case, want| match case.dtype {
        Dtype::F32 => adapter::run(&Dfdx::<f32>::default(), case, want),
        Dtype::F64 => adapter::run(&Dfdx::<f64>::default(), case, want),
    })
}

/// A number type, and the operations that dfdx has for each by itself.
trait Number: Element + 'static
where
    Cpu: Device<Self>,
{
    fn nearest(x: Taped<S4, Self>, height: usize, width: usize) -> Taped<S4, Self>;
    fn bilinear(x: Taped<S4, Self>, height: usize, width: usize) -> Taped<S4, Self>;
}

macro_rules! numbers {
    ($($E:ty)+) => {$(
        impl Number for $E {
            fn nearest(x: Taped<S4, Self>, height: usize, width: usize) -> Taped<S4, Self> {
                x.upscale2d_like(NearestNeighbor, height, width)
            }
            fn bilinear(x: Taped<S4, Self>, height: usize, width: usize) -> Taped<S4, Self> {
                x.upscale2d_like(Bilinear, height, width)
            }
        }
    )+};
}
numbers!(f32 f64);

type S0 = ();
type S1 = (usize,);
type S2 = (usize, usize);
type S3 = (usize, usize, usize);
type S4 = (usize, usize, usize, usize);

type Taped<S, E> = Tensor<S, E, Cpu, OwnedTape<E, Cpu>>;

/// A tensor of one of the ranks.
#[derive(Clone)]
enum Any<E: Number, T = NoneTape>
where
    Cpu: Device<E>,
{
    R0(Tensor<S0, E, Cpu, T>),
    R1(Tensor<S1, E, Cpu, T>),
    R2(Tensor<S2, E, Cpu, T>),
    R3(Tensor<S3, E, Cpu, T>),
    R4(Tensor<S4, E, Cpu, T>),
}

/// What is to be done to a tensor of whichever rank. The rank stays.
macro_rules! each {
    ($x:expr, $t:pat => $body:expr) => {
        match $x {
            Any::R0($t) => Any::R0($body),
            Any::R1($t) => Any::R1($body),
            Any::R2($t) => Any::R2($body),
            Any::R3($t) => Any::R3($body),
            Any::R4($t) => Any::R4($body),
        }
    };
}

/// What is to be found out of a tensor of whichever rank.
macro_rules! any {
    ($x:expr, $t:pat => $body:expr) => {
        match $x {
            Any::R0($t) => $body,
            Any::R1($t) => $body,
            Any::R2($t) => $body,
            Any::R3($t) => $body,
            Any::R4($t) => $body,
        }
    };
}

/// What is to be done to two tensors of one rank.
macro_rules! both {
    ($x:expr, $z:expr, $s:pat, $t:pat => $body:expr) => {
        match ($x, $z) {
            (Any::R0($s), Any::R0($t)) => Any::R0($body),
            (Any::R1($s), Any::R1($t)) => Any::R1($body),
            (Any::R2($s), Any::R2($t)) => Any::R2($body),
            (Any::R3($s), Any::R3($t)) => Any::R3($body),
            (Any::R4($s), Any::R4($t)) => Any::R4($body),
            _ => return unsupported("operands of different ranks"),
        }
    };
}

/// What is to be done to a tensor along some of its axes, which are types; each set is a mask. `less` says which rank there
/// is without them.
macro_rules! along {
    ($x:expr, $mask:expr, $t:ident, $Ax:ident => $body:expr) => {
        along!(@ $x, $mask, $t, $Ax, $body;
            R1 0b0001 R0 Axis<0>;
            R2 0b0001 R1 Axis<0>; R2 0b0010 R1 Axis<1>; R2 0b0011 R0 Axes2<0, 1>;
            R3 0b0001 R2 Axis<0>; R3 0b0010 R2 Axis<1>; R3 0b0100 R2 Axis<2>;
            R3 0b0011 R1 Axes2<0, 1>; R3 0b0101 R1 Axes2<0, 2>; R3 0b0110 R1 Axes2<1, 2>; R3 0b0111 R0 Axes3<0, 1, 2>;
            R4 0b0001 R3 Axis<0>; R4 0b0010 R3 Axis<1>; R4 0b0100 R3 Axis<2>; R4 0b1000 R3 Axis<3>;
            R4 0b0011 R2 Axes2<0, 1>; R4 0b0101 R2 Axes2<0, 2>; R4 0b1001 R2 Axes2<0, 3>;
            R4 0b0110 R2 Axes2<1, 2>; R4 0b1010 R2 Axes2<1, 3>; R4 0b1100 R2 Axes2<2, 3>;
            R4 0b0111 R1 Axes3<0, 1, 2>; R4 0b1011 R1 Axes3<0, 1, 3>; R4 0b1101 R1 Axes3<0, 2, 3>;
            R4 0b1110 R1 Axes3<1, 2, 3>; R4 0b1111 R0 Axes4<0, 1, 2, 3>;)
    };
    (@ $x:expr, $mask:expr, $t:ident, $Ax:ident, $body:expr; $($From:ident $set:literal $To:ident $Axes:ty;)+) => {
        match ($x, $mask) {
            $((Any::$From($t), $set) => { type $Ax = $Axes; Any::$To($body) })+
            (x, 0) => x,
            _ => return unsupported("axes of a high rank"),
        }
    };
}

/// A tensor, repeated along new axes of a shape of a higher rank.
macro_rules! spread {
    ($x:expr, $mask:expr, $shape:expr) => {
        spread!(@ $x, $mask, $shape;
            R0 R1 S1 0b0001 Axis<0>;
            R1 R2 S2 0b0001 Axis<0>; R1 R2 S2 0b0010 Axis<1>; R0 R2 S2 0b0011 Axes2<0, 1>;
            R2 R3 S3 0b0001 Axis<0>; R2 R3 S3 0b0010 Axis<1>; R2 R3 S3 0b0100 Axis<2>;
            R1 R3 S3 0b0011 Axes2<0, 1>; R1 R3 S3 0b0101 Axes2<0, 2>; R1 R3 S3 0b0110 Axes2<1, 2>; R0 R3 S3 0b0111 Axes3<0, 1, 2>;
            R3 R4 S4 0b0001 Axis<0>; R3 R4 S4 0b0010 Axis<1>; R3 R4 S4 0b0100 Axis<2>; R3 R4 S4 0b1000 Axis<3>;
            R2 R4 S4 0b0011 Axes2<0, 1>; R2 R4 S4 0b0101 Axes2<0, 2>; R2 R4 S4 0b1001 Axes2<0, 3>;
            R2 R4 S4 0b0110 Axes2<1, 2>; R2 R4 S4 0b1010 Axes2<1, 3>; R2 R4 S4 0b1100 Axes2<2, 3>;
            R1 R4 S4 0b0111 Axes3<0, 1, 2>; R1 R4 S4 0b1011 Axes3<0, 1, 3>; R1 R4 S4 0b1101 Axes3<0, 2, 3>;
            R1 R4 S4 0b1110 Axes3<1, 2, 3>; R0 R4 S4 0b1111 Axes4<0, 1, 2, 3>;)
    };
    (@ $x:expr, $mask:expr, $shape:expr; $($From:ident $To:ident $S:ident $set:literal $Axes:ty;)+) => {
        match ($x, $mask, $shape.len()) {
            $((Any::$From(t), $set, <$S as Shape>::NUM_DIMS) => {
                Any::$To(t.broadcast_like::<$S, $Axes>(&sized::<$S>($shape)))
            })+
            (x, 0, _) => x,
            _ => return unsupported("broadcasting to a high rank"),
        }
    };
}

/// A shape of the type with these sizes.
fn sized<S: Shape>(sizes: &[usize]) -> S {
    let mut concrete = S::Concrete::default();
    for (place, &size) in sizes.iter().enumerate() {
        concrete[place] = size;
    }
    S::from_concrete(&concrete).expect("sizes of the rank")
}

fn sizes<S: Shape>(shape: &S) -> Vec<usize> {
    shape.concrete().into_iter().collect()
}

/// The engine between two operations.
struct Dfdx<E: Number>
where
    Cpu: Device<E>,
{
    device: Cpu,
    tape: RefCell<OwnedTape<E, Cpu>>,
}

impl<E: Number> Default for Dfdx<E>
where
    Cpu: Device<E>,
{
    fn default() -> Self {
        Self {
            device: Cpu::default(),
            tape: RefCell::default(),
        }
    }
}

type At<'a, E> = Site<'a, Dfdx<E>>;
type Whole<E> = Any<E, OwnedTape<E, Cpu>>;

impl<E: Number> Dfdx<E>
where
    Cpu: Device<E>,
{
    /// The operand with the tape.
    fn taped(&self, x: Any<E>) -> Whole<E> {
        let tape = self.tape.take();
        each!(x, t => t.put_tape(tape))
    }

    /// The value; the tape is kept.
    fn kept(&self, y: Whole<E>) -> Any<E> {
        each!(y, t => {
            let (t, tape) = t.split_tape();
            self.tape.replace(tape);
            t
        })
    }

    fn constant(&self, shape: &[usize], data: &[f64]) -> Answer<Any<E>> {
        let data: Vec<E> = data.iter().filter_map(|&x| E::from_f64(x)).collect();
        Ok(match shape.len() {
            0 => Any::R0(self.device.tensor_from_vec(data, ())),
            1 => Any::R1(self.device.tensor_from_vec(data, sized(shape))),
            2 => Any::R2(self.device.tensor_from_vec(data, sized(shape))),
            3 => Any::R3(self.device.tensor_from_vec(data, sized(shape))),
            4 => Any::R4(self.device.tensor_from_vec(data, sized(shape))),
            rank => return unsupported(format!("tensors of rank {rank}")),
        })
    }

    fn places(&self, places: Vec<usize>) -> Tensor<S1, usize, Cpu> {
        let count = places.len();
        self.device.tensor_from_vec(places, (count,))
    }
}

/// Another shape of as many elements.
fn reshaped<E: Number, T: Tape<E, Cpu>>(x: Any<E, T>, shape: &[usize]) -> Answer<Any<E, T>>
where
    Cpu: Device<E>,
{
    Ok(any!(x, t => match shape.len() {
        0 => Any::R0(t.reshape_like(&())),
        1 => Any::R1(t.reshape_like(&sized::<S1>(shape))),
        2 => Any::R2(t.reshape_like(&sized::<S2>(shape))),
        3 => Any::R3(t.reshape_like(&sized::<S3>(shape))),
        4 => Any::R4(t.reshape_like(&sized::<S4>(shape))),
        rank => return unsupported(format!("tensors of rank {rank}")),
    }))
}

/// NumPy's broadcasting in dfdx's words: axes that grow are dropped, and then repeated.
fn broadcast<E: Number, T: Tape<E, Cpu>>(x: Any<E, T>, shape: &[usize]) -> Answer<Any<E, T>>
where
    Cpu: Device<E>,
{
    let own = any!(&x, t => sizes(t.shape()));
    let extra = shape.len() - own.len();
    let grows = |k: usize| k < extra || own[k - extra] != shape[k];
    let left: Vec<usize> = (0..shape.len())
        .filter(|&k| !grows(k))
        .map(|k| shape[k])
        .collect();
    let mask = (0..shape.len())
        .filter(|&k| grows(k))
        .fold(0_u32, |mask, k| mask | 1 << k);
    let x = if left.len() == own.len() {
        x
    } else {
        reshaped(x, &left)?
    };
    Ok(spread!(x, mask, shape))
}

impl<E: Number> Library for Dfdx<E>
where
    Cpu: Device<E>,
{
    type Tensor = Any<E>;

    fn rows() -> Vec<Row<Self>> {
        rows()
    }

    fn leaf(&self, shape: &[usize], data: &[f64], _: bool) -> Answer<Any<E>> {
        self.constant(shape, data)
    }

    fn read(&self, x: &Any<E>) -> Answer<Read> {
        Ok(any!(x, t => Read {
            shape: sizes(t.shape()),
            data: t.as_vec().into_iter().map(|x| x.to_f64().unwrap_or(f64::NAN)).collect(),
        }))
    }

    fn view(&self, x: &Any<E>, way: u64) -> Answer<Any<E>> {
        // of one operand alone, the tape goes with it
        Ok(match (self.taped(x.clone()), way % 3) {
            (Any::R2(t), 0) => {
                let turned = t.permute::<_, Axes2<1, 0>>().contiguous();
                self.kept(Any::R2(turned.permute::<_, Axes2<1, 0>>()))
            }
            (Any::R3(t), 0) => {
                let turned = t.permute::<_, Axes3<2, 0, 1>>().contiguous();
                self.kept(Any::R3(turned.permute::<_, Axes3<1, 2, 0>>()))
            }
            (Any::R4(t), 0) => {
                let turned = t.permute::<_, Axes4<0, 2, 3, 1>>().contiguous();
                self.kept(Any::R4(turned.permute::<_, Axes4<0, 3, 1, 2>>()))
            }
            (t, 1) => {
                let shape = any!(&t, t => sizes(t.shape()));
                let flat = reshaped(t, &[shape.iter().product()])?;
                self.kept(reshaped(flat, &shape)?)
            }
            (t, _) => self.kept(t),
        })
    }

    fn gradient(
        &self,
        outputs: &[(Any<E>, secant::Tensor<f64>)],
        params: &[Any<E>],
    ) -> Answer<Vec<Option<Read>>> {
        let mut loss = self.device.tensor_from_vec(vec![E::default()], ());
        for (y, cotangent) in outputs {
            let shape = any!(y, t => sizes(t.shape()));
            let cotangent = self.constant(&shape, &cotangent.to_vec())?;
            let product = both!(self.taped(y.clone()), cotangent, y, ct => y * ct);
            let sum = any!(product, t => t.sum::<S0, _>());
            let (total, tape) = (sum + loss).split_tape();
            self.tape.replace(tape);
            loss = total;
        }
        let mut gradients = loss.put_tape(self.tape.take()).backward();
        let mut read = |x: &Any<E>| {
            // as dfdx does for models: what has no gradient has zeros
            let gradient = each!(x, t => {
                let _ = gradients.get_or_alloc_mut(t);
                gradients.get(t)
            });
            Ok(Some(self.read(&gradient)?))
        };
        params.iter().map(&mut read).collect()
    }
}

/// The operand with the tape.
fn first<E: Number>(at: &At<E>) -> Answer<Whole<E>>
where
    Cpu: Device<E>,
{
    let x = at.arg(0)?;
    Ok(at.library.taped(x))
}

/// Two operands of the result's shape.
fn pair<E: Number>(at: &At<E>) -> Answer<(Any<E>, Any<E>)>
where
    Cpu: Device<E>,
{
    let wide = |i: usize| -> Answer<Any<E>> {
        let x = at.arg(i)?;
        Ok(at.library.kept(broadcast(at.library.taped(x), at.shape)?))
    };
    Ok((wide(0)?, wide(1)?))
}

/// The set of the axes that a reduction goes over.
fn mask<E: Number>(at: &At<E>) -> u32
where
    Cpu: Device<E>,
{
    at.axes().into_iter().fold(0, |mask, axis| mask | 1 << axis)
}

/// A function of one tensor.
macro_rules! unary {
    ($at:ident, $t:ident => $body:expr) => {
        Ok($at.library.kept(each!(first($at)?, $t => $body)))
    };
}

/// A function of two tensors that broadcast.
macro_rules! binary {
    ($at:ident, $s:ident, $t:ident => $body:expr) => {{
        let (x, z) = pair($at)?;
        Ok($at.library.kept(both!($at.library.taped(x), z, $s, $t => $body)))
    }};
}

/// A binary operator, also with a number on its right.
macro_rules! operator {
    ($at:ident, $op:tt, $method:ident, $function:path) => {{
        if let (Some(z), 0) = ($at.number(1), $at.pick(2)) {
            if let Some(z) = E::from_f64(z) {
                return unary!($at, t => t $op z);
            }
        }
        match $at.pick(3) {
            0 => binary!($at, s, t => s $op t),
            1 => binary!($at, s, t => s.$method(t).map_err(|e| failed(format!("{e:?}")))?),
            _ => binary!($at, s, t => $function(s, t)),
        }
    }};
}

/// A comparison, as numbers.
macro_rules! compared {
    ($at:ident, $method:ident) => {{
        let (x, z) = pair($at)?;
        let device = &$at.library.device;
        Ok(both!(x, z, s, t => {
            let shape = *s.shape();
            s.$method(&t).choose(device.ones_like(&shape), device.zeros_like(&shape))
        }))
    }};
}

/// A reduction. Axes that it keeps are put back.
macro_rules! reduced {
    ($at:ident, $t:ident, $Ax:ident => $body:expr) => {{
        let y = along!(first($at)?, mask($at), $t, $Ax => $body);
        let y = if $at.get::<bool>("keepdims") { reshaped(y, $at.shape)? } else { y };
        Ok($at.library.kept(y))
    }};
}

/// A function along one axis that keeps the shape.
macro_rules! lines {
    ($at:ident, $t:ident, $Ax:ident => $body:expr) => {{
        let y = lines!(@ first($at)?, $at.axis(), $t, $Ax, $body;
            R1 0 Axis<0>; R2 0 Axis<0>; R2 1 Axis<1>; R3 0 Axis<0>; R3 1 Axis<1>; R3 2 Axis<2>;
            R4 0 Axis<0>; R4 1 Axis<1>; R4 2 Axis<2>; R4 3 Axis<3>;);
        Ok($at.library.kept(y))
    }};
    (@ $x:expr, $axis:expr, $t:ident, $Ax:ident, $body:expr; $($R:ident $k:literal $Axes:ty;)+) => {
        match ($x, $axis) {
            $((Any::$R($t), $k) => { type $Ax = $Axes; Any::$R($body) })+
            _ => return unsupported("an axis of a high rank"),
        }
    };
}

fn four<E: Number, T>(x: Any<E, T>) -> Answer<Tensor<S4, E, Cpu, T>>
where
    Cpu: Device<E>,
{
    match x {
        Any::R4(t) => Ok(t),
        _ => unsupported("images of a rank other than 4"),
    }
}

/// Elements start, start + 1, .. of each axis.
fn slice<E: Number>(at: &At<E>) -> Answer<Any<E>>
where
    Cpu: Device<E>,
{
    let ranges = at.spans()?;
    let range = |axis: usize| ranges[axis].start..ranges[axis].end();
    let y = match first(at)? {
        Any::R0(t) => Any::R0(t),
        Any::R1(t) => Any::R1(t.slice((range(0),))),
        Any::R2(t) => Any::R2(t.slice((range(0), range(1)))),
        Any::R3(t) => Any::R3(t.slice((range(0), range(1), range(2)))),
        Any::R4(t) => Any::R4(t.slice((range(0), range(1), range(2), range(3)))),
    };
    Ok(at.library.kept(y))
}

fn transpose<E: Number>(at: &At<E>) -> Answer<Any<E>>
where
    Cpu: Device<E>,
{
    let perm = at.perm();
    macro_rules! permuted {
        ($x:expr; $($R:ident [$($k:literal)+] $Axes:ty;)+) => {
            match ($x, &perm[..]) {
                $((Any::$R(t), [$($k),+]) => Any::$R(t.permute::<_, $Axes>()),)+
                (x, _) if perm.is_sorted() => x,
                _ => return unsupported(format!("transpose to {perm:?}")),
            }
        };
    }
    let y = permuted!(first(at)?;
        R2 [1 0] Axes2<1, 0>;
        R3 [0 2 1] Axes3<0, 2, 1>; R3 [1 0 2] Axes3<1, 0, 2>; R3 [1 2 0] Axes3<1, 2, 0>;
        R3 [2 0 1] Axes3<2, 0, 1>; R3 [2 1 0] Axes3<2, 1, 0>;
        R4 [3 2 1 0] Axes4<3, 2, 1, 0>; R4 [0 1 3 2] Axes4<0, 1, 3, 2>; R4 [0 2 1 3] Axes4<0, 2, 1, 3>;
        R4 [1 0 2 3] Axes4<1, 0, 2, 3>; R4 [0 2 3 1] Axes4<0, 2, 3, 1>; R4 [0 3 1 2] Axes4<0, 3, 1, 2>;
        R4 [2 3 0 1] Axes4<2, 3, 0, 1>; R4 [1 2 3 0] Axes4<1, 2, 3, 0>; R4 [3 0 1 2] Axes4<3, 0, 1, 2>;);
    Ok(at.library.kept(y))
}

/// `gather` along axis 0 by a vector or a matrix, `select` by one number.
fn take<E: Number>(at: &At<E>, axis: usize) -> Answer<Any<E>>
where
    Cpu: Device<E>,
{
    at.need(axis == 0, "an axis other than the first")?;
    let places = at.index(1, at.shape_of(0)[0])?;
    let device = &at.library.device;
    let y = match (first(at)?, at.rank(1)) {
        (x, 0) => {
            let index = device.tensor_from_vec(places, ());
            match x {
                Any::R1(t) => Any::R0(t.select(index)),
                Any::R2(t) => Any::R1(t.select(index)),
                Any::R3(t) => Any::R2(t.select(index)),
                Any::R4(t) => Any::R3(t.select(index)),
                Any::R0(_) => return unsupported("take of a number"),
            }
        }
        (x, 1) => {
            let index = at.library.places(places);
            match x {
                Any::R1(t) => Any::R1(t.gather(index)),
                Any::R2(t) => Any::R2(t.gather(index)),
                Any::R3(t) => Any::R3(t.gather(index)),
                Any::R4(t) => Any::R4(t.gather(index)),
                Any::R0(_) => return unsupported("take of a number"),
            }
        }
        (Any::R2(t), 2) => {
            let index = device.tensor_from_vec(places, sized::<S2>(at.shape_of(1)));
            Any::R3(t.gather::<S3, S2>(index))
        }
        _ => return unsupported("an index of several axes"),
    };
    Ok(at.library.kept(y))
}

fn matmul<E: Number>(at: &At<E>) -> Answer<Any<E>>
where
    Cpu: Device<E>,
{
    let (x, z) = (at.arg(0)?, at.arg(1)?);
    let y = match (at.library.taped(x), z) {
        (Any::R1(s), Any::R2(t)) => Any::R1(s.matmul(t)),
        (Any::R2(s), Any::R2(t)) => Any::R2(s.matmul(t)),
        (Any::R3(s), Any::R2(t)) => Any::R3(s.matmul(t)),
        (Any::R3(s), Any::R3(t)) if at.shape_of(0)[0] == at.shape_of(1)[0] => Any::R3(s.matmul(t)),
        (Any::R4(s), Any::R4(t)) if at.shape_of(0)[..2] == at.shape_of(1)[..2] => {
            Any::R4(s.matmul(t))
        }
        _ => return unsupported("matmul of these ranks"),
    };
    Ok(at.library.kept(y))
}

fn concat<E: Number>(at: &At<E>) -> Answer<Any<E>>
where
    Cpu: Device<E>,
{
    let mut y = at.arg(0)?;
    for i in 1..at.count() {
        let z = at.arg(i)?;
        macro_rules! joined {
            ($x:expr; $($R:ident $k:literal;)+) => {
                match ($x, z, at.axis()) {
                    $((Any::$R(s), Any::$R(t), $k) => Any::$R((s, t).concat_along(Axis::<$k>)),)+
                    _ => return unsupported("concat of a high rank"),
                }
            };
        }
        let longer = joined!(at.library.taped(y);
            R1 0; R2 0; R2 1; R3 0; R3 1; R3 2; R4 0; R4 1; R4 2; R4 3;);
        y = at.library.kept(longer);
    }
    Ok(y)
}

fn stack<E: Number>(at: &At<E>) -> Answer<Any<E>>
where
    Cpu: Device<E>,
{
    at.need(
        at.shape.axis(at.get("axis")).is_ok_and(|axis| axis == 0),
        "an axis other than the first",
    )?;
    let mut parts = Vec::new();
    for i in 0..at.count() {
        parts.push(at.arg(i)?);
    }
    let mut tape = Some(at.library.tape.take());
    macro_rules! stacked {
        ($($R:ident $Up:ident;)+) => {
            match parts[0] {
                $(Any::$R(_) => {
                    let parts: Vec<_> = parts
                        .into_iter()
                        .filter_map(|part| match part {
                            Any::$R(t) => Some(t.put_tape(tape.take().unwrap_or_default())),
                            _ => None,
                        })
                        .collect();
                    Any::$Up(parts.stack())
                })+
                Any::R4(_) => return unsupported("stack of rank 4"),
            }
        };
    }
    let y = stacked!(R0 R1; R1 R2; R2 R3; R3 R4;);
    Ok(at.library.kept(y))
}

fn rows<E: Number>() -> Vec<Row<Dfdx<E>>>
where
    Cpu: Device<E>,
{
    vec![
        ("neg", |at| match at.pick(2) {
            0 => unary!(at, t => -t),
            _ => unary!(at, t => t.negate()),
        }),
        ("abs", |at| unary!(at, t => t.abs())),
        ("square", |at| match at.pick(2) {
            0 => unary!(at, t => t.square()),
            _ => unary!(at, t => t.powi(2)),
        }),
        ("cube", |at| unary!(at, t => t.powi(3))),
        ("recip", |at| match at.pick(2) {
            0 => unary!(at, t => t.recip()),
            _ => unary!(at, t => t.powi(-1)),
        }),
        ("sqrt", |at| match at.pick(2) {
            0 => unary!(at, t => t.sqrt()),
            _ => unary!(at, t => t.powf(0.5)),
        }),
        ("exp", |at| unary!(at, t => t.exp())),
        ("log", |at| unary!(at, t => t.ln())),
        ("sin", |at| unary!(at, t => t.sin())),
        ("cos", |at| unary!(at, t => t.cos())),
        ("tanh", |at| unary!(at, t => t.tanh())),
        ("sigmoid", |at| unary!(at, t => t.sigmoid())),
        ("relu", |at| unary!(at, t => t.relu())),
        ("gelu", |at| unary!(at, t => t.accurate_gelu())),
        ("gelu_tanh", |at| unary!(at, t => t.fast_gelu())),
        ("leaky_relu", |at| {
            let slope = E::from_f64(at.get("slope")).unwrap_or_default();
            match at.pick(2) {
                0 => unary!(at, t => t.prelu(slope)),
                _ => unary!(at, t => leakyrelu(t, slope)),
            }
        }),
        (
            "powc",
            |at| unary!(at, t => t.powf(at.get::<f64>("exponent"))),
        ),
        (
            "powi",
            |at| unary!(at, t => t.powi(at.get::<i64>("n") as i32)),
        ),
        (
            "clamp",
            |at| unary!(at, t => t.clamp(at.get::<f64>("lo"), at.get::<f64>("hi"))),
        ),
        ("add", |at| operator!(at, +, try_add, add)),
        ("sub", |at| operator!(at, -, try_sub, sub)),
        ("mul", |at| operator!(at, *, try_mul, mul)),
        ("div", |at| operator!(at, /, try_div, div)),
        ("max", |at| binary!(at, s, t => s.maximum(t))),
        ("min", |at| binary!(at, s, t => s.minimum(t))),
        ("gt", |at| compared!(at, gt)),
        ("ge", |at| compared!(at, ge)),
        ("lt", |at| compared!(at, lt)),
        ("le", |at| compared!(at, le)),
        ("eq", |at| compared!(at, eq)),
        ("ne", |at| compared!(at, ne)),
        ("where", |at| {
            let wide = |i: usize| -> Answer<Any<E>> {
                let x = at.arg(i)?;
                Ok(at.library.kept(broadcast(at.library.taped(x), at.shape)?))
            };
            let (c, a, b) = (wide(0)?, wide(1)?, wide(2)?);
            let a = at.library.taped(a);
            let y = match (c, a, b) {
                (Any::R0(c), Any::R0(a), Any::R0(b)) => Any::R0(c.ne(E::default()).choose(a, b)),
                (Any::R1(c), Any::R1(a), Any::R1(b)) => Any::R1(c.ne(E::default()).choose(a, b)),
                (Any::R2(c), Any::R2(a), Any::R2(b)) => Any::R2(c.ne(E::default()).choose(a, b)),
                (Any::R3(c), Any::R3(a), Any::R3(b)) => Any::R3(c.ne(E::default()).choose(a, b)),
                (Any::R4(c), Any::R4(a), Any::R4(b)) => Any::R4(c.ne(E::default()).choose(a, b)),
                _ => return unsupported("operands of different ranks"),
            };
            Ok(at.library.kept(y))
        }),
        ("sum", |at| reduced!(at, t, Ax => t.sum::<_, Ax>())),
        ("mean", |at| reduced!(at, t, Ax => t.mean::<_, Ax>())),
        ("max_reduce", |at| reduced!(at, t, Ax => t.max::<_, Ax>())),
        ("min_reduce", |at| reduced!(at, t, Ax => t.min::<_, Ax>())),
        (
            "logsumexp",
            |at| reduced!(at, t, Ax => t.logsumexp::<_, Ax>()),
        ),
        ("var", |at| {
            at.need(at.get::<usize>("ddof") == 0, "ddof other than 0")?;
            at.need(mask(at) != 0, "no axes")?;
            reduced!(at, t, Ax => t.var::<_, Ax>())
        }),
        ("std", |at| {
            at.need(at.get::<usize>("ddof") == 0, "ddof other than 0")?;
            at.need(mask(at) != 0, "no axes")?;
            reduced!(at, t, Ax => t.stddev::<_, Ax>(0.0))
        }),
        ("softmax", |at| lines!(at, t, Ax => t.softmax::<Ax>())),
        (
            "log_softmax",
            |at| lines!(at, t, Ax => t.log_softmax::<Ax>()),
        ),
        ("roll", |at| {
            let shift: i64 = at.get("shift");
            at.need(shift >= 0, "a negative shift")?;
            lines!(at, t, Ax => t.roll::<Ax>(shift as usize))
        }),
        ("reshape", |at| {
            Ok(at.library.kept(reshaped(first(at)?, at.shape)?))
        }),
        ("squeeze", |at| {
            Ok(at.library.kept(reshaped(first(at)?, at.shape)?))
        }),
        ("unsqueeze", |at| {
            Ok(at.library.kept(reshaped(first(at)?, at.shape)?))
        }),
        ("broadcast_to", |at| {
            Ok(at.library.kept(broadcast(first(at)?, at.shape)?))
        }),
        ("transpose", transpose),
        ("slice", slice),
        ("concat", concat),
        ("stack", stack),
        ("tril", |at| {
            let k = at.get::<i64>("k") as isize;
            unary!(at, t => t.lower_tri(k))
        }),
        ("triu", |at| {
            let k = at.get::<i64>("k") as isize;
            unary!(at, t => t.upper_tri(k))
        }),
        ("take", |at| take(at, at.axis())),
        ("embedding", |at| take(at, 0)),
        ("matmul", matmul),
        ("upsample_nearest", |at| {
            let x = four(first(at)?)?;
            Ok(at
                .library
                .kept(Any::R4(E::nearest(x, at.shape[2], at.shape[3]))))
        }),
        ("upsample_bilinear", |at| {
            // dfdx lets corners coincide
            at.need(
                at.get::<bool>("align_corners"),
                "corners that are not aligned",
            )?;
            let x = four(first(at)?)?;
            Ok(at
                .library
                .kept(Any::R4(E::bilinear(x, at.shape[2], at.shape[3]))))
        }),
        ("stop_gradient", |at| {
            let read = at.library.read(&at.arg(0)?)?;
            at.library.constant(&read.shape, &read.data)
        }),
    ]
}
