"""Dates, numbers, severities and texts as sources write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from gamebash.backlog.imports.amounts import Unit, has_decimal_comma, minutes_of
from gamebash.backlog.imports.dates import DateOrder, Moments, OrderProof, UnreadableDateError
from gamebash.backlog.imports.mapping import Mapping, guess
from gamebash.backlog.imports.reading import DESCRIPTION_LENGTH, Reader
from gamebash.backlog.records import IncidentRecord, Rejection, Row
from gamebash.backlog.severity import Severity

NOW = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
COLUMNS = {"external_id": "id", "title": "title", "opened_at": "opened"}


def read(values, now=NOW, **mapping):
    columns = {**COLUMNS, **{name: name for name in values if name not in COLUMNS.values() and name in FIELDS}}
    reader = Reader(Mapping(columns, **mapping), now=now)
    return reader, reader.read(Row(2, {"id": "1", "title": "t", "opened": "2026-01-01", **values}))


FIELDS = {"resolved_at", "severity", "impact_minutes", "version_at", "status", "description", "reopen_count"}


def at(text, order=DateOrder.UNNEEDED, zone="UTC"):
    found = Moments(order, ZoneInfo(zone))(text)
    return found and found.strftime("%Y-%m-%dT%H:%M:%S")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01T08:00:00Z", "2026-03-01T08:00:00"),
        ("2026-03-01 10:00", "2026-03-01T10:00:00"),
        ("2026-03-01T10:00:00.123+02:00", "2026-03-01T08:00:00"),
        ("2026/03/04 05:06", "2026-03-04T05:06:00"),
        ("2026.03.04", "2026-03-04T00:00:00"),
        ("30/Sep/21 17:20", "2021-09-30T17:20:00"),
        ("1-Oct-2021 5:20 PM", "2021-10-01T17:20:00"),
        ("Sep 30, 2021 12:05 AM", "2021-09-30T00:05:00"),
        ("Thu, 30 Sep 2021 17:20:00 GMT", "2021-09-30T17:20:00"),
        ("30/Sep/21", "2021-09-30T00:00:00"),
        ("31/Dec/99 00:00", "1999-12-31T00:00:00"),
        ("1763546400", "2025-11-19T10:00:00"),
        ("1763546400.25", "2025-11-19T10:00:00"),
        ("1763546400000", "2025-11-19T10:00:00"),
        ("1763546400000000", "2025-11-19T10:00:00"),
        ("20251119", "2025-11-19T00:00:00"),
    ],
)
def test_times_are_read_as_they_are_written(text, expected):
    assert at(text).startswith(expected[:16])


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00Z", "0001-01-01", "0001-01-01T00:00:00+02:00", "0000-00-00 00:00:00"]
)
def test_what_stands_for_no_time_is_none(text):
    assert at(text, zone="Asia/Tokyo") is None


@pytest.mark.parametrize(
    "text", ["12", "Monday", "10:30", "March 2021", "2021-02-30", "30/Foo/21", "176354640", "+1", "²"]
)
def test_what_leaves_out_a_day_or_is_none_is_refused(text):
    with pytest.raises(UnreadableDateError):
        at(text)


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2026-03-29 02:30", "Europe/Berlin", "2026-03-29T01:30:00"),
        ("2026-10-25 02:30", "Europe/Berlin", "2026-10-25T00:30:00"),
        ("2026-03-08 02:30", "America/New_York", "2026-03-08T07:30:00"),
        ("2026-07-01 12:00", "Asia/Kolkata", "2026-07-01T06:30:00"),
    ],
)
def test_skipped_and_repeated_hours_have_one_meaning(text, zone, expected):
    assert at(text, zone=zone) == expected


def test_the_lines_that_prove_an_order_are_named():
    proof = OrderProof()
    for line, text in enumerate(["3/4/2026", "29/4/2026", "30/4/2026"], start=2):
        proof.see(text, line)
    assert (proof.order, proof.words) == (DateOrder.DAY_FIRST, "The day comes first: line 3 proves it.")
    proof.see("4/29/2026", 9)
    assert proof.order is DateOrder.AMBIGUOUS
    assert "line 3 has the day first, line 9 the month" in proof.words


@pytest.mark.parametrize(
    ("text", "unit", "minutes"),
    [
        ("1:30", Unit.MINUTES, 90),
        ("0:01:30", Unit.MINUTES, 1.5),
        ("1h 30m", Unit.MINUTES, 90),
        ("2 hours, 5 min", Unit.MINUTES, 125),
        ("1d 2h", Unit.SECONDS, 1560),
        ("90s", Unit.MINUTES, 1.5),
        ("90", Unit.SECONDS, 1.5),
        ("1.5", Unit.HOURS, 90),
        ("1,500", Unit.MINUTES, 1500),
        ("-5", Unit.MINUTES, -5),
    ],
)
def test_lengths_of_time_are_minutes(text, unit, minutes):
    assert minutes_of(text, unit) == minutes


@pytest.mark.parametrize("text", ["soon", "1:75", "nan", "inf", "", "1h foo", "--1"])
def test_what_is_no_length_of_time_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011
        minutes_of(text)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["1,5", "2"], True),
        (["1.500,25"], True),
        (["1,500", "2,250"], False),
        (["1,500.5"], False),
        (["1.5"], False),
        ([], False),
    ],
)
def test_a_decimal_comma_is_proved_by_the_column(texts, expected):
    assert has_decimal_comma(texts) is expected


def test_a_decimal_comma_found_in_one_row_counts_for_the_column():
    rows = [
        Row(n, {"id": str(n), "title": "t", "opened": "2026-01-01", "duration": text})
        for n, text in enumerate(["1,5", "2,250"])
    ]
    mapping = guess(rows)
    assert mapping.has_decimal_comma
    read_as = [Reader(mapping, now=NOW).read(row).impact_minutes for row in rows]
    assert read_as == [1, 2]


def test_an_end_before_the_beginning_is_left_out_and_counted():
    reader, record = read({"resolved_at": "2025-12-31"})
    assert (record.resolved_at, record.impact_minutes, reader.ended_early) == (None, None, 1)


def test_negative_impact_is_none_at_all():
    assert read({"impact_minutes": "-15"})[1].impact_minutes == 0


def test_unknown_severities_are_counted_and_usual():
    reader, record = read({"severity": "gruesome"})
    assert record.severity is Severity.SEV4
    assert reader.unknown_severities == {"gruesome": 1}


def test_the_words_of_a_source_mean_what_it_says():
    reader, record = read({"severity": "Gruesome"}, severities={"gruesome": "sev1"})
    assert record.severity is Severity.SEV1
    assert not reader.unknown_severities


def test_the_future_is_refused():
    assert "opened in the future" in read({"opened": "2027-01-01"})[1].reason


def test_a_row_that_does_not_fit_the_order_of_its_column_is_rejected_with_its_line():
    rejected = read({"opened": "4/29/2026"}, date_order=DateOrder.DAY_FIRST)[1]
    assert isinstance(rejected, Rejection)
    assert (rejected.line, rejected.reason) == (2, "'4/29/2026' is not a date (column 'opened')")


def test_texts_lose_control_signs_and_keep_unicode_composed():
    record = read({"title": "Cafe\u0301 \x00\x07down\ud800 ✓", "description": "a\nb\x1b[0m\tc"})[1]
    assert record.title == "Café down ✓"
    assert record.description == "a\nb[0m\tc"


def test_a_long_description_is_cut():
    assert len(read({"description": "x" * 10_000_000})[1].description) == DESCRIPTION_LENGTH


def test_numbers_as_ids_become_text():
    record = read({"id": 17, "severity": 2, "reopen_count": "3"})[1]
    assert isinstance(record, IncidentRecord)
    assert (record.external_id, record.severity, record.reopen_count) == ("17", Severity.SEV2, 3)
