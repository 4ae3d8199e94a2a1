//! What a caller decides about discovery: limits, tables of languages, overrides of services.

use groundrule_unit::{Language, Name};

use crate::snapshot::Snapshot;

/// The largest file that is read unless the caller says otherwise, in bytes.
pub const DEFAULT_SIZE_LIMIT: u64 = 1024 * 1024;

/// How a repository is discovered.
#[derive(Clone, Debug)]
pub struct DiscoverOptions {
    /// Files larger than this, in bytes, are not read.
    pub size_limit: u64,
    /// How many folders deep the walk goes.
    pub depth_limit: usize,
    /// How many files the walk takes in.
    pub file_limit: usize,
    /// The language of a source file by its path: the front ends' table.
    pub language_of: fn(&str) -> Option<Language>,
    /// Whether a path is a document that a front end reads.
    pub is_document: fn(&str) -> bool,
    /// The `[[service]]` entries of `groundrule.toml`.
    pub overrides: Vec<ServiceOverride>,
    /// The commit whose ignore files count instead of those that are found.
    pub base: Option<Snapshot>,
    /// The index beside a base: what it holds is looked at even where it was ignored meanwhile.
    pub tracked: Option<Snapshot>,
}

/// One `[[service]]` entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceOverride {
    /// The folder, relative to the repository's root; `"."` for the root.
    pub path: String,
    pub name: Option<Name>,
    pub owner: Option<Name>,
    pub tier: Option<Name>,
    pub kind: OverrideKind,
}

/// What an override makes of its folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OverrideKind {
    #[default]
    Service,
    Library,
    /// Neither service nor library, nothing below is judged.
    Ignore,
}

impl DiscoverOptions {
    /// The usual limits, with the tables of the caller's front ends.
    pub fn new(language_of: fn(&str) -> Option<Language>, is_document: fn(&str) -> bool) -> Self {
        Self {
            size_limit: DEFAULT_SIZE_LIMIT,
            depth_limit: 64,
            file_limit: 2_000_000,
            language_of,
            is_document,
            overrides: Vec::new(),
            base: None,
            tracked: None,
        }
    }
}
