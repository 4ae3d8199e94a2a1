//! Adoption in a few characters: signs, cells and rates, the same on a terminal and in Markdown.

use crate::adoption::{Cell, Rate, Sites, State};

/// The sign of a state: told apart without colours.
pub(crate) fn symbol(state: State) -> char {
    match state {
        State::Pass => '✓',
        State::Fail => '✗',
        State::Review => '?',
        State::Exempt => '○',
        State::NotApplicable => '·',
    }
}

/// `✓ pass 12`, `✗ fail 3/15`: failing places over those that pass or fail.
pub(crate) fn cell_text(cell: Cell) -> String {
    let Sites { pass, fail, review, exempt } = cell.sites;
    let sign = symbol(cell.state);
    match cell.state {
        State::Pass if fail == 0 => format!("{sign} pass {pass}"),
        State::Pass => format!("{sign} pass {pass}/{}", pass + fail),
        State::Fail => format!("{sign} fail {fail}/{}", pass + fail),
        State::Review => format!("{sign} review {review}"),
        State::Exempt => format!("{sign} exempt {exempt}"),
        State::NotApplicable => format!("{sign} n/a"),
    }
}

/// `50% 1/2`; a dash where nothing passes or fails.
pub(crate) fn rate_text(rate: Option<Rate>) -> String {
    match rate {
        Some(rate) => format!("{} {}/{}", rate.percent(), rate.part, rate.whole),
        None => "–".to_string(),
    }
}
