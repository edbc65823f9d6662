// fails with: shape mismatch in add
use candle_core::{Device::Cpu, Result, Tensor, Var};

fn main() -> Result<()> {
    // stride 2 over 3 x 4: a column is left over, but no row
    let x = Var::ones((1, 1, 3, 4), candle_core::DType::F64, &Cpu)?;
    let w = Tensor::ones((1, 1, 1, 1), candle_core::DType::F64, &Cpu)?;
    let loss = x.conv2d(&w, 0, 2, 1, 1)?.sum_all()?;
    let gradient = loss.backward()?.get(&x).unwrap().flatten_all()?.to_vec1::<f64>()?;
    assert_eq!(gradient, [1., 0., 1., 0., 0., 0., 0., 0., 1., 0., 1., 0.]);
    Ok(())
}
