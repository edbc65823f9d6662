// fails with: size mismatch
use candle_core::{Device::Cpu, Result, Tensor, quantized::{GgmlDType, QTensor}};

fn main() -> Result<()> {
    let x = Tensor::arange(0f32, 64., &Cpu)?.reshape((2, 32))?.narrow(0, 1, 1)?;
    let y = QTensor::quantize(&x, GgmlDType::Q8_0)?.dequantize(&Cpu)?.to_vec2::<f32>()?;
    assert!((y[0][0] - 32.0).abs() < 0.5, "{y:?}");
    Ok(())
}
