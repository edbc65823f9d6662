use candle_core::{DType, Device::Cpu, Result, Tensor};
use candle_nn::{VarBuilder, VarMap, rnn::{RNN, gru}};

fn main() -> Result<()> {
    let variables = VarBuilder::from_varmap(&VarMap::new(), DType::F32, &Cpu);
    let layer = gru(2, 3, Default::default(), variables)?;
    let states = layer.seq(&Tensor::zeros((1, 4, 2), DType::F32, &Cpu)?)?;
    // batch, time, features, as those of an LSTM
    assert_eq!(layer.states_to_tensor(&states)?.dims(), [1, 4, 3]);
    Ok(())
}
