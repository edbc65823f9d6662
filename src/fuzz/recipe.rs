//! Recipes: flat lists of words, each of which decodes to a case.

use super::program::Program;
use super::scope::Scope;
use crate::graph::{Case, Dtype};
use crate::op::{Choices, splitmix64};

/// The words before the first operation: arithmetic, outputs, cotangents.
pub(super) const HEADER: usize = 8;

/// The words of one operation, whatever it makes of them: a word changed in one leaves the others as they are.
pub(super) const RECORD: usize = 24;

/// A program in words. Every list of words is one; a small change of the words is a small change of the program, and
/// smaller words make simpler programs.
///
/// ```
/// use secant::fuzz::{Recipe, Scope};
/// let scope = Scope::default();
/// let recipe = Recipe::random(1, 42, &scope);
/// assert_eq!(recipe.decode(&scope), recipe.decode(&scope));
/// let shorter = Recipe { words: recipe.words[..20].to_vec() };
/// assert!(shorter.decode(&scope).graph.operations() <= recipe.decode(&scope).graph.operations());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Recipe {
    /// The words: a header, and some for each operation.
    pub words: Vec<u32>,
}

impl Recipe {
    /// The recipe of one case of a run: it depends on nothing but the seed, the case's number and the scope.
    pub fn random(seed: u64, case_number: u64, scope: &Scope) -> Self {
        let start = splitmix64(seed ^ splitmix64(case_number));
        let mut state = start;
        let mut next = || {
            state = state.wrapping_add(1);
            splitmix64(state)
        };
        // the sum of two dice: about as many operations as half of what is allowed; guards add a few
        let half = (scope.max_nodes.saturating_sub(3) / 2).max(1) as u64;
        let operations = 1 + (next() % half + next() % half) as usize;
        let length = HEADER + RECORD * operations;
        let mut words = Vec::with_capacity(length + 1);
        while words.len() < length {
            let bits = next();
            words.extend([bits as u32, (bits >> 32) as u32]);
        }
        words.truncate(length);
        Self { words }
    }

    /// The case. Equal words and scopes give equal cases.
    pub fn decode(&self, scope: &Scope) -> Case {
        let (header, records) = self.words.split_at(self.words.len().min(HEADER));
        let mut header = Choices::new(header);
        let drawn = if header.chance(0.3) {
            Dtype::F32
        } else {
            Dtype::F64
        };
        let mut program = Program::new(scope, scope.dtype.unwrap_or(drawn));
        for record in records.chunks(RECORD) {
            program.grow(record);
        }
        program.finish(&mut header)
    }
}
