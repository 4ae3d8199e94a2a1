//! `groundrule policy list`: the policies, as the configuration of this folder has them.

use std::path::Path;

use groundrule_report::escape;

use crate::cli::RuleArgs;
use crate::errors::Failure;
use crate::exit::ExitStatus;
use crate::outputs::print;
use crate::rules::Rules;
use crate::today::today;

/// Prints one line a policy: id, mode, severity, title.
///
/// # Errors
/// When the policies or the configuration are wrong.
pub(crate) fn policy_list(args: &RuleArgs) -> Result<ExitStatus, Failure> {
    let rules = Rules::load_or_fail(Some(Path::new(".")), args)?;
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
