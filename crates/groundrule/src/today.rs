//! The day of a run, read once: modes and waivers depend on it.

use std::env;

use groundrule_policy::Date;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::errors::Failure;

/// The variable that stands in for the clock where builds are to be reproducible.
const EPOCH: &str = "SOURCE_DATE_EPOCH";

/// The day in UTC, so that it is the same for everybody: that of `SOURCE_DATE_EPOCH` (seconds
/// since 1970) where it is set, else of the clock.
///
/// # Errors
/// When the variable holds no time.
pub(crate) fn today() -> Result<Date, Failure> {
    let now = match env::var_os(EPOCH).filter(|value| !value.is_empty()) {
        Some(value) => {
            let value = value.to_string_lossy().into_owned();
            let seconds = value.trim().parse().ok();
            let time = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
            time.ok_or(Failure::Epoch { value })?
        }
        None => Timestamp::now(),
    };
    Ok(TimeZone::UTC.to_datetime(now).date())
}
