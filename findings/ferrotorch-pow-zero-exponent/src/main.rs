use ferrotorch_core::{FerrotorchResult, from_slice};

fn main() -> FerrotorchResult<()> {
    let x = from_slice(&[0.0], &[])?.requires_grad_(true);
    x.pow_t(0.0)?.backward()?;
    assert_eq!(x.grad()?.unwrap().item()?, 0.0);
    Ok(())
}
