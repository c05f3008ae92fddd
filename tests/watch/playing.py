"""A problem with a past, an event in which its story is squashed, and what comes after."""

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from gamebash.backlog.imports.upsert import write_incidents
from gamebash.backlog.models import Incident, Problem, Source, SourceKind
from gamebash.backlog.problems import refresh_problems
from gamebash.backlog.records import IncidentRecord
from gamebash.backlog.severity import Severity
from gamebash.core.counters import Counter
from gamebash.core.db import db
from gamebash.events.models import Event, EventStory, Player
from gamebash.events.rules import Rules
from gamebash.people.models import Person
from gamebash.play.claims import claim_story
from gamebash.play.fixes import submit_fix
from gamebash.play.models import Fix
from gamebash.play.reviews import accept_fix
from gamebash.points.models import PointEntry
from gamebash.stories.models import Origin, Story
from gamebash.watch.chores import begin_watches, settle_watches
from gamebash.watch.models import Watch
from tests.factories import NOW, make_event, make_person, make_player, make_squad, make_story
from tests.play.test_game import draft

ACCEPTED = NOW + timedelta(minutes=10)
DAY = timedelta(days=1)
END = ACCEPTED.replace(microsecond=999_999) + 30 * DAY
LATER = END + 2 * DAY


def record(opened_at, symptom="disk", *, key=None, **values):
    return IncidentRecord(
        external_id=key or f"{symptom}-{opened_at:%Y%m%d%H%M%S}", title=f"{symptom.title()} trouble", service="database",
        opened_at=opened_at, resolved_at=opened_at + timedelta(minutes=30), status="resolved", symptom=symptom,
        version_at=opened_at, severity=Severity.SEV2, **values,
    )  # fmt: skip


def source():
    found = db.session.scalar(sa.select(Source).where(Source.slug == "pager"))
    if found is None:
        found = Source(slug="pager", name="Pager", kind=SourceKind.FILE, created_at=NOW)
        db.session.add(found)
        db.session.flush()
    return found


def take_in(*records, now=NOW):
    """Write incidents and count their problems anew; return the problems' ids."""
    db.session.flush()
    db.session.expire_all()
    ids = write_incidents(source(), records).problem_ids
    refresh_problems(ids, now=now)
    return ids


def problem_of(symptom="disk"):
    return db.session.scalars(
        sa.select(Problem).where(Problem.symptom == symptom, Problem.why.not_like("split%"))
    ).one()


@dataclass
class Played:
    """An event with squads; ``mara`` fixed with ``helper``, ``mate`` is in her squad, ``sam`` reviewed."""

    event: Event
    story: Story
    problem: Problem
    mara: Player
    helper: Player
    mate: Player
    sam: Player
    raiser: Person
    fix: Fix


def number_on():
    """Let the actions number stories from where the factories will not come."""
    db.session.merge(Counter(name="stories", value=1_000_000))
    db.session.flush()


def past(symptom="disk", weeks=26):
    """Return a record a week before the event."""
    return [record(NOW - timedelta(days=7 * number, hours=3), symptom) for number in range(1, weeks)]


def play(symptom="disk", rules=None, assists=True, deployed_at=None, **values):
    """Take in a problem, squash its story in an event of its own, and return who and what there is."""
    number_on()
    take_in(*past(symptom))
    problem = problem_of(symptom)
    raiser = make_person("Ingrid Solberg", "developer")
    story = make_story(
        problem_id=problem.id, origin=Origin.PROBLEM, service=problem.service, created_by_id=raiser.id, **values
    )
    event = make_event(stories=[story], rules=rules or Rules(), went_live_at=NOW - timedelta(hours=1))
    squad = make_squad(event)
    mara = make_player(event, make_person("Mara Lindqvist", "developer"), squad=squad)
    mate = make_player(event, make_person("Noor Haddad", "developer"), squad=squad)
    helper = make_player(event, make_person("Elif Demir", "developer"))
    sam = make_player(event, make_person("Sam Okafor", "developer"))
    fix = squash(story, mara, ACCEPTED, assists=(helper.person.handle,) if assists else (), deployed_at=deployed_at)
    reviewer = next(one.player for one in fix.reviews if one.verdict)
    return Played(event, story, problem, mara, helper, mate, reviewer or sam, raiser, fix)


def squash(story, player, at, *, assists=(), deployed_at=None):
    entry = db.session.scalars(
        sa.select(EventStory).where(EventStory.story_id == story.id, EventStory.event_id == player.event_id)
    ).one()
    claim = claim_story(entry, by=player, now=at - timedelta(minutes=5))
    fix = submit_fix(claim, draft(assists=assists, deployed_at=deployed_at), by=player, now=at)
    accept_fix(fix, by=fix.reviews[0].player, now=at)
    db.session.flush()
    return fix


def sweep(now):
    """Keep what was done so far, then let the worker's chores do all that is due."""
    db.session.commit()
    begin_watches(now=now)
    while settle_watches(now=now):
        pass
    db.session.expire_all()


def watch_of(fix):
    return db.session.scalars(sa.select(Watch).where(Watch.fix_id == fix.id)).one()


def entries(fix, *kinds):
    query = sa.select(PointEntry).where(PointEntry.fix_id == fix.id).order_by(PointEntry.seq)
    return [(one.kind.value, one.player_id, one.points) for one in db.session.scalars(query) if one.kind.value in kinds]


def incident(key):
    return db.session.scalars(sa.select(Incident).where(Incident.external_id == key)).one()
