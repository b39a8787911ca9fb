"""What the formats take, and what they say of the rest."""

from __future__ import annotations

import pytest

from gitops_lint.model.formats import check_format

RIGHT = [
    ("duration", "1h30m"),
    ("duration", "-1.5h"),
    ("duration", ".5s"),
    ("duration", "+0"),
    ("duration", "100µs"),
    ("rollout-duration", "60"),
    ("rollout-duration", "1h"),
    ("rollout-duration", "-0s"),
    ("cron", "*/5 * * * mon-fri"),
    ("cron", "0 22 ? JAN,jul 0"),
    ("cron", "CRON_TZ=Europe/Berlin 5/10 0 1 1 *"),
    ("cron-standard", "@every 1h30m"),
    ("cron-standard", "@daily"),
    ("cron-standard", "0 0 * * *"),
    ("timezone", ""),
    ("timezone", "Europe/Berlin"),
    ("rfc3339", "2027-03-01T08:00:00Z"),
    ("rfc3339", "2027-03-01T08:00:00.123+02:00"),
    ("quantity", "500m"),
    ("quantity", "1e3"),
    ("quantity", "1."),
    ("quantity", "-512Mi"),
    ("percent", "25%"),
    ("int-or-percent", "0%"),
    ("wave", "-5"),
    ("wave", "+5"),
    ("re2", "^(a|b)+$"),
    ("no such format", "anything"),
]

WRONG = [
    ("duration", "1d", "is not a duration: it takes numbers with the units ns, us, ms, s, m or h; write `24h`"),
    ("duration", "2w", "is not a duration: it takes numbers with the units ns, us, ms, s, m or h; write `336h`"),
    (
        "duration",
        "60",
        "is not a duration: it takes numbers with the units ns, us, ms, s, m or h; write `60s` for seconds",
    ),
    ("duration", "5 min", "is not a duration: it takes numbers with the units ns, us, ms, s, m or h; write `5m`"),
    ("duration", "", "is not a duration: it takes numbers with the units ns, us, ms, s, m or h, as in `1h30m`"),
    ("duration", "1h 30m", "is not a duration: it takes numbers with the units ns, us, ms, s, m or h, as in `1h30m`"),
    ("duration", "3000000h", "is longer than a duration can be: about 292 years"),
    ("rollout-duration", "-5", "is negative: a duration counts from 0"),
    ("rollout-duration", "-5s", "is negative: a duration counts from 0"),
    (
        "rollout-duration",
        "1d",
        "is not a duration: it takes a number of seconds, or numbers with the units ns, us, ms, s, m or h; write `24h`",
    ),
    (
        "cron",
        "0 0 * *",
        "is not a schedule: it has 4 fields, needed are 5 (minute, hour, day of month, month, day of week)",
    ),
    (
        "cron",
        "0 0 * * 7",
        "is not a schedule: day of week `7` is outside 0 to 6 or sun, mon, tue, wed, thu, fri, sat",
    ),
    ("cron", "0 24 * * *", "is not a schedule: hour `24` is outside 0 to 23"),
    ("cron", "0 5-2 * * *", "is not a schedule: hour `5-2` ends before it begins"),
    ("cron", "*/0 * * * *", "is not a schedule: minute `*/0` needs a step of at least 1"),
    ("cron", "1-2-3 * * * *", "is not a schedule: minute `1-2-3` has too many parts, as in `1-5/2`"),
    (
        "cron",
        "@daily",
        "is not a schedule here: five fields are needed (minute, hour, day of month, month, day of week), "
        "`@…` is not known",
    ),
    (
        "cron",
        "TZ=Nowhere/City 0 0 * * *",
        "is in the time zone `Nowhere/City`, which is not a time zone: the IANA names are like `Europe/Berlin`",
    ),
    (
        "cron-standard",
        "@noon",
        "is not a schedule: after `@` stands one of @annually, @daily, @hourly, @midnight, @monthly, @weekly, @yearly, "
        "`@every 1h`",
    ),
    (
        "cron-standard",
        "@every 1d",
        "repeats every `1d`, which is not a duration: it takes numbers with the units ns, us, ms, s, m or h; write `24h`",
    ),
    ("timezone", "CEST/Berlin", "is not a time zone: the IANA names are like `Europe/Berlin`"),
    ("timezone", "../etc/passwd", "is not a time zone: the IANA names are like `Europe/Berlin`"),
    ("rfc3339", "2027-02-30T08:00:00Z", "is not a time in RFC 3339 form, as in `2027-03-01T08:00:00Z`"),
    ("rfc3339", "2027-03-01", "is not a time in RFC 3339 form, as in `2027-03-01T08:00:00Z`"),
    (
        "quantity",
        "512MB",
        "is not a quantity: its suffix is not one of m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi, Ei; write `512M`",
    ),
    (
        "quantity",
        "1 gi",
        "is not a quantity: its suffix is not one of m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi, Ei; write `1Gi`",
    ),
    (
        "quantity",
        "much",
        "is not a quantity: a number with a suffix such as m, k, M, G, Ki, Mi or Gi, as in `500m` or `512Mi`",
    ),
    ("percent", "25", "is not a percentage: digits and a percent sign, as in `25%`"),
    ("int-or-percent", "1", "is text, and text must be a percentage: write 1 without quotes, or `1%`"),
    ("int-or-percent", "all", "is neither a whole number nor a percentage such as `25%`"),
    ("wave", "1_0", "is not a whole number, as in `-1` or `5`"),
    ("wave", "99999999999999999999", "is not a whole number, as in `-1` or `5`"),
    ("re2", "a[", "is not a regular expression of Go's kind (RE2): missing ]: ["),
    ("re2", "(?=a)", "is not a regular expression of Go's kind (RE2): invalid perl operator: (?="),
]


@pytest.mark.parametrize(("name", "text"), RIGHT)
def test_what_the_system_reads_is_right(name: str, text: str) -> None:
    assert check_format(name, text) is None


@pytest.mark.parametrize(("name", "text", "clause"), WRONG)
def test_what_it_refuses_comes_with_what_is_right(name: str, text: str, clause: str) -> None:
    assert check_format(name, text) == clause
