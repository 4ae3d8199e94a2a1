//! `groundrule explain`: a policy's page.

use groundrule_policy::Policy;
use serde_json::json;

use crate::cli::{ExplainArgs, PageFormat, RuleArgs};
use crate::errors::Failure;
use crate::exit::ExitStatus;
use crate::outputs::print;
use crate::rules::{RuleTree, Rules};

/// Prints the page of a policy.
///
/// # Errors
/// When there is no such policy, or the policies are wrong.
pub(crate) fn explain(args: &ExplainArgs) -> Result<ExitStatus, Failure> {
    let wanted = RuleArgs { policies: args.policies.clone(), ..RuleArgs::default() };
    let rules = Rules::load_or_fail(RuleTree::Nothing, &wanted)?;
    let Some(policy) = rules.policies.get(&args.policy) else {
        let known = rules.policies.iter().map(|policy| policy.info.id.to_string()).collect();
        return Err(Failure::UnknownPolicy { id: args.policy.clone(), known });
    };
    let text = match args.format {
        PageFormat::Text => page(policy),
        PageFormat::Json => as_json(policy),
    };
    print(&text)?;
    Ok(ExitStatus::Clean)
}

/// The Markdown as it was written, or a page made of what the policy says of itself.
fn page(policy: &Policy) -> String {
    let info = &policy.info;
    if !info.help_markdown.trim().is_empty() {
        return format!("{}\n", groundrule_report::escape::lines(info.help_markdown.trim_end()));
    }
    format!("# {}\n\n{}\n\n{}\n", info.id, info.title, info.summary)
}

fn as_json(policy: &Policy) -> String {
    let info = &policy.info;
    let json = json!({
        "id": info.id,
        "title": info.title,
        "category": info.category,
        "severity": info.severity,
        "mode": info.mode,
        "blueprint": info.blueprint,
        "tags": info.tags,
        "subjects": info.subjects,
        "page": info.help_markdown,
    });
    format!("{json:#}\n")
}
