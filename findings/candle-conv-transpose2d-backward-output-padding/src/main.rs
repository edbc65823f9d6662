// fails with: shape mismatch in add
use candle_core::{DType::F64, Device::Cpu, Result, Tensor, Var};

fn main() -> Result<()> {
    let x = Var::new(&[[[[3f64]]]], &Cpu)?;
    let w = Tensor::ones((1, 1, 1, 1), F64, &Cpu)?;
    // padding 0, output padding 1, stride 1, dilation 2: one element, and beside it a row and a column of zeros
    let loss = x.conv_transpose2d(&w, 0, 1, 1, 2)?.sum_all()?;
    let gradient = loss.backward()?.get(&x).unwrap().flatten_all()?.to_vec1::<f64>()?;
    assert_eq!(gradient, [1.0]);
    Ok(())
}
