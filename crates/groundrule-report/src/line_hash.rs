//! GitHub's `primaryLocationLineHash`: a rolling hash of the text that begins at a line.
//!
//! The upload action computes the same value and only warns where ours differs; the upload by
//! REST does not compute it at all, so a log without it loses the history of its alerts.

use std::collections::HashMap;

/// How many code units one hash covers.
const WINDOW: usize = 100;
const FACTOR: u64 = 37;
/// Marks the end of the file, as the upload action does.
const END: u16 = u16::MAX;

/// The hashes of a file's lines, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineHashes {
    lines: Vec<String>,
}

impl LineHashes {
    /// Hashes every line of `text`. Blanks and tabs count for nothing, so reindenting keeps a
    /// line's hash; an edit within the next hundred characters changes it.
    pub fn of(text: &str) -> Self {
        let mut roller = Roller::new();
        for unit in text.encode_utf16() {
            roller.take(unit);
        }
        roller.take(END);
        roller.flush()
    }

    /// The hash of the 1-based `line`, `hash:occurrence`; none where the file has no such line.
    pub fn get(&self, line: u32) -> Option<&str> {
        self.lines.get((line as usize).checked_sub(1)?).map(String::as_str)
    }
}

/// The rolling hash and the slots of its window; a slot remembers whether a line began in it.
struct Roller {
    window: [u16; WINDOW],
    begins: [bool; WINDOW],
    at: usize,
    hash: u64,
    at_line_start: bool,
    after_cr: bool,
    leaving: u64,
    seen: HashMap<u64, u32>,
    done: LineHashes,
}

impl Roller {
    fn new() -> Self {
        Self {
            window: [0; WINDOW],
            begins: [false; WINDOW],
            at: 0,
            hash: 0,
            at_line_start: true,
            after_cr: false,
            leaving: FACTOR.wrapping_pow(WINDOW as u32),
            seen: HashMap::new(),
            done: LineHashes::default(),
        }
    }

    fn take(&mut self, unit: u16) {
        const SPACE: u16 = b' ' as u16;
        const TAB: u16 = b'\t' as u16;
        const LF: u16 = b'\n' as u16;
        const CR: u16 = b'\r' as u16;

        if unit == SPACE || unit == TAB || (self.after_cr && unit == LF) {
            self.after_cr = false;
            return;
        }
        self.after_cr = unit == CR;
        let unit = if unit == CR { LF } else { unit };
        self.finish_line_in_slot();
        if self.at_line_start {
            self.begins[self.at] = true;
        }
        self.at_line_start = unit == LF;
        self.roll(unit);
    }

    /// A slot that is about to be overwritten is the first of a full window: the line that began
    /// in it is complete.
    fn finish_line_in_slot(&mut self) {
        if !std::mem::take(&mut self.begins[self.at]) {
            return;
        }
        let count = self.seen.entry(self.hash).or_insert(0);
        *count += 1;
        self.done.lines.push(format!("{:x}:{count}", self.hash));
    }

    fn roll(&mut self, unit: u16) {
        let old = std::mem::replace(&mut self.window[self.at], unit);
        self.hash = self
            .hash
            .wrapping_mul(FACTOR)
            .wrapping_add(u64::from(unit))
            .wrapping_sub(self.leaving.wrapping_mul(u64::from(old)));
        self.at = (self.at + 1) % WINDOW;
    }

    fn flush(mut self) -> LineHashes {
        for _ in 0..WINDOW {
            self.finish_line_in_slot();
            self.roll(0);
        }
        self.done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(text: &str) -> Vec<String> {
        LineHashes::of(text).lines
    }

    #[test]
    fn an_empty_file_has_one_line() {
        assert_eq!(hashes(""), ["c129715d7a2bc9a3:1"]);
    }

    #[test]
    fn blanks_and_tabs_do_not_count() {
        let expected =
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"];
        assert_eq!(hashes(" a\nb\n  \t\tc\n d"), expected);
        assert_eq!(hashes("a\nb\nc\nd"), expected);
    }

    #[test]
    fn every_line_ending_is_one_line() {
        let unix = hashes("a\nb\nc");
        assert_eq!(hashes("a\r\nb\r\nc"), unix);
        assert_eq!(hashes("a\rb\rc"), unix);
        // A blank between CR and LF makes two line ends of them.
        assert_eq!(hashes("a\r \nb").len(), 3);
    }

    #[test]
    fn equal_lines_are_counted() {
        let text = "Lorem ipsum dolor sit amet.\n".repeat(10);
        assert_eq!(
            hashes(&text),
            [
                "a7f2ff13bc495cf2:1",
                "a7f2ff13bc495cf2:2",
                "a7f2ff13bc495cf2:3",
                "a7f2ff13bc495cf2:4",
                "a7f2ff13bc495cf2:5",
                "a7f2ff13bc495cf2:6",
                "a7f2ff1481e87703:1",
                "a9cf91f7bbf1862b:1",
                "55ec222b86bcae53:1",
                "cc97dc7b1d7d8f7b:1",
                "c129715d7a2bc9a3:1",
            ]
        );
    }

    #[test]
    fn lines_outside_the_file_have_none() {
        let hashes = LineHashes::of("a\n");
        assert!(hashes.get(0).is_none());
        assert!(hashes.get(2).is_some());
        assert!(hashes.get(3).is_none());
    }
}
