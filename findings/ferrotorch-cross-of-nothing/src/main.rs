use ferrotorch_core::{FerrotorchResult, from_slice, linalg};

fn main() -> FerrotorchResult<()> {
    // fails with: panicked
    let x = from_slice::<f64>(&[], &[3, 0])?;
    assert_eq!(linalg::cross(&x, &x, 0)?.shape(), [3, 0]);
    Ok(())
}
