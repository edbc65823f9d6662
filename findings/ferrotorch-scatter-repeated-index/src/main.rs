use ferrotorch_core::{FerrotorchResult, from_slice, scatter};

fn main() -> FerrotorchResult<()> {
    // the second writer wins: the first one has no derivative
    let x = from_slice(&[0.0], &[1])?;
    let source = from_slice(&[1.0, 2.0], &[2])?.requires_grad_(true);
    let y = scatter(&x, 0, &[0, 0], &[2], &source)?;
    assert_eq!(y.data_vec()?, [2.0]);
    y.sum_all()?.backward()?;
    assert_eq!(source.grad()?.unwrap().data_vec()?, [0.0, 1.0]);
    Ok(())
}
