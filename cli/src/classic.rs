//! The course's rule on a case: its objective `<cotangents, outputs>`, evaluated in binary64.

use secant::check::{Classic, gradient_check_n, objective};
use secant::engine::Named;
use secant::{Case, Params, Tensor};

/// Two evaluations an element: beyond so many the difference is computed only where it is asked for by name.
pub(crate) const CHEAP: usize = 4096;

/// A claimed gradient as parameters, if it has their names and lengths.
pub(crate) fn claimed(case: &Case, gradient: &Named) -> Result<Params<f64>, String> {
    let mut claimed = Params::new();
    for (name, x) in case.params.iter() {
        let data = gradient.iter().find(|(other, _)| other == name);
        let (_, data) = data.ok_or_else(|| format!("there is no gradient for `{name}`"))?;
        let tensor = Tensor::new(x.shape(), &data[..]).map_err(|e| format!("`{name}`: {e}"))?;
        claimed.insert(name, tensor);
    }
    Ok(claimed)
}

/// The course's rule on a claimed gradient.
pub(crate) fn check(case: &Case, gradient: &Named) -> Result<Classic, String> {
    let claimed = claimed(case, gradient)?;
    gradient_check_n(|params| objective(case, params), &claimed, &case.params)
        .map_err(|e| e.to_string())
}
