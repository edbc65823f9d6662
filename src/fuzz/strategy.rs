//! Recipes and cases for proptest.

use super::recipe::{HEADER, RECORD, Recipe};
use super::scope::Scope;
use crate::graph::Case;
use proptest::prelude::*;

/// Recipes, which shrink to shorter ones and to smaller words.
pub fn recipes(scope: &Scope) -> impl Strategy<Value = Recipe> + use<> {
    let header = prop::array::uniform::<_, HEADER>(any::<u32>());
    let record = prop::array::uniform::<_, RECORD>(any::<u32>());
    let records = prop::collection::vec(record, 1..=scope.max_nodes.max(1));
    (header, records).prop_map(|(header, records)| Recipe {
        words: header
            .into_iter()
            .chain(records.into_iter().flatten())
            .collect(),
    })
}

/// Cases. A failing one shrinks to fewer operations, and then to simpler numbers;
/// [`minimise`](super::minimise()) takes it further.
pub fn cases(scope: Scope) -> impl Strategy<Value = Case> {
    recipes(&scope).prop_map(move |recipe| recipe.decode(&scope))
}
