use candle_core::{DType, Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    // windows of one element: as many as there are elements; the last would lie beyond the memory
    let x = Tensor::zeros(16_777_219, DType::U8, &Cpu)?;
    assert_eq!(x.unfold(0, 1, 1)?.dims(), [16_777_219, 1]);
    Ok(())
}
