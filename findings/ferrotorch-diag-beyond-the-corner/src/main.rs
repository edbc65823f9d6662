use ferrotorch_core::{FerrotorchResult, diag, from_slice};

fn main() -> FerrotorchResult<()> {
    // fails with: attempt to subtract with overflow
    let x = from_slice(&[1.0], &[1, 1])?;
    assert_eq!(diag(&x, 2)?.shape(), [0]);
    Ok(())
}
