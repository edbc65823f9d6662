use candle_core::{Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    for (x, y) in [([f64::NEG_INFINITY; 2], f64::NEG_INFINITY), ([f64::INFINITY, 0.0], f64::INFINITY)] {
        assert_eq!(Tensor::new(&x, &Cpu)?.log_sum_exp(0)?.to_scalar::<f64>()?, y);
    }
    Ok(())
}
