"""What comes after an event of the demo: awards, the ceremony, watches, the report, the survey, a lesson, badges."""

import json
import random
from datetime import datetime, timedelta

import sqlalchemy as sa

from gamebash.badges.awards import sweep_badges
from gamebash.ceremony.awards import AwardDraft, give_award
from gamebash.ceremony.ceremonies import move_ceremony
from gamebash.ceremony.reports import publish_report
from gamebash.ceremony.results import get_result
from gamebash.ceremony.reveal import script_of
from gamebash.core.db import db
from gamebash.events.lessons import choose_lesson
from gamebash.events.models import Event, Player
from gamebash.events.survey import SurveyDraft, answer_survey
from gamebash.play.models import Fix, FixState
from gamebash.watch.watches import begin_watch
from seeds.organisation import Organisation

AUTOMATIC = (
    "Restarting the worker: it gives its lock back by itself now.", "The nightly import checks its own lock.",
    "Seven steps of the runbook have become one command.", "Rolling back: the canary does it before anybody is paged.",
    "Telling the on-call who owns what; the alert says so.",
)  # fmt: skip
CHANGE = (
    "Start reviews before lunch.", "Pull fewer stories, and read them the day before.", "One room for the mixed squads.",
    "Ask ops which three alerts to end first.", "Somebody from ops in every squad, not only in mine.",
    "First time I saw a developer and ops read the same log on purpose. More of that.",
)  # fmt: skip
LESSONS = (
    "Start reviews before lunch: two people look at the queue at eleven.",
    "Ask ops a week before which alerts hurt most.",
)


def honour(organisation: Organisation, event: Event, *, now: datetime) -> None:
    """Give one award by hand while the event is judged."""
    organiser = organisation.named("organiser")
    query = sa.select(Player).where(Player.event_id == event.id, Player.person_id != organiser.id).order_by(Player.id)
    player = db.session.scalars(query.offset(3).limit(1)).one()
    draft = AwardDraft("Calmest table", "Read the log aloud until everybody saw it.", 3)
    give_award(player, draft, by=organiser, now=now)


def celebrate(organisation: Organisation, event: Event, *, now: datetime) -> None:
    """Run the ceremony, watch what was squashed, publish the report, ask those who played, and keep a lesson."""
    organiser = organisation.named("organiser")
    last = script_of(json.loads(get_result(event).document)).drinks
    for step in range(1, last + 1):
        move_ceremony(event, step, by=organiser, now=now + step * timedelta(seconds=40))
    out = now + timedelta(minutes=30)
    for fix in db.session.scalars(
        sa.select(Fix).where(Fix.event_id == event.id, Fix.state == FixState.ACCEPTED).order_by(Fix.id)
    ):
        begin_watch(fix, now=out)
    publish_report(event, by=organiser, now=out + timedelta(minutes=30))
    _answer(event, now=out + timedelta(days=1))
    choose_lesson(event, LESSONS[event.id % len(LESSONS)], by=organiser, now=out + timedelta(days=8))
    while sweep_badges(now=out):
        pass


def _answer(event: Event, *, now: datetime) -> None:
    """Let most of those who played answer the survey, a few of them in words."""
    chance = random.Random(f"{event.slug} survey")
    query = sa.select(Player).where(Player.event_id == event.id, Player.left_at.is_(None)).order_by(Player.id)
    automatic, change = list(AUTOMATIC), list(CHANGE)
    for player in db.session.scalars(query):
        if chance.random() < 0.25:  # noqa: PLR2004
            continue
        worth = chance.choices((5, 4, 3, 2), (9, 8, 3, 1))[0]
        words = [texts.pop() if texts and chance.random() < 0.4 else "" for texts in (automatic, change)]  # noqa: PLR2004
        answer_survey(event, SurveyDraft(worth, *words), by=player.person, now=now)
