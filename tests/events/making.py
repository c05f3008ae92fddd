"""Makes the people, teams, services, stories and events that these tests play with."""

from datetime import timedelta

from gamebash.backlog.models import Incident, Problem, Service, Source
from gamebash.core.counters import next_number
from gamebash.core.db import db
from gamebash.events.day_plan import DayPlan
from gamebash.events.drafts import confirm_rules, draft_event
from gamebash.events.models import EventStory
from gamebash.events.running import schedule_event
from gamebash.people.models import Person, PersonRole
from gamebash.policy import Role
from gamebash.rotation.kinds import TeamKind
from gamebash.rotation.models import Crest
from gamebash.rotation.moves import MoveDraft, log_move
from gamebash.rotation.teams import TeamDraft, create_team
from gamebash.stories.grades import grade_for
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.models import Origin, Story


def a_person(handle, now, *roles, is_playing=True):
    person = Person(handle=handle, name=handle.replace("-", " ").title(), email=f"{handle}@example.org", created_at=now)
    person.is_playing = is_playing
    person.role_rows = [PersonRole(role=role) for role in roles]
    db.session.add(person)
    db.session.flush()
    return person


def an_organiser(now, handle="olga-orr"):
    return a_person(handle, now, Role.ORGANISER)


def a_team(code, now):
    return create_team(TeamDraft(code, f"Team {code}", TeamKind.SCRUM, Crest.RING, "1"), by=None, now=now)


def put_in_team(person, team, now, on=None):
    log_move(person, MoveDraft(None, team, on or now.date()), by=None, now=now)


def a_service(slug, team=None):
    service = Service(slug=slug, name=slug, tier=2, team_id=team.id if team else None)
    db.session.add(service)
    db.session.flush()
    return service


def a_story(service, now, *, value=10.0, hours=3.0, state=StoryState.READY, criteria="It stops."):
    number = next_number("stories")
    story = Story(
        number=number, title=f"Story {number} stops waking people", origin=Origin.HAND, service_id=service.id,
        team_id=service.team_id, grade=grade_for(hours), effort_hours=hours, state=state, value=value,
        acceptance_criteria=criteria, created_at=now, updated_at=now, second_grade=grade_for(hours),
    )  # fmt: skip
    db.session.add(story)
    db.session.flush()
    return story


def behind(story, severity, count, now):
    """Put incidents of one severity behind a story."""
    story.origin = Origin.PROBLEM
    problem = Problem(key=f"P-{story.number}", fingerprint=f"f{story.number}", title="x", service_id=story.service_id)
    source = Source(slug=f"s{story.number}", name="Sample", kind="file", created_at=now)
    db.session.add_all([problem, source])
    db.session.flush()
    story.problem_id = problem.id
    for number in range(count):
        db.session.add(
            Incident(
                source_id=source.id, external_id=str(number), title="x", service_id=story.service_id, severity=severity,
                status="resolved", opened_at=now, problem_id=problem.id, content_hash="x",
            )
        )  # fmt: skip
    db.session.flush()


def a_plan(now, **changes):
    starts_at = now + timedelta(days=7)
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=7)}
    times["reviews_end_at"] = times["ends_at"] + timedelta(minutes=30)
    return DayPlan(**{"name": "Winter Bash", "place": "Canteen", **times, **changes})


def a_scheduled_event(now, by, stories=()):
    event = draft_event(a_plan(now), by=by, now=now)
    for rank, story in enumerate(stories, start=1):
        story.state = StoryState.SCHEDULED
        db.session.add(EventStory(event_id=event.id, story_id=story.id, rank=rank, pulled_at=now))
    confirm_rules(event, by=by, now=now)
    schedule_event(event, by=by, now=now)
    return event
