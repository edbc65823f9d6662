use ferrotorch_core::{FerrotorchResult, from_slice};

fn main() -> FerrotorchResult<()> {
    // fails with: Cannot transpose last two dims
    let x = from_slice(&[1.0, 2.0, 3.0, 4.0], &[2, 1, 2])?.requires_grad_(true);
    let vector = from_slice(&[5.0, 6.0], &[2])?;
    x.matmul(&vector)?.sum_all()?.backward()?;
    assert_eq!(x.grad()?.unwrap().data_vec()?, [5.0, 6.0, 5.0, 6.0]);
    Ok(())
}
