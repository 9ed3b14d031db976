//! What the program writes: one result, as text or as a JSON envelope.

use std::{
    fmt::Display,
    io::{self, Write},
};

use serde::Serialize;

use salus_client::error::{Error, Exit, Fault};

/// The schema of the JSON envelope.
const SCHEMA_VERSION: u32 = 1;

/// Where a command puts its result.
pub struct Output<'a> {
    stdout: &'a mut (dyn Write + Send),
    command: &'static str,
    json: bool,
}

#[derive(Serialize)]
struct Envelope<'a, T: Serialize> {
    schema_version: u32,
    command: &'a str,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorBody>,
}

#[derive(Serialize)]
struct ErrorBody {
    code: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    retryable: bool,
}

impl<'a> Output<'a> {
    /// Output of `command` on `stdout`.
    pub fn new(stdout: &'a mut (dyn Write + Send), command: &'static str, json: bool) -> Self {
        Self { stdout, command, json }
    }

    /// Whether the result is wanted as JSON.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Writes the command's result: `Display` for people, `Serialize` for programs. Called once a command.
    pub fn result(&mut self, result: &(impl Serialize + Display)) -> Result<(), Error> {
        if self.json {
            let command = self.command;
            self.envelope(&Envelope {
                schema_version: SCHEMA_VERSION,
                command,
                ok: true,
                result: Some(result),
                error: None,
            })?;
        } else {
            let text = result.to_string();
            if !text.is_empty() {
                writeln!(self.stdout, "{}", text.trim_end())?;
            }
        }
        self.stdout.flush()?;
        Ok(())
    }

    /// Tells the user what goes on, on standard error.
    pub fn note(&self, text: impl Display) {
        // A closed standard error takes nothing from the result.
        let _ = writeln!(io::stderr(), "{text}");
    }

    /// Writes an error and answers the program's exit code.
    pub fn error(&mut self, error: &Error) -> Exit {
        let body = ErrorBody {
            code: error.code(),
            message: error.to_string(),
            hint: error.hint(),
            retryable: error.is_retryable(),
        };
        let _ = if self.json {
            let command = self.command;
            self.envelope(&Envelope::<()> {
                schema_version: SCHEMA_VERSION,
                command,
                ok: false,
                result: None,
                error: Some(body),
            })
        } else {
            let hint = body.hint.map(|hint| format!("  hint: {hint}\n")).unwrap_or_default();
            write!(io::stderr(), "error: {}\n{hint}", body.message)
        };
        error.exit()
    }

    fn envelope<T: Serialize>(&mut self, envelope: &Envelope<'_, T>) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut *self.stdout, envelope)?;
        self.stdout.write_all(b"\n")?;
        self.stdout.flush()
    }
}
