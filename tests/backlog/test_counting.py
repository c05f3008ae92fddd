"""Problems are counted in the database as they would be one incident at a time, and nothing that changed is forgotten."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from gamebash.backlog.imports.upsert import write_incidents
from gamebash.backlog.models import Incident, Problem, ProblemWeek, Source, SourceKind
from gamebash.backlog.problems import monday_of, refresh_stale_problems
from gamebash.backlog.records import IncidentRecord
from gamebash.backlog.severity import WEIGHTS, Severity
from gamebash.core.db import db, unit_of_work
from gamebash.verify import verify

NOW = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)


def written(count):
    chance = random.Random(7)
    records = [
        IncidentRecord(
            str(number),
            f"part {chance.randrange(3)} is down",
            "mail",
            datetime(2023, 12, 25, tzinfo=UTC) + timedelta(minutes=chance.randrange(1_400_000)),
            severity=chance.choice(list(Severity)),
            impact_minutes=chance.choice([None, 5, 70]),
        )
        for number in range(count)
    ]
    with unit_of_work():
        source = Source(slug="log", name="log", kind=SourceKind.FILE, created_at=NOW)
        db.session.add(source)
        db.session.flush()
        write_incidents(source, records)
    return records


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/St_Johns"])
def test_weeks_and_nights_are_those_of_the_installations_zone(app, context, zone):
    app.config["GAMEBASH_TIMEZONE"] = zone
    records = written(800)
    while refresh_stale_problems(now=NOW):
        pass
    weeks, nights, weight = Counter(), Counter(), Counter()
    for one in records:
        week = monday_of(one.opened_at.date())
        hour = one.opened_at.astimezone(ZoneInfo(zone)).hour
        weeks[week] += 1
        nights[week] += hour >= 22 or hour < 6
        weight[week] += WEIGHTS[one.severity]
    query = sa.select(
        ProblemWeek.week_on,
        sa.func.sum(ProblemWeek.incidents),
        sa.func.sum(ProblemWeek.at_night),
        sa.func.sum(ProblemWeek.weight),
    ).group_by(ProblemWeek.week_on)
    assert {row[0]: tuple(map(int, row[1:])) for row in db.session.execute(query)} == {
        week: (weeks[week], nights[week], weight[week]) for week in weeks
    }
    seen = db.session.execute(sa.select(sa.func.min(Problem.first_seen_at), sa.func.max(Problem.last_seen_at))).one()
    assert seen == (min(one.opened_at for one in records), max(one.opened_at for one in records))


def test_what_a_killed_worker_wrote_is_counted_by_another(context):
    written(50)
    assert db.session.scalar(sa.select(sa.func.count()).where(Problem.is_stale)) > 0
    while refresh_stale_problems(now=NOW):
        pass
    assert db.session.scalar(sa.select(sa.func.sum(Problem.incident_count))) == 50
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Incident)) == 50
    assert [finding for finding in verify() if finding.invariant in {5, 6}] == []
