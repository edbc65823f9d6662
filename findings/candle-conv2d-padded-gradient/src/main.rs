// fails with: attempt to subtract with overflow
use candle_core::{DType, Device::Cpu, Result, Tensor, Var};

fn main() -> Result<()> {
    // the only window lies in the padding
    let x = Var::ones((1, 1, 1, 1), DType::F64, &Cpu)?;
    let kernel = Tensor::ones((1, 1, 1, 1), DType::F64, &Cpu)?;
    let loss = x.conv2d(&kernel, 1, 3, 1, 1)?.sum_all()?;
    let gradient = loss.backward()?.get(&x).unwrap().flatten_all()?.to_vec1::<f64>()?;
    assert_eq!(gradient, [0.0]);
    Ok(())
}
