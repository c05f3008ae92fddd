"""Starter stories: good for a first fix, with a mentor who agreed and hints that cost nothing."""

from dataclasses import dataclass
from datetime import datetime

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError, NotAllowedError
from gamebash.core.filters import when
from gamebash.notices.kinds import NoticeKind
from gamebash.notices.notices import tell
from gamebash.people.models import Person
from gamebash.rotation.membership import team_on
from gamebash.stories.lifecycle import OPEN_STATES
from gamebash.stories.models import Starter, Story

LONGEST_POINTERS = 1000
LONGEST_KNOWN_FROM = 200


class StarterRefusedError(DomainError):
    """The story is not, or not any more, one to begin with; the message says how it stands."""


@dataclass(frozen=True, slots=True)
class Hints:
    """Where to begin: a link to the runbook, and words on which code to look at; and how the mentor knows the service."""

    runbook_url: str = ""
    pointers: str = ""
    known_from: str = ""


def mark_starter(story: Story, mentor: Person, hints: Hints, *, by: Person, now: datetime) -> Starter:
    """Say that a story is good for a first fix and who helps; the mentor is asked, and counts once they agree.

    Somebody who names themselves agrees with it. Marking anew changes the hints, and asks a new mentor. A mentor knows the
    service: is today in the team that owns or built it, or it is said how they know it.

    Raises:
        StarterRefusedError: where the story is over.
        InvalidError: where the link cannot be used, the words are too long, or nothing says that the mentor knows the service.
    """
    if story.state not in OPEN_STATES:
        raise StarterRefusedError(f"{story.key} is {story.state.value}, so nobody begins with it any more.")
    url, pointers = hints.runbook_url.strip(), hints.pointers.strip()
    if url and not url.startswith(("https://", "http://")):
        raise InvalidError("The link to the runbook has to begin with https:// or http://.")
    if len(pointers) > LONGEST_POINTERS:
        raise InvalidError(f"Keep the pointers within {LONGEST_POINTERS} letters.")
    starter = db.session.get(Starter, story.id) or Starter(story_id=story.id)
    is_new_mentor = starter.mentor_id != mentor.id
    known_from = _known_from(story, mentor, hints, now=now) if is_new_mentor else ""
    starter.runbook_url, starter.pointers = url, pointers
    if is_new_mentor:
        starter.mentor_id, starter.agreed_at = mentor.id, now if mentor.id == by.id else None
        starter.marked_at, starter.marked_by_id = now, by.id
    db.session.add(starter)
    db.session.flush()
    db.session.expire(starter, ["mentor"])
    audit.record("story:marked_starter", story.key, by_id=by.id, now=now, mentor=mentor.handle, known_from=known_from)
    if is_new_mentor and mentor.id != by.id:
        text = f"{by.name} asks you to help whoever makes their first fix with {story.key}: {story.title}"
        key = f"mentor:{story.id}:{now.isoformat()}"
        tell(mentor.id, NoticeKind.EVENT, text, key=key, now=now, url=f"/stories/{story.key}#starter")
    return starter


def agree_to_mentor(story: Story, *, by: Person, now: datetime) -> Starter:
    """Agree to help; a second time changes nothing.

    Raises:
        StarterRefusedError: where the story is none to begin with.
        NotAllowedError: where somebody else was asked.
    """
    starter = _own(story, by)
    if starter.agreed_at is None:
        starter.agreed_at = now
        audit.record("story:mentor_agreed", story.key, by_id=by.id, now=now)
    return starter


def unmark_starter(story: Story, *, by: Person, now: datetime) -> None:
    """Take the mark off again; a mentor who declines does the same.

    Raises:
        StarterRefusedError: where the story has no mark.
    """
    starter = db.session.get(Starter, story.id)
    if starter is None:
        raise StarterRefusedError(f"{story.key} is not marked as good for a first fix.")
    marked_by, was_asked = starter.marked_by_id, by.id == starter.mentor_id
    db.session.delete(starter)
    audit.record("story:unmarked_starter", story.key, by_id=by.id, now=now)
    if was_asked and marked_by is not None and marked_by != by.id:
        text = f"{by.name} cannot help with {story.key}. Name another mentor to offer it to newcomers."
        key = f"declined_mentor:{story.id}:{now.isoformat()}"
        tell(marked_by, NoticeKind.EVENT, text, key=key, now=now, url=f"/stories/{story.key}#starter")


def decline_to_mentor(story: Story, *, by: Person, now: datetime) -> None:
    """Say that one cannot help; the story is no starter until another mentor is named.

    Raises:
        StarterRefusedError: where the story is none to begin with.
        NotAllowedError: where somebody else was asked.
    """
    _own(story, by)
    unmark_starter(story, by=by, now=now)


def _known_from(story: Story, mentor: Person, hints: Hints, *, now: datetime) -> str:
    """Return what says that a mentor knows the story's service: their team of today, or words."""
    service, team = story.service, team_on(mentor.id, now.date())
    if team is not None and team.code in {one.code for one in (service.team, service.builder_team) if one}:
        return f"In {team.code}"
    known_from = " ".join(hints.known_from.split())
    if not known_from or len(known_from) > LONGEST_KNOWN_FROM:
        teams = sorted({one.code for one in (service.team, service.builder_team) if one})
        who = f"{mentor.player_name} is not in {' or '.join(teams)}" if teams else f"{service.name} has no team"
        raise InvalidError(
            f"{who}. Say in a line how {mentor.player_name} knows {service.name}, or name somebody else."
        )
    return known_from


def _own(story: Story, by: Person) -> Starter:
    starter = db.session.get(Starter, story.id)
    if starter is None:
        raise StarterRefusedError(f"{story.key} is not marked as good for a first fix.")
    if starter.mentor_id != by.id:
        since = when(starter.marked_at)
        raise NotAllowedError(f"{starter.mentor.player_name} was asked to help with {story.key}, on {since}.")
    return starter
