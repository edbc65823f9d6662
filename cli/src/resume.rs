//! The file that a run goes on from.
//!
//! It is never changed, only replaced: by a file that lies whole on the disk under another name, and is then renamed. So
//! whenever the process is killed, there is a whole file, the old one or the new. A file that is damaged, or is of another
//! run, is refused and left as it is.

use crate::input;
use crate::output::{self, Failure};
use secant::fuzz::Standing;
use serde_json::{Map, Value};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How the file begins: what it is, and the version of its format.
const HEAD: &str = "secant run 1";

/// Where a run is kept.
pub(crate) struct Resume {
    path: PathBuf,
    /// All that the cases and the judgement of them depend on.
    run: Map<String, Value>,
    /// The file as it was last seen, locked, so that no two processes go on with one run.
    held: Option<File>,
    /// Why the last standing could not be written.
    pub(crate) trouble: Option<String>,
}

impl Resume {
    /// The standing in the file; that of the start, which is written, if there is no file.
    pub(crate) fn open(path: &Path, run: Map<String, Value>) -> Result<(Self, Standing), Failure> {
        if output::is_stdout(path) {
            return Err(Failure::Input("--resume needs a file".into()));
        }
        let wrong = |message: String| Failure::Input(format!("{}: {message}", path.display()));
        let mut own = Self {
            path: path.into(),
            run,
            held: None,
            trouble: None,
        };
        match fs::metadata(path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                let standing = Standing::default();
                own.write(&standing).map_err(|e| wrong(e.to_string()))?;
                return Ok((own, standing));
            }
            Err(e) => return Err(wrong(format!("cannot be read: {e}"))),
            Ok(found) if !found.is_file() => return Err(wrong("is no file".into())),
            Ok(_) => {}
        }
        let file = OpenOptions::new().read(true).write(true).open(path);
        let file = file.map_err(|e| wrong(format!("cannot be opened for writing: {e}")))?;
        lock(&file).map_err(|e| wrong(e.to_string()))?;
        let text = input::text(path).map_err(Failure::Input)?;
        let standing = own.read(&text).map_err(|e| {
            wrong(format!(
                "{e}; it was left as it is, give --resume another name"
            ))
        })?;
        own.held = Some(file);
        Ok((own, standing))
    }

    /// Replaces the file. What cannot be written is told when the run has ended: it goes on, and may yet succeed.
    pub(crate) fn keep(&mut self, standing: &Standing) {
        self.trouble = self.write(standing).err().map(|e| {
            let path = self.path.display();
            format!("{path}: how far the run has come could not be written: {e}")
        });
    }

    fn write(&mut self, standing: &Standing) -> io::Result<()> {
        let run = serde_json::to_string(&self.run)?;
        let body = format!("{run}\n{}\n", serde_json::to_string(standing)?);
        let mut name = self.path.file_name().unwrap_or_default().to_os_string();
        name.push(".new");
        let new = self.path.with_file_name(name);
        let mut options = OpenOptions::new();
        let mut file = options
            .write(true)
            .create(true)
            .truncate(false)
            .open(&new)?;
        lock(&file)?;
        file.set_len(0)?;
        file.write_all(format!("{HEAD} {:016x}\n{body}", checksum(&body)).as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, &self.path)?;
        self.held = Some(file);
        // the new name is on the disk when the directory is
        #[cfg(unix)]
        File::open(match self.path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        })?
        .sync_all()?;
        Ok(())
    }

    fn read(&self, text: &str) -> Result<Standing, String> {
        let (head, body) = text.split_once('\n').unwrap_or((text, ""));
        let Some(sum) = head.strip_prefix(HEAD) else {
            return Err("is not what `secant fuzz --resume` writes".into());
        };
        let is_whole = u64::from_str_radix(sum.trim(), 16) == Ok(checksum(body));
        let (Some((run, standing)), true) = (body.split_once('\n'), is_whole) else {
            return Err("is damaged: its checksum is not that of its text".into());
        };
        let run: Map<String, Value> = serde_json::from_str(run).map_err(|e| e.to_string())?;
        for (key, expected) in &self.run {
            let found = run.get(key).unwrap_or(&Value::Null);
            if found != expected {
                return Err(format!(
                    "is of another run: its {key} is {found}, here it is {expected}"
                ));
            }
        }
        serde_json::from_str(standing).map_err(|e| e.to_string())
    }
}

fn lock(file: &File) -> io::Result<()> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            Err(io::Error::other("another process goes on with this run"))
        }
        // there are file systems without locks
        Err(TryLockError::Error(_)) | Ok(()) => Ok(()),
    }
}

/// FNV-1a of 64 bits.
fn checksum(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
