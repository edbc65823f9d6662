//! Attributes: the plain values, beside tensors, that an operation is given (`axis=0`, `keepdims=true`).

use smallvec::SmallVec;
use std::fmt;

/// An attribute as it stands in a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Attr {
    /// `none`, in JSON `null`.
    None,
    /// `true` or `false`.
    Bool(bool),
    /// A number; integers are numbers without a fraction.
    Number(f64),
    /// A string.
    Text(String),
    /// A list.
    List(Vec<Attr>),
}

impl fmt::Display for Attr {
    /// As the text format writes it. Numbers read back to the bit.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Attr::None => f.write_str("none"),
            Attr::Bool(b) => write!(f, "{b}"),
            Attr::Number(x) if x.is_nan() => f.write_str("nan"),
            Attr::Number(x) if x.is_infinite() => {
                f.write_str(if *x > 0.0 { "inf" } else { "-inf" })
            }
            Attr::Number(x)
                if *x == x.trunc() && x.abs() < 1e15 && !(*x == 0.0 && x.is_sign_negative()) =>
            {
                write!(f, "{x:.0}")
            }
            Attr::Number(x) => write!(f, "{x:?}"),
            Attr::Text(s) => write!(f, "{s:?}"),
            Attr::List(items) => {
                f.write_str("[")?;
                for (i, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if i > 0 { ", " } else { "" })?;
                }
                f.write_str("]")
            }
        }
    }
}

/// A type that an operation's field may have.
pub trait Attribute: Sized {
    /// What a file may write here, for messages.
    const EXPECTED: &'static str;
    /// The field's value, if the attribute is of its kind.
    fn read(attr: &Attr) -> Option<Self>;
    /// The attribute that reads back as this value.
    fn write(&self) -> Attr;
}

impl Attribute for bool {
    const EXPECTED: &'static str = "true or false";
    fn read(attr: &Attr) -> Option<Self> {
        if let Attr::Bool(b) = attr {
            Some(*b)
        } else {
            None
        }
    }
    fn write(&self) -> Attr {
        Attr::Bool(*self)
    }
}

impl Attribute for f64 {
    const EXPECTED: &'static str = "a number";
    fn read(attr: &Attr) -> Option<Self> {
        if let Attr::Number(x) = attr {
            Some(*x)
        } else {
            None
        }
    }
    fn write(&self) -> Attr {
        Attr::Number(*self)
    }
}

impl Attribute for String {
    const EXPECTED: &'static str = "a string";
    fn read(attr: &Attr) -> Option<Self> {
        if let Attr::Text(text) = attr {
            Some(text.clone())
        } else {
            None
        }
    }
    fn write(&self) -> Attr {
        Attr::Text(self.clone())
    }
}

/// Integers beyond this are not exact as `f64`, and so are refused.
const LARGEST: f64 = 9_007_199_254_740_992.0; // 2^53

impl Attribute for i64 {
    const EXPECTED: &'static str = "an integer";
    fn read(attr: &Attr) -> Option<Self> {
        match attr {
            Attr::Number(x) if x.fract() == 0.0 && x.abs() <= LARGEST => Some(*x as i64),
            _ => None,
        }
    }
    fn write(&self) -> Attr {
        Attr::Number(*self as f64)
    }
}

impl Attribute for usize {
    const EXPECTED: &'static str = "a non-negative integer";
    fn read(attr: &Attr) -> Option<Self> {
        i64::read(attr).and_then(|n| usize::try_from(n).ok())
    }
    fn write(&self) -> Attr {
        Attr::Number(*self as f64)
    }
}

macro_rules! lists {
    ($($T:ty => $one:literal, $many:literal, $optional:literal, $optionals:literal);* $(;)?) => {$(
        impl Attribute for Vec<$T> {
            const EXPECTED: &'static str = $many;
            fn read(attr: &Attr) -> Option<Self> {
                let Attr::List(items) = attr else { return None };
                items.iter().map(Attribute::read).collect()
            }
            fn write(&self) -> Attr {
                Attr::List(self.iter().map(Attribute::write).collect())
            }
        }
        impl Attribute for Option<$T> {
            const EXPECTED: &'static str = $optional;
            fn read(attr: &Attr) -> Option<Self> {
                if *attr == Attr::None { Some(None) } else { <$T>::read(attr).map(Some) }
            }
            fn write(&self) -> Attr {
                self.as_ref().map_or(Attr::None, Attribute::write)
            }
        }
        impl Attribute for Option<Vec<$T>> {
            const EXPECTED: &'static str = $optionals;
            fn read(attr: &Attr) -> Option<Self> {
                if *attr == Attr::None { Some(None) } else { Vec::<$T>::read(attr).map(Some) }
            }
            fn write(&self) -> Attr {
                self.as_ref().map_or(Attr::None, Attribute::write)
            }
        }
    )*};
}
lists! {
    i64 => "an integer", "a list of integers", "an integer or none", "a list of integers or none";
    usize => "a size", "a list of non-negative integers", "a size or none", "a list of sizes or none";
}

impl Attribute for Vec<Option<i64>> {
    const EXPECTED: &'static str = "a list of integers or none";
    fn read(attr: &Attr) -> Option<Self> {
        let Attr::List(items) = attr else { return None };
        items.iter().map(Attribute::read).collect()
    }
    fn write(&self) -> Attr {
        Attr::List(self.iter().map(Attribute::write).collect())
    }
}

impl Attribute for Option<Vec<Option<i64>>> {
    const EXPECTED: &'static str = "none, or a list in which each entry is an integer or none";
    fn read(attr: &Attr) -> Option<Self> {
        if *attr == Attr::None {
            Some(None)
        } else {
            Attribute::read(attr).map(Some)
        }
    }
    fn write(&self) -> Attr {
        self.as_ref().map_or(Attr::None, Attribute::write)
    }
}

impl Attribute for Vec<[usize; 2]> {
    const EXPECTED: &'static str = "a list of pairs of non-negative integers";
    fn read(attr: &Attr) -> Option<Self> {
        let Attr::List(items) = attr else { return None };
        items
            .iter()
            .map(|item| Vec::<usize>::read(item).and_then(|pair| pair.try_into().ok()))
            .collect()
    }
    fn write(&self) -> Attr {
        Attr::List(self.iter().map(|pair| pair.to_vec().write()).collect())
    }
}

/// A number for each spatial axis, as convolutions and pools take it: one for all of them, or a list.
///
/// A list of equal numbers means what the number means, is equal to it and is written as it; but a list must have an
/// entry for each axis.
///
/// ```
/// use secant::op::PerAxis;
/// assert_eq!(PerAxis::from([2, 2]), PerAxis::from(2));
/// assert_ne!(PerAxis::from([2, 1]), PerAxis::from(2));
/// ```
#[derive(Clone, Debug)]
pub struct PerAxis {
    /// One if all are equal.
    numbers: SmallVec<[usize; 3]>,
    /// How many numbers were given, if it was a list.
    listed: Option<usize>,
}

impl PerAxis {
    /// The numbers of `rank` axes, or how many were given instead.
    pub(crate) fn spread(&self, rank: usize) -> Result<SmallVec<[usize; 3]>, usize> {
        match self.listed {
            Some(found) if found != rank => Err(found),
            _ if self.numbers.len() == 1 => Ok(SmallVec::from_elem(self.numbers[0], rank)),
            _ => Ok(self.numbers.clone()),
        }
    }
}

impl PartialEq for PerAxis {
    fn eq(&self, other: &Self) -> bool {
        self.numbers == other.numbers
    }
}

impl From<usize> for PerAxis {
    fn from(number: usize) -> Self {
        Self {
            numbers: SmallVec::from_elem(number, 1),
            listed: None,
        }
    }
}

impl From<&[usize]> for PerAxis {
    fn from(numbers: &[usize]) -> Self {
        let equal = numbers.windows(2).all(|pair| pair[0] == pair[1]);
        let told = if equal { 1 } else { numbers.len() };
        Self {
            numbers: numbers.iter().copied().take(told).collect(),
            listed: Some(numbers.len()),
        }
    }
}

impl<const N: usize> From<[usize; N]> for PerAxis {
    fn from(numbers: [usize; N]) -> Self {
        Self::from(numbers.as_slice())
    }
}

impl Attribute for PerAxis {
    const EXPECTED: &'static str =
        "a non-negative integer, or a list with one for each spatial axis";
    fn read(attr: &Attr) -> Option<Self> {
        match attr {
            Attr::List(_) => Vec::<usize>::read(attr).map(|numbers| Self::from(numbers.as_slice())),
            _ => usize::read(attr).map(Self::from),
        }
    }
    fn write(&self) -> Attr {
        match self.numbers.as_slice() {
            [number] => number.write(),
            numbers => numbers.to_vec().write(),
        }
    }
}

impl Attribute for Option<PerAxis> {
    const EXPECTED: &'static str =
        "a non-negative integer, or a list with one for each spatial axis, or none";
    fn read(attr: &Attr) -> Option<Self> {
        match attr {
            Attr::None => Some(None),
            _ => PerAxis::read(attr).map(Some),
        }
    }
    fn write(&self) -> Attr {
        self.as_ref().map_or(Attr::None, Attribute::write)
    }
}

/// A fieldless enum that files write as a string.
macro_rules! word_attribute {
    ($(#[$meta:meta])* $Enum:ident: $expected:literal { $($(#[$vmeta:meta])* $Variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $Enum { $($(#[$vmeta])* $Variant),+ }

        impl $Enum {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$Variant),+];
        }

        impl $crate::op::attr::Attribute for $Enum {
            const EXPECTED: &'static str = $expected;
            fn read(attr: &$crate::op::attr::Attr) -> Option<Self> {
                match attr {
                    $($crate::op::attr::Attr::Text(word) if word == $word => Some(Self::$Variant),)+
                    _ => None,
                }
            }
            fn write(&self) -> $crate::op::attr::Attr {
                $crate::op::attr::Attr::Text(match self { $(Self::$Variant => $word.to_string()),+ })
            }
        }
    };
}
pub(crate) use word_attribute;

/// What the table knows of one attribute.
#[derive(Clone, Debug)]
pub struct AttrSpec {
    /// The name before `=`.
    pub name: &'static str,
    /// What may stand behind it.
    pub expected: &'static str,
    /// The value where none is given; none if it must be given.
    pub default: Option<Attr>,
}
