"""What is said and done around the demo's live event: announcements, questions, a break, a mentor, notices read long ago."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.events.announcements import announce
from gamebash.events.models import Event, EventStory, Player
from gamebash.events.questions import answer_question, ask_question
from gamebash.events.spectators import follow_event
from gamebash.notices.notices import see_all_notices
from gamebash.play.breaks import BreakReason, begin_break
from gamebash.play.models import Claim
from gamebash.stories.models import Story
from gamebash.stories.starters import Hints, agree_to_mentor, mark_starter
from seeds.organisation import Organisation

HINTS = Hints(
    "https://runbooks.demo.example/first-steps",
    "Begin with the client's retry settings; the log says which call gave up.",
    "Kept it running on call for a year.",
)


def fill_the_day(organisation: Organisation, event: Event, *, now: datetime) -> None:
    """Let organisers and players talk, somebody help production, and somebody offer to mentor."""
    organiser = organisation.named("organiser")
    for person in organisation.people.values():
        see_all_notices(person, now=event.starts_at)
    players = list(db.session.scalars(sa.select(Player).where(Player.event_id == event.id).order_by(Player.id)))
    asking = [player.person for player in players if player.person.id != organiser.id]
    question = ask_question(
        event, "May two of us pair on one story?", person=asking[2], now=now - timedelta(seconds=55)
    )
    words = "Yes. One claims it and names the other as help; both are paid."
    answer_question(question, words, is_to_all=True, by=organiser, now=now - timedelta(seconds=50))
    ask_question(event, "Who reviews after the end, and until when?", person=asking[4], now=now - timedelta(seconds=40))
    announce(event, "Lunch is in the canteen. The clock runs on.", by=organiser, now=now - timedelta(seconds=30))
    watching = next(person for person in organisation.people.values() if person not in asking and person != organiser)
    follow_event(event, watching, now=now - timedelta(hours=2))
    _go_out(organisation, event, now=now)
    _offer_to_mentor(organisation, event, players, now=now)


def _go_out(organisation: Organisation, event: Event, *, now: datetime) -> None:
    query = sa.select(Claim).where(Claim.event_id == event.id, Claim.ended_at.is_(None), Claim.lease_ends_at > now)
    mara = organisation.named("developer")
    held = [claim for claim in db.session.scalars(query.order_by(Claim.id)) if claim.player.person_id != mara.id]
    if held:
        why = BreakReason("Checkout answers slowly, sev1.", "https://status.demo.example/incidents/1")
        begin_break(event, [held[0].player], why, by=organisation.named("organiser"), now=now - timedelta(seconds=20))


def _offer_to_mentor(organisation: Organisation, event: Event, players: list[Player], *, now: datetime) -> None:
    taken = sa.select(Claim.story_id).where(Claim.ended_at.is_(None))
    query = (
        sa.select(EventStory)
        .where(EventStory.event_id == event.id, EventStory.squashed_at.is_(None), EventStory.story_id.not_in(taken))
        .join(EventStory.story)
        .order_by(Story.effort_hours, EventStory.rank.desc())
        .limit(1)
    )
    entry = db.session.scalars(query).first()
    if entry is not None:
        mentor = players[0].person
        mark_starter(entry.story, mentor, HINTS, by=organisation.named("organiser"), now=now - timedelta(days=2))
        agree_to_mentor(entry.story, by=mentor, now=now - timedelta(days=1))
