//! Days and terms as people write them: `2027-03-31`, `90 days`. Which day it is, the caller says.

use jiff::ToSpan as _;
use jiff::civil::Date;
use toml::Spanned;
use toml::de::DeValue;

/// A day, written as TOML's own date or as a string.
pub(crate) fn date_of(value: &Spanned<DeValue<'_>>) -> Option<Date> {
    match value.get_ref() {
        DeValue::Datetime(written) => day(&written.to_string()),
        DeValue::String(written) => day(written),
        _ => None,
    }
}

/// `2027-03-31`, and nothing around it.
pub(crate) fn day(text: &str) -> Option<Date> {
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    text.parse().ok().filter(|_| shaped)
}

/// How long a waiver may last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Term {
    count: i32,
    unit: Unit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Days,
    Weeks,
    Months,
    Years,
}

const UNITS: [(&str, Unit); 11] = [
    ("d", Unit::Days),
    ("day", Unit::Days),
    ("days", Unit::Days),
    ("w", Unit::Weeks),
    ("week", Unit::Weeks),
    ("weeks", Unit::Weeks),
    ("month", Unit::Months),
    ("months", Unit::Months),
    ("y", Unit::Years),
    ("year", Unit::Years),
    ("years", Unit::Years),
];
/// Longer terms are none.
const MOST: i32 = 10_000;

impl Term {
    /// `90 days`, `90d`, `6 months`, `1 year`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let split = text.find(|c: char| !c.is_ascii_digit())?;
        let count = text[..split].parse().ok().filter(|count| (1..=MOST).contains(count))?;
        let (_, unit) = UNITS.iter().find(|(name, _)| *name == text[split..].trim())?;
        Some(Self { count, unit: *unit })
    }

    /// The last day of a term that starts on `day`.
    pub(crate) fn end(self, day: Date) -> Date {
        day.saturating_add(match self.unit {
            Unit::Days => self.count.days(),
            Unit::Weeks => self.count.weeks(),
            Unit::Months => self.count.months(),
            Unit::Years => self.count.years(),
        })
    }
}

impl std::fmt::Display for Term {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let unit = match self.unit {
            Unit::Days => "day",
            Unit::Weeks => "week",
            Unit::Months => "month",
            Unit::Years => "year",
        };
        write!(f, "{} {unit}{}", self.count, if self.count == 1 { "" } else { "s" })
    }
}

/// The days from one day to another; negative where the other is earlier.
pub(crate) fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map(|span| span.get_days()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_is_written_in_one_way() {
        assert_eq!(day("2027-03-31"), Some(date(2027, 3, 31)));
        for text in ["2027-02-30", "2027-3-31", "20270331", "2027-03-31T10:00", "+002027-03-31", ""]
        {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn terms_end_on_calendar_days() {
        let end = |text: &str| Term::parse(text).map(|term| term.end(date(2026, 8, 31)));
        assert_eq!(end("90 days"), Some(date(2026, 11, 29)));
        assert_eq!(end("2w"), Some(date(2026, 9, 14)));
        assert_eq!(end("6 months"), Some(date(2027, 2, 28)));
        assert_eq!(end("1 year"), Some(date(2027, 8, 31)));
        for text in ["", "90", "days", "0 days", "6m", "-1 day", "99999999999 days"] {
            assert_eq!(end(text), None, "{text}");
        }
    }

    #[test]
    fn days_are_counted_both_ways() {
        assert_eq!(days_between(date(2026, 12, 31), date(2027, 1, 2)), 2);
        assert_eq!(days_between(date(2027, 1, 2), date(2026, 12, 31)), -2);
    }
}
