use candle_core::{Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    // two groups, kernel of one; the rest of the memory is there to be read, not past its end
    let x = Tensor::arange(1f64, 17.0, &Cpu)?.reshape((4, 2, 2))?.narrow(0, 0, 2)?.permute((1, 2, 0))?;
    let kernel = Tensor::new(&[[[1f64]], [[10.0]]], &Cpu)?;
    let y = x.conv_transpose1d(&kernel, 0, 0, 1, 1, 2)?.flatten_all()?.to_vec1::<f64>()?;
    assert_eq!(y, [1.0, 5.0, 20.0, 60.0, 3.0, 7.0, 40.0, 80.0]);
    Ok(())
}
