use candle_core::{Device::Cpu, Result, Tensor, Var};

fn main() -> Result<()> {
    // both are written to place 0; one of them is gone
    let x = Tensor::new(&[1f64], &Cpu)?;
    let s = Var::new(&[5f64, 7.0], &Cpu)?;
    let y = x.scatter(&Tensor::new(&[0u32, 0], &Cpu)?, &s, 0)?;
    let gradient = y.sum_all()?.backward()?.get(&s).unwrap().to_vec1::<f64>()?;
    assert_eq!(y.to_vec1::<f64>()?, [7.0]);
    assert_eq!(gradient, [0.0, 1.0]);
    Ok(())
}
