use ferrotorch_core::{FerrotorchResult, from_slice};

fn main() -> FerrotorchResult<()> {
    // the identity, of a transposed tensor
    let x = from_slice(&[0.0, 0.0, 0.0, 0.0], &[2, 2])?.requires_grad_(true);
    let turned = x.transpose(0, 1)?;
    let same = turned.as_strided(
        turned.shape(),
        turned.strides(),
        Some(turned.storage_offset()),
    )?;
    // its first row is the first column of x
    same.contiguous()?.narrow(0, 0, 1)?.sum_all()?.backward()?;
    assert_eq!(x.grad()?.unwrap().data_vec()?, [1.0, 0.0, 1.0, 0.0]);
    Ok(())
}
