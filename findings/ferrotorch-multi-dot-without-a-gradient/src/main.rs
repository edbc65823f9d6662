use ferrotorch_core::{FerrotorchResult, from_slice, linalg};

fn main() -> FerrotorchResult<()> {
    // x times 1, and x again
    let x = from_slice(&[1.0], &[1, 1])?.requires_grad_(true);
    let one = from_slice(&[1.0], &[1, 1])?;
    (&linalg::multi_dot(&[&x, &one])? + &x)?
        .sum_all()?
        .backward()?;
    assert_eq!(x.grad()?.unwrap().data_vec()?, [2.0]);
    Ok(())
}
