"""Absences read from tables and calendars: days, kinds, and what cannot be used with its line and reason."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamebash.absences.kinds import AbsenceKind, kind_of
from gamebash.absences.reading import ReadAbsence, Unread, read_absences
from gamebash.absences.spans import DaysAway, days_away, merged

FIRST = date(2026, 1, 1)


def calendar(*events):
    body = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{body}END:VCALENDAR\r\n"


def test_a_table_is_read_with_commas_or_semicolons():
    for separator in ",;":
        text = "person,from,until,kind\nlena,2026-12-07,2026-12-11,Annual leave\n".replace(",", separator)
        assert read_absences(text) == [
            ReadAbsence(2, "lena", DaysAway(date(2026, 12, 7), date(2026, 12, 11)), AbsenceKind.HOLIDAY)
        ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("lena,7.12.2026,2026-12-11,holiday", "from is '7.12.2026', not a day"),
        ("lena,2026-12-11,2026-12-07,holiday", "lies before the first"),
        ("lena,2026-12-11,2036-12-07,holiday", "longer than"),
    ],
)
def test_a_line_that_cannot_be_used_says_why(line, reason):
    (found,) = read_absences(f"person,from,until,kind\n{line}\n")
    assert isinstance(found, Unread)
    assert found.line == 2
    assert reason in found.reason


def test_a_table_without_its_columns_says_which_are_missing():
    (found,) = read_absences("who,begin\nlena,2026-12-07\n")
    assert "from and until" in found.reason


@pytest.mark.parametrize(
    ("event", "first", "last", "kind"),
    [
        ("UID:1\r\nSUMMARY:Vacation\r\nDTSTART;VALUE=DATE:20261207\r\nDTEND;VALUE=DATE:20261212", "2026-12-07", "2026-12-11", "holiday"),
        ("UID:1\r\nDTSTART;VALUE=DATE:20261207", "2026-12-07", "2026-12-07", "other"),
        ("UID:1\r\nSUMMARY:Sick\r\nDTSTART:20261207T090000Z\r\nDTEND:20261208T170000Z", "2026-12-07", "2026-12-08", "sick"),
        ("UID:1\r\nDTSTART:20261207T000000Z\r\nDTEND:20261209T000000Z", "2026-12-07", "2026-12-08", "other"),
        ("UID:1\r\nDTSTART;VALUE=DATE:20261207\r\nDURATION:P3D", "2026-12-07", "2026-12-09", "other"),
    ],
)  # fmt: skip
def test_the_last_day_of_a_calendar_entry_is_a_day_away(event, first, last, kind):
    (found,) = read_absences(calendar(event))
    assert (found.days, found.kind) == (
        DaysAway(date.fromisoformat(first), date.fromisoformat(last)),
        AbsenceKind(kind),
    )


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ("UID:1\r\nDTSTART;VALUE=DATE:20261207\r\nRRULE:FREQ=WEEKLY", "repeats"),
        ("DTSTART;VALUE=DATE:20261207", "no UID"),
        ("UID:1", "no day"),
    ],
)
def test_an_entry_of_a_calendar_that_cannot_be_used_says_why(event, reason):
    (found,) = read_absences(calendar(event))
    assert reason in found.reason


def test_what_only_begins_like_a_calendar_is_refused_in_words():
    (found,) = read_absences("BEGIN:VCALENDAR\r\nnonsense")
    assert isinstance(found, Unread)


@pytest.mark.parametrize("text", ["", "person,from,until\n", calendar()])
def test_nothing_brings_nothing(text):
    assert all(isinstance(one, Unread) for one in read_absences(text))


@pytest.mark.parametrize(
    ("text", "kind"),
    [("Urlaub", "holiday"), ("Elternzeit bis Mai", "parental"), ("Conference", "training"), ("Moving house", "other"),
     ("illness", "sick"), ("still", "other"), ("", "other")],
)  # fmt: skip
def test_a_title_names_a_kind(text, kind):
    assert kind_of(text) == AbsenceKind(kind)


spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), max_size=8).map(
    lambda pairs: [DaysAway(FIRST + timedelta(days=a), FIRST + timedelta(days=a + b)) for a, b in pairs]
)


@given(spans, st.integers(0, 40), st.integers(0, 50))
def test_days_away_are_the_days_counted_one_by_one(found, start, length):
    first = FIRST + timedelta(days=start)
    days = (first + timedelta(days=number) for number in range(length))
    one_by_one = sum(any(span.first <= day <= span.last for span in found) for day in days)
    assert days_away(found, first, first + timedelta(days=length)) == one_by_one


@given(spans)
def test_merged_spans_neither_overlap_nor_touch(found):
    kept = merged(found)
    assert all(one.last + timedelta(days=1) < other.first for one, other in pairwise(kept))
