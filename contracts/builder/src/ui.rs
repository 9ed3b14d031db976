//! Where this tool talks: progress and errors to standard error, results to standard output.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the one place of a command line tool that prints"
)]

pub(crate) fn step(what: &str, detail: &str) {
    eprintln!("{what:>12}  {detail}");
}

pub(crate) fn error(error: &anyhow::Error) {
    eprintln!("error: {error:#}");
}

pub(crate) fn result(text: &str) {
    println!("{text}");
}
