use ferrotorch_core::{FerrotorchResult, from_slice};

fn main() -> FerrotorchResult<()> {
    // fails with: cannot reshape tensor
    let x = from_slice(&[1.0], &[1])?;
    assert_eq!(x.tile_t(&[0])?.shape(), [0]);
    Ok(())
}
