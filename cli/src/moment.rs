//! Times as arguments and in results.

use std::{
    fmt,
    time::{SystemTime, UNIX_EPOCH},
};

use jiff::{Timestamp, tz::TimeZone};
use serde::{Serialize, Serializer};

use salus_client::{
    error::Error,
    fhir::consent::{civil, seconds_of},
};

/// The present second.
pub(super) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

/// Reads a time: a FHIR date or dateTime, or `+SECONDS` from `now`. A date alone is its first second, or with `last` its
/// last one.
pub(super) fn parse(text: &str, now: u64, last: bool) -> Result<u64, Error> {
    let refuse = || {
        Error::Usage(format!(
            "`{text}` is no time: write 2027-01-31, 2027-01-31T09:30:00Z or +SECONDS"
        ))
    };
    if let Some(seconds) = text.strip_prefix('+') {
        let seconds: u64 = seconds.parse().map_err(|_| refuse())?;
        return now.checked_add(seconds).ok_or_else(refuse);
    }
    let (first, end) = seconds_of(text).ok_or_else(refuse)?;
    u64::try_from(if last { end } else { first }).map_err(|_| refuse())
}

/// A time in seconds since the epoch: a number for programs, UTC for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment(pub(super) u64);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("the beginning"),
            u64::MAX => f.write_str("open"),
            seconds => {
                let (days, time) = (seconds / 86_400, seconds % 86_400);
                // Fewer days than an i64 holds.
                let (year, month, day) = civil(days.cast_signed());
                let (hour, minute, second) = (time / 3_600, time / 60 % 60, time % 60);
                write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
            }
        }
    }
}

/// A time for people, in UTC and in this machine's zone (`TZ`, or what the system says).
#[derive(Debug, Clone, Copy)]
pub(super) struct Local(pub(super) u64);

impl fmt::Display for Local {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Moment(self.0).fmt(f)?;
        let time = i64::try_from(self.0)
            .ok()
            .and_then(|time| Timestamp::from_second(time).ok());
        match time {
            Some(time) => write!(
                f,
                " ({})",
                time.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M %:z")
            ),
            // Beyond the calendar.
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_shown() {
        assert_eq!(parse("+90", 10, false).unwrap(), 100);
        assert_eq!(parse("2024-02-29T23:59:59Z", 0, false).unwrap(), 1_709_251_199);
        assert_eq!(Moment(1_709_251_199).to_string(), "2024-02-29T23:59:59Z");
        assert_eq!(parse("2024", 0, true).unwrap() + 1, parse("2025", 0, false).unwrap());
        for bad in ["", "tomorrow", "+x", "1969-12-31", "2024-13-01"] {
            assert!(parse(bad, 0, false).is_err(), "{bad}");
        }
    }

    #[test]
    fn every_day_of_four_centuries_is_shown_as_it_is_read() {
        for day in (0..146_097).step_by(13) {
            let shown = Moment(day * 86_400 + 1).to_string();
            assert_eq!(parse(&shown, 0, false).unwrap(), day * 86_400 + 1, "{shown}");
        }
    }
}
