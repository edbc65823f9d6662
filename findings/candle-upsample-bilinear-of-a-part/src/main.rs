use candle_core::{Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    // to the size that it has: nothing should change
    let x = Tensor::new(&[[[[1f64, 2.0]]], [[[3.0, 4.0]]]], &Cpu)?.narrow(0, 1, 1)?;
    let y = x.upsample_bilinear2d(1, 2, false)?.flatten_all()?.to_vec1::<f64>()?;
    assert_eq!(y, [3.0, 4.0]);
    Ok(())
}
