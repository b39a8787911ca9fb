"""Dates and durations, as far as no clock is asked. All of it was seen from Go."""

from __future__ import annotations

import pytest
from gotemplate_outcome import outcome

TABLE = (
    ('{{date "2006-01-02 15:04:05" 0}}', "1970-01-01 00:00:00"),
    ('{{date "Jan _2 06 3:04PM Mon" 1700000000}}', "Nov 14 23 10:13PM Tue"),
    (
        '{{date "Monday, 02 January 2006 pm MST -07:00 Z07:00 002 __2" 951782400}}',
        "Tuesday, 29 February 2000 am UTC +00:00 Z 060  60",
    ),
    ('{{date "2006" (int64 86400)}}', "1970"),
    ("{{htmlDate 0}}", "1970-01-01"),
    ('{{htmlDateInZone 0 "UTC"}}', "1970-01-01"),
    ('{{dateInZone "15h04" 3600 "UTC"}}', "01h00"),
    ('{{date_in_zone "2006" 0 ""}}', "1970"),
    ('{{date ".000 .999 ,99 5.00" 1}}', ".000   1.00"),
    ('{{date "Janet Jan Monty 01 1 2 02 03 3 4 04 05 6" 0}}', "Janet Jan Monty 01 1 1 01 12 12 0 00 00 6"),
    ('{{date "2006-01-02" -1}}', "1969-12-31"),
    ('{{date "_2006 _2 20061 06" 0}}', "_1970  1 19701 70"),
    ('{{toDate "2006-01-02" "2024-02-29"}}', "2024-02-29 00:00:00 +0000 UTC"),
    ('{{toDate "2006-01-02" "2023-02-29"}}', "0001-01-01 00:00:00 +0000 UTC"),
    ('{{toDate "2006-01-02T15:04:05Z07:00" "2024-01-02T03:04:05.678+05:30"}}', "2024-01-02 03:04:05.678 +0530 +0530"),
    ('{{toDate "2006-01-02T15:04:05Z07:00" "2024-01-02T03:04:05Z"}}', "2024-01-02 03:04:05 +0000 UTC"),
    ('{{toDate "Jan _2 2006 3:04PM" "Mar  5 2021 12:15AM"}}', "2021-03-05 00:15:00 +0000 UTC"),
    ('{{toDate "2006-01-02 MST" "2020-01-01 CET"}}', "2020-01-01 00:00:00 +0000 CET"),
    ('{{toDate "2006-01-02 MST" "2020-01-01 GMT+3"}}', "2020-01-01 03:00:00 +0300 GMT+3"),
    ('{{toDate "2006-002" "2020-060"}}', "2020-02-29 00:00:00 +0000 UTC"),
    ('{{toDate "06" "71"}}', "1971-01-01 00:00:00 +0000 UTC"),
    ('{{toDate "15:04:05" "12:13:14,5"}}', "0000-01-01 12:13:14.5 +0000 UTC"),
    ('{{date "2006-01-02" (toDate "02/01/2006" "31/12/2020")}}', "2020-12-31"),
    ('{{unixEpoch (toDate "2006-01-02" "2001-09-09")}}', "999993600"),
    ('{{unixEpoch "x"}}', 'error: can\'t handle "x" for arg of type time.Time'),
    ('{{toJson (toDate "2006" "x")}}', '"0001-01-01T00:00:00Z"'),
    (
        '{{mustToDate "2006-01-02" "x"}}',
        'error: error calling mustToDate: parsing time "x" as "2006-01-02": cannot parse "x" as "2006"',
    ),
    (
        '{{mustToDate "2006-01-02" "2020-13-01"}}',
        'error: error calling mustToDate: parsing time "2020-13-01": month out of range',
    ),
    (
        '{{mustToDate "2006-01-02" "2020-02-31"}}',
        'error: error calling mustToDate: parsing time "2020-02-31": day out of range',
    ),
    (
        '{{mustToDate "2006-01-02" "2020-02-01x"}}',
        'error: error calling mustToDate: parsing time "2020-02-01x": extra text: "x"',
    ),
    ('{{mustToDate "15:04" "25:00"}}', 'error: error calling mustToDate: parsing time "25:00": hour out of range'),
    ('{{mustToDate "3PM" "13PM"}}', 'error: error calling mustToDate: parsing time "13PM": hour out of range'),
    (
        '{{mustToDate "Jan" "Foo"}}',
        'error: error calling mustToDate: parsing time "Foo" as "Jan": cannot parse "Foo" as "Jan"',
    ),
    ('{{mustToDate "Monday" "tuesday"}}', "0000-01-01 00:00:00 +0000 UTC"),
    (
        '{{mustToDate "2006-002" "2020-400"}}',
        'error: error calling mustToDate: parsing time "2020-400": day-of-year out of range',
    ),
    (
        '{{mustToDate "-07:00" "+25:00"}}',
        'error: error calling mustToDate: parsing time "+25:00": time zone offset hour out of range',
    ),
    (
        '{{mustToDate "2006 01" "2020"}}',
        'error: error calling mustToDate: parsing time "2020" as "2006 01": cannot parse "" as "01"',
    ),
    (
        '{{mustToDate ".000" ".12"}}',
        'error: error calling mustToDate: parsing time ".12" as ".000": cannot parse ".12" as ".000"',
    ),
    (
        '{{mustToDate "2006\\"" "20é"}}',
        'error: error calling mustToDate: parsing time "20\\xc3\\xa9" as "2006\\"": cannot parse "20\\xc3\\xa9" as "2006"',
    ),
    (
        '{{mustToDate "MST" "abc"}}',
        'error: error calling mustToDate: parsing time "abc" as "MST": cannot parse "abc" as "MST"',
    ),
    (
        '{{mustToDate "2006-002 1" "2020-040 3"}}',
        'error: error calling mustToDate: parsing time "2020-040 3": day-of-year does not match month',
    ),
    ('{{mustToDate "05" "61"}}', 'error: error calling mustToDate: parsing time "61": second out of range'),
    ('{{mustToDate "04" "5"}}', 'error: error calling mustToDate: parsing time "5" as "04": cannot parse "5" as "04"'),
    ('{{dateModify "-1h30m" (toDate "2006-01-02" "2020-01-01")}}', "2019-12-31 22:30:00 +0000 UTC"),
    ('{{date_modify "1.5s" (toDate "2006-01-02" "2020-01-01")}}', "2020-01-01 00:00:01.5 +0000 UTC"),
    ('{{dateModify "x" (toDate "2006" "2020")}}', "2020-01-01 00:00:00 +0000 UTC"),
    (
        '{{mustDateModify "x" (toDate "2006" "2020")}}',
        'error: error calling mustDateModify: time: invalid duration "x"',
    ),
    (
        '{{must_date_modify "5" (toDate "2006" "2020")}}',
        'error: error calling must_date_modify: time: missing unit in duration "5"',
    ),
    (
        '{{mustDateModify "1w" (toDate "2006" "2020")}}',
        'error: error calling mustDateModify: time: unknown unit "w" in duration "1w"',
    ),
    ('{{mustDateModify "" (toDate "2006" "2020")}}', 'error: error calling mustDateModify: time: invalid duration ""'),
    (
        '{{mustDateModify ".s" (toDate "2006" "2020")}}',
        'error: error calling mustDateModify: time: invalid duration ".s"',
    ),
    (
        '{{mustDateModify "9999999h" (toDate "2006" "2020")}}',
        'error: error calling mustDateModify: time: invalid duration "9999999h"',
    ),
    ('{{(toDate "2006-01-02" "2020-03-04").Year}}', "2020"),
    ('{{(toDate "2006-01-02" "2020-03-04").YearDay}}', "64"),
    ('{{(toDate "2006-01-02" "2020-03-04").Format "02.01.06"}}', "04.03.20"),
    ('{{(toDate "2006-01-02" "2020-03-04").Unix}}', "1583280000"),
    ('{{(toDate "2006-01-02" "x").IsZero}}', "true"),
    ('{{(toDate "2006" "2020").Before (toDate "2006" "2021")}}', "true"),
    ('{{duration "3661"}}', "1h1m1s"),
    ("{{duration 95}}", "0s"),
    ("{{duration (int64 95)}}", "1m35s"),
    ('{{duration "x"}}', "0s"),
    ('{{duration "-7"}}', "-7s"),
    ("{{duration nil}}", "0s"),
    ('{{duration "99999999999999999999"}}', "-1s"),
    ("{{duration (int64 0)}}", "0s"),
    ('{{durationRound "2h30m"}}', "2h"),
    ('{{durationRound "26h"}}', "1d"),
    ('{{durationRound "800h"}}', "1mo"),
    ('{{durationRound "9000h"}}', "1y"),
    ('{{durationRound "1.5s"}}', "1s"),
    ('{{durationRound "500ms"}}', "0s"),
    ('{{durationRound "-3m"}}', "3m"),
    ('{{durationRound "24h"}}', "24h"),
    ('{{durationRound "x"}}', "0s"),
    ("{{durationRound 5}}", "0s"),
    ("{{durationRound (int64 90000000000)}}", "1m"),
)


@pytest.mark.parametrize(("template", "expected"), TABLE)
def test_what_go_makes_of_it(template: str, expected: str) -> None:
    assert expected == outcome(template)
