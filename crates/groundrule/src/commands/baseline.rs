//! `groundrule baseline`: writes down how many failures are known, and lets the numbers fall.

use std::io;
use std::path::Path;

use groundrule_policy::RatchetChange;
use groundrule_report::{NoticeLevel, escape};

use super::{scan, threads};
use crate::cli::BaselineArgs;
use crate::errors::Failure;
use crate::exit::ExitStatus;
use crate::outputs::{print, replace};
use crate::rules::{CONFIG_NAME, read};

/// Writes the ratchet. Numbers that would have to rise stay, and make the status 1.
///
/// # Errors
/// When the configuration is wrong, the repository cannot be read wholly, or the file cannot be
/// written.
pub(crate) fn baseline(args: &BaselineArgs) -> Result<ExitStatus, Failure> {
    let limits = args.limits.limits()?;
    let pool = threads::start(args.limits.jobs)?;
    let (rules, judged) = pool.install(|| scan(&args.path, &args.rules, limits))?;
    let report = &judged.report;
    let unread = report.notices.iter().any(|notice| notice.kind.level() == NoticeLevel::Error);
    if unread || report.judgement.services.is_empty() {
        return Err(Failure::Incomplete);
    }
    let ratchet = &rules.config.ratchet;
    let (next, changes, refused) = ratchet.tightened(&report.judgement);
    let mut text = String::new();
    for change in &changes {
        text.push_str(&changed(change));
    }
    for change in &refused {
        text.push_str(&not_raised(change));
    }
    if next == *ratchet {
        text.push_str("Nothing was written: no number falls\n");
    } else {
        let config = args.rules.config.clone().unwrap_or_else(|| args.path.join(CONFIG_NAME));
        let path = match &ratchet.file {
            Some(file) => args.path.join(file),
            None => config,
        };
        let unwritten = |source| Failure::Write { path: path.clone(), source };
        let written = match &ratchet.file {
            Some(_) => next.to_file(),
            None => next
                .write_into(&read_or_empty(&path).map_err(unwritten)?)
                .map_err(|error| unwritten(io::Error::other(error)))?,
        };
        replace(&path, written.as_bytes()).map_err(unwritten)?;
        text.push_str(&format!("Wrote {}\n", escape::line(&path.display().to_string())));
    }
    print(&text)?;
    Ok(if refused.is_empty() { ExitStatus::Clean } else { ExitStatus::Failures })
}

fn read_or_empty(path: &Path) -> io::Result<String> {
    match read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        text => text,
    }
}

fn changed(change: &RatchetChange) -> String {
    let RatchetChange { policy, service, from, to } = change;
    let service = escape::line(service);
    match from {
        None => format!("{policy}  {service}  {to} known\n"),
        Some(from) => format!("{policy}  {service}  {from} → {to}\n"),
    }
}

fn not_raised(change: &RatchetChange) -> String {
    let RatchetChange { policy, service, from, to } = change;
    format!(
        "{policy}  {}  ✗ {to} fail and {} are known: mend or waive them, the numbers only fall\n",
        escape::line(service),
        from.unwrap_or_default(),
    )
}
