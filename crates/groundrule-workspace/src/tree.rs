//! The tree: the files that the walk found, sorted by path, with bounded reading.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use groundrule_unit::Language;

use crate::notices::{Notice, NoticeKind, Notices};
use crate::options::DiscoverOptions;
use crate::paths::folder_of;

/// A file of the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Relative to the repository's root, with forward slashes.
    pub path: Arc<str>,
    /// In bytes.
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
    pub(crate) root: PathBuf,
    /// Sorted by path.
    pub(crate) files: Vec<SourceFile>,
    /// Folders of installed packages, which the walk passed by.
    pub(crate) pruned: Vec<String>,
    pub(crate) size_limit: u64,
    pub(crate) notices: Notices,
}

impl Tree {
    pub(crate) fn new(
        root: PathBuf,
        mut found: Vec<(String, u64)>,
        options: &DiscoverOptions,
    ) -> Self {
        found.sort_unstable();
        let files = found
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
        Self {
            root,
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
        read_text(&self.root, file, self.size_limit)
    }

    /// The first `limit` bytes of a file, for cheap searches; broken characters are replaced.
    pub(crate) fn head(&self, path: &str, limit: u64) -> Option<String> {
        let mut bytes = Vec::new();
        open(&self.root.join(path)).ok()?.take(limit).read_to_end(&mut bytes).ok()?;
        Some(match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        })
    }
}

/// Reads a file of a repository: at most `limit` bytes, UTF-8, without a byte order mark.
pub(crate) fn read_text(
    root: &std::path::Path,
    file: &SourceFile,
    limit: u64,
) -> Result<String, Notice> {
    let notice = |kind, message: String| Notice { path: file.path.clone(), kind, message };
    let too_large = |size: u64| {
        notice(NoticeKind::TooLarge, format!("{size} bytes; files over {limit} are not read"))
    };
    if file.size > limit {
        return Err(too_large(file.size));
    }
    let unreadable =
        |error: std::io::Error| notice(NoticeKind::Unreadable, error.kind().to_string());
    let mut bytes = Vec::with_capacity(file.size as usize + 1);
    // The file may have grown since the walk: the limit holds for what is read.
    let source = open(&root.join(&*file.path)).map_err(unreadable)?;
    source.take(limit + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > limit {
        return Err(too_large(bytes.len() as u64));
    }
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        notice(NoticeKind::NotUtf8, format!("no UTF-8 text: invalid byte at offset {at}"))
    })
}

/// Opens a regular file. A link or pipe that took a file's place after the walk is refused.
fn open(path: &std::path::Path) -> std::io::Result<File> {
    if std::fs::symlink_metadata(path)?.is_file() {
        File::open(path)
    } else {
        Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, "no regular file"))
    }
}
