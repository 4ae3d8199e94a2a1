//! Styles of the terminal's format, which are nothing when colours are off.

use anstyle::{AnsiColor, Style};
use groundrule_policy::VerdictKind;

use crate::adoption::State;
use crate::cells::symbol;

/// Puts styles around text that was made safe before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint {
    on: bool,
}

impl Paint {
    pub(super) fn new(on: bool) -> Self {
        Self { on }
    }

    pub(super) fn heading(self, text: &str) -> String {
        self.style(Style::new().bold(), text)
    }

    pub(super) fn dim(self, text: &str) -> String {
        self.style(Style::new().dimmed(), text)
    }

    /// A verdict's symbol and a word after it.
    pub(super) fn kind(self, kind: VerdictKind, word: &str) -> String {
        let state = match kind {
            VerdictKind::Pass => State::Pass,
            VerdictKind::Fail => State::Fail,
            VerdictKind::Review => State::Review,
            VerdictKind::Exempt => State::Exempt,
        };
        self.state(state, &format!("{} {word}", symbol(state)))
    }

    pub(super) fn state(self, state: State, text: &str) -> String {
        let color = match state {
            State::Pass => AnsiColor::Green,
            State::Fail => AnsiColor::Red,
            State::Review => AnsiColor::Yellow,
            State::Exempt => AnsiColor::Cyan,
            State::NotApplicable => return self.dim(text),
        };
        self.style(color.on_default(), text)
    }

    fn style(self, style: Style, text: &str) -> String {
        if self.on { format!("{style}{text}{style:#}") } else { text.to_string() }
    }
}
