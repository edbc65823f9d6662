//! Parameters as `.safetensors` files, the format in which frameworks exchange weights: a length, a header in JSON with
//! name, type, shape and place of each tensor, and the elements.
//!
//! What is written reads back bit for bit and in order; the order stands in the file's metadata, for the format keeps none.
//! Files come from anywhere: one that is not right is an [`Error`], and costs no more memory than it has bytes.
//!
//! ```
//! use secant::interop::safetensors::{from_bytes, to_bytes};
//! use secant::{Params, Tensor};
//!
//! let params = Params::from_iter([("w", Tensor::from([[1.0, 2.0]])), ("b", Tensor::from([3.0]))]);
//! let file = to_bytes(&params)?;
//! assert_eq!(from_bytes::<f64>(&file)?, params);
//! let error = from_bytes::<f32>(&file).unwrap_err();
//! assert_eq!(error.to_string(), "tensor `w` holds F64: expected F32");
//! # Ok::<(), secant::interop::safetensors::Error>(())
//! ```

use crate::graph::Params;
use crate::number::Real;
use crate::tensor::{ShapeError, Tensor};
use ::safetensors::tensor::{SafeTensorError, SafeTensors, TensorView};
use ::safetensors::{Dtype, serialize};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The key of the metadata under which the names stand in order, as a list in JSON.
const ORDER: &str = "order";

/// The name that the format takes for its metadata.
const METADATA: &str = "__metadata__";

/// Numbers that a file can hold.
pub trait Stored: Real + sealed::Bytes {}

impl Stored for f32 {}
impl Stored for f64 {}

mod sealed {
    use ::safetensors::Dtype;

    /// How a number lies in a file.
    pub trait Bytes: Sized {
        const DTYPE: Dtype;
        fn write(self, to: &mut Vec<u8>);
        /// All numbers of a file's part, whose length is a multiple of a number's.
        fn read(bytes: &[u8]) -> Vec<Self>;
    }

    macro_rules! bytes {
        ($($T:ident $DTYPE:ident),*) => {$(
            impl Bytes for $T {
                const DTYPE: Dtype = Dtype::$DTYPE;

                fn write(self, to: &mut Vec<u8>) {
                    to.extend(self.to_le_bytes());
                }

                fn read(bytes: &[u8]) -> Vec<Self> {
                    let (numbers, _) = bytes.as_chunks();
                    numbers.iter().map(|&number| Self::from_le_bytes(number)).collect()
                }
            }
        )*};
    }
    bytes!(f32 F32, f64 F64);
}

/// Why parameters could not be written or read.
#[derive(Debug)]
pub enum Error {
    /// The file could not be opened, read or written.
    File {
        /// Where it is.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The bytes are not in the format.
    Format {
        /// How many bytes there are.
        bytes: usize,
        /// How long the header is, by the first eight of them.
        header: Option<u64>,
        /// What is wrong.
        source: SafeTensorError,
    },
    /// A tensor of another type than was asked for.
    Dtype {
        /// Its name.
        name: String,
        /// The type asked for.
        expected: Dtype,
        /// The type found.
        found: Dtype,
    },
    /// A tensor of a shape that cannot be.
    Shape {
        /// Its name.
        name: String,
        /// What is wrong.
        source: ShapeError,
    },
    /// A parameter of the name that the format keeps for itself.
    Reserved,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::File { path, source } => write!(f, "{}: {source}", path.display()),
            Error::Format {
                bytes,
                header,
                source,
            } => {
                write!(f, "not a safetensors file: {source} ({bytes} bytes")?;
                match header {
                    Some(header) => write!(
                        f,
                        ", the first 8 of which say that the header has {header})"
                    ),
                    None => f.write_str(", fewer than the 8 that hold the header's length)"),
                }
            }
            Error::Dtype {
                name,
                expected,
                found,
            } => write!(f, "tensor `{name}` holds {found}: expected {expected}"),
            Error::Shape { name, source } => write!(f, "tensor `{name}`: {source}"),
            Error::Reserved => write!(
                f,
                "a parameter cannot be named `{METADATA}` in a safetensors file"
            ),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::File { source, .. } => Some(source),
            Error::Format { source, .. } => Some(source),
            Error::Shape { source, .. } => Some(source),
            Error::Dtype { .. } | Error::Reserved => None,
        }
    }
}

/// Parameters as the bytes of a file.
///
/// # Errors
/// If one is named `__metadata__`, or the names take more than 100 MB.
pub fn to_bytes<T: Stored>(params: &Params<T>) -> Result<Vec<u8>, Error> {
    if params.get(METADATA).is_some() {
        return Err(Error::Reserved);
    }
    let bytes: Vec<Vec<u8>> = params
        .values()
        .map(|tensor| {
            let mut bytes = Vec::with_capacity(size_of::<T>() * tensor.len());
            tensor.iter().for_each(|x| x.write(&mut bytes));
            bytes
        })
        .collect();
    let format = |source| Error::Format {
        bytes: bytes.iter().map(Vec::len).sum(),
        header: None,
        source,
    };
    let views = params.iter().zip(&bytes).map(|((name, tensor), bytes)| {
        let view = TensorView::new(T::DTYPE, tensor.shape().to_vec(), bytes)?;
        Ok((name, view))
    });
    let views: Result<Vec<_>, SafeTensorError> = views.collect();
    let names: Vec<&str> = params.names().collect();
    let order = serde_json::to_string(&names).expect("names are text");
    let metadata = [(ORDER.to_string(), order)].into_iter().collect();
    serialize(views.map_err(format)?, Some(metadata)).map_err(format)
}

/// The parameters in the bytes of a file, in the order in which they were written; in a file that does not tell, in that of
/// their places.
///
/// # Errors
/// If the bytes are not in the format, or hold another type than `T`.
pub fn from_bytes<T: Stored>(file: &[u8]) -> Result<Params<T>, Error> {
    let format = |source| Error::Format {
        bytes: file.len(),
        header: file.first_chunk().map(|&length| u64::from_le_bytes(length)),
        source,
    };
    let (_, header) = SafeTensors::read_metadata(file).map_err(format)?;
    let tensors = SafeTensors::deserialize(file).map_err(format)?;
    let mut params = Params::new();
    let written = header
        .metadata()
        .as_ref()
        .and_then(|metadata| metadata.get(ORDER))
        .and_then(|order| serde_json::from_str::<Vec<String>>(order).ok())
        .unwrap_or_default();
    let known = |name: &String| header.info(name).is_some();
    let names = written
        .into_iter()
        .filter(known)
        .chain(header.offset_keys());
    for name in names {
        if params.get(&name).is_none() {
            let view = tensors.tensor(&name).map_err(format)?;
            let tensor = read(&name, &view)?;
            params.insert(name, tensor);
        }
    }
    Ok(params)
}

fn read<T: Stored>(name: &str, view: &TensorView<'_>) -> Result<Tensor<T>, Error> {
    if view.dtype() != T::DTYPE {
        return Err(Error::Dtype {
            name: name.into(),
            expected: T::DTYPE,
            found: view.dtype(),
        });
    }
    Tensor::new(view.shape(), T::read(view.data())).map_err(|source| Error::Shape {
        name: name.into(),
        source,
    })
}

/// Writes parameters to a file.
///
/// # Errors
/// As [`to_bytes`]; and if the file cannot be written.
pub fn save<T: Stored>(params: &Params<T>, path: impl AsRef<Path>) -> Result<(), Error> {
    let path = path.as_ref();
    std::fs::write(path, to_bytes(params)?).map_err(|source| Error::File {
        path: path.into(),
        source,
    })
}

/// Reads parameters from a file.
///
/// # Errors
/// As [`from_bytes`]; and if the file cannot be read.
pub fn load<T: Stored>(path: impl AsRef<Path>) -> Result<Params<T>, Error> {
    let path = path.as_ref();
    let file = std::fs::read(path).map_err(|source| Error::File {
        path: path.into(),
        source,
    })?;
    from_bytes(&file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params<T: Stored>() -> Params<T> {
        let t = Tensor::from_fn([2, 3], |k| T::of(k as f64 / 3.0));
        Params::from_iter([
            ("weights/2", t.transpose(&[1, 0]).unwrap()),
            ("a \"name\"\n\u{3b1}", t.flip(&[0])),
            ("", Tensor::scalar(T::of(-0.0))),
            ("none", Tensor::zeros([0, 4])),
            (
                "odd",
                Tensor::from([f64::NAN, f64::INFINITY, 5e-324, -1e300].map(T::of)),
            ),
        ])
    }

    fn bits<T: Stored>(params: &Params<T>) -> Vec<(String, Vec<usize>, Vec<u8>)> {
        let bytes = |tensor: &Tensor<T>| {
            let mut bytes = Vec::new();
            tensor.iter().for_each(|x| x.write(&mut bytes));
            bytes
        };
        let all = params.iter();
        all.map(|(name, t)| (name.into(), t.shape().to_vec(), bytes(t)))
            .collect()
    }

    #[test]
    fn what_is_written_reads_back_bit_for_bit() {
        fn check<T: Stored>() {
            let file = to_bytes(&params::<T>()).unwrap();
            assert_eq!(bits(&from_bytes::<T>(&file).unwrap()), bits(&params::<T>()));
        }
        check::<f32>();
        check::<f64>();
        let none = Params::<f64>::new();
        assert_eq!(from_bytes::<f64>(&to_bytes(&none).unwrap()).unwrap(), none);
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("p.safetensors");
        save(&params::<f32>(), &path).unwrap();
        assert_eq!(bits(&load::<f32>(&path).unwrap()), bits(&params::<f32>()));
    }

    #[test]
    fn files_that_cannot_be() {
        let error = load::<f64>("/no/such/file").unwrap_err().to_string();
        assert!(error.starts_with("/no/such/file: "), "{error}");
        let mut reserved = Params::new();
        reserved.insert(METADATA, 1.0);
        assert!(matches!(to_bytes(&reserved), Err(Error::Reserved)));
        let error = from_bytes::<f32>(&to_bytes(&params::<f64>()).unwrap()).unwrap_err();
        assert!(matches!(
            error,
            Error::Dtype {
                found: Dtype::F64,
                ..
            }
        ));
    }

    /// A file of a header and a number of zero bytes.
    fn file(header: &str, data: usize) -> Vec<u8> {
        let mut file = (header.len() as u64).to_le_bytes().to_vec();
        file.extend(header.as_bytes());
        file.resize(file.len() + data, 0);
        file
    }

    #[track_caller]
    fn refused(file: &[u8], says: &str) {
        let error = from_bytes::<f64>(file).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }

    #[test]
    fn a_file_of_another_writer_is_read_in_the_order_of_places() {
        let header = r#"{"b":{"dtype":"F64","shape":[],"data_offsets":[8,16]},"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}"#;
        let params = from_bytes::<f64>(&file(header, 16)).unwrap();
        assert_eq!(params.names().collect::<Vec<_>>(), ["a", "b"]);
        // an order that names a tensor twice, one that is not there, and not all
        let header = header.replacen(
            '{',
            r#"{"__metadata__":{"order":"[\"b\",\"c\",\"b\"]"},"#,
            1,
        );
        let params = from_bytes::<f64>(&file(&header, 16)).unwrap();
        assert_eq!(params.names().collect::<Vec<_>>(), ["b", "a"]);
    }

    #[test]
    fn hostile_files_are_refused() {
        refused(b"", "0 bytes, fewer than the 8");
        refused(&[0; 7], "7 bytes");
        refused(
            &u64::MAX.to_le_bytes(),
            "the header has 18446744073709551615",
        );
        refused(&(1u64 << 40).to_le_bytes(), "header too large");
        refused(
            &99_000_000u64.to_le_bytes(),
            "8 bytes, the first 8 of which say that the header has 99000000",
        );
        refused(&file("not json", 0), "invalid JSON");
        refused(&file("{\"a\":", 0), "invalid JSON");
        refused(&file(&"[".repeat(100_000), 0), "invalid JSON");
        let one = |shape: &str, from: u64, to: u64, data: usize| {
            file(
                &format!(
                    r#"{{"a":{{"dtype":"F64","shape":{shape},"data_offsets":[{from},{to}]}}}}"#
                ),
                data,
            )
        };
        assert!(from_bytes::<f64>(&one("[2]", 0, 16, 16)).is_ok());
        refused(&one("[2]", 0, 16, 15), "not fully covered");
        refused(&one("[2]", 0, 16, 24), "not fully covered");
        refused(&one("[2]", 8, 24, 24), "invalid offset for tensor `a`");
        refused(&one("[2]", 16, 0, 16), "invalid offset for tensor `a`");
        refused(&one("[3]", 0, 16, 16), "invalid shape");
        refused(&one("[-1]", 0, 16, 16), "invalid JSON");
        refused(&one("[4611686018427387904,8]", 0, 16, 16), "overflow");
        refused(
            &one("[0,18446744073709551615,18446744073709551615]", 0, 0, 0),
            "larger than memory",
        );
        refused(&one("[1]", 0, u64::MAX, 8), "invalid shape");
        let overlapping = r#"{"a":{"dtype":"F64","shape":[2],"data_offsets":[0,16]},"b":{"dtype":"F64","shape":[2],"data_offsets":[8,24]}}"#;
        refused(&file(overlapping, 24), "invalid offset for tensor `b`");
        let whole = to_bytes(&params::<f64>()).unwrap();
        for length in 0..whole.len() {
            assert!(
                from_bytes::<f64>(&whole[..length]).is_err(),
                "{length} bytes"
            );
        }
        // any changed byte is read or refused, and never a panic
        for place in 0..whole.len() {
            for bit in 0..8 {
                let mut changed = whole.clone();
                changed[place] ^= 1 << bit;
                let _ = from_bytes::<f64>(&changed);
            }
        }
    }
}
