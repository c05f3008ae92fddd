"""Many people press at the same instant: one wins, the others hear why not, and nothing is paid twice."""

from collections import Counter
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from gamebash.core import clock
from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import DomainError
from gamebash.events.models import Event, EventStory, Player
from gamebash.events.rules import Rules
from gamebash.events.running import go_live
from gamebash.people.models import Person
from gamebash.play.claims import claim_story
from gamebash.play.fixes import submit_fix
from gamebash.play.models import Claim, Fix
from gamebash.play.reviews import accept_fix
from gamebash.points.models import PointEntry
from gamebash.verify import verify
from tests.factories import NOW, make_event, make_person, make_player, make_story
from tests.play.test_game import draft

CROWD = 50


@pytest.fixture
def crowd(app):
    """A live event, a story, and a crowd that wants it; returns the ids."""
    now = clock.now()
    with app.app_context(), unit_of_work():
        event = make_event(
            stories=[make_story()], starts_at=now.replace(year=now.year - 1), ends_at=now.replace(year=now.year + 1),
            reviews_end_at=now.replace(year=now.year + 2), went_live_at=now,
        )  # fmt: skip
        ids = [make_player(event).id for _ in range(CROWD)]
        entry_id = db.session.scalars(sa.select(EventStory.id)).one()
    return entry_id, ids


def press(app, deed, people):
    """Let everybody do it at once, each in a thread with a transaction of their own; returns what each heard."""
    heard, barrier = [], Barrier(len(people))

    def one(person):
        barrier.wait()
        with app.app_context():
            try:
                with unit_of_work():
                    deed(person)
                heard.append("yes")
            except DomainError as error:
                heard.append(str(error))
            except Exception as error:  # noqa: BLE001
                heard.append(f"crash: {error!r}")
            finally:
                db.session.remove()

    threads = [Thread(target=one, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(word if word == "yes" or word.startswith("crash") else "no" for word in heard), heard


def test_fifty_claims_on_one_story_give_one_claim(app, crowd):
    entry_id, players = crowd

    def claim(player_id):
        claim_story(db.session.get_one(EventStory, entry_id), by=db.session.get_one(Player, player_id), now=clock.now())

    counts, heard = press(app, claim, players)
    assert counts == {"yes": 1, "no": CROWD - 1}, heard
    assert all("You were not charged a claim" in word for word in heard if word != "yes")
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Claim)) == 1
        assert verify() == []


def test_nobody_gets_more_claims_by_pressing_at_once(app):
    now = clock.now()
    with app.app_context(), unit_of_work():
        event = make_event(
            stories=[make_story() for _ in range(8)],
            ends_at=now.replace(year=now.year + 1),
            rules=Rules(claims_at_once=2),
        )
        player_id = make_player(event).id
        entries = list(db.session.scalars(sa.select(EventStory.id)))

    def claim(entry_id):
        claim_story(db.session.get_one(EventStory, entry_id), by=db.session.get_one(Player, player_id), now=clock.now())

    counts, heard = press(app, claim, entries)
    assert counts == {"yes": 2, "no": 6}, heard


def test_fifty_accepts_pay_once(app, crowd):
    entry_id, players = crowd
    with app.app_context(), unit_of_work():
        event = db.session.scalars(sa.select(Event)).one()
        author = make_player(event)
        entry = db.session.get_one(EventStory, entry_id)
        fix = submit_fix(claim_story(entry, by=author, now=clock.now()), draft(), by=author, now=clock.now())
        fix_id, reviewer_id = fix.id, fix.reviews[0].player_id

    def accept(_):
        accept_fix(db.session.get_one(Fix, fix_id), by=db.session.get_one(Player, reviewer_id), now=clock.now())

    counts, heard = press(app, accept, players)
    assert counts == {"yes": 1, "no": CROWD - 1}, heard
    assert all("Your verdict was not counted" in word for word in heard if word != "yes")
    with app.app_context():
        paid = db.session.scalars(sa.select(PointEntry).where(PointEntry.key == f"fix:{fix_id}")).all()
        assert len(paid) == 1
        assert verify() == []


def test_fifty_go_lives_give_one_transition(app):
    with app.app_context(), unit_of_work():
        event = make_event(
            state="scheduled",
            stories=[make_story()],
            rules_confirmed_at=NOW,
            ends_at=clock.now().replace(year=clock.now().year + 1),
            reviews_end_at=clock.now().replace(year=clock.now().year + 2),
        )
        event_id = event.id
        organisers = [make_person(f"Organiser {number}", "organiser").id for number in range(CROWD)]

    def live(person_id):
        go_live(db.session.get_one(Event, event_id), by=db.session.get_one(Person, person_id), now=clock.now())

    counts, heard = press(app, live, organisers)
    assert counts == {"yes": 1, "no": CROWD - 1}, heard
