//! The table of languages: everything about a language that is not its grammar.

use std::sync::Arc;

use groundrule_unit::{Language, Name, Unit};

/// A source file to be lowered.
#[derive(Clone, Debug)]
pub struct Source<'a> {
    /// Relative to the repository's root, with forward slashes.
    pub path: Arc<str>,
    pub text: &'a str,
    /// The package that the nearest build file around the file declares.
    pub package: Option<Package<'a>>,
    /// Import aliases of the project (`paths` in `tsconfig.json`): a prefix and the folder or file
    /// (relative to the repository's root) that it stands for.
    pub aliases: &'a [(Name, Name)],
}

/// What a build file says of the code below it.
#[derive(Clone, Copy, Debug)]
pub struct Package<'a> {
    /// `module` of `go.mod`, `name` of `Cargo.toml` or `package.json`.
    pub name: &'a str,
    /// The build file's folder, relative to the repository's root; `"."` for the root.
    pub root: &'a str,
}

/// A language as the rest of the program needs to know it.
#[derive(Clone, Copy, Debug)]
pub struct LanguageRow {
    pub language: Language,
    /// File name endings, without the dot.
    pub endings: &'static [&'static str],
    /// How a comment to the end of the line starts.
    pub line_comment: &'static str,
    /// Text to unit.
    pub lower: fn(&Source<'_>) -> Unit,
}

/// Every language with a front end.
pub const LANGUAGES: &[LanguageRow] = &[
    LanguageRow {
        language: Language::Python,
        endings: &["py"],
        line_comment: "#",
        lower: crate::python::lower,
    },
    LanguageRow {
        language: Language::Go,
        endings: &["go"],
        line_comment: "//",
        lower: crate::go::lower,
    },
    LanguageRow {
        language: Language::TypeScript,
        endings: &["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs"],
        line_comment: "//",
        lower: crate::typescript::lower,
    },
    LanguageRow {
        language: Language::Java,
        endings: &["java"],
        line_comment: "//",
        lower: crate::java::lower,
    },
    LanguageRow {
        language: Language::Kotlin,
        endings: &["kt"],
        line_comment: "//",
        lower: crate::kotlin::lower,
    },
    LanguageRow {
        language: Language::CSharp,
        endings: &["cs"],
        line_comment: "//",
        lower: crate::csharp::lower,
    },
    LanguageRow {
        language: Language::Rust,
        endings: &["rs"],
        line_comment: "//",
        lower: crate::rust::lower,
    },
    LanguageRow {
        language: Language::Protobuf,
        endings: &["proto"],
        line_comment: "//",
        lower: crate::protobuf::lower,
    },
];

/// The language of a file by its name.
pub fn language_of(path: &str) -> Option<Language> {
    let (_, ending) = path.rsplit_once('.')?;
    LANGUAGES.iter().find(|row| row.endings.contains(&ending)).map(|row| row.language)
}

/// Lowers a source file of a known language.
pub fn parse(language: Language, source: &Source<'_>) -> Unit {
    let row = LANGUAGES.iter().find(|row| row.language == language);
    match row {
        Some(row) => (row.lower)(source),
        // Every language has a row: a test says so.
        None => {
            groundrule_unit::UnitBuilder::new(source.path.clone(), language, source.text).finish()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_a_row() {
        for language in Language::ALL.into_iter().chain([Language::Protobuf]) {
            assert!(LANGUAGES.iter().any(|row| row.language == language), "{language:?}");
        }
    }
}
