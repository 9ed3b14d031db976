//! A strict reader of JSON (RFC 8259) that accepts I-JSON (RFC 7493) and nothing else.
//!
//! RFC 8785 canonicalises I-JSON. `serde_json` reads more: of a name that occurs twice it keeps the last one, and it
//! rounds a number that a double cannot hold. Two readers of one document could then see two documents, and a
//! commitment would stand for either. What this reader accepts means the same to every reader.

mod number;
mod text;

use std::fmt;

use serde_json::{Map, Value};

use super::source::Limits;

/// What a JSON text breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonErrorKind {
    /// The bytes are not UTF-8.
    NotUtf8,
    /// The text ends before the value does.
    UnexpectedEnd,
    /// A character that does not belong there.
    UnexpectedCharacter,
    /// Something follows after the value.
    TrailingCharacters,
    /// An object has the same name twice.
    DuplicateName,
    /// A `\u` escape that is half of a surrogate pair.
    LoneSurrogate,
    /// A code point that Unicode keeps from interchange (U+FFFE, U+FDD0, ...): RFC 7493, section 2.1.
    Noncharacter,
    /// A number that a double (IEEE 754 binary64) cannot hold: reading and writing it would give another one.
    InexactNumber,
    /// Arrays and objects are nested deeper than the limit.
    TooDeep,
    /// The text is longer than the limit.
    TooLong,
}

impl JsonErrorKind {
    const fn text(self) -> &'static str {
        match self {
            Self::NotUtf8 => "not UTF-8",
            Self::UnexpectedEnd => "the JSON text ends too early",
            Self::UnexpectedCharacter => "unexpected character",
            Self::TrailingCharacters => "something follows after the JSON value",
            Self::DuplicateName => "the name occurs twice in its object",
            Self::LoneSurrogate => "half of a surrogate pair",
            Self::Noncharacter => "a code point that is not for interchange",
            Self::InexactNumber => "a number that a double cannot hold exactly",
            Self::TooDeep => "nested too deep",
            Self::TooLong => "the JSON text is too long",
        }
    }
}

/// A text that is not accepted, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonError {
    /// The field that was being read, from the root; empty for the root itself.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// What is wrong.
    pub kind: JsonErrorKind,
}

impl fmt::Display for JsonError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(formatter, "{}: ", self.path)?;
        }
        write!(
            formatter,
            "{} (line {}, column {})",
            self.kind.text(),
            self.line,
            self.column
        )
    }
}

impl std::error::Error for JsonError {}

/// Reads one JSON value. Never panics.
///
/// Numbers come out as integers where they are written as such and fit, otherwise as doubles.
///
/// # Errors
/// [`JsonError`] for whatever is not I-JSON or exceeds the limits.
pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Value, JsonError> {
    let (text, is_utf8) = match std::str::from_utf8(bytes) {
        Ok(text) => (text, true),
        // What comes before the error is text, and says where the error is.
        Err(error) => (
            bytes
                .get(..error.valid_up_to())
                .and_then(|valid| std::str::from_utf8(valid).ok())
                .unwrap_or_default(),
            false,
        ),
    };
    let mut parser = Parser {
        text,
        at: 0,
        path: Vec::new(),
        depth_left: limits.depth,
    };
    if bytes.len() > limits.bytes {
        return Err(parser.error(JsonErrorKind::TooLong));
    }
    if !is_utf8 {
        parser.at = text.len();
        return Err(parser.error(JsonErrorKind::NotUtf8));
    }
    let value = parser.value().map_err(|kind| parser.error(kind))?;
    parser.skip_whitespace();
    if parser.at < text.len() {
        return Err(parser.error(JsonErrorKind::TrailingCharacters));
    }
    Ok(value)
}

enum Step {
    Name(String),
    Index(usize),
}

struct Parser<'t> {
    text: &'t str,
    /// Offset in `text`, always at a character's first byte where an error is made.
    at: usize,
    path: Vec<Step>,
    depth_left: u8,
}

type Parsed<T> = Result<T, JsonErrorKind>;

impl Parser<'_> {
    fn error(&self, kind: JsonErrorKind) -> JsonError {
        let mut path = String::new();
        for step in &self.path {
            match step {
                Step::Name(name) if path.is_empty() => path.push_str(name),
                Step::Name(name) => path.extend([".", name]),
                Step::Index(index) => path.push_str(&format!("[{index}]")),
            }
        }
        let before = self.text.get(..self.at).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        JsonError {
            path,
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).map_or(0, |line| line.chars().count()) + 1,
            kind,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// What is wrong with whatever comes next.
    fn unexpected(&self) -> JsonErrorKind {
        match self.peek() {
            None => JsonErrorKind::UnexpectedEnd,
            Some(_) => JsonErrorKind::UnexpectedCharacter,
        }
    }

    fn skip_whitespace(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Passes over `byte` if it is what comes next.
    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        if is_next {
            self.at += 1;
        }
        is_next
    }

    fn expect(&mut self, byte: u8) -> Parsed<()> {
        if self.take(byte) {
            Ok(())
        } else {
            Err(self.unexpected())
        }
    }

    fn value(&mut self) -> Parsed<Value> {
        self.skip_whitespace();
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => self.number().map(Value::Number),
            Some(b't') => self.literal("true", Value::Bool(true)),
            Some(b'f') => self.literal("false", Value::Bool(false)),
            Some(b'n') => self.literal("null", Value::Null),
            _ => Err(self.unexpected()),
        }
    }

    fn literal(&mut self, word: &str, value: Value) -> Parsed<Value> {
        for byte in word.bytes() {
            self.expect(byte)?;
        }
        Ok(value)
    }

    fn nested(&mut self, read: fn(&mut Self) -> Parsed<Value>) -> Parsed<Value> {
        self.depth_left = self.depth_left.checked_sub(1).ok_or(JsonErrorKind::TooDeep)?;
        self.at += 1;
        let value = read(self)?;
        self.depth_left += 1;
        Ok(value)
    }

    /// An array from behind its bracket.
    fn array(&mut self) -> Parsed<Value> {
        let mut items = Vec::new();
        self.skip_whitespace();
        if self.take(b']') {
            return Ok(Value::Array(items));
        }
        loop {
            self.path.push(Step::Index(items.len()));
            items.push(self.value()?);
            self.path.pop();
            self.skip_whitespace();
            if self.take(b']') {
                return Ok(Value::Array(items));
            }
            self.expect(b',')?;
        }
    }

    /// An object from behind its brace.
    fn object(&mut self) -> Parsed<Value> {
        let mut members = Map::new();
        self.skip_whitespace();
        if self.take(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            self.skip_whitespace();
            let start = self.at;
            let name = self.string()?;
            self.path.push(Step::Name(name.clone()));
            if members.contains_key(&name) {
                self.at = start;
                return Err(JsonErrorKind::DuplicateName);
            }
            self.skip_whitespace();
            self.expect(b':')?;
            let value = self.value()?;
            members.insert(name, value);
            self.path.pop();
            self.skip_whitespace();
            if self.take(b'}') {
                return Ok(Value::Object(members));
            }
            self.expect(b',')?;
        }
    }
}
