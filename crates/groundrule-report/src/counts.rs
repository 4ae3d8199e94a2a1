//! Counts: a run in a few numbers, the same for every format; and the format that prints them
//! alone, for scripts.

use std::io::{self, Write};

use groundrule_policy::VerdictKind;

use crate::adoption::{Rate, State};
use crate::notice::NoticeLevel;
use crate::report::Level;
use crate::{Format, Options, Report, Sources, escape};

/// How many places there are of each sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Failures that are errors.
    pub(crate) errors: usize,
    /// Failures that are warnings.
    pub(crate) warnings: usize,
    /// Failures that the base has too; none where nothing is compared.
    pub(crate) old: Option<usize>,
    /// Failures of the base that are none any more.
    pub(crate) mended: usize,
    /// Failures that are only measured.
    pub(crate) measured: usize,
    /// Failures that the ratchet knows.
    pub(crate) known: usize,
    pub(crate) review: usize,
    pub(crate) exempt: usize,
    pub(crate) pass: usize,
}

impl Counts {
    pub(crate) fn of(report: &Report) -> Self {
        let level = |level| report.active().filter(|finding| finding.level == level).count();
        let (errors, warnings) = (level(Level::Error), level(Level::Warning));
        let kind = |kind: VerdictKind| report.of_kind(kind).count();
        let old = report.old().count();
        let fails = report.of_kind(VerdictKind::Fail);
        let known = fails.filter(|finding| finding.verdict.known).count();
        Self {
            errors,
            warnings,
            old: report.change.is_some().then_some(old),
            mended: report.change.as_ref().map_or(0, |change| change.mended.len()),
            measured: kind(VerdictKind::Fail) - errors - warnings - known - old,
            known,
            review: kind(VerdictKind::Review),
            exempt: kind(VerdictKind::Exempt),
            pass: kind(VerdictKind::Pass),
        }
    }

    /// In one line: `2 errors, 0 warnings, 1 to review, 7 passing`.
    pub(crate) fn words(self) -> String {
        let new = if self.old.is_some() { "new " } else { "" };
        let mut parts = vec![
            count(self.errors, &format!("{new}error")),
            count(self.warnings, &format!("{new}warning")),
        ];
        if let Some(old) = self.old {
            parts.push(format!("{old} old"));
        }
        if self.mended > 0 {
            parts.push(format!("{} mended", self.mended));
        }
        if self.known > 0 {
            parts.push(format!("{} known", self.known));
        }
        if self.measured > 0 {
            parts.push(format!("{} failing and only measured", self.measured));
        }
        parts.push(format!("{} to review", self.review));
        if self.exempt > 0 {
            parts.push(format!("{} exempt", self.exempt));
        }
        parts.push(format!("{} passing", self.pass));
        parts.join(", ")
    }
}

/// What a run comes to. One that found no service or could not read what it should have is no
/// success, whatever it counts.
pub(crate) fn outcome(report: &Report) -> State {
    let counts = Counts::of(report);
    let unread = report.notices.iter().any(|n| n.kind.level() == NoticeLevel::Error);
    match (counts.errors, counts.warnings) {
        _ if unread || report.services.is_empty() => State::Fail,
        (0, 0) => State::Pass,
        (0, _) => State::Review,
        _ => State::Fail,
    }
}

/// What was looked at: `12 files of 3 services`.
pub(crate) fn extent(report: &Report) -> String {
    format!("{} of {}", count(report.files, "file"), count(report.services.len(), "service"))
}

/// `1 failure`, `2 failures`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// `name=value` lines, as scripts and the outputs of workflow steps take them. A rate that has no
/// services to count is left out.
#[derive(Debug)]
pub(crate) struct CountsFormat;

impl Format for CountsFormat {
    fn name(&self) -> &'static str {
        "counts"
    }

    fn ending(&self) -> &'static str {
        ".env"
    }

    fn write(
        &self,
        report: &Report,
        _sources: &dyn Sources,
        _options: &Options,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let counts = Counts::of(report);
        writeln!(out, "failures={}", counts.errors + counts.warnings)?;
        writeln!(out, "errors={}", counts.errors)?;
        writeln!(out, "warnings={}", counts.warnings)?;
        if let Some(old) = counts.old {
            writeln!(out, "new-failures={}", counts.errors + counts.warnings)?;
            writeln!(out, "old-failures={old}")?;
            writeln!(out, "mended-failures={}", counts.mended)?;
        }
        writeln!(out, "known-failures={}", counts.known)?;
        writeln!(out, "review={}", counts.review)?;
        writeln!(out, "exempt={}", counts.exempt)?;
        writeln!(out, "pass={}", counts.pass)?;
        writeln!(out, "services={}", report.services.len())?;
        let standards = &report.adoption.standards;
        let all = standards.iter().filter_map(|standard| standard.services.rate());
        if let Some(rate) = Rate::sum(all) {
            writeln!(out, "adoption-rate={}", rate.decimal())?;
        }
        for standard in standards {
            if let Some(rate) = standard.services.rate() {
                let policy = escape::line(&standard.policy);
                writeln!(out, "adoption-rate-{policy}={}", rate.decimal())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    fn shown(report: &Report) -> String {
        let mut out = Vec::new();
        let texts = samples::Texts::default();
        assert!(CountsFormat.write(report, &texts, &Options::default(), &mut out).is_ok());
        String::from_utf8(out).unwrap_or_default()
    }

    #[test]
    fn numbers_are_lines_that_a_script_reads() {
        let shown = shown(&samples::report(samples::mixed(), Vec::new()));
        assert_eq!(
            shown,
            "failures=1\nerrors=1\nwarnings=0\nknown-failures=0\nreview=1\nexempt=1\npass=1\nservices=3\n\
             adoption-rate=0.5\nadoption-rate-timeouts=0.5\n"
        );
    }

    #[test]
    fn without_a_service_there_is_no_rate() {
        assert!(!shown(&Report::default()).contains("rate"));
    }
}
