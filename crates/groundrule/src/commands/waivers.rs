//! `groundrule waivers`: every exception with its owner, age, expiry and what it covers.

use std::fmt::Write as _;

use groundrule_policy::{Date, Standing, WaiverRow};
use groundrule_report::{escape, write_json};
use serde_json::json;

use super::{scan, threads};
use crate::cli::{ListFormat, WaiversArgs};
use crate::errors::Failure;
use crate::exit::ExitStatus;
use crate::outputs::print;

/// Changes when a reader of the old form would break.
const SCHEMA_VERSION: &str = "1.0";

/// Lists the waivers of a repository, those that end first at the top.
///
/// # Errors
/// When the configuration is wrong or the folder cannot be read.
pub(crate) fn waivers(args: &WaiversArgs) -> Result<ExitStatus, Failure> {
    let limits = args.limits.limits()?;
    let pool = threads::start(args.limits.jobs)?;
    let (_, judged) = pool.install(|| scan(&args.path, &args.rules, limits))?;
    let mut rows = judged.report.judgement.waivers;
    rows.sort_by(|a, b| (a.until, &a.path, a.line).cmp(&(b.until, &b.path, b.line)));
    match args.format {
        ListFormat::Human => print(&human(&rows))?,
        ListFormat::Json => print(&machine(&rows, limits.today)?)?,
    }
    Ok(ExitStatus::Clean)
}

fn human(rows: &[WaiverRow]) -> String {
    let mut text = String::new();
    for row in rows {
        // Writing to a string cannot fail.
        let _ = write_row(&mut text, row);
    }
    let of = |standing| rows.iter().filter(|row| row.standing == standing).count();
    let idle = rows.iter().filter(|r| r.standing == Standing::Holds && r.covers.is_empty()).count();
    let noun = if rows.len() == 1 { "waiver" } else { "waivers" };
    let _ = writeln!(
        text,
        "{} {noun}: {} hold, {idle} of them cover nothing, {} expired, {} refused, {} not judged",
        rows.len(),
        of(Standing::Holds),
        of(Standing::Expired),
        of(Standing::Refused),
        of(Standing::NotJudged),
    );
    text
}

fn write_row(text: &mut String, row: &WaiverRow) -> std::fmt::Result {
    let left = match row.days_left {
        0 => "ends today".to_string(),
        left if left < 0 => format!("ended {} days ago", left.unsigned_abs()),
        left => format!("{left} days left"),
    };
    let age = row.age_days.map_or("age unknown".to_string(), |days| format!("{days} days old"));
    writeln!(
        text,
        "{}  until {} ({left}, {age})  {}  {}",
        escape::line(&row.policy),
        row.until,
        escape::line(&row.owner),
        row.standing.id(),
    )?;
    writeln!(text, "  {}:{}  {}", escape::line(&row.path), row.line, escape::line(&row.scope))?;
    writeln!(text, "  {}", escape::line(&row.reason))?;
    if let Some(plan) = &row.plan {
        writeln!(text, "  {}", escape::line(plan))?;
    }
    let verb = if row.standing == Standing::Holds { "covers" } else { "would cover" };
    for covered in &row.covers {
        let (path, line) = (escape::line(&covered.place.path), covered.place.line);
        writeln!(text, "  {verb} {path}:{line} {}", escape::line(&covered.label))?;
    }
    if row.covers.is_empty() && row.standing != Standing::NotJudged {
        writeln!(text, "  {verb} nothing")?;
    }
    writeln!(text)
}

fn machine(rows: &[WaiverRow], today: Date) -> Result<String, Failure> {
    let list = json!({ "schema_version": SCHEMA_VERSION, "today": today, "waivers": rows });
    let mut bytes = Vec::new();
    write_json(&mut bytes, &list).map_err(|source| Failure::Stdout { source })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned() + "\n")
}
