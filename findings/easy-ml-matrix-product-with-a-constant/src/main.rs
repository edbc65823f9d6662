use easy_ml::{differentiation::{RecordMatrix, WengertList}, matrices::Matrix};

fn main() {
    let list = WengertList::new();
    let x = RecordMatrix::variables(&list, Matrix::from(vec![vec![2.0f64]]));
    let three = RecordMatrix::constants(Matrix::from(vec![vec![3.0]]));
    for y in [&three * &x, &x * &three] {
        for d in y.derivatives().unwrap().row_major_iter() {
            assert_eq!(d.at_matrix(&x), Matrix::from(vec![vec![3.0]]));
        }
    }
}
