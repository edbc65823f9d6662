use candle_core::{DType, Device::Cpu, Result, Tensor, Var};

fn main() -> Result<()> {
    // an embedding that is used 512 times
    let x = Var::zeros((1, 1), DType::BF16, &Cpu)?;
    let y = x.index_select(&Tensor::zeros(512, DType::U32, &Cpu)?, 0)?;
    let gradient = y.backward()?.get(&x).unwrap().to_dtype(DType::F32)?.to_vec2::<f32>()?;
    assert_eq!(gradient, [[512.0]]);
    Ok(())
}
