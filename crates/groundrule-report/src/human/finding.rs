//! One failure as a graphical report: excerpt, places where knobs were turned, help.

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;

use groundrule_unit::{Place, Span};
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError,
    MietteSpanContents, SourceCode, SourceSpan, SpanContents,
};

use crate::report::{Finding, Level};
use crate::{Options, Sources, escape};

/// Lines longer than this many bytes are not shown: they are no reading matter.
const LONGEST_LINE: usize = 400;
/// How many lines around a label are handed to the renderer.
const AROUND: u32 = 3;

/// Keeps the text of the file that was asked for last: findings come sorted by path.
pub(super) struct Excerpts<'a> {
    sources: &'a dyn Sources,
    last: Option<(Arc<str>, Option<Arc<str>>)>,
}

impl<'a> Excerpts<'a> {
    pub(super) fn new(sources: &'a dyn Sources) -> Self {
        Self { sources, last: None }
    }

    /// The text of a file, safe to be shown, with every place where it was.
    fn text(&mut self, path: &Arc<str>) -> Option<Arc<str>> {
        match &self.last {
            Some((known, text)) if known == path => text.clone(),
            _ => {
                let text = self.sources.text(path).map(|text| match escape::excerpt(&text) {
                    std::borrow::Cow::Borrowed(_) => text.clone(),
                    std::borrow::Cow::Owned(safe) => safe.into(),
                });
                self.last = Some((path.clone(), text.clone()));
                text
            }
        }
    }
}

/// Writes one failure.
pub(super) fn write(
    finding: &Finding,
    excerpts: &mut Excerpts<'_>,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let text = excerpts.text(&finding.verdict.place.path);
    let diagnostic = Shown::new(finding, text.as_deref());
    let theme =
        if options.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .with_width(options.width)
        .with_context_lines(1);
    let mut shown = String::new();
    handler.render_report(&mut shown, &diagnostic).map_err(io::Error::other)?;
    // Only now, since wrapping puts words at the beginning of lines.
    writeln!(out, "{}", escape::line_starts(shown.trim_end()))?;
    writeln!(out)
}

/// A finding in the renderer's terms.
#[derive(Debug)]
struct Shown {
    code: String,
    message: String,
    help: String,
    level: Level,
    labels: Vec<LabeledSpan>,
    window: Option<Window>,
}

impl Shown {
    fn new(finding: &Finding, text: Option<&str>) -> Self {
        let verdict = &finding.verdict;
        let place = &verdict.place;
        let same_file = |at: &Place| at.path == place.path && at.span.start < at.span.end;
        let spans: Vec<Span> = std::iter::once(place.span)
            .chain(
                verdict.related.iter().map(|r| &r.place).filter(|p| same_file(p)).map(|p| p.span),
            )
            .collect();
        let window = text.and_then(|text| Window::new(place, &spans, text));

        let mut message = escape::line(&verdict.message).trim_end_matches('.').to_string();
        let mut help = Vec::new();
        let mut labels = Vec::new();
        if let Some(window) = &window {
            labels.push(LabeledSpan::new_primary_with_span(None, window.label(place)));
        } else {
            message = format!("{message} ({}:{})", escape::line(&place.path), place.line);
        }
        for related in &verdict.related {
            let note = escape::line(&related.note).into_owned();
            match &window {
                Some(window) if same_file(&related.place) => {
                    labels
                        .push(LabeledSpan::new_with_span(Some(note), window.label(&related.place)));
                }
                _ => {
                    let at = escape::line(&related.place.path);
                    help.push(format!("{note}: {at}:{}", related.place.line));
                }
            }
        }
        if verdict.services.len() > 1 {
            let others = verdict.services[1..].join(", ");
            help.push(format!("the same code runs in {}", escape::line(&others)));
        }
        if !verdict.help.is_empty() {
            help.insert(0, escape::lines(verdict.help.trim_end()).into_owned());
        }
        let code = if verdict.class.is_empty() {
            verdict.policy.to_string()
        } else {
            format!("{} ({})", verdict.policy, escape::line(&verdict.class))
        };
        Self { code, message, help: help.join("\n"), level: finding.level, labels, window }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.level {
            Level::Error => miette::Severity::Error,
            Level::Warning => miette::Severity::Warning,
            Level::None => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        if self.help.is_empty() { None } else { Some(Box::new(&self.help)) }
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.window.as_ref().map(|window| window as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

/// The part of a file that an excerpt needs: the renderer reads its source from the start, which
/// would be slow in a long file with many findings.
#[derive(Debug)]
struct Window {
    name: String,
    text: String,
    /// The byte of the file at which the window starts.
    start: usize,
    /// How many lines of the file stand before it.
    lines_before: usize,
}

impl Window {
    /// None where a line is too long to be shown, or a place is not in the text.
    fn new(place: &Place, spans: &[Span], text: &str) -> Option<Self> {
        let from = spans.iter().map(|span| span.start).min()? as usize;
        let to = spans.iter().map(|span| span.end).max()? as usize;
        // A place without a span is the first line of its file, or the line that it names.
        let (from, to) = if place.span.start < place.span.end {
            (from, to)
        } else {
            let start = nth_line(text, place.line)?;
            (start.min(if from == 0 { start } else { from }), to.max(start))
        };
        if !text.is_char_boundary(from) || !text.is_char_boundary(to) {
            return None;
        }
        let start = back_lines(text, from, AROUND);
        let end = forward_lines(text, to, AROUND);
        let shown = &text[start..end];
        if shown.split('\n').any(|line| line.len() > LONGEST_LINE) {
            return None;
        }
        Some(Self {
            name: escape::line(&place.path).into_owned(),
            text: shown.to_string(),
            start,
            lines_before: text[..start].bytes().filter(|&byte| byte == b'\n').count(),
        })
    }

    /// The span of a place in the window, cut to its first line; a place without a span is its
    /// line.
    fn label(&self, place: &Place) -> SourceSpan {
        let (start, end) = if place.span.start < place.span.end {
            (place.span.start as usize - self.start, place.span.end as usize - self.start)
        } else {
            let line = (place.line as usize).saturating_sub(self.lines_before) as u32;
            let start = nth_line(&self.text, line).unwrap_or(0);
            (start, self.text.len())
        };
        let start = self.text.floor_char_boundary(start);
        let end = self.text.ceil_char_boundary(end.min(self.text.len())).max(start);
        let rest = &self.text[start..end];
        let length = rest.split(['\r', '\n']).next().map_or(0, |line| line.trim_end().len());
        (start, length).into()
    }
}

impl SourceCode for Window {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let part = self.text.as_str().read_span(span, lines_before, lines_after)?;
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            part.data(),
            *part.span(),
            part.line() + self.lines_before,
            part.column(),
            part.line_count(),
        )))
    }
}

fn nth_line(text: &str, line: u32) -> Option<usize> {
    match line.checked_sub(1)? {
        0 => Some(0),
        before => text.match_indices('\n').nth(before as usize - 1).map(|(at, _)| at + 1),
    }
}

fn back_lines(text: &str, offset: usize, lines: u32) -> usize {
    let mut breaks = text[..offset].rmatch_indices('\n');
    breaks.nth(lines as usize).map_or(0, |(at, _)| at + 1)
}

fn forward_lines(text: &str, offset: usize, lines: u32) -> usize {
    let mut breaks = text[offset..].match_indices('\n');
    breaks.nth(lines as usize).map_or(text.len(), |(at, _)| offset + at)
}
