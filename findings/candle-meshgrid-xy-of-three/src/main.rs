use candle_core::{DType, Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    // xy: the first two axes change places
    let x = |n: usize| Tensor::zeros(n, DType::F64, &Cpu);
    let grids = Tensor::meshgrid(&[x(2)?, x(3)?, x(4)?], true)?;
    assert_eq!(grids[0].dims(), [3, 2, 4]);
    Ok(())
}
