//! candle-core: a tensor records how it was made; `backward` walks from a scalar.
//!
//! Compiled once for each release in the manifest: `super::library` is that release's crate. What only newer releases have
//! stands in `candle_since_0_11.rs`.

use super::{VERSION, library, newer};
use crate::adapter::{self, Adapter, Answer, Library, Range, Read, Refusal, Site, unsupported};
use library::{DType, Device, Tensor, Var};
use secant::Dtype;
use secant::engine::Engine;

/// The engine.
pub(crate) fn open(name: &'static str) -> Box<dyn Engine> {
    let both = [Dtype::F32, Dtype::F64];
    Adapter::engine::<Candle>(name, VERSION, &both, |case, want| {
        let dtype = match case.dtype {
            Dtype::F32 => DType::F32,
            Dtype::F64 => DType::F64,
        };
        adapter::run(&Candle { dtype }, case, want)
    })
}

pub(super) struct Candle {
    dtype: DType,
}

impl From<library::Error> for Refusal {
    /// What candle says that it does not take or cannot differentiate is no fault.
    fn from(error: library::Error) -> Self {
        let refusals = [
            "backward not supported",
            "not support backward",
            "backward is not supported",
            "only supports contiguous",
            "MatMulUnexpectedStriding",
            "empty tensor for reduce",
            "on an empty tensor",
        ];
        adapter::refused(error, &refusals)
    }
}

impl Candle {
    fn constant(&self, shape: &[usize], data: &[f64]) -> Answer<Tensor> {
        let x = Tensor::from_slice(data, shape, &Device::Cpu)?;
        Ok(x.to_dtype(self.dtype)?)
    }

    /// Integers.
    pub(super) fn places(&self, shape: &[usize], places: &[usize]) -> Answer<Tensor> {
        let places: Vec<u32> = places.iter().map(|&place| place as u32).collect();
        Ok(Tensor::from_vec(places, shape, &Device::Cpu)?)
    }

    /// A mask or integers as numbers.
    fn as_numbers(&self, x: &Tensor) -> Answer<Tensor> {
        Ok(x.to_dtype(self.dtype)?)
    }
}

impl Library for Candle {
    type Tensor = Tensor;

    fn rows() -> Vec<adapter::Row<Self>> {
        let mut rows = ROWS.to_vec();
        rows.extend_from_slice(newer::ROWS);
        rows
    }

    fn leaf(&self, shape: &[usize], data: &[f64], is_param: bool) -> Answer<Tensor> {
        let x = self.constant(shape, data)?;
        match is_param {
            true => Ok(Var::from_tensor(&x)?.as_tensor().clone()),
            false => Ok(x),
        }
    }

    fn read(&self, x: &Tensor) -> Answer<Read> {
        let flat = x.to_dtype(DType::F64)?.flatten_all()?;
        Ok(Read {
            shape: x.dims().to_vec(),
            data: flat.to_vec1()?,
        })
    }

    fn view(&self, x: &Tensor, way: u64) -> Answer<Tensor> {
        let rank = x.rank();
        if x.elem_count() == 0 {
            return Ok(x.clone());
        }
        Ok(match way % 6 {
            0 if rank >= 2 => x.t()?.contiguous()?.t()?,
            1 if rank >= 1 => Tensor::cat(&[x, x], 0)?.narrow(0, x.dim(0)?, x.dim(0)?)?,
            2 => {
                let wide = [&[3], x.dims()].concat();
                x.broadcast_as(wide)?.narrow(0, 1, 1)?.squeeze(0)?
            }
            3 => Tensor::stack(&[x, x], rank)?
                .narrow(rank, 1, 1)?
                .squeeze(rank)?,
            4 if rank >= 3 => {
                let reversed: Vec<usize> = (0..rank).rev().collect();
                let turned = x.permute(&reversed[..])?.contiguous()?;
                turned.permute(&reversed[..])?
            }
            _ => x.reshape(x.elem_count())?.reshape(x.dims())?,
        })
    }

    fn gradient(
        &self,
        outputs: &[(Tensor, secant::Tensor<f64>)],
        params: &[Tensor],
    ) -> Answer<Vec<Option<Read>>> {
        let mut loss = Tensor::zeros((), self.dtype, &Device::Cpu)?;
        for (y, cotangent) in outputs {
            let cotangent = self.constant(y.dims(), &cotangent.to_vec())?;
            loss = (loss + (y * cotangent)?.sum_all()?)?;
        }
        let store = loss.backward()?;
        let read = |x| store.get(x).map(|gradient| self.read(gradient)).transpose();
        params.iter().map(read).collect()
    }
}

type At<'a> = Site<'a, Candle>;

/// One of candle's functions of one tensor.
fn unary(at: &At, f: fn(&Tensor) -> library::Result<Tensor>) -> Answer<Tensor> {
    Ok(f(&at.arg(0)?)?)
}

/// One of candle's functions of two tensors: of equal shapes, or that broadcasts.
fn binary(
    at: &At,
    even: fn(&Tensor, &Tensor) -> library::Result<Tensor>,
    broadcast: fn(&Tensor, &Tensor) -> library::Result<Tensor>,
) -> Answer<Tensor> {
    let (a, b) = (at.arg(0)?, at.arg(1)?);
    Ok(match at.is_even() && at.pick(3) > 0 {
        true => even(&a, &b)?,
        false => broadcast(&a, &b)?,
    })
}

/// A comparison, as numbers.
fn compared(
    at: &At,
    even: fn(&Tensor, &Tensor) -> library::Result<Tensor>,
    broadcast: fn(&Tensor, &Tensor) -> library::Result<Tensor>,
) -> Answer<Tensor> {
    at.library.as_numbers(&binary(at, even, broadcast)?)
}

/// A reduction over one axis, or over all of them one after another.
fn reduced(
    at: &At,
    one: fn(&Tensor, usize) -> library::Result<Tensor>,
    keeping: fn(&Tensor, usize) -> library::Result<Tensor>,
) -> Answer<Tensor> {
    let mut y = at.arg(0)?;
    let mut axes = at.axes();
    axes.sort_unstable();
    let keeps: bool = at.get("keepdims");
    for axis in axes.into_iter().rev() {
        y = if keeps {
            keeping(&y, axis)?
        } else {
            one(&y, axis)?
        };
    }
    Ok(y)
}

/// A product of matrices, as candle takes them.
fn matmul(at: &At) -> Answer<Tensor> {
    let (a, b) = (at.arg(0)?, at.arg(1)?);
    match (a.rank(), b.rank()) {
        (2.., 2..) => {}
        _ => return unsupported("matmul of a vector"),
    }
    let (batch_a, batch_b) = (&a.dims()[..a.rank() - 2], &b.dims()[..b.rank() - 2]);
    Ok(match batch_a == batch_b && at.pick(3) < 2 {
        true => a.matmul(&b)?,
        false => a.broadcast_matmul(&b)?,
    })
}

/// Elements start, start + 1, .. of each axis.
fn slice(at: &At) -> Answer<Tensor> {
    let mut y = at.arg(0)?;
    for (axis, Range { start, length, .. }) in at.spans()?.into_iter().enumerate() {
        if length != at.shape_of(0)[axis] {
            y = y.narrow(axis, start, length)?;
        }
    }
    Ok(y)
}

fn pad(at: &At) -> Answer<Tensor> {
    let mut y = at.arg(0)?;
    let pads: Vec<[usize; 2]> = at.get("pads");
    let mode: String = at.get("mode");
    for (axis, [before, after]) in pads.into_iter().enumerate() {
        y = match mode.as_str() {
            "constant" => {
                at.need(at.get::<f64>("value") == 0.0, "a value other than 0")?;
                y.pad_with_zeros(axis, before, after)?
            }
            "edge" => y.pad_with_same(axis, before, after)?,
            mode => return unsupported(format!("pad with mode {mode}")),
        };
    }
    Ok(y)
}

fn take(at: &At) -> Answer<Tensor> {
    let (x, axis) = (at.arg(0)?, at.axis());
    selected(at, &x, axis)
}

/// The slices that an index names along an axis.
fn selected(at: &At, x: &Tensor, axis: usize) -> Answer<Tensor> {
    let places = at.index(1, x.dims()[axis])?;
    let ids = || at.library.places(&[places.len()], &places);
    Ok(match (at.rank(1), at.pick(2)) {
        (0, 1) if axis == 0 => x.get(places[0])?,
        (0, _) => x.narrow(axis, places[0], 1)?.squeeze(axis)?,
        (1, 1) if axis == 0 && x.rank() == 2 => x.contiguous()?.embedding(&ids()?)?,
        (1, _) => x.contiguous()?.index_select(&ids()?, axis)?,
        _ => return unsupported("an index of several axes"),
    })
}

/// An axis and an index along it, as candle takes them.
pub(super) fn indexed(at: &At, along: (usize, Vec<usize>)) -> Answer<(Tensor, usize)> {
    let (axis, places) = along;
    Ok((at.library.places(at.shape_of(1), &places)?, axis))
}

/// The parameters of a convolution that candle has one number for.
struct Window {
    stride: usize,
    padding: usize,
    dilation: usize,
    groups: usize,
}

fn window(at: &At, rank: usize) -> Answer<Window> {
    Ok(Window {
        stride: at.size("stride", rank)?,
        padding: at.size("padding", rank)?,
        dilation: at.size("dilation", rank)?,
        groups: at.get("groups"),
    })
}

/// Kernel and stride of a pool without padding.
fn pool(at: &At) -> Answer<((usize, usize), (usize, usize))> {
    let pair = |name: &str| {
        let sizes = at.sizes(name, 2);
        (sizes[0], sizes[1])
    };
    at.need(pair("padding") == (0, 0), "padding")?;
    Ok((pair("kernel"), pair("stride")))
}

/// An operation of candle's.
pub(super) type Row = adapter::Row<Candle>;

const ROWS: &[Row] = &[
    // functions of one number
    ("neg", |at| unary(at, Tensor::neg)),
    ("abs", |at| unary(at, Tensor::abs)),
    ("sign", |at| unary(at, Tensor::sign)),
    ("square", |at| {
        let x = at.arg(0)?;
        Ok(match at.pick(3) {
            0 => x.sqr()?,
            1 => (&x * &x)?,
            _ => x.powf(2.0)?,
        })
    }),
    ("cube", |at| Ok(at.arg(0)?.powf(3.0)?)),
    ("recip", |at| {
        let x = at.arg(0)?;
        Ok(match at.pick(3) {
            0 => x.recip()?,
            1 => (1.0 / &x)?,
            _ => x.powf(-1.0)?,
        })
    }),
    ("sqrt", |at| {
        let x = at.arg(0)?;
        Ok(match at.pick(2) {
            0 => x.sqrt()?,
            _ => x.powf(0.5)?,
        })
    }),
    ("rsqrt", |at| Ok(at.arg(0)?.powf(-0.5)?)),
    ("exp", |at| unary(at, Tensor::exp)),
    ("log", |at| unary(at, Tensor::log)),
    ("sin", |at| unary(at, Tensor::sin)),
    ("cos", |at| unary(at, Tensor::cos)),
    ("tanh", |at| unary(at, Tensor::tanh)),
    ("erf", |at| unary(at, Tensor::erf)),
    ("relu", |at| {
        let x = at.arg(0)?;
        Ok(match at.pick(2) {
            0 => x.relu()?,
            _ => x.maximum(0.0)?,
        })
    }),
    ("elu", |at| Ok(at.arg(0)?.elu(at.get("alpha"))?)),
    ("gelu", |at| unary(at, Tensor::gelu_erf)),
    ("gelu_tanh", |at| unary(at, Tensor::gelu)),
    ("silu", |at| unary(at, Tensor::silu)),
    ("floor", |at| unary(at, Tensor::floor)),
    ("ceil", |at| unary(at, Tensor::ceil)),
    ("round", |at| {
        let x = at.arg(0)?;
        let halves = at.library.read(&x)?.data.into_iter();
        let mut halves = halves.filter(|x| x.fract().abs() == 0.5);
        at.need(halves.next().is_none(), "halves to the nearest even number")?;
        Ok(x.round()?)
    }),
    ("powc", |at| Ok(at.arg(0)?.powf(at.get("exponent"))?)),
    ("powi", |at| {
        Ok(at.arg(0)?.powf(at.get::<i64>("n") as f64)?)
    }),
    ("clamp", |at| {
        let (lo, hi): (f64, f64) = (at.get("lo"), at.get("hi"));
        Ok(at.arg(0)?.clamp(lo, hi)?)
    }),
    // functions of two
    ("add", |at| {
        if let (Some(z), 0) = (at.number(1), at.pick(2)) {
            return Ok((at.arg(0)? + z)?);
        }
        if let (Some(x), 0) = (at.number(0), at.pick(2)) {
            return Ok((x + at.arg(1)?)?);
        }
        if at.is_even() && at.pick(3) == 1 {
            return Ok((at.arg(0)? + at.arg(1)?)?);
        }
        binary(at, Tensor::add, Tensor::broadcast_add)
    }),
    ("sub", |at| {
        if let (Some(z), 0) = (at.number(1), at.pick(2)) {
            return Ok((at.arg(0)? - z)?);
        }
        if let (Some(x), 0) = (at.number(0), at.pick(2)) {
            return Ok((x - at.arg(1)?)?);
        }
        if at.is_even() && at.pick(3) == 1 {
            return Ok((at.arg(0)? - at.arg(1)?)?);
        }
        binary(at, Tensor::sub, Tensor::broadcast_sub)
    }),
    ("mul", |at| {
        if let (Some(z), 0) = (at.number(1), at.pick(2)) {
            return Ok((at.arg(0)? * z)?);
        }
        if let (Some(x), 0) = (at.number(0), at.pick(2)) {
            return Ok((x * at.arg(1)?)?);
        }
        if at.is_even() && at.pick(3) == 1 {
            return Ok((at.arg(0)? * at.arg(1)?)?);
        }
        binary(at, Tensor::mul, Tensor::broadcast_mul)
    }),
    ("div", |at| {
        if let (Some(z), 0) = (at.number(1), at.pick(2)) {
            return Ok((at.arg(0)? / z)?);
        }
        if let (Some(x), 0) = (at.number(0), at.pick(2)) {
            return Ok((x / at.arg(1)?)?);
        }
        if at.is_even() && at.pick(3) == 1 {
            return Ok((at.arg(0)? / at.arg(1)?)?);
        }
        binary(at, Tensor::div, Tensor::broadcast_div)
    }),
    ("pow", |at| binary(at, Tensor::pow, Tensor::broadcast_pow)),
    ("max", |at| match (at.number(1), at.pick(2)) {
        (Some(z), 0) => Ok(at.arg(0)?.maximum(z)?),
        _ => binary(at, |a, b| a.maximum(b), Tensor::broadcast_maximum),
    }),
    ("min", |at| match (at.number(1), at.pick(2)) {
        (Some(z), 0) => Ok(at.arg(0)?.minimum(z)?),
        _ => binary(at, |a, b| a.minimum(b), Tensor::broadcast_minimum),
    }),
    ("gt", |at| {
        compared(at, |a, b| a.gt(b), Tensor::broadcast_gt)
    }),
    ("ge", |at| {
        compared(at, |a, b| a.ge(b), Tensor::broadcast_ge)
    }),
    ("lt", |at| {
        compared(at, |a, b| a.lt(b), Tensor::broadcast_lt)
    }),
    ("le", |at| {
        compared(at, |a, b| a.le(b), Tensor::broadcast_le)
    }),
    ("eq", |at| {
        compared(at, |a, b| a.eq(b), Tensor::broadcast_eq)
    }),
    ("ne", |at| {
        compared(at, |a, b| a.ne(b), Tensor::broadcast_ne)
    }),
    ("where", |at| {
        let shape = &at.shape[..];
        let condition = at.arg(0)?.ne(0.0)?.broadcast_as(shape)?;
        let (yes, no) = (
            at.arg(1)?.broadcast_as(shape)?,
            at.arg(2)?.broadcast_as(shape)?,
        );
        Ok(condition.where_cond(&yes, &no)?)
    }),
    // reductions
    ("sum", |at| {
        let (x, axes) = (at.arg(0)?, at.axes());
        let keeps: bool = at.get("keepdims");
        Ok(match at.takes_all(2) {
            true => x.sum_all()?,
            false if keeps => x.sum_keepdim(axes)?,
            false => x.sum(axes)?,
        })
    }),
    ("mean", |at| {
        let (x, axes) = (at.arg(0)?, at.axes());
        let keeps: bool = at.get("keepdims");
        Ok(match at.takes_all(2) {
            true => x.mean_all()?,
            false if keeps => x.mean_keepdim(axes)?,
            false => x.mean(axes)?,
        })
    }),
    ("max_reduce", |at| {
        reduced(at, |x, k| x.max(k), |x, k| x.max_keepdim(k))
    }),
    ("min_reduce", |at| {
        reduced(at, |x, k| x.min(k), |x, k| x.min_keepdim(k))
    }),
    ("var", |at| {
        at.need(
            at.get::<usize>("ddof") == 1 && at.axes().len() == 1,
            "several axes or the biased variance",
        )?;
        reduced(at, |x, k| x.var(k), |x, k| x.var_keepdim(k))
    }),
    ("logsumexp", |at| {
        at.need(!at.get::<bool>("keepdims"), "keepdims")?;
        Ok(at.arg(0)?.log_sum_exp(at.axes())?)
    }),
    ("argmax", |at| {
        at.library.as_numbers(&at.arg(0)?.argmax(at.axis())?)
    }),
    ("argmin", |at| {
        at.library.as_numbers(&at.arg(0)?.argmin(at.axis())?)
    }),
    ("cumsum", |at| {
        at.need(
            !at.get::<bool>("reverse") && !at.get::<bool>("exclusive"),
            "reverse or exclusive",
        )?;
        Ok(at.arg(0)?.cumsum(at.axis())?)
    }),
    // layout
    ("reshape", |at| {
        let x = at.arg(0)?;
        Ok(match at.pick(2) {
            0 if at.shape.rank() == 1 => x.flatten_all()?,
            _ => x.reshape(&at.shape[..])?,
        })
    }),
    ("transpose", |at| {
        let x = at.arg(0)?;
        Ok(match at.swapped() {
            Some((a, b)) if b + 1 == x.rank() && a + 1 == b && at.pick(3) == 0 => x.t()?,
            Some((a, b)) if at.pick(3) > 0 => x.transpose(a, b)?,
            _ => x.permute(at.perm())?,
        })
    }),
    ("broadcast_to", |at| {
        let x = at.arg(0)?;
        let extra = at.shape.rank() - x.rank();
        Ok(match at.pick(3) {
            0 if at.shape[extra..] == *x.dims() => x.broadcast_left(&at.shape[..extra])?,
            1 => x.expand(&at.shape[..])?,
            _ => x.broadcast_as(&at.shape[..])?,
        })
    }),
    ("squeeze", |at| {
        let axes: Vec<i64> = at.get("axes");
        let mut axes: Vec<usize> = at.shape_of(0).axes(Some(&axes)).unwrap_or_default();
        axes.sort_unstable();
        let mut y = at.arg(0)?;
        for axis in axes.into_iter().rev() {
            y = y.squeeze(axis)?;
        }
        Ok(y)
    }),
    ("unsqueeze", |at| {
        let axes: Vec<i64> = at.get("axes");
        let mut axes: Vec<usize> = at.shape.axes(Some(&axes)).unwrap_or_default();
        axes.sort_unstable();
        let mut y = at.arg(0)?;
        for axis in axes {
            y = y.unsqueeze(axis)?;
        }
        Ok(y)
    }),
    ("slice", slice),
    ("roll", |at| {
        let shift: i64 = at.get("shift");
        Ok(at.arg(0)?.roll(shift as i32, at.axis())?)
    }),
    ("pad", pad),
    ("concat", |at| {
        let parts = (0..at.count())
            .map(|i| at.arg(i))
            .collect::<Answer<Vec<_>>>()?;
        Ok(Tensor::cat(&parts, at.axis())?)
    }),
    ("stack", |at| {
        let parts = (0..at.count())
            .map(|i| at.arg(i))
            .collect::<Answer<Vec<_>>>()?;
        let axis = at.shape.axis(at.get("axis")).unwrap_or_default();
        Ok(Tensor::stack(&parts, axis)?)
    }),
    ("tile", |at| {
        let reps: Vec<usize> = at.get("reps");
        let missing = at.rank(0).saturating_sub(reps.len());
        let reps = [vec![1; missing], reps].concat();
        Ok(at.arg(0)?.repeat(reps)?)
    }),
    // places
    ("take", take),
    ("embedding", |at| selected(at, &at.arg(0)?, 0)),
    ("take_along_axis", |at| {
        let (index, axis) = indexed(at, at.along(0)?)?;
        Ok(at.arg(0)?.contiguous()?.gather(&index, axis)?)
    }),
    ("scatter_add", |at| {
        at.need(at.rank(1) == 1, "an index of several axes")?;
        let axis = at.axis();
        let places = at.index(1, at.shape_of(0)[axis])?;
        let index = at.library.places(&[places.len()], &places)?;
        Ok(at
            .arg(0)?
            .contiguous()?
            .index_add(&index, &at.arg(2)?.contiguous()?, axis)?)
    }),
    ("scatter_add_along_axis", |at| {
        let (index, axis) = indexed(at, at.scattered()?)?;
        Ok(at
            .arg(0)?
            .contiguous()?
            .scatter_add(&index, &at.arg(2)?.contiguous()?, axis)?)
    }),
    // products
    ("matmul", matmul),
    // convolutions and pools
    ("conv1d", |at| {
        let Window {
            stride,
            padding,
            dilation,
            groups,
        } = window(at, 1)?;
        Ok(at
            .arg(0)?
            .conv1d(&at.arg(1)?, padding, stride, dilation, groups)?)
    }),
    ("conv2d", |at| {
        let Window {
            stride,
            padding,
            dilation,
            groups,
        } = window(at, 2)?;
        Ok(at
            .arg(0)?
            .conv2d(&at.arg(1)?, padding, stride, dilation, groups)?)
    }),
    ("conv_transpose1d", |at| {
        let Window {
            stride,
            padding,
            dilation,
            groups,
        } = window(at, 1)?;
        let extra = at.size("output_padding", 1)?;
        Ok(at
            .arg(0)?
            .conv_transpose1d(&at.arg(1)?, padding, extra, stride, dilation, groups)?)
    }),
    ("conv_transpose2d", |at| {
        let Window {
            stride,
            padding,
            dilation,
            groups,
        } = window(at, 2)?;
        at.need(groups == 1, "groups")?;
        let extra = at.size("output_padding", 2)?;
        Ok(at
            .arg(0)?
            .conv_transpose2d(&at.arg(1)?, padding, extra, stride, dilation)?)
    }),
    ("max_pool2d", |at| {
        let (kernel, stride) = pool(at)?;
        Ok(match kernel == stride && at.pick(2) == 0 {
            true => at.arg(0)?.max_pool2d(kernel)?,
            false => at.arg(0)?.max_pool2d_with_stride(kernel, stride)?,
        })
    }),
    ("avg_pool2d", |at| {
        let (kernel, stride) = pool(at)?;
        Ok(match kernel == stride && at.pick(2) == 0 {
            true => at.arg(0)?.avg_pool2d(kernel)?,
            false => at.arg(0)?.avg_pool2d_with_stride(kernel, stride)?,
        })
    }),
    ("upsample_nearest", |at| {
        let x = at.arg(0)?;
        Ok(match (at.shape.rank(), at.pick(2)) {
            (3, 0) => x.interpolate1d(at.shape[2])?,
            (3, _) => x.upsample_nearest1d(at.shape[2])?,
            (4, 0) => x.interpolate2d(at.shape[2], at.shape[3])?,
            (4, _) => x.upsample_nearest2d(at.shape[2], at.shape[3])?,
            _ => return unsupported("upsample_nearest of three spatial axes"),
        })
    }),
    ("stop_gradient", |at| Ok(at.arg(0)?.detach())),
];
