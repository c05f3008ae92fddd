"""A problem pays once in an event, however many stories were cut from it."""

import sqlalchemy as sa

from gamebash.backlog.models import Incident, IncidentStatus, Source, SourceKind
from gamebash.backlog.severity import Severity
from gamebash.core.db import db
from gamebash.events.models import EventStory
from gamebash.play.claims import claim_story
from gamebash.play.fixes import submit_fix
from gamebash.play.reviews import accept_fix
from gamebash.points.models import PointEntry
from gamebash.points.scoring import EntryKind
from tests.factories import NOW, add, make_event, make_person, make_player, make_problem, make_story
from tests.play.test_game import draft


def make_incident(problem):
    source = add(Source(slug="pager", name="Pager", kind=SourceKind.FILE, created_at=NOW))
    return add(
        Incident(
            source_id=source.id, external_id="1", title="Checkout hangs", service_id=problem.service_id,
            severity=Severity.SEV2, status=IncidentStatus.RESOLVED, opened_at=NOW, content_hash="1", problem_id=problem.id,
        )
    )  # fmt: skip


def squash(story, author):
    entry = db.session.scalars(sa.select(EventStory).where(EventStory.story_id == story.id)).one()
    fix = submit_fix(claim_story(entry, by=author, now=NOW), draft(), by=author, now=NOW)
    db.session.refresh(fix)
    for review in list(fix.reviews):
        accept_fix(fix, by=review.player, now=NOW)
    rows = db.session.execute(sa.select(PointEntry.kind, PointEntry.points).where(PointEntry.fix_id == fix.id))
    return {kind: points for kind, points in rows}  # noqa: C416  rows are no pairs to mypy


def test_a_second_story_of_a_problem_pays_its_reviewer_only(context):
    problem, other = make_problem(), make_problem()
    of_problem = make_story(problem_id=problem.id)
    of_its_incident = make_story(incident_id=make_incident(problem).id)
    of_another = make_story(problem_id=other.id)
    by_hand = [make_story(), make_story()]
    event = make_event(stories=[of_problem, of_its_incident, of_another, *by_hand], went_live_at=NOW)
    mara, sam, _ = (make_player(event, make_person(name)) for name in ("Mara Lindqvist", "Sam Okafor", "Aisha Bello"))
    assert squash(of_problem, mara)[EntryKind.FIX] == 5
    assert squash(of_its_incident, mara) == {EntryKind.REVIEW: 1}
    assert squash(of_another, sam)[EntryKind.FIX] == 5
    assert [squash(story, sam)[EntryKind.FIX] for story in by_hand] == [5, 5]


def test_a_problem_split_after_go_live_is_still_paid_once(context):
    problem, split_off = make_problem(), make_problem()
    incident = make_incident(problem)
    whole, part = make_story(problem_id=problem.id), make_story(incident_id=incident.id)
    event = make_event(stories=[whole, part], went_live_at=NOW)
    mara, _ = (make_player(event, make_person(name)) for name in ("Mara Lindqvist", "Sam Okafor"))
    incident.problem_id = split_off.id
    assert squash(whole, mara)[EntryKind.FIX] == 5
    assert squash(part, mara) == {EntryKind.REVIEW: 1}
