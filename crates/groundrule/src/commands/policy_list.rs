//! `groundrule policy list`: the policies, as the configuration of this folder has them, or what
//! they can be applied to in each language.

use std::path::Path;

use groundrule_facts::{Capability, Support};
use groundrule_report::escape;

use crate::cli::ListArgs;
use crate::errors::Failure;
use crate::exit::ExitStatus;
use crate::outputs::print;
use crate::rules::{RuleTree, Rules};
use crate::today::today;

/// Prints one line a policy: id, mode, severity, title.
///
/// # Errors
/// When the policies or the configuration are wrong.
pub(crate) fn policy_list(args: &ListArgs) -> Result<ExitStatus, Failure> {
    if args.capabilities {
        print(&capabilities())?;
        return Ok(ExitStatus::Clean);
    }
    let rules = Rules::load_or_fail(RuleTree::Folder(Path::new(".")), &args.rules)?;
    let today = today()?;
    let width = rules.policies.iter().map(|p| p.info.id.chars().count()).max().unwrap_or_default();
    let mut text = String::new();
    for policy in rules.policies.iter() {
        let info = &policy.info;
        let mode = rules.config.mode(policy, today).id();
        let severity = rules.config.severity(policy).id();
        let title = escape::line(&info.title);
        text.push_str(&format!("{:<width$}  {mode:<7}  {severity:<7}  {title}\n", info.id));
    }
    print(&text)?;
    Ok(ExitStatus::Clean)
}

/// A table of kinds by languages, and below it why some are not found.
fn capabilities() -> String {
    let wide = Capability::ALL.iter().map(|kind| kind.title().len()).max().unwrap_or_default();
    let mut text = " ".repeat(wide);
    for language in Capability::languages() {
        text.push_str(&format!("  {}", language.id()));
    }
    text.push('\n');
    let mut reasons: Vec<&str> = Vec::new();
    for kind in Capability::ALL {
        let mut line = format!("{:<wide$}", kind.title());
        for language in Capability::languages() {
            let cell = match kind.support(language) {
                Support::Supported => "yes".to_string(),
                Support::Unsupported(why) => {
                    let at = reasons.iter().position(|known| *known == why).unwrap_or_else(|| {
                        reasons.push(why);
                        reasons.len() - 1
                    });
                    format!("– ({})", at + 1)
                }
            };
            line.push_str(&format!("  {cell:<width$}", width = language.id().len()));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    for (at, why) in reasons.iter().enumerate() {
        text.push_str(&format!("\n({}) {why}", at + 1));
    }
    text.push('\n');
    text
}
