use ferrotorch_core::{FerrotorchResult, from_slice, linalg};

fn main() -> FerrotorchResult<()> {
    let x = from_slice(&[0.0, 0.0, 0.0, 0.0], &[2, 2])?;
    assert_eq!(linalg::det(&x)?.item()?, 0.0);
    Ok(())
}
