use ferrotorch_core::{FerrotorchResult, from_slice};

fn main() -> FerrotorchResult<()> {
    let x = from_slice(&[1000.0], &[1])?.requires_grad_(true);
    x.logcumsumexp_t(0)?.sum_all()?.backward()?;
    assert_eq!(x.grad()?.unwrap().item()?, 1.0);
    Ok(())
}
