//! The tree: the files that the walk found, sorted by path, with bounded reading.

use std::fs::File;
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use groundrule_unit::Language;
use rayon::prelude::*;

use crate::notices::{Notice, NoticeKind, Notices};
use crate::options::DiscoverOptions;
use crate::paths::{file_name, folder_of};
use crate::snapshot::Snapshot;

/// Of objects of git larger than this, in bytes, not even the beginning is looked at.
const LARGEST_HEADED: u64 = 16 << 20;

/// A file of the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Relative to the repository's root, with forward slashes.
    pub path: Arc<str>,
    /// In bytes. Of source files in git's objects it is not known before they are read, and 0.
    pub size: u64,
    pub kind: FileKind,
}

/// What a file is to the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A front end lowers it.
    Source(Language),
    /// Configuration or a contract that a front end reads as a document.
    Document,
    Other,
}

/// The files below one root.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) source: Source,
    /// Sorted by path.
    pub(crate) files: Vec<SourceFile>,
    /// Folders of installed packages, which the walk passed by.
    pub(crate) pruned: Vec<String>,
    pub(crate) size_limit: u64,
    pub(crate) notices: Notices,
}

impl Tree {
    pub(crate) fn new(
        source: Source,
        mut found: Vec<(String, u64)>,
        options: &DiscoverOptions,
    ) -> Self {
        found.sort_unstable();
        let files: Vec<SourceFile> = found
            .into_iter()
            .map(|(path, size)| {
                let kind = match (options.language_of)(&path) {
                    Some(language) => FileKind::Source(language),
                    None if (options.is_document)(&path) => FileKind::Document,
                    None => FileKind::Other,
                };
                SourceFile { path: path.into(), size, kind }
            })
            .collect();
        let files = match &source {
            Source::Folder(_) => files,
            Source::Snapshot(snapshot) => with_sizes(files, snapshot),
        };
        Self {
            source,
            files,
            pruned: Vec::new(),
            size_limit: options.size_limit,
            notices: Notices::default(),
        }
    }

    /// The file at `path`.
    pub(crate) fn file(&self, path: &str) -> Option<&SourceFile> {
        let at = self.files.binary_search_by(|file| (*file.path).cmp(path)).ok()?;
        Some(&self.files[at])
    }

    pub(crate) fn contains(&self, path: &str) -> bool {
        self.file(path).is_some()
    }

    /// The file with that name directly in the folder.
    pub(crate) fn child(&self, folder: &str, name: &str) -> Option<&SourceFile> {
        if folder == "." { self.file(name) } else { self.file(&format!("{folder}/{name}")) }
    }

    /// All files below the folder, at any depth.
    pub(crate) fn under(&self, folder: &str) -> &[SourceFile] {
        if folder == "." {
            return &self.files;
        }
        let prefix = format!("{folder}/");
        let start = self.files.partition_point(|file| *file.path < *prefix);
        let length = self.files[start..].partition_point(|file| file.path.starts_with(&prefix));
        &self.files[start..start + length]
    }

    /// The files directly in the folder.
    pub(crate) fn children<'a>(
        &'a self,
        folder: &'a str,
    ) -> impl Iterator<Item = &'a SourceFile> + 'a {
        self.under(folder).iter().filter(move |file| folder_of(&file.path) == folder)
    }

    /// The text of a file; a notice is kept when it cannot be read.
    pub(crate) fn read(&self, path: &str) -> Option<String> {
        let file = self.file(path)?;
        match self.read_file(file) {
            Ok(text) => Some(text),
            Err(notice) => {
                self.notices.add(notice);
                None
            }
        }
    }

    /// The text of a file, without its byte order mark.
    pub(crate) fn read_file(&self, file: &SourceFile) -> Result<String, Notice> {
        read_text(&self.source, file, self.size_limit)
    }

    /// The first `limit` bytes of a file, for cheap searches; broken characters are replaced.
    pub(crate) fn head(&self, path: &str, limit: u64) -> Option<String> {
        let bytes = self.source.head(path, limit).ok()?;
        Some(match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        })
    }
}

/// Sizes are looked up only where a limit of their own holds: that takes a while for each object.
fn with_sizes(mut files: Vec<SourceFile>, snapshot: &Snapshot) -> Vec<SourceFile> {
    files.par_iter_mut().for_each(|file| {
        if file.kind == FileKind::Document || file_name(&file.path) == "CODEOWNERS" {
            file.size = snapshot.size(&file.path).unwrap_or_default();
        }
    });
    files
}

/// Reads a file of a repository: at most `limit` bytes, UTF-8, without a byte order mark.
pub(crate) fn read_text(source: &Source, file: &SourceFile, limit: u64) -> Result<String, Notice> {
    let notice = |kind, message: String| Notice { path: file.path.clone(), kind, message };
    let too_large =
        || notice(NoticeKind::TooLarge, format!("files over {limit} bytes are not read"));
    if file.size > limit {
        return Err(too_large());
    }
    let mut bytes = source.read(&file.path, limit).map_err(|error| match error.kind() {
        ErrorKind::FileTooLarge => too_large(),
        kind => notice(NoticeKind::Unreadable, kind.to_string()),
    })?;
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        notice(NoticeKind::NotUtf8, format!("no UTF-8 text: invalid byte at offset {at}"))
    })
}

/// Where the bytes of files come from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// A folder on disk, absolute and without links.
    Folder(PathBuf),
    Snapshot(Snapshot),
}

impl Source {
    /// The folder, or the one that a snapshot stands for.
    pub(crate) fn root(&self) -> &Path {
        match self {
            Self::Folder(root) => root,
            Self::Snapshot(snapshot) => snapshot.root(),
        }
    }

    /// All bytes of a file.
    fn read(&self, path: &str, limit: u64) -> io::Result<Vec<u8>> {
        match self {
            Self::Snapshot(snapshot) => snapshot.read(path, limit),
            Self::Folder(root) => {
                // The file may have grown since the walk: the limit holds for what is read.
                let bytes = head_of(&root.join(path), limit + 1)?;
                if bytes.len() as u64 > limit {
                    return Err(io::Error::new(ErrorKind::FileTooLarge, "too large"));
                }
                Ok(bytes)
            }
        }
    }

    /// The first bytes of a file.
    fn head(&self, path: &str, limit: u64) -> io::Result<Vec<u8>> {
        match self {
            Self::Folder(root) => head_of(&root.join(path), limit),
            Self::Snapshot(snapshot) => {
                let mut bytes = snapshot.read(path, LARGEST_HEADED)?;
                bytes.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
                Ok(bytes)
            }
        }
    }
}

/// The first bytes of a regular file. A link or pipe that took its place after the walk is refused.
pub(crate) fn head_of(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let metadata = std::fs::symlink_metadata(path)?;
    if !metadata.is_file() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "no regular file"));
    }
    let mut bytes = Vec::with_capacity(metadata.len().min(limit) as usize + 1);
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}
