//! Cases as text, the format that people read: a statement a line.
//!
//! Numbers are written as the shortest decimals that read back to the bit. The reader checks everything, works in one
//! pass, and holds no more than the file justifies: data are counted as they come, and programs whose nodes would have
//! more than [`Case::MAX_ELEMENTS`] elements in all are refused.

use super::assembly::{Assembly, Name, Placed};
use super::lexer::{Lexer, Token};
use super::parse_error::{Broken, Fault, ParseError, numbers, quoted};
use super::write::{integer, number, written_attr, written_attrs};
use super::{Case, Dtype, Ops};
use crate::op::{Attr, Input, Op};
use crate::tensor::{Shape, Tensor};
use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt::{self, Write};
use std::str::FromStr;

/// Lists of attributes may be nested so deep.
const DEEPEST: usize = 16;

impl Case {
    /// A file may hold programs with this many elements, counted over all nodes and outputs: 1 GiB of binary64. A few
    /// letters can ask for any size, and evaluating keeps every node.
    pub const MAX_ELEMENTS: usize = 1 << 27;

    /// A file may hold tensors with this many axes.
    pub const MAX_RANK: usize = 64;

    /// Reads the text format.
    ///
    /// # Errors
    /// The first rule that the text breaks, with its line and column.
    ///
    /// ```
    /// use secant::graph::Case;
    /// let text = "secant 1\nparam x [2] = [1.0, -0.5]\ny = sum(x)\nreturn y\n";
    /// let case = Case::from_text(text)?;
    /// assert_eq!(case.params["x"].to_vec(), [1.0, -0.5]);
    /// assert_eq!(Case::from_text(&case.to_text())?, case);
    /// # Ok::<(), secant::graph::ParseError>(())
    /// ```
    pub fn from_text(text: &str) -> Result<Self, ParseError> {
        Self::from_text_with(&Ops::new(), text)
    }

    /// Reads the text format, with operations of the user's.
    ///
    /// # Errors
    /// The first rule that the text breaks, with its line and column.
    pub fn from_text_with(ops: &Ops, text: &str) -> Result<Self, ParseError> {
        Reader::new(ops, text)
            .and_then(Reader::case)
            .map_err(|broken| broken.locate(text))
    }

    /// Reads either format: JSON if the first letter is `{`, else text.
    ///
    /// # Errors
    /// The first rule that the source breaks, with its line and column.
    pub fn parse(source: &str) -> Result<Self, ParseError> {
        Self::parse_with(&Ops::new(), source)
    }

    /// Reads either format, with operations of the user's.
    ///
    /// # Errors
    /// The first rule that the source breaks, with its line and column.
    pub fn parse_with(ops: &Ops, source: &str) -> Result<Self, ParseError> {
        if !source
            .trim_start_matches('\u{feff}')
            .trim_start()
            .starts_with('{')
        {
            return Self::from_text_with(ops, source);
        }
        #[cfg(feature = "serde")]
        return Self::from_json_with(ops, source);
        #[cfg(not(feature = "serde"))]
        Err(Broken::new(
            0,
            Fault::Syntax,
            "JSON",
            "the text format: JSON needs the cargo feature `serde`",
        )
        .locate(source))
    }

    /// Writes the text format.
    pub fn to_text(&self) -> String {
        self.to_string()
    }
}

impl FromStr for Case {
    type Err = ParseError;
    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::from_text(text)
    }
}

struct Reader<'s, 'o> {
    lexer: Lexer<'s>,
    /// The token that comes next, and its place.
    at: usize,
    token: Token<'s>,
    assembly: Assembly<'o>,
}

impl<'s, 'o> Reader<'s, 'o> {
    fn new(ops: &'o Ops, source: &'s str) -> Result<Self, Broken> {
        let mut lexer = Lexer::new(source);
        let (at, token) = lexer.next()?;
        Ok(Self {
            lexer,
            at,
            token,
            assembly: Assembly::new(ops),
        })
    }

    fn case(mut self) -> Result<Case, Broken> {
        self.header()?;
        let mut dtype = None;
        let mut returned: Option<Vec<Name<'s>>> = None;
        let mut cotangents = Vec::new();
        let mut defined = false;
        loop {
            let (at, word) = match self.advance()? {
                (_, Token::Newline) => continue,
                (_, Token::End) => break,
                (at, Token::Word(word)) => (at, word),
                (at, token) => {
                    return Err(self.unexpected(
                        at,
                        &token,
                        "a statement: dtype, param, const, index, NAME = .., return, cotangent",
                    ));
                }
            };
            let name = Placed {
                at,
                it: Cow::Borrowed(word),
            };
            // keywords are names too: `param = sin(x)` defines one
            let keyword = self.token != Token::Mark('=');
            match word {
                "dtype" if keyword => {
                    if defined || dtype.is_some() {
                        return Err(Broken::new(
                            at,
                            Fault::Syntax,
                            "`dtype`",
                            "it once, and before the first definition",
                        ));
                    }
                    dtype = Some(self.dtype()?);
                }
                "param" if keyword => self.input(Input::Param)?,
                "const" if keyword => self.input(Input::Const)?,
                "index" if keyword => self.input(Input::Index)?,
                "return" if keyword => {
                    if returned.is_some() {
                        return Err(Broken::new(at, Fault::Syntax, "a second `return`", "one"));
                    }
                    let names = self.names()?;
                    names
                        .iter()
                        .try_for_each(|name| self.assembly.defined(name).map(drop))?;
                    returned = Some(names);
                }
                "cotangent" if keyword => {
                    let name = self.name("the name of an output")?;
                    self.mark('=')?;
                    let shape = self.assembly.shape(&name)?;
                    let data = self.data(&shape, false)?;
                    self.assembly.cotangent(&name, data)?;
                    cotangents.push(name);
                }
                _ => self.operation(&name)?,
            }
            defined |= !(keyword && word == "dtype");
            match self.advance()? {
                (_, Token::Newline) => {}
                (_, Token::End) => break,
                (at, token) => return Err(self.unexpected(at, &token, "the end of the line")),
            }
        }
        let Some(returned) = returned else {
            return Err(Broken::new(
                self.at,
                Fault::Syntax,
                "the end of the file",
                "a line `return NAME, ..`",
            ));
        };
        self.assembly
            .finish(&returned, &cotangents, dtype.unwrap_or_default())
    }

    fn header(&mut self) -> Result<(), Broken> {
        const EXPECTED: &str = "`secant 1` as the first line";
        match self.advance()? {
            (_, Token::Word("secant")) => {}
            (at, token) => return Err(self.unexpected(at, &token, EXPECTED)),
        }
        match self.advance()? {
            (_, Token::Number(1.0)) => {}
            (at, Token::Number(x)) => {
                return Err(Broken::new(
                    at,
                    Fault::Syntax,
                    format!("version {x}"),
                    "version 1: a newer secant reads more",
                ));
            }
            (at, token) => return Err(self.unexpected(at, &token, EXPECTED)),
        }
        match self.advance()? {
            (_, Token::Newline | Token::End) => Ok(()),
            (at, token) => Err(self.unexpected(at, &token, "the end of the line")),
        }
    }

    fn dtype(&mut self) -> Result<Dtype, Broken> {
        let (at, token) = self.advance()?;
        let dtype = if let Token::Word(word) = token {
            Dtype::from_name(word)
        } else {
            None
        };
        dtype.ok_or_else(|| self.unexpected(at, &token, "f32 or f64"))
    }

    fn input(&mut self, role: Input) -> Result<(), Broken> {
        let name = self.name("a name")?;
        let shape = self.shape()?;
        self.mark('=')?;
        Assembly::count(&shape)?;
        let data = self.data(&shape.it, role == Input::Index)?;
        self.assembly.input(role, &name, shape, data)
    }

    /// `NAME = OP(ARG, .., key=value, ..)`, after the name.
    fn operation(&mut self, name: &Name<'s>) -> Result<(), Broken> {
        self.mark('=')?;
        let op = self.name("an operation")?;
        self.mark('(')?;
        let (mut args, mut attrs) = (Vec::new(), Vec::new());
        if self.token == Token::Mark(')') {
            self.advance()?;
            return self.assembly.apply(name, &op, &args, attrs);
        }
        loop {
            let word = self.name("an operand or an attribute")?;
            if self.token == Token::Mark('=') {
                self.advance()?;
                attrs.push((word, self.attr(0)?));
            } else if attrs.is_empty() {
                args.push(word);
            } else {
                let found = format!("the operand {} after an attribute", quoted(&word.it));
                return Err(Broken::new(
                    word.at,
                    Fault::Syntax,
                    found,
                    "operands before attributes",
                ));
            }
            if self.next_or_close(')')? {
                return self.assembly.apply(name, &op, &args, attrs);
            }
        }
    }

    fn names(&mut self) -> Result<Vec<Name<'s>>, Broken> {
        let mut names = vec![self.name("the name of an output")?];
        while self.token == Token::Mark(',') {
            self.advance()?;
            names.push(self.name("the name of an output")?);
        }
        Ok(names)
    }

    fn attr(&mut self, depth: usize) -> Result<Attr, Broken> {
        const EXPECTED: &str = "a value: a number, true, false, none, a string or a list";
        if let Some(x) = self.number()? {
            return Ok(Attr::Number(x));
        }
        match self.advance()? {
            (_, Token::Word("true")) => Ok(Attr::Bool(true)),
            (_, Token::Word("false")) => Ok(Attr::Bool(false)),
            (_, Token::Word("none")) => Ok(Attr::None),
            (_, Token::Text(text)) => Ok(Attr::Text(text)),
            (at, Token::Mark('[')) => {
                if depth == DEEPEST {
                    return Err(Broken::new(
                        at,
                        Fault::Syntax,
                        "`[`",
                        format!("lists at most {DEEPEST} deep"),
                    ));
                }
                let mut items = Vec::new();
                if self.token == Token::Mark(']') {
                    self.advance()?;
                    return Ok(Attr::List(items));
                }
                loop {
                    items.push(self.attr(depth + 1)?);
                    if self.next_or_close(']')? {
                        return Ok(Attr::List(items));
                    }
                }
            }
            (at, token) => Err(self.unexpected(at, &token, EXPECTED)),
        }
    }

    fn shape(&mut self) -> Result<Placed<Shape>, Broken> {
        let start = self.at;
        let (at, token) = self.advance()?;
        if token != Token::Mark('[') {
            return Err(self.unexpected(at, &token, "a shape, such as [2, 3], or [] for a scalar"));
        }
        let mut sizes = Vec::new();
        if self.token == Token::Mark(']') {
            self.advance()?;
        } else {
            loop {
                match self.advance()? {
                    (_, Token::Number(x)) if x.fract() == 0.0 && (0.0..=LARGEST).contains(&x) => {
                        sizes.push(x as usize)
                    }
                    (at, token) => {
                        return Err(self.unexpected(
                            at,
                            &token,
                            "a size: an integer from 0 to 2^53",
                        ));
                    }
                }
                if self.next_or_close(']')? {
                    break;
                }
            }
        }
        Ok(Placed {
            at: start,
            it: sizes.into(),
        })
    }

    /// As many numbers as the shape has elements.
    fn data(&mut self, shape: &Shape, integers: bool) -> Result<Vec<f64>, Broken> {
        let count = shape.count();
        let kind = if integers { "an integer" } else { "a number" };
        if shape.rank() == 0 && self.token != Token::Mark('[') {
            return Ok(vec![self.element(integers, kind)?]);
        }
        let (at, token) = self.advance()?;
        if token != Token::Mark('[') {
            return Err(self.unexpected(at, &token, "the list of the data, in row-major order"));
        }
        let mut data = Vec::new();
        if self.token != Token::Mark(']') {
            loop {
                if data.len() == count {
                    let found = format!("more than {}", numbers(count));
                    return Err(Broken::new(
                        self.at,
                        Fault::Data,
                        found,
                        of_shape(count, shape),
                    ));
                }
                data.push(self.element(integers, kind)?);
                let close = self.at;
                match self.advance()? {
                    (_, Token::Mark(',')) => {}
                    (_, Token::Mark(']')) if data.len() == count => return Ok(data),
                    (_, Token::Mark(']')) => {
                        let found = numbers(data.len());
                        return Err(Broken::new(
                            close,
                            Fault::Data,
                            found,
                            of_shape(count, shape),
                        ));
                    }
                    (at, token) => return Err(self.unexpected(at, &token, "`,` or `]`")),
                }
            }
        }
        let close = self.at;
        self.advance()?;
        match count {
            0 => Ok(data),
            _ => Err(Broken::new(
                close,
                Fault::Data,
                "no numbers",
                of_shape(count, shape),
            )),
        }
    }

    fn element(&mut self, integers: bool, kind: &str) -> Result<f64, Broken> {
        let at = self.at;
        match self.number()? {
            Some(x) if integers && !(x.fract() == 0.0 && x.abs() <= LARGEST) => Err(Broken::new(
                at,
                Fault::Data,
                format!("{x}"),
                "an integer of at most 53 bits",
            )),
            Some(x) => Ok(x),
            None => Err(self.unexpected(at, &self.token, kind)),
        }
    }

    /// A number, if one comes next.
    fn number(&mut self) -> Result<Option<f64>, Broken> {
        let x = match self.token {
            Token::Number(x) => x,
            Token::Word("nan") => f64::NAN,
            Token::Word("inf") => f64::INFINITY,
            _ => return Ok(None),
        };
        self.advance()?;
        Ok(Some(x))
    }

    fn name(&mut self, expected: &str) -> Result<Name<'s>, Broken> {
        match self.advance()? {
            (at, Token::Word(word)) => Ok(Placed {
                at,
                it: Cow::Borrowed(word),
            }),
            (at, token) => Err(self.unexpected(at, &token, expected)),
        }
    }

    fn mark(&mut self, mark: char) -> Result<(), Broken> {
        match self.advance()? {
            (_, Token::Mark(found)) if found == mark => Ok(()),
            (at, token) => Err(self.unexpected(at, &token, &format!("`{mark}`"))),
        }
    }

    /// Steps over a comma, or over the bracket that closes the list: then true.
    fn next_or_close(&mut self, close: char) -> Result<bool, Broken> {
        match self.advance()? {
            (_, Token::Mark(',')) => Ok(false),
            (_, Token::Mark(mark)) if mark == close => Ok(true),
            (at, token) => Err(self.unexpected(at, &token, &format!("`,` or `{close}`"))),
        }
    }

    /// Takes the next token, and looks at the one behind it.
    fn advance(&mut self) -> Result<(usize, Token<'s>), Broken> {
        let (at, token) = if self.token == Token::End {
            (self.at, Token::End)
        } else {
            self.lexer.next()?
        };
        let place = std::mem::replace(&mut self.at, at);
        Ok((place, std::mem::replace(&mut self.token, token)))
    }

    fn unexpected(&self, at: usize, token: &Token<'s>, expected: &str) -> Broken {
        let found = match token {
            Token::Word(word) => quoted(word),
            Token::Number(_) => quoted(self.lexer.number_at(at)),
            Token::Text(text) => format!("the string {}", quoted(text)),
            Token::Mark(mark) => format!("`{mark}`"),
            Token::Newline => "the end of the line".into(),
            Token::End => "the end of the file".into(),
        };
        Broken::new(at, Fault::Syntax, found, expected)
    }
}

/// Integers beyond 2^53 are not exact in binary64.
const LARGEST: f64 = 9_007_199_254_740_992.0;

fn of_shape(count: usize, shape: &Shape) -> String {
    match shape.rank() {
        0 => "1 number, for a 0-d tensor".into(),
        _ => format!("{}, for the shape {shape}", numbers(count)),
    }
}

impl fmt::Display for Case {
    /// The text format.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let graph = &self.graph;
        f.write_str("secant 1\n")?;
        writeln!(f, "dtype {}", self.dtype)?;
        for id in graph.ids() {
            let (node, name) = (graph.node(id), graph.name(id));
            match &node.op {
                Op::Input(role) => {
                    write!(f, "{} {name} {} = ", node.op.name(), node.shape)?;
                    match role {
                        Input::Param => {
                            data(f, &self.params[&name], |f, x| number(f, x, self.dtype))?
                        }
                        Input::Const => {
                            data(f, &graph.constants()[&id], |f, x| number(f, x, self.dtype))?
                        }
                        Input::Index => data(f, &graph.constants()[&id], |f, x| integer(f, x))?,
                    }
                }
                op => {
                    write!(f, "{name} = {}(", op.name())?;
                    for (i, &arg) in node.args.iter().enumerate() {
                        write!(f, "{}{}", if i > 0 { ", " } else { "" }, graph.name(arg))?;
                    }
                    for (i, (key, value)) in written_attrs(op).into_iter().enumerate() {
                        write!(
                            f,
                            "{}{key}=",
                            if i > 0 || !node.args.is_empty() {
                                ", "
                            } else {
                                ""
                            }
                        )?;
                        written_attr(f, &value, self.dtype)?;
                    }
                    f.write_char(')')?;
                }
            }
            f.write_char('\n')?;
        }
        let names: Vec<Cow<'_, str>> = graph.outputs().iter().map(|&id| graph.name(id)).collect();
        writeln!(f, "return {}", names.join(", "))?;
        let mut written = HashSet::new();
        for (&id, cotangent) in graph.outputs().iter().zip(&self.cotangents) {
            if !written.insert(id) {
                continue;
            }
            write!(f, "cotangent {} = ", graph.name(id))?;
            data(f, cotangent, |f, x| number(f, x, self.dtype))?;
            f.write_char('\n')?;
        }
        Ok(())
    }
}

fn data(
    f: &mut fmt::Formatter<'_>,
    tensor: &Tensor<f64>,
    element: impl Fn(&mut fmt::Formatter<'_>, f64) -> fmt::Result,
) -> fmt::Result {
    if tensor.rank() == 0 {
        return element(f, tensor.item());
    }
    f.write_char('[')?;
    for (k, x) in tensor.iter().enumerate() {
        if k > 0 {
            f.write_str(", ")?;
        }
        element(f, x)?;
    }
    f.write_char(']')
}
