use ferrotorch_core::{FerrotorchResult, from_slice};

fn main() -> FerrotorchResult<()> {
    // "jji" is "jji->i"
    let x = from_slice(&[0.0; 8], &[2, 2, 2])?.requires_grad_(true);
    let weight = from_slice(&[1.0, 10.0], &[2])?;
    (&x.einsum("jji", &[])? * &weight)?.sum_all()?.backward()?;
    assert_eq!(
        x.grad()?.unwrap().data_vec()?,
        [1.0, 10.0, 0.0, 0.0, 0.0, 0.0, 1.0, 10.0]
    );
    Ok(())
}
