//! Front ends: text to units and documents. The only code that knows a grammar.
//!
//! One folder a language, one row a language in [`LANGUAGES`]. A front end lowers what it knows
//! and marks the rest as unknown: it never fails, and it never judges.

mod comments;
mod csharp;
mod documents;
#[cfg(test)]
mod dump;
mod go;
mod java;
mod jvm;
mod kotlin;
mod protobuf;
mod python;
mod rust;
mod syntax;
mod table;
mod typescript;

pub use documents::{document_kind, parse_document};
pub use protobuf::{ProtoFile, ProtoRoute, ProtoRpc, ProtoService, parse_proto};
pub use table::{LANGUAGES, LanguageRow, Package, Source, language_of, parse};
