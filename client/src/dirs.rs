//! Where files live: the XDG base directories, with the program's name appended.

use std::{env, path::PathBuf};

/// `$XDG_CONFIG_HOME/salus`, else `~/.config/salus`: what the user writes (networks).
pub fn config() -> PathBuf {
    base("XDG_CONFIG_HOME", ".config")
}

/// `$XDG_DATA_HOME/salus`, else `~/.local/share/salus`: what the program keeps (keys, openings, the index).
pub fn data() -> PathBuf {
    base("XDG_DATA_HOME", ".local/share")
}

fn base(variable: &str, under_home: &str) -> PathBuf {
    // The specification says that relative values are to be ignored.
    let explicit = env::var_os(variable)
        .map(PathBuf::from)
        .filter(|path| path.is_absolute());
    let base = explicit.unwrap_or_else(|| home().join(under_home));
    base.join("salus")
}

fn home() -> PathBuf {
    env::var_os("HOME").map_or_else(|| PathBuf::from("."), PathBuf::from)
}
