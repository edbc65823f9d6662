use ferrotorch_core::{FerrotorchResult, expm1, from_slice};

fn main() -> FerrotorchResult<()> {
    // e^x - 1 + x has the slope 2 at 0; of the two the first says nothing of having none
    let x = from_slice(&[0.0], &[])?.requires_grad_(true);
    (&expm1(&x)? + &x)?.backward()?;
    assert_eq!(x.grad()?.unwrap().item()?, 2.0);
    Ok(())
}
