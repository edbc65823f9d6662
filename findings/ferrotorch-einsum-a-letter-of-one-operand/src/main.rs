use ferrotorch_core::{FerrotorchResult, from_slice};

fn main() -> FerrotorchResult<()> {
    // fails with: does not appear in any input subscripts
    let x = from_slice(&[1.0, 2.0], &[2])?.requires_grad_(true);
    let z = from_slice(&[3.0, 4.0], &[2])?;
    x.einsum("j,k->k", &[&z])?.sum_all()?.backward()?;
    assert_eq!(x.grad()?.unwrap().data_vec()?, [7.0, 7.0]);
    Ok(())
}
