use ferrotorch_core::{FerrotorchResult, from_slice};

fn main() -> FerrotorchResult<()> {
    // the number times the trace
    let number = from_slice(&[2.0], &[])?;
    let x = from_slice(&[1.0, 0.0, 0.0, 3.0], &[2, 2])?;
    assert_eq!(number.einsum(",jj->", &[&x])?.item()?, 8.0);
    Ok(())
}
