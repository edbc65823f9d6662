use ferrotorch_core::{FerrotorchResult, from_slice};

fn main() -> FerrotorchResult<()> {
    // 0 times 1, and 1 times 10
    let x = from_slice(&[5.0], &[1])?.requires_grad_(true);
    let batch = from_slice(&[0.0, 1.0], &[2, 1, 1])?;
    let weight = from_slice(&[1.0, 10.0], &[2, 1])?;
    (&x.matmul(&batch)? * &weight)?.sum_all()?.backward()?;
    assert_eq!(x.grad()?.unwrap().data_vec()?, [10.0]);
    Ok(())
}
