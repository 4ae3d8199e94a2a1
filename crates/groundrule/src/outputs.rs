//! Where reports go: the standard output and files, each in its format.

use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use groundrule_report::{FORMATS, Format, Options, Report, Sources, format_for_file, format_named};

use crate::cli::{ColorArg, ReportArgs};
use crate::errors::Failure;
use crate::terminal;

/// `FILE` or `FORMAT=FILE`.
#[derive(Clone, Debug)]
pub(crate) struct OutputArg {
    format: Option<&'static str>,
    path: PathBuf,
}

impl FromStr for OutputArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = text.split_once('=').and_then(|(name, path)| Some((format_named(name)?, path)));
        let (format, path) = match named {
            Some((format, path)) => (Some(format.name()), path),
            None => (format_for_file(text).map(Format::name), text),
        };
        if path.is_empty() {
            return Err("the file's name is missing".to_string());
        }
        Ok(Self { format, path: path.into() })
    }
}

/// The reports that were asked for.
pub(crate) struct Outputs {
    stdout: Option<&'static dyn Format>,
    files: Vec<(&'static dyn Format, PathBuf)>,
    evidence: bool,
    old: bool,
    color: bool,
}

impl Outputs {
    /// Decides what goes where.
    ///
    /// # Errors
    /// When a file's format can be told neither from its name nor from `--format`, or when its
    /// folder does not exist.
    pub(crate) fn new(args: &ReportArgs, old: bool, color: ColorArg) -> Result<Self, Failure> {
        let asked = args.format.as_deref().and_then(format_named);
        let mut files: Vec<(&'static dyn Format, PathBuf)> = Vec::new();
        for output in &args.output {
            let format = output.format.and_then(format_named).or(asked);
            let format = format.ok_or_else(|| Failure::UnknownFormat {
                path: output.path.clone(),
                endings: FORMATS.iter().map(|format| format.ending()).collect(),
            })?;
            let folder = output.path.parent().filter(|folder| !folder.as_os_str().is_empty());
            if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
                return Err(Failure::NoOutputFolder {
                    path: output.path.clone(),
                    folder: folder.to_path_buf(),
                });
            }
            files.push((format, output.path.clone()));
        }
        let stdout = asked.or_else(|| FORMATS.first().copied());
        let stdout = stdout.filter(|format| files.iter().all(|(f, _)| f.name() != format.name()));
        Ok(Self {
            stdout,
            files,
            evidence: args.evidence,
            old,
            color: terminal::use_color(color, io::stdout().is_terminal()),
        })
    }

    /// Writes the reports, files first.
    ///
    /// # Errors
    /// When a file or the standard output cannot be written. A closed pipe is no error: its reader
    /// has seen enough.
    pub(crate) fn write(&self, report: &Report, sources: &dyn Sources) -> Result<(), Failure> {
        for (format, path) in &self.files {
            let options = Options { evidence: self.evidence, old: self.old, ..Options::default() };
            write_file(*format, path, report, sources, &options)
                .map_err(|source| Failure::Write { path: path.clone(), source })?;
        }
        let Some(format) = self.stdout else { return Ok(()) };
        let options = Options {
            evidence: self.evidence,
            old: self.old,
            color: self.color,
            width: terminal::width(),
        };
        let mut out = io::BufWriter::new(io::stdout().lock());
        let written = format.write(report, sources, &options, &mut out).and_then(|()| out.flush());
        heed_closed_pipe(written)
    }
}

/// Prints a text to the standard output.
///
/// # Errors
/// As [`Outputs::write`].
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    heed_closed_pipe(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

fn heed_closed_pipe(written: io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(source) => Err(Failure::Stdout { source }),
        Ok(()) => Ok(()),
    }
}

/// Writes beside the file and renames, so that nobody reads half a report.
fn write_file(
    format: &dyn Format,
    path: &Path,
    report: &Report,
    sources: &dyn Sources,
    options: &Options,
) -> io::Result<()> {
    let mut bytes = Vec::new();
    format.write(report, sources, options, &mut bytes)?;
    replace(path, &bytes)
}

/// Puts bytes in the place of a file.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A device or a named pipe can be written to, and not be replaced.
    if std::fs::metadata(path).is_ok_and(|at| !at.is_file()) {
        return std::fs::write(path, bytes);
    }
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let done = std::fs::write(&part, bytes).and_then(|()| std::fs::rename(&part, path));
    if done.is_err() {
        // Nothing more can be done about a part that cannot be removed either.
        let _ = std::fs::remove_file(&part);
    }
    done
}
