use dfdx::prelude::*;

fn main() {
    let dev = Cpu::default();
    // two positions, one head of one: q, k, v are the columns
    let qkv: Tensor<(Const<3>, usize), f64, _> = dev.tensor_from_vec(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], (Const, 2));
    let qkv = qkv.permute::<(usize, Const<3>), Axes2<1, 0>>();
    let past_k: Tensor<(Const<1>, Const<1>, usize), f64, _> = dev.tensor_from_vec(vec![9.0], (Const, Const, 1));
    let past_v: Tensor<(Const<1>, usize, Const<1>), f64, _> = dev.tensor_from_vec(vec![9.0], (Const, 1, Const));
    let (q, _, _) = dev.attention_reshape(&qkv, &past_k, &past_v);
    assert_eq!(q.as_vec(), [1.0, 2.0]);
}
