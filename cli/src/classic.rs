//! The course's rule on a case: its objective `<cotangents, outputs>`, evaluated in binary64.

use secant::check::{Classic, gradient_check_n};
use secant::engine::Named;
use secant::{Case, Params, Tensor, modes};

/// Two evaluations an element: beyond so many the difference is computed only where it is asked for by name.
pub(crate) const CHEAP: usize = 4096;

/// The course's rule on a claimed gradient.
pub(crate) fn check(case: &Case, gradient: &Named) -> Result<Classic, String> {
    let mut claimed = Params::new();
    for (name, x) in case.params.iter() {
        let data = gradient.iter().find(|(other, _)| other == name);
        let (_, data) = data.ok_or_else(|| format!("there is no gradient for `{name}`"))?;
        let tensor = Tensor::new(x.shape(), &data[..]).map_err(|e| format!("`{name}`: {e}"))?;
        claimed.insert(name, tensor);
    }
    let objective = |params: &Params<f64>| {
        let values: Vec<Tensor<f64>> = params.values().cloned().collect();
        let Ok(outputs) = modes::evaluate(&case.graph, &values) else {
            return f64::NAN;
        };
        let pairs = outputs.iter().zip(&case.cotangents);
        let terms = pairs.flat_map(|(y, ct)| y.iter().zip(ct.iter()).collect::<Vec<_>>());
        terms.map(|(y, ct)| y * ct).sum()
    };
    gradient_check_n(objective, &claimed, &case.params).map_err(|e| e.to_string())
}
