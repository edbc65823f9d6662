use candle_core::{DType, Device::Cpu, Result, Var};

fn main() -> Result<()> {
    // elu(x) = x; in half precision x + alpha is beyond the largest number
    let x = Var::new(&[60000f32], &Cpu)?;
    let y = x.to_dtype(DType::F16)?.elu(20000.0)?.sum_all()?;
    let gradient = y.backward()?.get(&x).unwrap().to_vec1::<f32>()?;
    assert_eq!(gradient, [1.0]);
    Ok(())
}
