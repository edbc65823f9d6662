//! Cases as JSON, the format of the protocol and of tools.
//!
//! The same rules hold as for text. The reader keeps the pieces of the source as they stand there ([`RawValue`]), so that
//! a broken rule is reported with its place in the file. JSON names parameters first, then constants, then operations,
//! and so does a program that is read from it; among themselves they keep their order.

use super::assembly::{Assembly, Name, Placed};
use super::parse_error::{Broken, Fault, ParseError, did_you_mean, numbers, quoted};
use super::write::{integer, is_whole, number, written_attrs};
use super::{Case, Dtype, Ops};
use crate::op::{Attr, Input, Op};
use crate::tensor::{Shape, Tensor};
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

impl Case {
    /// Reads JSON.
    ///
    /// # Errors
    /// The first rule that the source breaks, with its line and column.
    ///
    /// ```
    /// use secant::graph::Case;
    /// let case = Case::from_json(
    ///     r#"{"secant": 1, "params": [{"name": "x", "shape": [2], "data": [1.0, "nan"]}],
    ///         "nodes": [{"name": "y", "op": "sum", "args": ["x"]}], "outputs": ["y"]}"#,
    /// )?;
    /// assert_eq!(Case::from_json(&case.to_json())?, case);
    /// # Ok::<(), secant::graph::ParseError>(())
    /// ```
    pub fn from_json(source: &str) -> Result<Self, ParseError> {
        Self::from_json_with(&Ops::new(), source)
    }

    /// Reads JSON, with operations of the user's.
    ///
    /// # Errors
    /// The first rule that the source breaks, with its line and column.
    pub fn from_json_with(ops: &Ops, source: &str) -> Result<Self, ParseError> {
        Reader { source, ops }
            .case()
            .map_err(|broken| broken.locate(source))
    }

    /// Reads a JSON value that has been parsed already. Whoever has the text reads that: it is faster, and messages then
    /// name places in it, and not in the value's shortest spelling.
    ///
    /// # Errors
    /// The first rule that the value breaks, with line and column of its shortest spelling.
    pub fn from_json_value(value: &Value) -> Result<Self, ParseError> {
        Self::from_json(&value.to_string())
    }

    /// Writes JSON, on one line.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.write_json(&mut out)
            .expect("a string takes everything");
        out
    }

    /// As a JSON value.
    pub fn to_json_value(&self) -> Value {
        serde_json::from_str(&self.to_json()).expect("what is written is JSON")
    }

    fn write_json(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        let graph = &self.graph;
        let ids =
            |belongs: fn(&Op) -> bool| graph.ids().filter(move |&id| belongs(&graph.node(id).op));
        write!(out, r#"{{"secant":1,"dtype":"{}","params":["#, self.dtype)?;
        for (i, (name, value)) in self.params.iter().enumerate() {
            write!(
                out,
                r#"{}{{"name":"{name}","shape":{},"data":"#,
                comma(i),
                sizes(value.shape())
            )?;
            self.write_data(out, value, false)?;
            out.write_str("}")?;
        }
        out.write_str(r#"],"consts":["#)?;
        for (i, id) in ids(|op| matches!(op, Op::Input(Input::Const | Input::Index))).enumerate() {
            let (value, is_index) = (
                &graph.constants()[&id],
                graph.node(id).op == Op::Input(Input::Index),
            );
            let (name, shape) = (graph.name(id), sizes(value.shape()));
            write!(
                out,
                r#"{}{{"name":"{name}","shape":{shape},"data":"#,
                comma(i)
            )?;
            self.write_data(out, value, is_index)?;
            out.write_str(if is_index { r#","kind":"index"}"# } else { "}" })?;
        }
        out.write_str(r#"],"nodes":["#)?;
        for (i, id) in ids(|op| !matches!(op, Op::Input(_))).enumerate() {
            let (node, name) = (graph.node(id), graph.name(id));
            write!(
                out,
                r#"{}{{"name":"{name}","op":{},"args":["#,
                comma(i),
                text(node.op.name())
            )?;
            for (k, &arg) in node.args.iter().enumerate() {
                write!(out, r#"{}"{}""#, comma(k), graph.name(arg))?;
            }
            out.write_str(r#"],"attrs":{"#)?;
            for (k, (key, value)) in written_attrs(&node.op).into_iter().enumerate() {
                write!(out, r#"{}"{key}":"#, comma(k))?;
                self.write_attr(out, &value)?;
            }
            out.write_str("}}")?;
        }
        out.write_str(r#"],"outputs":["#)?;
        for (i, &id) in graph.outputs().iter().enumerate() {
            write!(out, r#"{}"{}""#, comma(i), graph.name(id))?;
        }
        out.write_str(r#"],"cotangents":{"#)?;
        let mut written = HashSet::new();
        for (&id, cotangent) in graph.outputs().iter().zip(&self.cotangents) {
            if written.insert(id) {
                write!(out, r#"{}"{}":"#, comma(written.len() - 1), graph.name(id))?;
                self.write_data(out, cotangent, false)?;
            }
        }
        out.write_str("}}")
    }

    fn write_data(
        &self,
        out: &mut dyn fmt::Write,
        value: &Tensor<f64>,
        integers: bool,
    ) -> fmt::Result {
        out.write_char('[')?;
        for (k, x) in value.iter().enumerate() {
            out.write_str(comma(k))?;
            if integers {
                integer(out, x)?
            } else {
                self.write_number(out, x)?
            }
        }
        out.write_char(']')
    }

    fn write_number(&self, out: &mut dyn fmt::Write, x: f64) -> fmt::Result {
        if x.is_finite() {
            return number(out, x, self.dtype);
        }
        out.write_char('"')?;
        number(out, x, self.dtype)?;
        out.write_char('"')
    }

    fn write_attr(&self, out: &mut dyn fmt::Write, attr: &Attr) -> fmt::Result {
        match attr {
            Attr::None => out.write_str("null"),
            Attr::Bool(b) => write!(out, "{b}"),
            Attr::Number(x) if is_whole(*x) => integer(out, *x),
            Attr::Number(x) if x.fract() == 0.0 => write!(out, "{x:?}"),
            Attr::Number(x) => self.write_number(out, *x),
            Attr::Text(s) => out.write_str(&text(s)),
            Attr::List(items) => {
                out.write_char('[')?;
                for (i, item) in items.iter().enumerate() {
                    out.write_str(comma(i))?;
                    self.write_attr(out, item)?;
                }
                out.write_char(']')
            }
        }
    }
}

fn comma(i: usize) -> &'static str {
    if i > 0 { "," } else { "" }
}

fn sizes(shape: &Shape) -> String {
    shape.to_string().replace(' ', "")
}

fn text(text: &str) -> String {
    Value::from(text).to_string()
}

struct Reader<'s, 'o> {
    source: &'s str,
    ops: &'o Ops,
}

type Raw<'s> = &'s RawValue;

impl<'s> Reader<'s, '_> {
    fn case(&self) -> Result<Case, Broken> {
        const KEYS: [&str; 7] = [
            "secant",
            "dtype",
            "params",
            "consts",
            "nodes",
            "outputs",
            "cotangents",
        ];
        let bare = self.source.trim_start_matches('\u{feff}');
        let root: Raw<'s> = self.convert(bare, self.source.len() - bare.len(), "JSON")?;
        let [version, dtype, params, consts, nodes, outputs, cotangents] =
            self.object(root, KEYS)?;
        let version = self.required(root, version, "secant")?;
        if version.get() != "1" {
            return Err(self.broken(version, Fault::Syntax, "version 1"));
        }
        let dtype = match dtype {
            None => Dtype::F64,
            Some(raw) => {
                let name = self.text(raw, "\"f32\" or \"f64\"")?;
                Dtype::from_name(&name.it)
                    .ok_or_else(|| self.broken(raw, Fault::Syntax, "\"f32\" or \"f64\""))?
            }
        };
        let mut assembly = Assembly::new(self.ops);
        for raw in self.list(params)? {
            let fields = self.object(raw, ["name", "shape", "data"])?;
            self.input(&mut assembly, raw, fields, Input::Param)?;
        }
        for raw in self.list(consts)? {
            let [name, shape, data, kind] = self.object(raw, ["name", "shape", "data", "kind"])?;
            let role = match kind.map(RawValue::get) {
                None | Some("\"const\"") => Input::Const,
                Some("\"index\"") => Input::Index,
                Some(_) => {
                    return Err(self.broken(
                        kind.unwrap_or(raw),
                        Fault::Syntax,
                        "\"index\" or \"const\"",
                    ));
                }
            };
            self.input(&mut assembly, raw, [name, shape, data], role)?;
        }
        for raw in self.list(nodes)? {
            self.node(&mut assembly, raw)?;
        }
        let outputs = self.required(root, outputs, "outputs")?;
        let returned = self.names(outputs)?;
        if returned.is_empty() {
            return Err(self.broken(
                outputs,
                Fault::Syntax,
                "the names of the outputs, one at least",
            ));
        }
        let mut given = Vec::new();
        if let Some(raw) = cotangents {
            for (key, value) in self.entries(raw)? {
                let name = Placed {
                    at: self.at(value.get()),
                    it: key,
                };
                assembly.cotangent(&name, self.data(value)?)?;
                given.push(name);
            }
        }
        assembly.finish(&returned, &given, dtype)
    }

    fn input(
        &self,
        assembly: &mut Assembly<'_>,
        raw: Raw<'s>,
        [name, shape, data]: [Option<Raw<'s>>; 3],
        role: Input,
    ) -> Result<(), Broken> {
        let name = self.text(self.required(raw, name, "name")?, "a name")?;
        let shape = self.required(raw, shape, "shape")?;
        let sizes: Vec<u64> = self.convert(
            shape.get(),
            self.at(shape.get()),
            "the sizes of the axes: integers from 0",
        )?;
        let sizes: Option<Vec<usize>> =
            sizes.into_iter().map(|n| usize::try_from(n).ok()).collect();
        let sizes = sizes.ok_or_else(|| {
            self.broken(shape, Fault::TooLarge, "a shape that memory can address")
        })?;
        let shape = Placed {
            at: self.at(shape.get()),
            it: Shape::from(sizes),
        };
        let count = Assembly::count(&shape)?;
        let raw_data = self.required(raw, data, "data")?;
        let data = self.data(raw_data)?;
        if data.len() != count {
            let (found, expected) = (
                numbers(data.len()),
                format!("{count}, for the shape {}", shape.it),
            );
            return Err(Broken::new(
                self.at(raw_data.get()),
                Fault::Data,
                found,
                expected,
            ));
        }
        if role == Input::Index
            && let Some(x) = data
                .iter()
                .find(|x| x.fract() != 0.0 || x.abs() > 2f64.powi(53))
        {
            let at = self.at(raw_data.get());
            return Err(Broken::new(
                at,
                Fault::Data,
                format!("{x}"),
                "integers of at most 53 bits",
            ));
        }
        assembly.input(role, &name, shape, data)
    }

    fn node(&self, assembly: &mut Assembly<'_>, raw: Raw<'s>) -> Result<(), Broken> {
        let [name, op, args, attrs] = self.object(raw, ["name", "op", "args", "attrs"])?;
        let name = self.text(self.required(raw, name, "name")?, "a name")?;
        let op = self.text(self.required(raw, op, "op")?, "the name of an operation")?;
        let args = self.names(self.required(raw, args, "args")?)?;
        let mut given = Vec::new();
        if let Some(attrs) = attrs {
            for (key, value) in self.entries(attrs)? {
                let at = self.at(value.get());
                let parsed = self.convert::<Value>(value.get(), at, "the value of an attribute")?;
                let attr = attr(&parsed).ok_or_else(|| {
                    self.broken(
                        value,
                        Fault::Attribute,
                        "a number, true, false, null, a string or a list",
                    )
                })?;
                given.push((Placed { at, it: key }, attr));
            }
        }
        let wordy = given.iter().any(|(_, attr)| word(attr).is_some());
        if wordy && !self.takes(&op.it, &given) {
            // "inf" is a number, but where no number may stand it is a string: an equation, say
            for (_, attr) in &mut given {
                if let Some(word) = word(attr) {
                    *attr = Attr::Text(word.into());
                }
            }
        }
        assembly.apply(&name, &op, &args, given)
    }

    fn takes(&self, op: &str, given: &[(Name<'s>, Attr)]) -> bool {
        let given: Vec<(String, Attr)> = given
            .iter()
            .map(|(name, attr)| (name.it.to_string(), attr.clone()))
            .collect();
        self.ops.make(op, &given).is_some_and(|made| made.is_ok())
    }

    fn names(&self, raw: Raw<'s>) -> Result<Vec<Name<'s>>, Broken> {
        self.list(Some(raw))?
            .into_iter()
            .map(|raw| self.text(raw, "a name"))
            .collect()
    }

    fn text(&self, raw: Raw<'s>, expected: &str) -> Result<Name<'s>, Broken> {
        let at = self.at(raw.get());
        match serde_json::from_str::<Text<'s>>(raw.get()) {
            Ok(Text(it)) => Ok(Placed { at, it }),
            Err(_) => Err(self.broken(raw, Fault::Syntax, expected)),
        }
    }

    fn data(&self, raw: Raw<'s>) -> Result<Vec<f64>, Broken> {
        let expected = "a list of numbers, \"nan\", \"inf\" or \"-inf\"";
        let numbers: Vec<Element> = self.convert(raw.get(), self.at(raw.get()), expected)?;
        Ok(numbers.into_iter().map(|Element(x)| x).collect())
    }

    fn list(&self, raw: Option<Raw<'s>>) -> Result<Vec<Raw<'s>>, Broken> {
        raw.map_or(Ok(Vec::new()), |raw| {
            self.convert(raw.get(), self.at(raw.get()), "a list")
        })
    }

    fn entries(&self, raw: Raw<'s>) -> Result<Vec<(Cow<'s, str>, Raw<'s>)>, Broken> {
        self.convert(raw.get(), self.at(raw.get()), "an object")
            .map(|Entries(entries)| entries)
    }

    /// The values of an object's keys; there are no others.
    fn object<const N: usize>(
        &self,
        raw: Raw<'s>,
        keys: [&str; N],
    ) -> Result<[Option<Raw<'s>>; N], Broken> {
        let mut values = [None; N];
        for (key, value) in self.entries(raw)? {
            let at = self.at(value.get());
            let Some(place) = keys.iter().position(|&known| known == key) else {
                let expected = format!(
                    "one of {}{}",
                    keys.join(", "),
                    did_you_mean(&key, keys.into_iter())
                );
                return Err(Broken::new(
                    at,
                    Fault::Syntax,
                    format!("the unknown key {}", quoted(&key)),
                    expected,
                ));
            };
            if values[place].replace(value).is_some() {
                return Err(Broken::new(
                    at,
                    Fault::Syntax,
                    format!("the key {} a second time", quoted(&key)),
                    "it once",
                ));
            }
        }
        Ok(values)
    }

    fn required(
        &self,
        object: Raw<'s>,
        value: Option<Raw<'s>>,
        key: &str,
    ) -> Result<Raw<'s>, Broken> {
        let missing = || {
            Broken::new(
                self.at(object.get()),
                Fault::Syntax,
                format!("no key `{key}`"),
                "an object that has it",
            )
        };
        value.ok_or_else(missing)
    }

    fn broken(&self, raw: Raw<'s>, fault: Fault, expected: &str) -> Broken {
        Broken::new(self.at(raw.get()), fault, quoted(raw.get()), expected)
    }

    /// The place of a piece of the source.
    fn at(&self, piece: &str) -> usize {
        (piece.as_ptr() as usize).saturating_sub(self.source.as_ptr() as usize)
    }

    fn convert<T: Deserialize<'s>>(
        &self,
        piece: &'s str,
        at: usize,
        expected: &str,
    ) -> Result<T, Broken> {
        serde_json::from_str(piece).map_err(|e| {
            // places of serde_json are lines and columns of the piece, in bytes
            let start: usize = piece
                .split_inclusive('\n')
                .take(e.line().saturating_sub(1))
                .map(str::len)
                .sum();
            let place = (at + start + e.column().saturating_sub(1)).min(at + piece.len());
            let mut place = place.min(self.source.len());
            while !self.source.is_char_boundary(place) {
                place -= 1;
            }
            let message = e.to_string();
            let message = message
                .rsplit_once(" at line ")
                .map_or(message.as_str(), |(message, _)| message);
            match message.rsplit_once(", expected ") {
                Some((found, expected)) => Broken::new(place, Fault::Syntax, found, expected),
                None => Broken::new(place, Fault::Syntax, message, expected),
            }
        })
    }
}

/// An attribute that JSON can only write as a word.
fn word(attr: &Attr) -> Option<&'static str> {
    match attr {
        Attr::Number(x) if x.is_nan() => Some("nan"),
        Attr::Number(f64::INFINITY) => Some("inf"),
        Attr::Number(f64::NEG_INFINITY) => Some("-inf"),
        _ => None,
    }
}

/// The number of a word.
fn number_word(word: &str) -> Option<f64> {
    match word {
        "nan" => Some(f64::NAN),
        "inf" => Some(f64::INFINITY),
        "-inf" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

/// The attribute of a value; serde_json has bounded its depth.
fn attr(value: &Value) -> Option<Attr> {
    Some(match value {
        Value::Null => Attr::None,
        Value::Bool(b) => Attr::Bool(*b),
        Value::Number(x) => Attr::Number(x.as_f64()?),
        Value::String(s) => number_word(s).map_or_else(|| Attr::Text(s.clone()), Attr::Number),
        Value::Array(items) => Attr::List(items.iter().map(attr).collect::<Option<_>>()?),
        Value::Object(_) => return None,
    })
}

/// A string, borrowed where it has no escapes.
struct Text<'s>(Cow<'s, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words;
        impl<'de> Visitor<'de> for Words {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.into())))
            }
        }
        deserializer.deserialize_str(Words)
    }
}

/// A number, or the word of one that is not finite.
pub(crate) struct Element(pub(crate) f64);

impl<'de> Deserialize<'de> for Element {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Numbers;
        impl Visitor<'_> for Numbers {
            type Value = Element;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, \"nan\", \"inf\" or \"-inf\"")
            }
            fn visit_f64<E: de::Error>(self, x: f64) -> Result<Element, E> {
                Ok(Element(x))
            }
            fn visit_u64<E: de::Error>(self, x: u64) -> Result<Element, E> {
                Ok(Element(x as f64))
            }
            fn visit_i64<E: de::Error>(self, x: i64) -> Result<Element, E> {
                Ok(Element(x as f64))
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<Element, E> {
                number_word(word)
                    .map(Element)
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Str(word), &self))
            }
        }
        deserializer.deserialize_any(Numbers)
    }
}

/// An object's keys and values in their order, also keys that come twice.
pub(crate) struct Entries<'s>(pub(crate) Vec<(Cow<'s, str>, Raw<'s>)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Entries<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<'de>, A::Error> {
                let mut entries = Vec::new();
                while let Some(Text(key)) = map.next_key()? {
                    entries.push((key, map.next_value()?));
                }
                Ok(Entries(entries))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Entries<'de>, A::Error> {
                Err(de::Error::invalid_type(de::Unexpected::Seq, &self))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}
