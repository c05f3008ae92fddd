"""Small events played from claim to closing."""

from datetime import timedelta

import sqlalchemy as sa

from gamebash.ceremony.closing import close_event, judge_event
from gamebash.core.db import db
from gamebash.events.models import EventStory
from gamebash.play.claims import claim_story
from gamebash.play.fixes import submit_fix
from gamebash.play.reviews import accept_fix, send_back_fix
from tests.factories import NOW, make_event, make_person, make_player, make_squad, make_story, make_team
from tests.play.test_game import draft

FULL_TIME = NOW + timedelta(hours=6)
CLOSED = FULL_TIME + timedelta(minutes=30)


def entries_of(event):
    query = sa.select(EventStory).where(EventStory.event_id == event.id).order_by(EventStory.rank)
    return list(db.session.scalars(query))


def squash(entry, author, at=NOW, *, sent_back=0, assists=(), review_minutes=30):
    """Claim, submit, be sent back so many times, and be accepted by the drawn reviewer."""
    claim = claim_story(entry, by=author, now=at)
    for _ in range(sent_back):
        fix = submit_fix(claim, draft(), by=author, now=at)
        db.session.refresh(fix)
        at += timedelta(minutes=5)
        send_back_fix(fix, reason="No test.", by=fix.reviews[0].player, now=at)
    fix = submit_fix(claim, draft(assists=tuple(one.person.handle for one in assists)), by=author, now=at)
    db.session.refresh(fix)
    accept_fix(fix, by=fix.reviews[0].player, now=at + timedelta(minutes=review_minutes))
    return fix


def make_game(stories=4, **values):
    """An event with Mara, Sam and Elif of two teams; the first two in a squad each."""
    event = make_event(stories=[make_story() for _ in range(stories)], went_live_at=NOW, **values)
    mara = make_player(event, make_person("Mara Lindqvist"), team=make_team("CHK"), squad=make_squad(event, "Boast"))
    sam = make_player(event, make_person("Sam Okafor"), team=make_team("OPS", "ops"), squad=make_squad(event, "Nick"))
    elif_ = make_player(event, make_person("Elif Demir"), team=make_team("CHK"))
    return event, mara, sam, elif_


def close(event, at=CLOSED):
    organiser = make_person("Aisha Bello", "organiser")
    judge_event(event, by=organiser, now=FULL_TIME)
    return close_event(event, by=organiser, now=at, reason="All is in.")


def played_and_closed(**values):
    """A closed event: Mara squashed two stories, Sam one, Elif none."""
    event, mara, sam, elif_ = make_game(**values)
    first, second, third, _ = entries_of(event)
    squash(first, mara)
    squash(second, sam, NOW + timedelta(hours=1))
    squash(third, mara, NOW + timedelta(hours=2))
    close(event)
    return event, mara, sam, elif_
