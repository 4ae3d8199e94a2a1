//! `groundrule init`: a commented configuration that fits what was found.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use groundrule_policy::Policies;
use groundrule_report::escape;
use groundrule_unit::Service;
use groundrule_workspace::Repository;

use crate::cli::{InitArgs, RuleArgs};
use crate::errors::Failure;
use crate::exit::ExitStatus;
use crate::outputs::print;
use crate::pipeline;
use crate::rules::{CONFIG_NAME, RuleTree, Rules};

/// Writes `groundrule.toml` into the repository.
///
/// # Errors
/// When there is one, when the folder cannot be read or the file cannot be written.
pub(crate) fn init(args: &InitArgs) -> Result<ExitStatus, Failure> {
    let root = args.path.as_path();
    if !root.exists() {
        return Err(Failure::MissingPath { path: root.into() });
    }
    if !root.is_dir() {
        return Err(Failure::NoFolder { path: root.into() });
    }
    let path = root.join(CONFIG_NAME);
    // A dangling link is there as well.
    if path.symlink_metadata().is_ok() {
        return Err(Failure::Exists { path });
    }
    let rules = Rules::load_or_fail(RuleTree::Nothing, &RuleArgs::default())?;
    let repository = Repository::discover(root, &pipeline::default_options())?;
    let text = configuration(&rules.policies, &repository.layout.services);
    write_new(&path, &text).map_err(|source| Failure::Write { path: path.clone(), source })?;
    print(&format!(
        "Wrote {} for {} services. Next: groundrule check\n",
        path.display(),
        repository.layout.services.len(),
    ))?;
    Ok(ExitStatus::Clean)
}

/// Never writes over a file, nor through a link, that came into being meanwhile.
fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
}

/// Everything that is not a comment holds already; comments say what else there is.
fn configuration(policies: &Policies, services: &[Service]) -> String {
    let mut text = String::from(
        "# What groundrule holds this repository to.\n\
         # `groundrule check` judges it, `groundrule explain <policy>` says what a policy asks.\n\n\
         [scan]\n\
         # Paths that are not judged, as globs.\n\
         # exclude = [\"tools/**\"]\n\
         # Files over this size are not read, and the report says so.\n\
         # max-file-size = \"1 MiB\"\n\
         # Folders with policies and library models of your own.\n\
         # policies = \"policies\"\n\
         # libraries = \"policies/libraries\"\n\n\
         [adoption]\n\
         # The share of a service's places that must pass for it to adopt a standard.\n\
         # threshold = 1.0\n\n\
         # A policy's mode is `enforce` (failures gate), `warn`, `measure` (counted only) or `off`.\n\
         # Start where you are: `measure`, then `warn`, then `enforce`.\n",
    );
    for policy in policies.iter() {
        let info = &policy.info;
        let title = escape::line(&info.title);
        let _ =
            write!(text, "\n# {title}.\n[policies.{}]\nmode = \"{}\"\n", info.id, info.mode.id());
    }
    text.push_str("\n# Services that were found. An entry corrects what is found by looking.\n");
    if services.is_empty() {
        text.push_str(
            "# None: name their folders here.\n# [[service]]\n# path = \"services/web\"\n",
        );
    }
    for service in services {
        let folder = toml_string(&service.folder);
        let name = toml_string(&service.name);
        let owners: Vec<String> =
            service.owners.names.iter().map(|owner| toml_string(owner)).collect();
        let _ = write!(
            text,
            "# [[service]]\n# path = {folder}\n# name = {name}\n# owners = [{}]\n",
            owners.join(", ")
        );
    }
    text
}

/// A basic string, on one line whatever is in it.
fn toml_string(text: &str) -> String {
    let safe = escape::line(text).replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{safe}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_a_valid_configuration() {
        let hostile = Service { folder: "a\"\n[policies.x]\n".into(), ..Service::default() };
        let policies = groundrule_policy::load(groundrule_policy::builtin(), None);
        let policies = policies.map(|(policies, _)| policies).unwrap_or_default();
        let text = configuration(&policies, &[hostile]);
        let read = groundrule_policy::load(
            groundrule_policy::builtin(),
            Some((CONFIG_NAME, text.as_str())),
        );
        assert!(read.is_ok(), "{text}");
        // With every comment that holds a setting taken as one, it is valid as well.
        let all: String = text
            .split('\n')
            .map(|line| match line.strip_prefix("# ") {
                Some(rest) if rest.contains(" = ") || rest.starts_with("[[") => rest,
                _ => line,
            })
            .collect::<Vec<_>>()
            .join("\n");
        let read = groundrule_policy::load(
            groundrule_policy::builtin(),
            Some((CONFIG_NAME, all.as_str())),
        );
        assert!(read.is_ok(), "{all}\n{:?}", read.err());
    }
}
