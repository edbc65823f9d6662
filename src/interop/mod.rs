//! Bridges to other crates, each behind the cargo feature of its name; none is in the default build.
//!
//! | feature | what it bridges |
//! |---|---|
//! | `ndarray` | tensors from and to arrays; views of tensors that copy nothing |
//! | `nalgebra` | tensors from and to `DMatrix` and `DVector` |
//! | `argmin` | functions as problems that its solvers minimise |
//! | `safetensors` | parameters as files that other frameworks read |

#[cfg(feature = "argmin")]
pub mod argmin;
#[cfg(feature = "nalgebra")]
pub mod nalgebra;
#[cfg(feature = "ndarray")]
pub mod ndarray;
#[cfg(feature = "safetensors")]
pub mod safetensors;
