use ferrotorch_core::{FerrotorchResult, from_slice};

fn main() -> FerrotorchResult<()> {
    // fails with: tensor view extends beyond storage
    let x = from_slice::<f64>(&[], &[0, 2])?;
    assert!(x.narrow(1, 1, 1)?.data_vec()?.is_empty());
    Ok(())
}
