use ferrotorch_core::{FerrotorchResult, from_slice, topk};

fn main() -> FerrotorchResult<()> {
    // fails with: attempt to divide by zero
    let x = from_slice::<f64>(&[], &[2, 0])?;
    assert_eq!(topk(&x, 0, true)?.0.shape(), [2, 0]);
    Ok(())
}
