//! Discovery: the only crate that reads a repository. It finds files, services with what they
//! depend on and who owns them, shared libraries, and what is left out and why.
//!
//! Nothing here parses code: entry points are found by a cheap search in likely files.

#![expect(clippy::disallowed_methods, reason = "this is the crate that reads repositories")]

mod browser;
mod catalog;
mod deployment;
mod dockerfiles;
mod entry;
mod git;
mod go_programs;
mod ignores;
mod left_out;
mod manifests;
mod notices;
mod options;
mod owners;
mod packages;
mod paths;
mod repository;
mod services;
mod snapshot;
mod started;
mod targets;
mod tree;
mod units;
mod walk;
mod yaml;

pub use git::{Git, GitError};
pub use left_out::left_out_by_content;
pub use notices::{Notice, NoticeKind};
pub use options::{DEFAULT_SIZE_LIMIT, DiscoverOptions, OverrideKind, ServiceOverride};
pub use packages::{Alias, Package};
pub use repository::Repository;
pub use snapshot::{Blob, Snapshot};
pub use tree::{FileKind, SourceFile};
pub use walk::DiscoverError;
