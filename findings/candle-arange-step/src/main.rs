use candle_core::{Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    // 0, 0.1, .. 0.9
    assert_eq!(Tensor::arange_step(0f64, 1.0, 0.1, &Cpu)?.dims(), [10]);
    Ok(())
}
