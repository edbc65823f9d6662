//! The operations by name: the built-in ones, and those of the user's that a reader of files is told of.

use super::is_name;
use crate::op::{Attr, Custom, CustomOp, Kind, Op};
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, LazyLock};

static BUILT_IN: LazyLock<HashMap<&'static str, Kind>> =
    LazyLock::new(|| Kind::all().map(|kind| (kind.name(), kind)).collect());

impl Kind {
    /// The built-in operation of a name.
    ///
    /// ```
    /// use secant::op::{Kind, Row};
    /// assert_eq!(Kind::from_name("tanh"), Some(Kind::Pointwise(Row::Tanh)));
    /// assert_eq!(Kind::from_name("tnah"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Kind> {
        BUILT_IN.get(name).copied()
    }
}

/// The operations that a file may name: all built-in ones, and any of the user's.
#[derive(Clone, Debug, Default)]
pub struct Ops {
    custom: BTreeMap<String, Custom>,
}

/// A user's operation that cannot be known under its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegistryError {
    /// Files could not write the name.
    NotAName(String),
    /// Another operation has the name.
    Taken(String),
}

impl fmt::Display for RegistryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RegistryError::NotAName(name) => write!(
                f,
                "`{name}` cannot name an operation: expected [A-Za-z_][A-Za-z0-9_.]*, and none of nan inf none true false"
            ),
            RegistryError::Taken(name) => {
                write!(
                    f,
                    "there is an operation `{name}` already: choose another name"
                )
            }
        }
    }
}

impl std::error::Error for RegistryError {}

impl Ops {
    /// The built-in operations.
    pub fn new() -> Self {
        Self::default()
    }

    /// These operations and one more.
    ///
    /// # Errors
    /// If the name is taken, or files could not write it.
    ///
    /// ```
    /// use secant::graph::Ops;
    /// use secant::op::{Builder, CustomOp, Id, Shares, Site};
    /// use std::sync::Arc;
    /// struct Double;
    /// impl CustomOp for Double {
    ///     fn name(&self) -> &str { "double" }
    ///     fn value(&self, b: &dyn Builder, args: &[Id]) -> Id { b.add(args[0], args[0]) }
    ///     fn vjp(&self, b: &dyn Builder, _: Site<'_>, ct: Id) -> Shares {
    ///         Shares::from_elem((0, b.add(ct, ct)), 1)
    ///     }
    /// }
    /// let ops = Ops::new().with(Arc::new(Double))?;
    /// assert_eq!(ops.make("double", &[]).unwrap().unwrap().name(), "double");
    /// # Ok::<(), secant::graph::RegistryError>(())
    /// ```
    pub fn with(mut self, op: Arc<dyn CustomOp>) -> Result<Self, RegistryError> {
        let name = op.name().to_string();
        if !is_name(&name) {
            return Err(RegistryError::NotAName(name));
        }
        if Kind::from_name(&name).is_some() || self.custom.contains_key(&name) {
            return Err(RegistryError::Taken(name));
        }
        self.custom.insert(name, Custom(op));
        Ok(self)
    }

    /// The names of all operations.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let built_in = Kind::all().map(|kind| kind.name() as &str);
        built_in.chain(self.custom.keys().map(String::as_str))
    }

    /// The names of an operation's attributes; none if there is no such operation.
    pub fn attributes(&self, name: &str) -> Option<Vec<&'static str>> {
        match Kind::from_name(name) {
            Some(kind) => Some(kind.specs().iter().map(|spec| spec.name).collect()),
            None => self.custom.contains_key(name).then(Vec::new),
        }
    }

    /// The operation of a name with the given attributes; none if there is no such operation.
    ///
    /// # Errors
    /// If an attribute is unknown, missing, or of the wrong kind.
    pub fn make(&self, name: &str, given: &[(String, Attr)]) -> Option<Result<Op, String>> {
        if let Some(kind) = Kind::from_name(name) {
            return Some(kind.with(given));
        }
        let custom = self.custom.get(name)?;
        Some(match given.first() {
            Some((attr, _)) => Err(format!("{name} has no attribute `{attr}`; it has none")),
            None => Ok(Op::Custom(custom.clone())),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_name() {
        for kind in Kind::all() {
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
        }
        assert_eq!(Ops::new().names().count(), Kind::all().count());
    }
}
