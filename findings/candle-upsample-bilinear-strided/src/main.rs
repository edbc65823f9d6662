use candle_core::{Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    // to the size that it has: nothing should change
    let x = Tensor::new(&[[[[1f64, 2.0], [3.0, 4.0]]]], &Cpu)?.transpose(2, 3)?;
    let y = x.upsample_bilinear2d(2, 2, true)?.flatten_all()?.to_vec1::<f64>()?;
    assert_eq!(y, [1.0, 3.0, 2.0, 4.0]);
    Ok(())
}
