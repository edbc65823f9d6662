use candle_core::{Device::Cpu, Result, Tensor, Var};

fn main() -> Result<()> {
    // y = [9, x1]: x0 is overwritten
    let x = Var::new(&[1f64, 2.0], &Cpu)?;
    let y = x.scatter(&Tensor::new(&[0u32], &Cpu)?, &Tensor::new(&[9f64], &Cpu)?, 0)?;
    let gradient = y.sum_all()?.backward()?.get(&x).unwrap().to_vec1::<f64>()?;
    assert_eq!(gradient, [0.0, 1.0]);
    Ok(())
}
