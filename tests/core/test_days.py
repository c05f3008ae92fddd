"""Days as people type them: what no calendar of work holds is refused in words, and asks for nothing elsewhere."""

from datetime import UTC, date, datetime

import pytest

from gamebash.absences.reading import Unread, read_absences
from gamebash.core.days import OUTSIDE, day_of, moment_of
from gamebash.core.db import unit_of_work
from tests.factories import make_person, make_team
from tests.support.signing_in import sign_in

FAR = ("0001-01-01", "9999-12-31")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-07", date(2026, 12, 7)), ("1970-01-01", date(1970, 1, 1)), ("2199-12-31", date(2199, 12, 31)),
        ("1969-12-31", None), ("2200-01-01", None), ("tomorrow", None), ("", None), (None, None), *((far, None) for far in FAR),
    ],
)  # fmt: skip
def test_a_day_is_one_of_the_years_that_are_counted_with(text, day):
    assert day_of(text) == day


def test_a_time_keeps_its_zone_and_nonsense_counts_as_none():
    assert moment_of(" 2026-12-07T10:00+00:00 ") == datetime(2026, 12, 7, 10, tzinfo=UTC)
    assert [moment_of(text) for text in ("9999-12-31T23:59", "0001-01-01T00:00+00:00", "now", None)] == [None] * 4


@pytest.fixture
def aisha(app):
    with app.app_context(), unit_of_work():
        make_team(code="FLO")
        make_person("Aisha Bello", "organiser", "manager", handle="aisha")
    return sign_in(app.test_client(), "aisha")


@pytest.mark.parametrize("day", FAR)
@pytest.mark.parametrize(
    "path",
    ["/backlog/incidents?from={0}&to={0}", "/search?q=a&from={0}&to={0}", "/rotation?on={0}", "/rotation/tours?on={0}&limit=long",
     "/rotation/log?since={0}&until={0}", "/teams/FLO?on={0}", "/fairness?since={0}&until={0}"],
)  # fmt: skip
def test_a_list_asked_for_a_day_at_the_end_of_time_is_shown_without_it(aisha, path, day):
    assert aisha.get(path.format(day)).status_code == 200


@pytest.mark.parametrize("day", FAR)
def test_a_form_says_which_years_there_are(aisha, day):
    form = {"name": "Autumn", "starts_at": f"{day}T10:00", "hours": "7", "rhythm": "quarter"}
    answer = aisha.post("/series", data=form)
    assert answer.status_code == 422
    assert OUTSIDE in answer.get_data(as_text=True)


def test_a_browser_that_was_never_signed_in_is_none_to_sign_out(aisha):
    for since in ("nonsense", "2026-12-07T10:00", "9999-12-31T23:59+00:00"):
        assert aisha.post("/account/browsers/end", data={"since": since}).status_code == 303
    assert aisha.get("/account").status_code == 200


@pytest.mark.parametrize("day", FAR)
def test_a_file_of_absences_says_so_by_the_line(day):
    table = read_absences(f"person,from,until\nmara,{day},{day}\n")
    calendar = read_absences(
        f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART;VALUE=DATE:{day.replace('-', '')}\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    assert all(isinstance(line, Unread) for line in (*table, *calendar))
