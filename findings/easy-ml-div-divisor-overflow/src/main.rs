use easy_ml::differentiation::{Record, WengertList};

fn main() {
    for a in [1e200f64, 1e-200] {
        let list = WengertList::new();
        let (x, y) = (Record::variable(a, &list), Record::variable(a, &list));
        let gradient = (x / y).derivatives()[&y];
        assert!((gradient * a + 1.0).abs() < 1e-12, "{gradient}");
    }
}
