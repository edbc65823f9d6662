use candle_core::{Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    // y[i, 0, 0] = x[i, 0, 0]
    let x = Tensor::arange(1f64, 9.0, &Cpu)?.reshape((2, 2, 2))?;
    let y = x.gather(&Tensor::new(&[[[0u32]], [[0]]], &Cpu)?, 2)?;
    assert_eq!(y.flatten_all()?.to_vec1::<f64>()?, [1.0, 5.0]);
    Ok(())
}
