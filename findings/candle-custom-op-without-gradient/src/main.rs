// fails with: grad not populated
use candle_core::{CpuStorage, CustomOp1, Device::Cpu, Layout, Result, Shape, Tensor, Var};

struct Stop;
impl CustomOp1 for Stop {
    fn name(&self) -> &'static str {
        "stop"
    }
    fn cpu_fwd(&self, data: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        Ok((data.clone(), layout.shape().clone()))
    }
    fn bwd(&self, _: &Tensor, _: &Tensor, _: &Tensor) -> Result<Option<Tensor>> {
        Ok(None)
    }
}

fn main() -> Result<()> {
    let x = Var::new(3f64, &Cpu)?;
    let gradients = x.sqr()?.apply_op1(Stop)?.backward()?;
    assert!(gradients.get(&x).is_none());
    Ok(())
}
