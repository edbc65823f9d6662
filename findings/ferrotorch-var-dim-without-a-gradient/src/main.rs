use ferrotorch_core::{FerrotorchResult, from_slice, grad_fns::reduction};

fn main() -> FerrotorchResult<()> {
    // the variance of -1 and 1 has the slopes -1 and 1; the sum of both adds 1
    let x = from_slice(&[-1.0, 1.0], &[2])?.requires_grad_(true);
    (&reduction::var_dim(&x, 0, 0.0, false)? + &x.sum_all()?)?.backward()?;
    assert_eq!(x.grad()?.unwrap().data_vec()?, [0.0, 2.0]);
    Ok(())
}
