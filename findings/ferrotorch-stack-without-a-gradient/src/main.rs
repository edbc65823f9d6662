use ferrotorch_core::{FerrotorchResult, from_slice, stack};

fn main() -> FerrotorchResult<()> {
    // x and x, and x again
    let x = from_slice(&[1.0], &[1])?.requires_grad_(true);
    let both = stack(&[x.clone(), x.clone()], 0)?.sum_all()?;
    (&both + &x)?.sum_all()?.backward()?;
    assert_eq!(x.grad()?.unwrap().data_vec()?, [3.0]);
    Ok(())
}
