//! The languages by name. What a front end needs to know of one stands in its table of languages.

use serde::{Deserialize, Serialize};

/// A programming language that a unit was written in. JavaScript and TSX are dialects of
/// TypeScript here: one front end lowers them, and library models speak of both at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    Python,
    Go,
    TypeScript,
    Java,
    Kotlin,
    CSharp,
    Rust,
    /// Protocol buffers: messages are types, services carry methods.
    Protobuf,
}

impl Language {
    /// The languages in which library models are written.
    pub const ALL: [Language; 7] = [
        Language::Python,
        Language::Go,
        Language::TypeScript,
        Language::Java,
        Language::Kotlin,
        Language::CSharp,
        Language::Rust,
    ];

    /// The name used in models, settings and reports.
    pub fn id(self) -> &'static str {
        match self {
            Language::Python => "python",
            Language::Go => "go",
            Language::TypeScript => "typescript",
            Language::Java => "java",
            Language::Kotlin => "kotlin",
            Language::CSharp => "csharp",
            Language::Rust => "rust",
            Language::Protobuf => "protobuf",
        }
    }
}
