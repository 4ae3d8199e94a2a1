//! Patterns of paths and services, as waivers and modes are scoped by them.

use globset::{GlobBuilder, GlobMatcher};

use crate::reader::{Sink, Text};

/// A file, a folder or a glob, relative to the root. `*` stays inside a folder, `**` does not.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    pub(crate) text: String,
    glob: GlobMatcher,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Pattern {
    /// A pattern that is no glob is noted.
    pub(crate) fn read(written: &Text, sink: &Sink) -> Option<Self> {
        let text = written.value.strip_prefix("./").unwrap_or(&written.value);
        let text = if text.is_empty() { "." } else { text.trim_end_matches('/') };
        match GlobBuilder::new(text).literal_separator(true).build() {
            Ok(glob) => Some(Self { text: text.to_owned(), glob: glob.compile_matcher() }),
            Err(error) => {
                let message = format!("this is no valid glob: {}", error.kind());
                sink.add(written.span.clone(), message, "");
                None
            }
        }
    }

    /// Whether a file is meant: by its path, by a folder around it, or by the glob.
    pub(crate) fn fits_path(&self, path: &str) -> bool {
        let inside = |folder: &str| path.strip_prefix(folder).is_some_and(|r| r.starts_with('/'));
        self.text == "." || path == self.text || inside(&self.text) || self.glob.is_match(path)
    }

    /// Whether a service is meant: by its folder, its name, or the glob over folders.
    pub(crate) fn fits_service(&self, folder: &str, name: &str) -> bool {
        self.text == folder || self.text == name || self.glob.is_match(folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::source;

    fn pattern(text: &str) -> Option<Pattern> {
        Pattern::read(&Text { value: text.to_owned(), span: 0..0 }, &Sink::new(source("", "")))
    }

    #[test]
    fn files_folders_and_globs_fit_paths() {
        let fits = |text: &str, path: &str| pattern(text).is_some_and(|p| p.fits_path(path));
        assert!(fits("src/a.py", "src/a.py"));
        assert!(fits("./src/", "src/a/b.py"));
        assert!(fits(".", "src/a.py"));
        assert!(fits("src/*/b.py", "src/a/b.py"));
        assert!(fits("src/**/*.py", "src/a/c/b.py"));
        assert!(!fits("src/*.py", "src/a/b.py"));
        assert!(!fits("src", "src2/a.py"));
        assert!(!fits("src/[", "src/["));
    }

    #[test]
    fn services_are_meant_by_folder_name_or_glob() {
        let fits = |text: &str| pattern(text).is_some_and(|p| p.fits_service("src/web", "shop"));
        assert!(fits("src/web") && fits("shop") && fits("src/*") && fits("**"));
        assert!(!fits("src") && !fits("web"));
    }
}
