use ferrotorch_core::{FerrotorchResult, from_slice};

fn main() -> FerrotorchResult<()> {
    // the gradient that comes out of the transposition is a view, which backward of exp does not read
    // fails with: tensor is not contiguous
    let x = from_slice(&[0.0, 0.0, 0.0, 0.0], &[2, 2])?.requires_grad_(true);
    let weight = from_slice(&[1.0, 2.0, 3.0, 4.0], &[2, 2])?;
    (&x.exp_t()?.t()? * &weight)?.sum_all()?.backward()?;
    assert_eq!(x.grad()?.unwrap().data_vec()?, [1.0, 3.0, 2.0, 4.0]);
    Ok(())
}
