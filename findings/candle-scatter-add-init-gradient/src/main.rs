use candle_core::{Device::Cpu, Result, Tensor, Var};

fn main() -> Result<()> {
    // y = [x0 + 18, x1]
    let x = Var::new(&[1f64, 2.0], &Cpu)?;
    let y = x.scatter_add(&Tensor::new(&[0u32, 0], &Cpu)?, &Tensor::new(&[9f64, 9.0], &Cpu)?, 0)?;
    let gradient = y.sum_all()?.backward()?.get(&x).unwrap().to_vec1::<f64>()?;
    assert_eq!(gradient, [1.0, 1.0]);
    Ok(())
}
