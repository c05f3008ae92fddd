"""Things that tests need, made with as little as possible beside the actions under test."""

import itertools
from datetime import UTC, datetime, timedelta

from gamebash.backlog.models import Problem, Service
from gamebash.core.db import db
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, EventStory, Player, Squad
from gamebash.events.rules import Rules
from gamebash.people.models import Person, PersonRole
from gamebash.policy import Role
from gamebash.rotation.kinds import TeamKind
from gamebash.rotation.models import Crest, Team
from gamebash.stories.grades import USUAL_POINTS, Grade
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.models import Origin, Story

NOW = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def add(thing):
    db.session.add(thing)
    db.session.flush()
    return thing


def make_person(name="Mara Lindqvist", *roles, **values):
    number = next(_numbers)
    handle = values.pop("handle", f"{name.lower().replace(' ', '-')}-{number}")
    person = Person(
        handle=handle,
        name=name,
        email=f"{handle}@example.org",
        is_active=True,
        is_playing=True,
        created_at=NOW,
        **values,
    )
    person.role_rows = [PersonRole(role=Role(role)) for role in roles]
    return add(person)


def make_team(code="CHK", kind="scrum", **values):
    known = db.session.query(Team).filter_by(code=code).one_or_none()
    return known or add(
        Team(
            code=code,
            name=values.pop("name", f"Team {code}"),
            kind=TeamKind(kind),
            crest=Crest.TRIANGLE,
            colour="1",
            is_active=True,
            created_at=NOW,
        )
    )


def make_service(name="checkout-api", team=None):
    slug = name.lower().replace(" ", "-")
    known = db.session.query(Service).filter_by(slug=slug).one_or_none()
    return known or add(Service(slug=slug, name=name, tier=2, team_id=team.id if team else None))


def make_problem(service=None, **values):
    number = next(_numbers)
    service = service or make_service()
    return add(
        Problem(key=f"P-{number}", fingerprint=f"f{number}", title=f"Problem {number}", service_id=service.id, **values)
    )


def make_story(state=StoryState.READY, **values):
    number = values.pop("number", None) or next(_numbers)
    service = values.pop("service", None) or make_service()
    defaults = {
        "title": f"Story {number}", "origin": Origin.HAND, "grade": Grade.YELLOW, "effort_hours": 4.0, "value": 10.0,
        "acceptance_criteria": "It stops.", "created_at": NOW, "updated_at": NOW,
        "second_grade": values.get("grade", Grade.YELLOW),
    }  # fmt: skip
    return add(Story(number=number, service_id=service.id, state=state, **{**defaults, **values}))


def make_event(state=EventState.LIVE, stories=(), rules=None, **values):
    number = next(_numbers)
    defaults = {
        "slug": f"bash-{number}", "name": f"Bash {number}", "starts_at": NOW - timedelta(hours=1),
        "ends_at": NOW + timedelta(hours=6), "reviews_end_at": NOW + timedelta(hours=7), "created_at": NOW,
    }  # fmt: skip
    event = add(Event(state=state, rules=(rules or Rules()).to_document(), **{**defaults, **values}))
    for rank, story in enumerate(stories, start=1):
        put_on_board(event, story, rank)
    return event


def put_on_board(event, story, rank):
    story.state = StoryState.SCHEDULED
    return add(
        EventStory(
            event_id=event.id, story_id=story.id, rank=rank, grade=story.grade, points=USUAL_POINTS[story.grade],
            value=story.value, pulled_at=NOW,
            problem_id=story.problem_id or (story.incident.problem_id if story.incident else None),
        )
    )  # fmt: skip


def make_player(event, person=None, *, squad=None, team=None, **values):
    person = person or make_person(f"Player Number{next(_numbers)}")
    return add(
        Player(event_id=event.id, person_id=person.id, joined_at=NOW, squad_id=squad.id if squad else None,
               team_id=team.id if team else None, hours_free=6.0, **values)
    )  # fmt: skip


def make_squad(event, name="Nightwatch"):
    return add(Squad(event_id=event.id, name=name, created_at=NOW))
