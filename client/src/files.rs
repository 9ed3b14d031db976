//! Writing files so that a crash leaves the old content or the new, never half of it.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use serde::Serialize;

/// Who may read a file that is written here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// The owner alone (mode 0600, directories 0700): keys, salts, openings.
    Private,
    /// As the user's umask says: address books, reports.
    Shared,
}

/// Writes `content` to `path` through a temporary file in the same directory and a rename.
/// Missing directories are made.
pub fn write(path: &Path, content: &[u8], access: Access) -> io::Result<()> {
    let temporary = prepare(path, content, access)?;
    let done = fs::rename(&temporary, path).and_then(|()| sync_directory(path));
    if done.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    done
}

/// As [`write`], but fails with [`io::ErrorKind::AlreadyExists`] when there is a file of that name, even one that
/// appeared a moment ago.
pub fn create(path: &Path, content: &[u8], access: Access) -> io::Result<()> {
    let temporary = prepare(path, content, access)?;
    // A hard link fails if the name is taken, where a rename would replace the file.
    let done = fs::hard_link(&temporary, path).and_then(|()| sync_directory(path));
    let _ = fs::remove_file(&temporary);
    done
}

/// [`create`] for a document in JSON that people may look into.
pub fn create_json(path: &Path, document: &impl Serialize, access: Access) -> io::Result<()> {
    let mut json = serde_json::to_vec_pretty(document)?;
    json.push(b'\n');
    create(path, &json, access)
}

/// Appends whole lines to the file at `path`, which is made if it is not there, and answers when they are on disk. A line that a power cut
/// left unfinished stays a line of its own. If it fails, the file is as it was, as far as the system lets it.
///
/// A private file that others can read is an error, and so is one that cannot be synchronised, such as a pipe.
pub fn append(path: &Path, lines: &[u8], access: Access) -> io::Result<()> {
    make_directory(directory_of(path), access)?;
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    if access == Access::Private {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    // Two at a time would mix up their lines, and what one takes back would be the other's.
    file.lock()?;
    let metadata = file.metadata()?;
    #[cfg(unix)]
    if access == Access::Private && metadata.is_file() {
        use std::os::unix::fs::PermissionsExt;
        if metadata.permissions().mode() & 0o007 != 0 {
            let message = "others than its owner and group can use it";
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, message));
        }
    }
    let length = metadata.len();
    let written = is_unfinished(&mut file, length).and_then(|is_unfinished| {
        let begin: &[u8] = if is_unfinished { b"\n" } else { b"" };
        file.write_all(&[begin, lines].concat())?;
        file.sync_all()
    });
    if written.is_err() && metadata.is_file() {
        let _ = file.set_len(length);
    }
    written.and_then(|()| if length == 0 { sync_directory(path) } else { Ok(()) })
}

/// Whether the last line of a file of this length has no end.
fn is_unfinished(file: &mut File, length: u64) -> io::Result<bool> {
    let Some(last) = length.checked_sub(1) else {
        return Ok(false);
    };
    let mut byte = [0];
    file.seek(SeekFrom::Start(last))?;
    file.read_exact(&mut byte)?;
    Ok(byte != *b"\n")
}

/// Removes a file, for good once it is answered.
pub fn remove(path: &Path) -> io::Result<()> {
    fs::remove_file(path).and_then(|()| sync_directory(path))
}

/// Waits until no other process that asks for the same has a directory, and has it until the answer is dropped. A missing
/// directory is made.
pub fn lock(directory: &Path, access: Access) -> io::Result<File> {
    make_directory(directory, access)?;
    // Where a directory can be opened, it needs no file beside what is in it.
    let file = if cfg!(unix) {
        File::open(directory)
    } else {
        File::create(directory.join(".lock"))
    }?;
    file.lock()?;
    Ok(file)
}

/// Whether a name is that of a temporary file that was left behind on the way to a file of the name `of`.
pub fn is_left_behind(name: &str, of: impl Fn(&str) -> bool) -> bool {
    let stem = name.strip_prefix('.').and_then(|name| name.strip_suffix(".tmp"));
    stem.and_then(|stem| stem.rsplitn(3, '.').nth(2)).is_some_and(of)
}

fn prepare(path: &Path, content: &[u8], access: Access) -> io::Result<PathBuf> {
    static SEQUENCE: AtomicU32 = AtomicU32::new(0);
    let directory = directory_of(path);
    make_directory(directory, access)?;
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "not a file name"))?;
    let sequence = SEQUENCE.fetch_add(1, Ordering::Relaxed);
    let temporary = directory.join(format!(
        ".{}.{}.{sequence}.tmp",
        name.to_string_lossy(),
        std::process::id()
    ));

    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if access == Access::Private {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(&temporary)?;
    let written = file.write_all(content).and_then(|()| file.sync_all());
    if let Err(error) = written {
        let _ = fs::remove_file(&temporary);
        return Err(error);
    }
    Ok(temporary)
}

fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn make_directory(directory: &Path, access: Access) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    if access == Access::Private {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(directory)
}

/// A rename survives a power cut only once the directory itself is on disk.
fn sync_directory(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(directory_of(path))?.sync_all()
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn write_replaces_and_leaves_no_temporary_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("sub/book.json");
        write(&path, b"one", Access::Shared).unwrap();
        write(&path, b"two", Access::Shared).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(names(path.parent().unwrap()), ["book.json"]);
    }

    #[test]
    fn create_refuses_an_existing_file_and_keeps_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key.json");
        create(&path, b"one", Access::Private).unwrap();
        assert_eq!(
            create(&path, b"two", Access::Private).unwrap_err().kind(),
            io::ErrorKind::AlreadyExists
        );
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(names(directory.path()), ["key.json"]);
    }

    #[test]
    fn lines_are_appended_and_an_unfinished_one_stays_by_itself() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("sub/log");
        append(&path, b"one\n", Access::Private).unwrap();
        append(&path, b"two\nthree\n", Access::Private).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"one\ntwo\nthree\n");
        fs::write(&path, b"one\ntw").unwrap();
        append(&path, b"three\n", Access::Private).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"one\ntw\nthree\n");
    }

    #[cfg(unix)]
    #[test]
    fn a_log_that_others_can_read_is_not_appended_to() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        append(&path, b"one\n", Access::Private).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let refused = append(&path, b"two\n", Access::Private).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::PermissionDenied);
        assert_eq!(fs::read(&path).unwrap(), b"one\n");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        append(&path, b"two\n", Access::Private).unwrap();
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error() {
        let refused = append(Path::new("/dev/full"), b"one\n", Access::Private).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::StorageFull);
    }

    #[test]
    fn a_temporary_file_is_known_by_its_name() {
        let is_json = |name: &str| name.ends_with(".json");
        assert!(is_left_behind(".policy-0x01.json.4711.0.tmp", is_json));
        for name in [
            "policy-0x01.json",
            ".policy-0x01.json",
            ".policy.4711.0.tmp",
            ".a.json.tmp",
            ".0.tmp",
            "",
        ] {
            assert!(!is_left_behind(name, is_json), "{name}");
        }
    }

    #[test]
    fn a_directory_is_locked_for_one_at_a_time() {
        let directory = tempfile::tempdir().unwrap();
        let held = lock(directory.path(), Access::Private).unwrap();
        let other = File::open(directory.path()).unwrap();
        assert!(other.try_lock().is_err());
        drop(held);
        assert!(other.try_lock().is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn private_files_are_for_the_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keystore/key.json");
        create(&path, b"secret", Access::Private).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
    }
}
