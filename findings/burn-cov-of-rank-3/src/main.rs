use burn_tensor::{DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::flex();
    let data = vec![1.0f64, 2.0, 3.0, 5.0, 8.0, 13.0, 1.0, 0.0];
    let x = Tensor::<3>::from_data(TensorData::new(data.clone(), [2, 2, 2]), (&device, DType::F64));
    let batch: Vec<f64> = x.cov(2, 1).to_data().iter::<f64>().collect();
    // the matrix of each of the two batches, observations along the last axis
    let each: Vec<f64> = data
        .chunks(4)
        .flat_map(|part| {
            let x = Tensor::<2>::from_data(TensorData::new(part.to_vec(), [2, 2]), (&device, DType::F64));
            x.cov(1, 1).to_data().iter::<f64>().collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(batch, each);
}
