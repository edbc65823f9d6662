use candle_core::{Device::Cpu, Result, Var};

fn main() -> Result<()> {
    let x = Var::new(&[[[[3f64]]]], &Cpu)?;
    let loss = (x.sum_all()? * 10.0)?.add(&x.upsample_nearest2d(2, 2)?.sum_all()?)?;
    let loss2 = x.upsample_nearest2d(2, 2)?.sum_all()?.add(&(x.sum_all()? * 10.0)?)?;
    for loss in [loss, loss2] {
        let gradient = loss.backward()?.get(&x).unwrap().flatten_all()?.to_vec1::<f64>()?;
        assert_eq!(gradient, [14.0]);
    }
    Ok(())
}
