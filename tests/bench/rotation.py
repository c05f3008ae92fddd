"""``python -m tests.bench.rotation``: an imported history of 5,000 people and 50,000 moves, and pages at several sizes.

Says how long the import takes, that membership on any day equals an independent fold of the file, and for each page the
queries and milliseconds with 1,000 moves of 100 people, 3,000 of 300, and 50,000 of 5,000, on SQLite and PostgreSQL.
"""

import io
import random
import resource
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from gamebash.core import clock
from gamebash.core.db import db, migrate, unit_of_work
from gamebash.people.models import Person
from gamebash.rotation import imports
from gamebash.rotation.checking import log_faults
from gamebash.rotation.kinds import TeamKind
from gamebash.rotation.membership import everyone_on, teams_on
from gamebash.rotation.models import Crest, Team
from tests.conftest import make_app
from tests.rotation.making import a_manager, sign_in
from tests.support import postgres

SIZES = ((100, 12), (300, 20), (5_000, 120))
MOVES_EACH = 10
TURNS = 7
PAGES = (
    "/rotation", "/rotation?on={past}", "/rotation/tours", "/rotation/log", "/rotation/flow?quarter=2025-Q2", "/teams", "/teams/{team}",
    "/rotation/people/p7",
)  # fmt: skip


def history(people, codes, today):
    """Return lines of a file, and for each person the steps of their life, told apart from the application."""
    chance, steps, lines = random.Random(people), {}, []
    for number in range(people):
        day, here = today - timedelta(days=chance.randint(2_400, 2_600)), ""
        for _ in range(MOVES_EACH):
            there = chance.choice([code for code in codes if code != here])
            lines.append(f"p{number},{here},{there},{day.isoformat()},turn")
            steps.setdefault(number, []).append((day, there))
            here, day = there, day + timedelta(days=chance.randint(20, 230))
    chance.shuffle(lines)
    return "handle,from,to,first day,reason\n" + "\n".join(lines) + "\n", steps


def build(people, teams):
    now = clock.now()
    codes = [f"{chr(65 + number // 26 % 26)}{chr(65 + number % 26)}{number % 10}" for number in range(teams)]
    with unit_of_work():
        priya = a_manager(now)
        for number, one in enumerate(codes):
            kind = TeamKind.OPS if number % 6 == 0 else TeamKind.SCRUM
            db.session.add(
                Team(
                    code=one,
                    name=f"Team {one}",
                    kind=kind,
                    crest=Crest.RING,
                    colour="1",
                    is_active=True,
                    max_weeks=26,
                    created_at=now,
                )
            )
        db.session.execute(
            sa.insert(Person),
            [
                {
                    "handle": f"p{number}",
                    "name": f"Person {number:05d}",
                    "email": f"p{number}@example.org",
                    "created_at": now,
                }
                for number in range(people)
            ],
        )
    text, steps = history(people, codes, now.date())
    with unit_of_work():
        one = imports.receive_moves(io.BytesIO(text.encode()), "moves.csv", by=priya, now=now)
    started = time.perf_counter()
    imports.work_off_imports(now=clock.now())
    checked = time.perf_counter()
    with unit_of_work():
        imports.confirm_import(imports.get_import(one.reference), is_whole=False, by=priya, now=now)
    confirmed = time.perf_counter()
    imports.work_off_imports(now=clock.now())
    written = time.perf_counter()
    db.session.rollback()
    one = imports.get_import(one.reference)
    print(
        f"  import of {one.rows_read:,} moves of {people:,} people: checked in {checked - started:.1f} s, written in "
        f"{written - confirmed:.1f} s, {one.rows_written:,} in, {one.rows_rejected:,} not"
    )
    return steps, codes


def compare(steps):
    """Compare membership on twenty days with the steps of the file; return how many people on days that was."""
    ids = {handle: number for number, handle in db.session.execute(sa.select(Person.id, Person.handle))}
    today, compared = clock.now().date(), 0
    for offset in range(0, 2_600, 130):
        day = today - timedelta(days=offset)
        expected = {}
        for number, own in steps.items():
            places = [place for on, place in own if on <= day]
            if places:
                expected[ids[f"p{number}"]] = places[-1]
        assert {one.person_id: one.team.code for one in everyone_on(day)} == expected
        compared += len(expected)
    return compared


def timed(action):
    spent = []
    for _ in range(TURNS):
        started = time.perf_counter()
        action()
        spent.append((time.perf_counter() - started) * 1000)
    return f"{statistics.median(spent):7.1f} ms ({min(spent):.1f} to {max(spent):.1f})"


def pages(app, codes):
    client = app.test_client()
    with app.app_context(), unit_of_work():
        person = db.session.scalars(sa.select(Person).where(Person.handle == "priya-raman")).one()
        sign_in(client, person)
    asked = []
    with app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    past = (clock.now().date() - timedelta(days=500)).isoformat()
    for path in PAGES:
        address = path.format(past=past, team=codes[0])

        def get(address=address):
            asked.clear()
            assert client.get(address).status_code == 200

        told = timed(get)
        count = len([one for one in asked if not one.startswith("BEGIN")])
        print(f"    {path:<34} {count:3} queries {told}")


def measure(name, uri, people, teams, folder):
    print(f"{name}: {people:,} people, {people * MOVES_EACH:,} moves, {teams} teams", flush=True)
    app = make_app(uri, GAMEBASH_DATA=str(folder), WTF_CSRF_ENABLED=False)
    migrate(app)
    with app.app_context():
        steps, codes = build(people, teams)
        db.session.execute(sa.text("ANALYZE"))
        db.session.commit()
        started = time.perf_counter()
        compared = compare(steps)
        print(
            f"  membership equals the fold for {compared:,} people on 20 days ({time.perf_counter() - started:.1f} s)"
        )
        started = time.perf_counter()
        assert list(log_faults()) == []
        print(f"  chain, contradictions and tours verified in {time.perf_counter() - started:.1f} s")
        today, ids = clock.now().date(), list(db.session.scalars(sa.select(Person.id).limit(300)))
        print(f"    everyone_on(today)                     1 query   {timed(lambda: everyone_on(today))}")
        print(
            f"    teams_on(300 people, 500 days ago)     1 query   {timed(lambda: teams_on(ids, today - timedelta(days=500)))}"
        )
        db.session.remove()
    pages(app, codes)
    with app.app_context():
        db.engine.dispose()
    print(
        f"    peak memory of this process so far: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB",
        flush=True,
    )


def main() -> None:
    names = sys.argv[1:] or ["sqlite", "postgresql"]
    with tempfile.TemporaryDirectory() as folder:
        for people, teams in SIZES:
            if "sqlite" in names:
                measure("SQLite", f"sqlite:///{folder}/r{people}.sqlite3", people, teams, Path(folder))
        if "postgresql" in names:
            with postgres.server() as address:
                for people, teams in SIZES:
                    postgres.execute(address, f"CREATE DATABASE rotation_{people}")
                    measure("PostgreSQL", f"{address}rotation_{people}", people, teams, Path(folder))


if __name__ == "__main__":
    main()
