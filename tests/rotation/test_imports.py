"""Past moves from a file: what each line says, which lines can be true together, and that the log stays whole."""

import csv
import io
import random
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from gamebash.core import clock
from gamebash.core.db import db
from gamebash.core.errors import InvalidError
from gamebash.core.exports import csv_text
from gamebash.rotation import imports
from gamebash.rotation.checking import log_faults
from gamebash.rotation.export import HEADER, csv_rows
from gamebash.rotation.import_rows import Fault, Line, UnreadableMovesError, day_of, decoded, read_lines
from gamebash.rotation.imports import ImportRefusedError
from gamebash.rotation.kinds import MoveKind
from gamebash.rotation.membership import everyone_on, history_of
from gamebash.rotation.models import ImportState, Move, MoveImport, MoveImportFault
from gamebash.rotation.moves import correct_move
from gamebash.rotation.queries.log import LogFilter, all_rows, count_waiting
from tests.rotation.making import Log, a_manager, a_person, sign_in, some_teams

HEAD = "handle,from,to,first day,kind,reason\n"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-07", date(2026, 12, 7)), ("2026/1/5", date(2026, 1, 5)), ("7.12.2026", date(2026, 12, 7)),
        ("2026-12-07T00:00:00", date(2026, 12, 7)), ("3/4/2026", None), ("2026-02-30", None), ("soon", None), ("", None),
    ],
)  # fmt: skip
def test_days_are_read_where_nobody_can_mistake_them(text, day):
    assert day_of(text) == day


@pytest.mark.parametrize(
    "header", ["Handle;From;To;First  day;Kind;Reason", "reason,TO,day,email,from", "who\ton\tteam"]
)
def test_columns_go_by_their_usual_names_in_any_order(header):
    assert list(read_lines(header + "\n")) == []


def test_a_header_without_what_is_needed_is_refused_by_name():
    with pytest.raises(UnreadableMovesError, match="names no column for handle, first day"):
        list(read_lines("team,from\nOPS,CHK\n"))


def test_lines_are_read_with_their_numbers():
    text = (
        HEAD
        + 'lena,,ops,2026-01-05,Joins,"two\nlines"\n\n,OPS,CHK,2026-02-02,,\nnoor,OPS,ops,2026-02-02,,\nnoor,,OPS,soon,,\n'
    )
    first, *faults = read_lines(text)
    assert first == Line(2, "lena", "", "OPS", date(2026, 1, 5), MoveKind.JOIN, "two\nlines", first.excerpt)
    assert [(fault.line, fault.reason) for fault in faults] == [
        (5, "It names nobody."),
        (6, "It starts and ends in the same place."),
        (7, "“soon” is no day. Write it as 2026-12-07 or 7.12.2026."),
    ]
    assert all(isinstance(fault, Fault) for fault in faults)


def test_files_of_old_programs_are_read_too():
    assert decoded("Müller".encode("cp1252")) == decoded("\ufeffMüller".encode()) == "Müller"


@pytest.fixture
def world(work, now):
    with work():
        teams = some_teams(now)
        priya = a_manager(now)
        lena = Log(a_person("Lena Vogt", now), teams, priya, now)
        lena.move(None, "WHS", "2026-01-05")
        a_person("Noor Haddad", now)
        a_person("Same Name", now).handle = "same-1"
        twin = a_person("Other Twin", now)
        twin.name = "Same Name"
    return {"lena": lena.person, "priya": priya, "teams": teams, "log": lena}


@pytest.fixture
def take_in(work, world, now, app):
    def run(text, confirm=True, is_whole=False):
        with work():
            one = imports.receive_moves(io.BytesIO(text.encode()), "moves.csv", by=world["priya"], now=now)
        imports.work_off_imports(now=clock.now())
        db.session.rollback()
        one = imports.get_import(one.reference)
        if confirm and one.state is ImportState.PREVIEWED:
            with work():
                imports.confirm_import(one, is_whole=is_whole, by=world["priya"], now=now)
            imports.work_off_imports(now=clock.now())
            db.session.rollback()
            one = imports.get_import(one.reference)
        return one

    return run


def counts(one):
    return one.rows_written, one.rows_known, one.rows_rejected


def faults():
    query = sa.select(MoveImportFault.line, MoveImportFault.reason).order_by(MoveImportFault.line)
    return [(line, reason) for line, reason in db.session.execute(query)]


def moves():
    return db.session.scalar(sa.select(sa.func.count()).select_from(Move))


def test_a_file_is_checked_before_anything_is_written(take_in):
    text = HEAD + "noor-haddad,,CHK,2025-01-06,,\nnoor-haddad,OPS,WHS,2025-03-03,,\n"
    one = take_in(text, confirm=False)
    assert (one.state, counts(one), one.rows_read) == (ImportState.PREVIEWED, (1, 0, 1), 2)
    assert faults() == [(3, "Noor Haddad is in CHK since 6 January 2025, not in OPS.")]
    assert moves() == 1


def test_good_lines_go_in_and_the_others_say_why(take_in, world):
    text = HEAD + (
        "noor-haddad,,CHK,2025-01-06,,started\n"
        "noor-haddad@example.org,CHK,OPS,2025-06-02,Rotates in,\n"
        "Noor Haddad,OPS,CHK,2025-06-02,,\n"
        "nobody,,CHK,2025-01-06,,\n"
        "Same Name,,CHK,2025-01-06,,\n"
        "noor-haddad,OPS,XXX,2025-07-01,,\n"
        "noor-haddad,OPS,CHK,2099-07-01,,\n"
        "lena-vogt,,OPS,2024-01-01,,\n"
    )
    one = take_in(text)
    assert (one.state, counts(one), one.rows_read) == (ImportState.DONE, (2, 0, 6), 8)
    assert [reason for _, reason in faults()] == [
        "Noor Haddad already moves on 2 June 2025.",
        "Nobody here is called nobody. Write a handle or an address, or invite them first.",
        "Several people are called Same Name. Write a handle or an address.",
        "No team has the code XXX. Found it first; a retired one will do.",
        "It lies ahead. Plan it under Rotation, so that people are asked.",
        "Move 1 of the log takes Lena Vogt from no team on 5 January 2026, which would no longer fit.",
    ]
    written = db.session.scalars(sa.select(Move).where(Move.import_id == one.id).order_by(Move.number)).all()
    assert [move.kind for move in written] == [MoveKind.JOIN, MoveKind.ROTATE_IN]
    assert count_waiting() == 1, "nobody is asked for a yes to history"
    assert list(log_faults()) == []


def test_history_before_the_log_began_goes_in_where_it_fits_together(take_in, world):
    one = take_in(HEAD + "lena-vogt,CHK,,2025-06-01,,\nlena-vogt,,CHK,2024-01-01,,\n")
    assert counts(one) == (2, 0, 0)
    assert [tour.from_on.year for tour in history_of(world["lena"].id).tours] == [2024, 2026]


def test_the_same_file_again_changes_nothing(take_in):
    text = HEAD + "noor-haddad,,CHK,2025-01-06,,\nnoor-haddad,,CHK,2025-01-06,,\nnoor-haddad,CHK,OPS,2025-06-02,,\n"
    assert counts(take_in(text)) == (2, 1, 0)
    assert counts(take_in(text)) == (0, 3, 0)
    assert moves() == 3


def test_all_or_nothing_is_refused_where_a_line_cannot_go_in(take_in, work, world, now):
    one = take_in(HEAD + "noor-haddad,,CHK,2025-01-06,,\nnobody,,CHK,2025-01-06,,\n", confirm=False)
    with pytest.raises(ImportRefusedError, match="1 lines cannot go in"), work():
        imports.confirm_import(one, is_whole=True, by=world["priya"], now=now)
    assert counts(take_in(HEAD + "noor-haddad,,CHK,2025-01-06,,\n", is_whole=True)) == (1, 0, 0)


def test_all_or_nothing_writes_nothing_where_the_log_moved_on_meanwhile(take_in, work, world, now):
    one = take_in(HEAD + "noor-haddad,,CHK,2025-01-06,,\nlena-vogt,WHS,OPS,2026-03-02,,\n", confirm=False)
    with work():
        world["log"].move("WHS", "CHK", "2026-02-02")
        imports.confirm_import(one, is_whole=True, by=world["priya"], now=now)
    imports.work_off_imports(now=clock.now())
    db.session.rollback()
    assert imports.get_import(one.reference).state is ImportState.FAILED
    assert moves() == 2


def test_what_the_log_is_saved_as_can_be_read_back(take_in, work, world, now):
    with work():
        log = world["log"]
        wrong = log.move("WHS", "OPS", "2026-03-02", reason="=HYPERLINK()")
        correct_move(wrong, log.draft("WHS", "CHK", "2026-03-09"), reason="Other team", by=log.by, now=now)
        correct_move(log.move("CHK", "OPS", "2026-04-01"), None, reason="Never", by=log.by, now=now)
    saved = csv_text(HEADER, csv_rows(all_rows(LogFilter(sort="oldest"))))
    assert counts(take_in(saved)) == (0, 5, 0)
    renamed = saved.replace("lena-vogt", "noor-haddad")
    assert counts(take_in(renamed)) == (2, 3, 0)
    lenas = [(tour.team, tour.from_on) for tour in history_of(world["lena"].id).tours]
    noor = next(member for member in everyone_on(date(2026, 3, 10)) if member.handle == "noor-haddad")
    assert [(tour.team, tour.from_on) for tour in history_of(noor.person_id).tours] == lenas


def test_a_killed_worker_loses_nothing(take_in, work, world, now):
    one = take_in(HEAD + "noor-haddad,,CHK,2025-01-06,,\n", confirm=False)
    with work():
        imports.confirm_import(one, is_whole=False, by=world["priya"], now=now)
    assert imports._take(now=clock.now()) == one.id
    assert not imports.work_off_imports(now=clock.now())
    assert imports.work_off_imports(now=clock.now() + timedelta(minutes=6))
    db.session.rollback()
    assert counts(imports.get_import(one.reference)) == (1, 0, 0)


def test_random_histories_come_in_as_they_are(take_in, work, world, now):
    chance, told = random.Random("histories"), {}
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["handle", "from", "to", "first day"])
    rows = []
    with work():
        people = [a_person(f"Person {number}", now) for number in range(60)]
    for person in people:
        here, day = "", date(2020, 1, 1) + timedelta(days=chance.randint(0, 300))
        for _ in range(chance.randint(1, 9)):
            there = chance.choice([code for code in ("OPS", "CHK", "WHS", "") if code != here])
            rows.append((person.handle, here, there, day.isoformat()))
            here, day = there, day + timedelta(days=chance.randint(1, 200))
            told.setdefault(person.id, []).append((rows[-1][3], there))
    chance.shuffle(rows)
    writer.writerows(rows)
    assert counts(take_in(out.getvalue())) == (len(rows), 0, 0)
    assert list(log_faults()) == []
    for offset in range(0, 2200, 97):
        day = date(2020, 1, 1) + timedelta(days=offset)
        expected = {}
        for person_id, steps in told.items():
            past = [code for on, code in steps if on <= day.isoformat()]
            if past and past[-1]:
                expected[person_id] = past[-1]
        found = {one.person_id: one.team.code for one in everyone_on(day) if one.person_id in told}
        assert found == expected


def test_a_file_without_moves_is_refused_at_once(world, now):
    for text, message in (
        (b"", "names no column"),
        (b"a,b\n1,2\n", "names no column"),
        (HEAD.encode(), "no line below"),
    ):
        with pytest.raises(InvalidError, match=message):
            imports.receive_moves(io.BytesIO(text), "x.csv", by=world["priya"], now=now)


def test_the_pages_lead_from_the_file_to_the_log(client, work, world, app):
    with work():
        sign_in(client, world["priya"])
    assert client.post("/rotation/imports", data={}).status_code == 422
    data = {"file": (io.BytesIO((HEAD + "noor-haddad,,CHK,2025-01-06,,\nx,,CHK,2025-01-06,,\n").encode()), "a.csv")}
    path = client.post("/rotation/imports", data=data).location
    assert "waits for the worker" in client.get(path).get_data(as_text=True)
    imports.work_off_imports(now=clock.now())
    body = client.get(path).get_data(as_text=True)
    assert "Write the 1 good lines" in body
    assert "Nobody here is called x" in body
    assert "All of it or nothing" not in body
    client.post(f"{path}/confirm")
    imports.work_off_imports(now=clock.now())
    assert "The same file once more would change nothing" in client.get(path).get_data(as_text=True)
    assert client.post(f"{path}/confirm").status_code == 409
    assert client.post(f"{path}/cancel").status_code == 409
    assert "a.csv" in client.get("/rotation/imports").get_data(as_text=True)
    assert db.session.scalar(sa.select(MoveImport.rows_written)) == 1
