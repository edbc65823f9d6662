use easy_ml::{differentiation::{Record, WengertList}, numeric::extra::Pow};

fn main() {
    let list = WengertList::new();
    let x = Record::variable(2.0f64, &list);
    let y: Record<f64> = 0.0.pow(x);
    assert_eq!((y.number, y.derivatives().at(&x)), (0.0, 0.0));
}
