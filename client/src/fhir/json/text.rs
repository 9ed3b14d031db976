//! Strings.

use super::{JsonErrorKind, Parsed, Parser};

impl Parser<'_> {
    /// A string, its quotes included.
    pub(super) fn string(&mut self) -> Parsed<String> {
        self.expect(b'"')?;
        let mut string = String::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let plain = rest
                .find(|character: char| {
                    matches!(character, '"' | '\\') || character < ' ' || is_noncharacter(character)
                })
                .ok_or_else(|| {
                    self.at = self.text.len();
                    JsonErrorKind::UnexpectedEnd
                })?;
            string.push_str(rest.get(..plain).unwrap_or_default());
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(string);
                }
                Some(b'\\') => string.push(self.escape()?),
                Some(0..=0x1f) => return Err(JsonErrorKind::UnexpectedCharacter),
                _ => return Err(JsonErrorKind::Noncharacter),
            }
        }
    }

    fn escape(&mut self) -> Parsed<char> {
        let start = self.at;
        self.at += 1;
        let simple = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode_escape().inspect_err(|kind| {
                    if matches!(kind, JsonErrorKind::LoneSurrogate | JsonErrorKind::Noncharacter) {
                        self.at = start;
                    }
                });
            }
            _ => return Err(self.unexpected()),
        };
        self.at += 1;
        Ok(simple)
    }

    /// A `\u` escape from behind the `u`, or two of them that are a surrogate pair.
    fn unicode_escape(&mut self) -> Parsed<char> {
        let first = self.four_digits()?;
        let code_point = match first {
            0xd800..=0xdbff => {
                if !(self.take(b'\\') && self.take(b'u')) {
                    return Err(JsonErrorKind::LoneSurrogate);
                }
                match self.four_digits()? {
                    second @ 0xdc00..=0xdfff => 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00),
                    _ => return Err(JsonErrorKind::LoneSurrogate),
                }
            }
            _ => first,
        };
        // What is left that is no character is the second half of a pair.
        let character = char::from_u32(code_point).ok_or(JsonErrorKind::LoneSurrogate)?;
        if is_noncharacter(character) {
            return Err(JsonErrorKind::Noncharacter);
        }
        Ok(character)
    }

    fn four_digits(&mut self) -> Parsed<u32> {
        let mut number = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            number = number * 16 + digit.ok_or_else(|| self.unexpected())?;
            self.at += 1;
        }
        Ok(number)
    }
}

/// U+FDD0 to U+FDEF, and the last two code points of each plane.
fn is_noncharacter(character: char) -> bool {
    let code_point = u32::from(character);
    matches!(code_point, 0xfdd0..=0xfdef) || code_point & 0xfffe == 0xfffe
}
