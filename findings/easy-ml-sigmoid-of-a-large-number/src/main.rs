use easy_ml::{differentiation::{Record, WengertList}, numeric::activation::sigmoid};

fn main() {
    let list = WengertList::new();
    let x = Record::variable(-800.0f64, &list);
    let y: Record<f64> = sigmoid(x);
    assert_eq!((y.number, y.derivatives().at(&x)), (0.0, 0.0));
}
