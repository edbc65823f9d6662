use candle_core::{DType, Device::Cpu, Result, Tensor, Var};

fn main() -> Result<()> {
    // a bias that is added to 512 rows
    let bias = Var::zeros(2, DType::BF16, &Cpu)?;
    let y = Tensor::ones((512, 2), DType::BF16, &Cpu)?.broadcast_add(&bias)?;
    let gradient = y.backward()?.get(&bias).unwrap().to_dtype(DType::F32)?.to_vec1::<f32>()?;
    assert_eq!(gradient, [512.0, 512.0]);
    Ok(())
}
