//! Reports: verdicts to formats and adoption. Pure: texts come through a trait, and nothing here
//! decides what a verdict is or what gates.

pub mod adoption;
mod cells;
mod columns;
mod counts;
pub mod escape;
mod format;
mod github;
mod gitlab;
#[cfg(test)]
mod hosts;
mod human;
mod json;
mod junit;
mod line_hash;
mod markdown;
#[cfg(test)]
mod matrix;
mod notice;
mod report;
mod safe_json;
#[cfg(test)]
mod samples;
mod sarif;

pub use adoption::{Adoption, AdoptionSettings};
pub use format::{FORMATS, Format, Options, Sources, format_for_file, format_named};
pub use human::reason_words;
pub use json::{SCHEMA_VERSION, json_schema};
pub use line_hash::LineHashes;
pub use notice::{Notice, NoticeKind, NoticeLevel};
pub use report::{Base, Change, Finding, Level, Report, Repository};
pub use safe_json::write as write_json;
