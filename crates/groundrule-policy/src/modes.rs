//! How strictly policies hold: by policy, by service, and from a day on.

use jiff::civil::Date;
use toml::Spanned;
use toml::de::DeValue;

use crate::dates::day;
use crate::pattern::Pattern;
use crate::policy::MODES;
use crate::problem::did_you_mean;
use crate::reader::{Reader, Sink};
use crate::verdict::Mode;

/// One mode until a day, another from it on.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Schedule {
    /// Before the first step; none where the next wider setting decides.
    mode: Option<Mode>,
    /// By day.
    steps: Vec<(Date, Mode)>,
}

impl Schedule {
    /// The mode on a day; none where the next wider setting decides.
    pub(crate) fn at(&self, today: Date) -> Option<Mode> {
        let step = self.steps.iter().rev().find(|(from, _)| *from <= today);
        step.map(|(_, mode)| *mode).or(self.mode)
    }

    /// Reads `mode` and `from`.
    pub(crate) fn read(table: &Reader<'_, '_>) -> Self {
        let mode = table.choice("mode", &MODES);
        let steps = table.table("from", "the steps of a mode");
        Self { mode, steps: steps.map(|steps| read_steps(&steps)).unwrap_or_default() }
    }
}

/// `2027-01-01 = "enforce"`.
fn read_steps(table: &Reader<'_, '_>) -> Vec<(Date, Mode)> {
    let mut steps = Vec::new();
    for (key, value) in table.entries() {
        let from = day(&key.value);
        if from.is_none() {
            let message = format!("`{}` is no day", key.value);
            table.sink.add(key.span, message, "write `2027-01-01 = \"enforce\"`");
        }
        if let (Some(mode), Some(from)) = (mode_of(value, table.sink), from) {
            steps.push((from, mode));
        }
    }
    steps.sort();
    steps
}

fn mode_of(value: &Spanned<DeValue<'_>>, sink: &Sink) -> Option<Mode> {
    let text = value.get_ref().as_str().unwrap_or_default();
    let found = MODES.iter().find(|(name, _)| *name == text).map(|(_, mode)| *mode);
    if found.is_none() {
        let message = format!("`{text}` is no mode");
        sink.add(value.span(), message, did_you_mean(text, MODES.map(|(name, _)| name)));
    }
    found
}

/// The modes of the services that a pattern fits.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ServiceModes {
    pub(crate) services: Pattern,
    schedule: Schedule,
    /// The bytes of the pattern in the configuration.
    pub(crate) at: usize,
}

impl ServiceModes {
    /// The mode on a day; none where the policy's own decides.
    pub(crate) fn at_day(&self, today: Date) -> Option<Mode> {
        self.schedule.at(today)
    }

    /// Reads `[policies.<id>.services]`, in the order of the file.
    pub(crate) fn read(table: &Reader<'_, '_>) -> Vec<Self> {
        let mut all = Vec::new();
        for (key, value) in table.entries() {
            let schedule = match value.get_ref() {
                DeValue::Table(inner) => {
                    let inner = Reader::new(inner, value.span(), "a service's mode", table.sink);
                    let schedule = Schedule::read(&inner);
                    inner.finish();
                    schedule
                }
                _ => Schedule { mode: mode_of(value, table.sink), steps: Vec::new() },
            };
            let services = Pattern::read(&key, table.sink);
            let at = key.span.start;
            all.extend(services.map(|services| Self { services, schedule, at }));
        }
        all
    }
}

/// The mode in one service: the last entry that fits it and has one for the day, as in
/// CODEOWNERS.
pub(crate) fn mode_in(
    entries: &[ServiceModes],
    (folder, name): (&str, &str),
    today: Date,
) -> Option<Mode> {
    let mut fitting =
        entries.iter().rev().filter(|entry| entry.services.fits_service(folder, name));
    fitting.find_map(|entry| entry.at_day(today))
}
