//! One file a command.

mod baseline;
mod check;
mod explain;
mod facts;
mod init;
mod policy_list;
mod policy_test;
mod threads;
mod waivers;

use std::path::Path;

use crate::cli::RuleArgs;
use crate::errors::Failure;
use crate::pipeline::{self, Judged, Limits};
use crate::rules::{RuleTree, Rules};
use crate::terminal::Progress;

pub(crate) use baseline::baseline;
pub(crate) use check::check;
pub(crate) use explain::explain;
pub(crate) use facts::facts;
pub(crate) use init::init;
pub(crate) use policy_list::policy_list;
pub(crate) use policy_test::policy_test;
pub(crate) use waivers::waivers;

/// Judges one repository, for commands that ask about it.
fn scan(root: &Path, args: &RuleArgs, limits: Limits) -> Result<(Rules, Judged), Failure> {
    if !root.exists() {
        return Err(Failure::MissingPath { path: root.into() });
    }
    if !root.is_dir() {
        return Err(Failure::NoFolder { path: root.into() });
    }
    let rules = Rules::load_or_fail(RuleTree::Folder(root), args)?;
    let progress = Progress::new();
    let judged = pipeline::run(root, &rules, limits, &progress)?;
    Ok((rules, judged))
}
