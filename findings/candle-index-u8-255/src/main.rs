use candle_core::{DType, Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::arange(0f64, 256.0, &Cpu)?;
    let (last, one) = (Tensor::new(&[255u8], &Cpu)?, Tensor::ones(1, DType::F64, &Cpu)?);
    let all = [
        x.index_select(&last, 0)?,
        x.gather(&last, 0)?,
        x.index_add(&last, &one, 0)?.narrow(0, 255, 1)?,
        x.scatter_add(&last, &one, 0)?.narrow(0, 255, 1)?,
    ];
    assert_eq!(Tensor::cat(&all, 0)?.to_vec1::<f64>()?, [255.0, 255.0, 256.0, 256.0]);
    Ok(())
}
