use candle_core::{Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    // [[1, 2]], [[3, 4]]; the rest of the memory is there to be read, not past its end
    let x = Tensor::arange(1f64, 9.0, &Cpu)?.reshape((2, 2, 2))?.narrow(0, 0, 1)?.transpose(0, 1)?;
    let w = Tensor::new(&[[1f64], [10.0]], &Cpu)?.broadcast_as((2, 2, 1))?;
    let y = x.matmul(&w)?.flatten_all()?.to_vec1::<f64>()?;
    assert_eq!(y, [21.0, 43.0]);
    Ok(())
}
