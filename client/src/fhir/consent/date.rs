//! FHIR dates and times, of any precision, as seconds since the Unix epoch.

/// The seconds that a FHIR `date`, `dateTime` or `instant` stands for. One without a time is read in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    /// The first whole second in it: what a period that starts with it starts with.
    pub(crate) first: i64,
    /// The last whole second in it: what a period that ends with it ends with. (`2025` ends with its last second.)
    pub(crate) last: i64,
    /// The second in which it begins, even if not with it.
    pub(crate) begins_in: i64,
}

const DAY: i64 = 86_400;

impl Moment {
    /// `YYYY`, `YYYY-MM`, `YYYY-MM-DD` or `YYYY-MM-DDThh:mm:ss[.fff](Z|±hh:mm)`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text.split_once('T') {
            Some((date, time)) => {
                let day = match *numbers(date)?.as_slice() {
                    [year, month, day] => days(year, month, day)?,
                    _ => return None,
                };
                Self::of_time(day.checked_mul(DAY)?, time)
            }
            None => Self::of_date(&numbers(text)?),
        }
    }

    fn of_date(parts: &[i64]) -> Option<Self> {
        let (first_day, end) = match *parts {
            [year] => (days(year, 1, 1)?, first_of_month(year + 1, 1)),
            [year, 12] => (days(year, 12, 1)?, first_of_month(year + 1, 1)),
            [year, month] => (days(year, month, 1)?, first_of_month(year, month + 1)),
            [year, month, day] => {
                let day = days(year, month, day)?;
                (day, day + 1)
            }
            _ => return None,
        };
        Some(Self {
            first: first_day * DAY,
            last: end * DAY - 1,
            begins_in: first_day * DAY,
        })
    }

    fn of_time(midnight: i64, text: &str) -> Option<Self> {
        let (clock, rest) = text.split_at_checked(8)?;
        let [hour, minute, second] = two_digits(clock, ':')?;
        // 60 is a leap second, which Unix time does not count: it is the next minute's first.
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let zone_at = rest.find(['Z', '+', '-'])?;
        let (fraction, zone) = rest.split_at_checked(zone_at)?;
        let has_fraction = match fraction.strip_prefix('.') {
            Some(digits) if !digits.is_empty() && is_digits(digits) => digits.bytes().any(|digit| digit != b'0'),
            None if fraction.is_empty() => false,
            _ => return None,
        };
        let at = midnight + hour * 3600 + minute * 60 + second - offset(zone)?;
        Some(Self {
            first: at + i64::from(has_fraction),
            last: at,
            begins_in: at,
        })
    }
}

/// A zone's offset from UTC in seconds.
fn offset(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let [hours, minutes] = two_digits(zone.get(1..)?, ':')?;
    // FHIR's own bounds: up to 14:00.
    let is_zone = hours < 14 && minutes < 60 || hours == 14 && minutes == 0;
    is_zone.then_some(sign * (hours * 3600 + minutes * 60))
}

/// `YYYY[-MM[-DD]]` as numbers.
fn numbers(date: &str) -> Option<Vec<i64>> {
    let part = |(position, part): (usize, &str)| {
        let length = if position == 0 { 4 } else { 2 };
        (part.len() == length && is_digits(part))
            .then(|| part.parse().ok())
            .flatten()
    };
    date.split('-').enumerate().map(part).collect()
}

/// Numbers of two digits each.
fn two_digits<const N: usize>(text: &str, separator: char) -> Option<[i64; N]> {
    let mut numbers = [0; N];
    let mut parts = text.split(separator);
    for number in &mut numbers {
        let part = parts.next().filter(|part| part.len() == 2 && is_digits(part))?;
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Days from 1970-01-01 to a day that exists.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    if year < 1 || !(1..=12).contains(&month) || day < 1 {
        return None;
    }
    let (next_year, next_month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    let date = first_of_month(year, month) + day - 1;
    (date < first_of_month(next_year, next_month)).then_some(date)
}

/// Days from 1970-01-01 to the first of a month, in the Gregorian calendar.
fn first_of_month(year: i64, month: i64) -> i64 {
    // Years are counted from March, so that the leap day is a year's last.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // Months from March have 31, 30, 31, 30, 31 days, over and over.
    let days_before_month = (153 * month + 2) / 5;
    // 1970-01-01 is 719,468 days after 0000-03-01.
    365 * year + leap_days + days_before_month - 719_468
}

/// A second since the Unix epoch as a FHIR dateTime in UTC; `None` outside of the years that FHIR can write, 1 to 9999.
pub fn date_time(seconds: i64) -> Option<String> {
    let (date, time) = (date(seconds)?, seconds.rem_euclid(DAY));
    let (hour, minute, second) = (time / 3_600, time / 60 % 60, time % 60);
    Some(format!("{date}T{hour:02}:{minute:02}:{second:02}Z"))
}

/// The day of a second since the Unix epoch as a FHIR date in UTC; `None` as for [`date_time`].
pub(crate) fn date(seconds: i64) -> Option<String> {
    let (year, month, day) = civil(seconds.div_euclid(DAY));
    (1..=9999)
        .contains(&year)
        .then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// The date of a day since the epoch, in the proleptic Gregorian calendar: counted in years that begin in March, so that
/// the leap day is the last one. For days that an `i64` of seconds has.
pub fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_as_the_same_second() {
        for seconds in (-62_135_596_800..253_402_300_800).step_by(86_399 * 37) {
            let text = date_time(seconds).unwrap();
            assert_eq!(moment(&text), (seconds, seconds), "{text}");
            assert!(text.starts_with(&date(seconds).unwrap()), "{text}");
        }
        assert_eq!(date_time(-62_135_596_800).as_deref(), Some("0001-01-01T00:00:00Z"));
        assert_eq!(date_time(253_402_300_799).as_deref(), Some("9999-12-31T23:59:59Z"));
        for outside in [i64::MIN, -62_135_596_801, 253_402_300_800, i64::MAX] {
            assert_eq!(date_time(outside), None, "{outside}");
        }
    }

    fn moment(text: &str) -> (i64, i64) {
        let moment = Moment::parse(text).unwrap();
        (moment.first, moment.last)
    }

    #[test]
    fn a_date_spans_all_that_it_does_not_say() {
        assert_eq!(moment("1970"), (0, 365 * DAY - 1));
        assert_eq!(moment("2024-02"), (1_706_745_600, 1_709_251_199));
        assert_eq!(moment("2024-12"), (1_733_011_200, 1_735_689_599));
        assert_eq!(moment("2000-02-29"), (951_782_400, 951_868_799));
        assert_eq!(moment("1969-12-31"), (-DAY, -1));
        assert_eq!(moment("0001-01-01").0, -62_135_596_800);
        assert_eq!(moment("9999").1, 253_402_300_799);
    }

    #[test]
    fn a_time_is_one_second_in_its_zone() {
        assert_eq!(moment("2025-06-01T00:00:00Z"), (1_748_736_000, 1_748_736_000));
        assert_eq!(moment("2025-06-01T02:00:00+02:00").0, 1_748_736_000);
        assert_eq!(moment("2025-05-31T14:30:00-09:30").0, 1_748_736_000);
        assert_eq!(moment("2016-12-31T23:59:60Z").0, 1_483_228_800);
    }

    #[test]
    fn a_fraction_leaves_the_whole_seconds_that_lie_inside_the_period() {
        assert_eq!(moment("1970-01-01T00:00:10.5Z"), (11, 10));
        assert_eq!(moment("1970-01-01T00:00:10.000Z"), (10, 10));
    }

    #[test]
    fn what_is_no_fhir_date_is_refused() {
        for text in [
            "",
            "25",
            "2025-1",
            "2025-13",
            "2025-00",
            "2025-02-29",
            "1900-02-29",
            "2025-06-31",
            "2025-06-00",
            "0000",
            "2025-06-01T",
            "2025-06T00:00:00Z",
            "2025-06-01T00:00Z",
            "2025-06-01T00:00:00",
            "2025-06-01T24:00:00Z",
            "2025-06-01T00:00:61Z",
            "2025-06-01T00:00:00.Z",
            "2025-06-01T00:00:00.1x+01:00",
            "2025-06-01T00:00:00+15:00",
            "2025-06-01T00:00:00+0100",
            "2025-06-01t00:00:00Z",
            "２０２５",
            "+025",
            "2025-06-01T+1:00:00Z",
            "2025-06-01Té0:00:0Z",
        ] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }
}
