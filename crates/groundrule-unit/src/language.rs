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

    /// Whether a type's members are in scope in its methods without a receiver.
    pub fn members_in_scope(self) -> bool {
        matches!(self, Language::Java | Language::Kotlin | Language::CSharp)
    }

    /// Whether an assignment declares a variable for the whole function, whatever block it is in.
    pub fn declares_by_assignment(self) -> bool {
        self == Language::Python
    }

    /// Whether files of one module see each other's declarations without an import.
    pub fn shares_module(self) -> bool {
        matches!(
            self,
            Language::Go
                | Language::Java
                | Language::Kotlin
                | Language::CSharp
                | Language::Protobuf
        )
    }

    /// Whether parameters often have no declared type.
    pub fn is_dynamic(self) -> bool {
        matches!(self, Language::Python | Language::TypeScript)
    }

    /// Whether a plain call of a type's name constructs an instance.
    pub fn constructs_by_call(self) -> bool {
        matches!(self, Language::Python | Language::Kotlin)
    }

    /// Whether functions can be declared on types from outside them.
    pub fn has_extensions(self) -> bool {
        matches!(self, Language::Kotlin | Language::CSharp | Language::Rust)
    }

    /// Whether libraries add methods to types that they do not own, so that a method's name says
    /// more than its receiver.
    pub fn extends_anything(self) -> bool {
        matches!(self, Language::CSharp | Language::Rust)
    }

    /// Modules whose items are in scope without an import.
    pub fn implicit_imports(self) -> &'static [&'static str] {
        match self {
            // The SDK's implicit global usings: Microsoft.NET.Sdk and Microsoft.NET.Sdk.Web.
            Language::CSharp => &[
                "System",
                "System.Net.Http",
                "System.Net.Http.Json",
                "System.Threading",
                "System.Threading.Tasks",
                "Microsoft.AspNetCore.Builder",
                "Microsoft.AspNetCore.Http",
                "Microsoft.AspNetCore.Routing",
                "Microsoft.Extensions.Configuration",
                "Microsoft.Extensions.DependencyInjection",
                "Microsoft.Extensions.Hosting",
                "Microsoft.Extensions.Logging",
            ],
            Language::Java => &["java.lang"],
            Language::Kotlin => &["kotlin", "kotlin.io", "java.lang"],
            _ => &[],
        }
    }
}
