use candle_core::quantized::{GgmlDType, QMatMul, QTensor};
use candle_core::{DType, Device::Cpu, Module, Result, Tensor, Var};

fn main() -> Result<()> {
    // sum(x w) + sum(x), w of ones: 2 each, but for what quantizing takes
    let x = Var::ones((1, 32), DType::F32, &Cpu)?;
    let w = QTensor::quantize(&Tensor::ones((1, 32), DType::F32, &Cpu)?, GgmlDType::Q8_0)?;
    let loss = (QMatMul::from_qtensor(w)?.forward(&x)?.sum_all()? + x.sum_all()?)?;
    let gradient = loss.backward()?.get(&x).unwrap().flatten_all()?.to_vec1::<f32>()?;
    assert!(gradient.iter().all(|g| (g - 2.0).abs() < 1e-2), "{}", gradient[0]);
    Ok(())
}
