use candle_core::{Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    // two examples, two channels in, kernel of one: y[n] = x[n, 0] + 10 x[n, 1]
    let x = Tensor::new(&[[[1f64], [2.0]], [[3.0], [4.0]]], &Cpu)?;
    let kernel = Tensor::new(&[[[1f64]], [[10.0]]], &Cpu)?;
    let y = x.conv_transpose1d(&kernel, 0, 0, 1, 1, 1)?.flatten_all()?.to_vec1::<f64>()?;
    assert_eq!(y, [21.0, 43.0]);
    Ok(())
}
