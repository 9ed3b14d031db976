//! A JSON value together with the path to it, so that whoever misses something can say where.

use serde_json::{Map, Value};

use super::error::{FieldError, Problem};

/// How much of a wrong value an error quotes.
const QUOTED: usize = 64;

/// A value in a document and where it is.
#[derive(Debug, Clone)]
pub(crate) struct Field<'v> {
    pub(crate) value: &'v Value,
    pub(crate) path: String,
}

impl<'v> Field<'v> {
    pub(crate) fn new(value: &'v Value, path: impl Into<String>) -> Self {
        Self {
            value,
            path: path.into(),
        }
    }

    /// The error that this field has this problem.
    pub(crate) fn error(&self, problem: Problem) -> FieldError {
        FieldError {
            path: self.path.clone(),
            problem,
        }
    }

    pub(crate) fn wrong_type(&self, expected: &'static str) -> FieldError {
        self.error(Problem::WrongType { expected })
    }

    /// The error that this field's value is none that it may have.
    pub(crate) fn invalid(&self, expected: &'static str) -> FieldError {
        let value = match self.value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let value = match value.char_indices().nth(QUOTED) {
            Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
            None => value,
        };
        self.error(Problem::Invalid { value, expected })
    }

    pub(crate) fn object(&self) -> Result<&'v Map<String, Value>, FieldError> {
        let object = self.value.as_object().ok_or_else(|| self.wrong_type("an object"))?;
        if object.is_empty() {
            return Err(self.error(Problem::Empty));
        }
        Ok(object)
    }

    pub(crate) fn string(&self) -> Result<&'v str, FieldError> {
        match self.value.as_str() {
            Some("") => Err(self.error(Problem::Empty)),
            Some(text) => Ok(text),
            None => Err(self.wrong_type("a string")),
        }
    }

    pub(crate) fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }

    /// A member of this object, if it is there.
    pub(crate) fn get(&self, name: &str) -> Result<Option<Field<'v>>, FieldError> {
        Ok(self.object()?.get(name).map(|value| Self {
            value,
            path: self.path_of(name),
        }))
    }

    /// A member of this object, which has to be there.
    pub(crate) fn require(&self, name: &str) -> Result<Field<'v>, FieldError> {
        self.get(name)?.ok_or_else(|| FieldError {
            path: self.path_of(name),
            problem: Problem::Missing,
        })
    }

    /// A member that is a string, if it is there.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&'v str>, FieldError> {
        self.get(name)?.map(|field| field.string()).transpose()
    }

    /// The items of a member that is an array; none if it is not there.
    pub(crate) fn list(&self, name: &str) -> Result<Vec<Field<'v>>, FieldError> {
        self.get(name)?.map_or_else(|| Ok(Vec::new()), |field| field.items())
    }

    /// The items of this array.
    pub(crate) fn items(&self) -> Result<Vec<Field<'v>>, FieldError> {
        let items = self.value.as_array().ok_or_else(|| self.wrong_type("an array"))?;
        if items.is_empty() {
            return Err(self.error(Problem::Empty));
        }
        let item = |(position, value)| Self {
            value,
            path: format!("{}[{position}]", self.path),
        };
        Ok(items.iter().enumerate().map(item).collect())
    }
}
