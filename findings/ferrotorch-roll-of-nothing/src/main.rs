use ferrotorch_core::{FerrotorchResult, from_slice, roll};

fn main() -> FerrotorchResult<()> {
    // fails with: attempt to divide by zero
    let x = from_slice::<f64>(&[], &[2, 0])?;
    assert_eq!(roll(&x, 1, 0)?.shape(), [2, 0]);
    Ok(())
}
