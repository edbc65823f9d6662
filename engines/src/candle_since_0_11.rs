//! What candle-core has from 0.11 on.

use super::adapter::{Row, indexed};
use super::library::Tensor;

pub(super) const ROWS: &[Row] = &[
    ("flip", |at| {
        let axes: Option<Vec<i64>> = at.get("axes");
        let axes = at.shape.axes(axes.as_deref()).unwrap_or_default();
        Ok(at.arg(0)?.contiguous()?.flip(&axes)?)
    }),
    ("scatter_along_axis", |at| {
        let (index, axis) = indexed(at, at.scattered()?)?;
        Ok(at
            .arg(0)?
            .contiguous()?
            .scatter(&index, &at.arg(2)?.contiguous()?, axis)?)
    }),
    ("sort", |at| {
        at.need(at.axis() + 1 == at.rank(0), "an axis other than the last")?;
        let x = at.arg(0)?.contiguous()?;
        Ok(x.sort_last_dim(!at.get::<bool>("descending"))?.0)
    }),
    ("argsort", |at| {
        at.need(at.axis() + 1 == at.rank(0), "an axis other than the last")?;
        let x = at.arg_of_order(at.axis())?.contiguous()?;
        let places = x.arg_sort_last_dim(!at.get::<bool>("descending"))?;
        Ok(places.to_dtype(x.dtype())?)
    }),
    ("norm", |at| {
        let is_whole = at.axes().len() == at.rank(0) && !at.get::<bool>("keepdims");
        at.need(
            is_whole && at.get::<f64>("ord") == 2.0,
            "some axes or another order",
        )?;
        Ok(at.arg(0)?.norm()?)
    }),
    ("dot", |at| Ok(at.arg(0)?.dot(&at.arg(1)?)?)),
    ("upsample_bilinear", |at| {
        let aligned: bool = at.get("align_corners");
        let x: Tensor = at.arg(0)?;
        Ok(x.upsample_bilinear2d(at.shape[2], at.shape[3], aligned)?)
    }),
];
