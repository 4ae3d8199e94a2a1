//! The policies that are part of the binary: `policies/*.toml`, embedded by the build script.

use crate::policy::PolicyFile;

/// File name, text, page.
const FILES: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/builtin.rs"));

/// The built-in policies, as they were written.
pub fn builtin<'a>() -> impl Iterator<Item = PolicyFile<'a>> {
    FILES.iter().map(|&(name, text, page)| PolicyFile { name, text, page })
}
