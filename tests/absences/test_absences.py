"""Entering and importing absences; who may; overlaps; pages; two at once."""

import io
import threading
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from gamebash.absences.absences import (
    OverlappingAbsenceError,
    add_absence,
    cancel_absence,
    import_absences,
)
from gamebash.absences.kinds import AbsenceKind
from gamebash.absences.models import Absence
from gamebash.absences.queries import away_on, days_away_between
from gamebash.absences.spans import DaysAway
from gamebash.core import clock
from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import DomainError, NotAllowedError
from gamebash.people.models import Person
from tests.absences.test_reading import calendar
from tests.factories import NOW, make_person
from tests.staffing.making import switch

DAY = date(2026, 12, 7)
WEEK = DaysAway(DAY, DAY + timedelta(days=4))
HOLIDAY = AbsenceKind.HOLIDAY


@pytest.fixture
def people(work):
    with work():
        return {
            "lena": make_person("Lena Vogt", "developer", handle="lena"),
            "sam": make_person("Sam Okafor", "developer", handle="sam"),
            "priya": make_person("Priya Raman", "manager", handle="priya"),
        }


def test_days_away_are_kept_and_taken_back(people, work):
    lena = people["lena"]
    with work():
        absence = add_absence(lena, WEEK, HOLIDAY, by=lena, now=NOW)
    assert away_on(DAY) == {lena.id}
    assert days_away_between(DAY + timedelta(days=9), DAY + timedelta(days=20)) == {}
    with work():
        cancel_absence(absence, by=lena, now=NOW)
    assert away_on(DAY) == frozenset()
    with pytest.raises(DomainError, match="cancelled already"):
        cancel_absence(absence, by=lena, now=NOW)


def test_the_same_reason_twice_on_a_day_is_refused_and_two_reasons_count_once(people, work):
    lena = people["lena"]
    with work():
        add_absence(lena, WEEK, HOLIDAY, by=lena, now=NOW)
        with pytest.raises(OverlappingAbsenceError, match="You are away already, 7 December to 11 December 2026"):
            add_absence(lena, DaysAway(DAY + timedelta(days=4), DAY + timedelta(days=9)), HOLIDAY, by=lena, now=NOW)
        add_absence(lena, DaysAway(DAY, DAY), AbsenceKind.SICK, by=lena, now=NOW)
    assert len(days_away_between(DAY, DAY)[lena.id]) == 2


def test_one_enters_ones_own_and_a_manager_anybodys(people, work):
    with pytest.raises(NotAllowedError):
        add_absence(people["lena"], WEEK, HOLIDAY, by=people["sam"], now=NOW)
    with work():
        absence = add_absence(people["lena"], WEEK, HOLIDAY, by=people["priya"], now=NOW)
    with pytest.raises(NotAllowedError):
        cancel_absence(absence, by=people["sam"], now=NOW)
    with pytest.raises(NotAllowedError):
        import_absences("person,from,until\n", None, by=people["sam"], now=NOW)


def test_a_table_goes_in_once_and_bad_lines_come_back(people, work):
    text = (
        "person,from,until,kind\nlena,2026-12-07,2026-12-11,holiday\nsam@example.org,2026-12-24,2026-12-24,sick\n"
        "nobody,2026-12-07,2026-12-08,sick\nlena,2026-12-10,2026-12-14,holiday\n"
    )
    with work():
        first = import_absences(text, None, by=people["priya"], now=NOW)
    assert (first.added, [one.line for one in first.rejected]) == (2, [4, 5])
    with work():
        again = import_absences(text, None, by=people["priya"], now=NOW)
    assert (again.added, again.unchanged, len(again.rejected)) == (0, 2, 2)


def test_a_calendar_entry_is_known_again_moved_and_cancelled(people, work):
    lena = people["lena"]
    event = "UID:a@x\r\nSUMMARY:Holiday\r\nDTSTART;VALUE=DATE:202612{}\r\nDTEND;VALUE=DATE:20261219{}"

    def take_in(text):
        with work():
            return import_absences(calendar(text), lena, by=lena, now=NOW)

    assert take_in(event.format("07", "")).added == 1
    assert take_in(event.format("07", "")).unchanged == 1
    assert take_in(event.format("09", "")).changed == 1
    assert (away_on(DAY), away_on(date(2026, 12, 9))) == (frozenset(), {lena.id})
    assert take_in(event.format("09", "\r\nSTATUS:CANCELLED")).changed == 1
    assert away_on(date(2026, 12, 9)) == frozenset()
    assert take_in(event.format("09", "")).changed == 1
    assert away_on(date(2026, 12, 9)) == {lena.id}


def test_of_two_who_enter_the_same_days_at_once_one_goes_in(app, people, work):
    barrier, found = threading.Barrier(6), []

    def press():
        with app.app_context():
            barrier.wait()
            try:
                with unit_of_work():
                    lena = db.session.scalars(sa.select(Person).where(Person.handle == "lena")).one()
                    add_absence(lena, WEEK, HOLIDAY, by=lena, now=NOW)
                found.append("done")
            except OverlappingAbsenceError:
                found.append("refused")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["done"] + ["refused"] * 5
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Absence)) == 1


def test_the_pages_show_ones_own_and_a_manager_everybodys(people, work, client):
    soon = clock.now().date() + timedelta(days=5)
    with work():
        add_absence(people["lena"], DaysAway(soon, soon), AbsenceKind.PARENTAL, by=people["lena"], now=NOW)
        switch(client, people["sam"])
    assert "Parental" not in client.get("/absences?who=all").get_data(as_text=True).partition("Enter days away</h2>")[0]
    with work():
        switch(client, people["priya"])
    assert "Lena Vogt" in client.get("/absences?who=all").get_data(as_text=True).partition("Enter days away</h2>")[0]


def test_days_are_entered_imported_and_taken_back_on_the_page(people, work, client):
    with work():
        switch(client, people["lena"])
    day = (clock.now().date() + timedelta(days=30)).isoformat()
    form = {"person": "", "from_on": day, "until_on": day, "kind": "holiday"}
    assert client.post("/absences", data=form).status_code == 303
    assert client.post("/absences", data=form).status_code == 409
    assert client.post("/absences", data={**form, "from_on": "soon"}).status_code == 422
    assert client.post("/absences", data={**form, "person": "sam"}).status_code == 403
    file = (io.BytesIO(b"from,until,kind\n2027-01-04,2027-01-08,holiday\nx,y,z\n"), "days.csv")
    text = client.post("/absences/import", data={"whose": "", "file": file}).get_data(as_text=True)
    assert "1 added" in text
    assert "Line 3" in text
    db.session.rollback()
    reference = db.session.scalars(sa.select(Absence.reference).limit(1)).one()
    assert client.post(f"/absences/{reference}/cancel").status_code == 303
    assert client.post(f"/absences/{reference}/cancel").status_code == 409
