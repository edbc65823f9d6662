use candle_core::{DType, Device::Cpu, Result, Var};

fn main() -> Result<()> {
    // two windows of 49 rows; the loss is the second, from row 49
    let x = Var::ones((1, 1, 98, 1), DType::F64, &Cpu)?;
    let loss = x.avg_pool2d((49, 1))?.narrow(2, 1, 1)?.sum_all()?;
    let gradient = loss.backward()?.get(&x).unwrap().flatten_all()?.to_vec1::<f64>()?;
    assert!((gradient[49] - 1.0 / 49.0).abs() < 1e-12, "{}", gradient[49]);
    Ok(())
}
