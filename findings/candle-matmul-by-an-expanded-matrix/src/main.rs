use candle_core::{Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    // three rows, each times the same column
    let x = Tensor::new(&[[1f64, 2.0], [3.0, 4.0], [5.0, 6.0]], &Cpu)?.unsqueeze(1)?;
    let w = Tensor::new(&[[1f64], [10.0]], &Cpu)?.broadcast_as((3, 2, 1))?;
    let y = x.matmul(&w)?.flatten_all()?.to_vec1::<f64>()?;
    assert_eq!(y, [21.0, 43.0, 65.0]);
    Ok(())
}
