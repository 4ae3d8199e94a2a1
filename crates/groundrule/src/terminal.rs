//! What the terminal is and can: colours, width, progress.

use std::env;
use std::io::{self, IsTerminal as _, Write as _};

use crate::cli::ColorArg;

/// The width of reports that go to no terminal.
const DEFAULT_WIDTH: usize = 100;

/// Whether to use colours: the flag, then `NO_COLOR`, then `CLICOLOR_FORCE`, then the terminal.
pub(crate) fn use_color(flag: ColorArg, is_terminal: bool) -> bool {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    match flag {
        ColorArg::Always => true,
        ColorArg::Never => false,
        ColorArg::Auto if set("NO_COLOR") => false,
        ColorArg::Auto if set("CLICOLOR_FORCE") => {
            env::var_os("CLICOLOR_FORCE").is_some_and(|value| value != "0")
        }
        ColorArg::Auto => is_terminal && env::var_os("TERM").is_none_or(|term| term != "dumb"),
    }
}

/// How many columns a report on the standard output may take.
pub(crate) fn width() -> usize {
    if !io::stdout().is_terminal() {
        return DEFAULT_WIDTH;
    }
    terminal_size::terminal_size()
        .map_or(DEFAULT_WIDTH, |(width, _)| usize::from(width.0).clamp(60, 160))
}

/// One line on a terminal's error output that says what is being done. Nothing anywhere else.
#[derive(Debug)]
pub(crate) struct Progress {
    on: bool,
}

impl Progress {
    pub(crate) fn new() -> Self {
        Self { on: io::stderr().is_terminal() }
    }

    /// Replaces the line.
    pub(crate) fn say(&self, text: &str) {
        if self.on {
            let text: String = groundrule_report::escape::line(text).chars().take(72).collect();
            // Progress that cannot be shown is no reason to stop.
            let _ = write!(io::stderr(), "\r\u{1b}[2K{text}");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.on {
            let _ = write!(io::stderr(), "\r\u{1b}[2K");
        }
    }
}
