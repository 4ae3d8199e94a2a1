//! The end of the terminal's format: what was not read, services by standards, totals.

use std::io::{self, Write};

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use groundrule_unit::LeftOutReason;

use super::paint::Paint;
use crate::adoption::{self, Rate, State};
use crate::cells::{cell_text, rate_text, symbol};
use crate::counts::{Counts, count, extent, outcome};
use crate::notice::{Notice, NoticeKind, NoticeLevel};
use crate::{Report, escape};

/// What there is to say of exceptions and of what was not read, one line each, and counts for
/// what is left out by design.
pub(super) fn write_unread(report: &Report, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let left_out: usize = report.left_out.values().sum();
    let (judging, reading): (Vec<&Notice>, Vec<&Notice>) =
        report.notices.iter().partition(|notice| matches!(notice.kind, NoticeKind::Judging(_)));
    if !judging.is_empty() {
        writeln!(out, "{}", paint.heading("Exceptions"))?;
        write_notices(&judging, paint, out)?;
        writeln!(out)?;
    }
    if reading.is_empty() && left_out == 0 {
        return Ok(());
    }
    writeln!(out, "{}", paint.heading("Not read"))?;
    write_notices(&reading, paint, out)?;
    if left_out > 0 {
        let parts: Vec<String> = report
            .left_out
            .iter()
            .filter(|(_, count)| **count > 0)
            .map(|(reason, count)| format!("{count} {}", reason_words(*reason)))
            .collect();
        writeln!(out, "  {} left out: {}", count(left_out, "file"), parts.join(", "))?;
    }
    writeln!(out)
}

fn write_notices(notices: &[&Notice], paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    for notice in notices {
        let state = match notice.kind.level() {
            NoticeLevel::Error => State::Fail,
            NoticeLevel::Warning => State::Review,
            NoticeLevel::Note => State::NotApplicable,
        };
        let place = match (&notice.path, notice.line) {
            (Some(path), Some(line)) => format!("{path}:{line}  "),
            (Some(path), None) => format!("{path}  "),
            (None, _) => String::new(),
        };
        writeln!(
            out,
            "  {} {}{}",
            paint.state(state, notice.kind.id()),
            escape::line(&place),
            paint.dim(&escape::line(&notice.message)),
        )?;
    }
    Ok(())
}

/// Why files are left out, in words: `tests`.
pub fn reason_words(reason: LeftOutReason) -> &'static str {
    match reason {
        LeftOutReason::Test => "tests",
        LeftOutReason::Example => "examples",
        LeftOutReason::Generated => "generated",
        LeftOutReason::Vendored => "vendored",
        LeftOutReason::Minified => "minified",
        LeftOutReason::Browser => "browser code",
        LeftOutReason::NoService => "in no service",
        LeftOutReason::Excluded => "excluded",
    }
}

/// The table of services by standards, with both rates below.
pub(super) fn write_adoption(report: &Report, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let adoption = &report.adoption;
    if adoption.services.is_empty() || adoption.standards.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", paint.heading("Adoption"))?;
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        // A service's name is never broken over lines: it is what people look for.
        .set_content_arrangement(ContentArrangement::Disabled);
    let header = std::iter::once(String::new())
        .chain(adoption.standards.iter().map(|standard| standard.policy.to_string()));
    table.set_header(header.map(|text| Cell::new(escape::line(&text))));
    for (row, service) in adoption.services.iter().enumerate() {
        let states = adoption.standards.iter().map(|standard| {
            let cell = standard.cells[row];
            Cell::new(cell_text(cell))
        });
        table.add_row(std::iter::once(Cell::new(escape::line(service))).chain(states));
    }
    let rates = |name: &str, rate: &dyn Fn(&adoption::Standard) -> Option<Rate>| {
        let cells = adoption.standards.iter().map(|standard| Cell::new(rate_text(rate(standard))));
        std::iter::once(Cell::new(name)).chain(cells).collect::<Vec<_>>()
    };
    table.add_row(rates("adoption rate", &|standard| standard.services.rate()));
    table.add_row(rates("site rate", &|standard| standard.sites.rate()));
    for column in table.column_iter_mut() {
        column.set_cell_alignment(CellAlignment::Left);
    }
    for line in table.to_string().split('\n') {
        let line = line.trim_end();
        if !line.is_empty() {
            writeln!(out, " {}", paint_states(&escape::line_starts(line), paint))?;
        }
    }
    writeln!(out)?;
    for standard in &adoption.standards {
        let parts: Vec<String> = State::ALL
            .iter()
            .map(|&state| format!("{} {}", standard.services.of(state), state.word()))
            .collect();
        let sum = format!("{} = {}", parts.join(" + "), count(adoption.services.len(), "service"));
        writeln!(out, "  {:<16} {}", escape::line(&standard.policy), paint.dim(&sum))?;
    }
    writeln!(out)
}

/// Colours the signs of the states. The table is laid out without colours, which would count as
/// width.
fn paint_states(line: &str, paint: Paint) -> String {
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        match State::ALL.into_iter().find(|&state| symbol(state) == c) {
            Some(state) => out.push_str(&paint.state(state, &c.to_string())),
            None => out.push(c),
        }
    }
    out
}

/// The last line: counts of places, and of what gates.
pub(super) fn write_totals(report: &Report, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let state = outcome(report);
    let sums = format!("{} {}", symbol(state), Counts::of(report).words());
    writeln!(out, "{} in {}", paint.state(state, &sums), extent(report))?;
    if let Some(change) = &report.change {
        let base = escape::line(&change.base);
        writeln!(
            out,
            "  {}",
            paint.dim(&format!("compared with {base}: old failures do not gate"))
        )?;
    }
    Ok(())
}
