use ferrotorch_core::{FerrotorchResult, from_slice, linalg};

fn main() -> FerrotorchResult<()> {
    // the gradient is the matrix of cofactors
    // fails with: matrix is singular
    let x = from_slice(&[1.0, 1.0, 1.0, 1.0], &[2, 2])?.requires_grad_(true);
    linalg::det(&x)?.backward()?;
    assert_eq!(x.grad()?.unwrap().data_vec()?, [1.0, -1.0, -1.0, 1.0]);
    Ok(())
}
