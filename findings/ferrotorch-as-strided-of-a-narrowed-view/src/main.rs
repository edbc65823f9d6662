use ferrotorch_core::{FerrotorchResult, from_slice};

fn main() -> FerrotorchResult<()> {
    // the identity, of the second half
    // fails with: beyond storage length
    let x = from_slice(&[0.0, 0.0], &[2])?.requires_grad_(true);
    let half = x.narrow(0, 1, 1)?;
    let same = half.as_strided(half.shape(), half.strides(), Some(half.storage_offset()))?;
    same.sum_all()?.backward()?;
    assert_eq!(x.grad()?.unwrap().data_vec()?, [0.0, 1.0]);
    Ok(())
}
