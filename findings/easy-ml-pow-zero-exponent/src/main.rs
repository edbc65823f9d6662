use easy_ml::{differentiation::{Record, WengertList}, numeric::extra::Pow};

fn main() {
    let list = WengertList::new();
    let x = Record::variable(0.0f64, &list);
    let y: Record<f64> = x.pow(0.0);
    assert_eq!((y.number, y.derivatives().at(&x)), (1.0, 0.0));
}
