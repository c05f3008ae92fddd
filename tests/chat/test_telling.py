"""A room is told what everybody may know: once, in order, nothing behind a freeze, and again where its server was busy."""

from datetime import timedelta
from threading import Thread

import pytest
import sqlalchemy as sa

from gamebash.chat import rooms
from gamebash.chat.kinds import ChatKind
from gamebash.chat.models import ChatMessage, ChatRoom
from gamebash.chat.telling import MOST_TRIES, plan_messages, work_off_messages
from gamebash.core.db import db, unit_of_work
from gamebash.events.announcements import announce
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, EventStory, Player
from gamebash.events.rules import Rules
from gamebash.people.models import Person
from gamebash.play.claims import claim_story
from gamebash.play.fixes import FixDraft, RootCause, submit_fix
from gamebash.play.reviews import accept_fix
from tests.factories import NOW, make_event, make_person, make_player, make_story, make_team
from tests.support.receiver import receiver

# As a chat gets it, in which nothing may call anybody.
NAME = "Autumn \u2039Bash\u203a"
SECRET = "T000/B000/very-secret"
DRAFT = FixDraft("https://git.example/1", "Retry with jitter.", RootCause.CODE_DEFECT, "No timeout.", "A test.")


@pytest.fixture
def chat():
    with receiver() as server:
        yield server


@pytest.fixture
def event_id(app, chat):
    """A live event of two who squash and review, told of in the chat."""
    app.config.update(GAMEBASH_ALLOWED_HOSTS="127.0.0.1", GAMEBASH_URL="https://games.example")
    with app.app_context(), unit_of_work():
        team = make_team()
        event = make_event(
            stories=[make_story(title=f"Fault {number}") for number in range(3)], slug="bash", name="Autumn <Bash>",
            went_live_at=NOW - timedelta(hours=1), rules=Rules(spot_check_share=0.0), freezes_at=NOW + timedelta(hours=1),
            ends_at=NOW + timedelta(hours=3), reviews_end_at=NOW + timedelta(hours=4),
        )  # fmt: skip
        for name in ("Mara", "Luis", "Noor"):
            make_player(event, make_person(name, "developer", handle=name.lower()), team=team)
        aisha = make_person("Aisha", "organiser", handle="aisha")
        rooms.set_room(event, ChatKind.TEXT, f"{chat.address}/{SECRET}", by=aisha, now=NOW - timedelta(minutes=30))
        return event.id


def named(handle):
    return db.session.scalars(sa.select(Person).where(Person.handle == handle)).one()


def squash(event_id, rank, *, at):
    with unit_of_work():
        entry = db.session.scalars(
            sa.select(EventStory).where(EventStory.event_id == event_id).order_by(EventStory.rank).offset(rank).limit(1)
        ).one()
        mara = db.session.scalars(sa.select(Player).where(Player.person_id == named("mara").id)).one()
        fix = submit_fix(claim_story(entry, by=mara, now=at), DRAFT, by=mara, now=at)
        accept_fix(fix, by=fix.reviews[0].player, now=at)


def tell_rooms(now=NOW):
    with unit_of_work():
        plan_messages(now=now)
    while work_off_messages(now=now):
        pass


def said(chat):
    return [line for _, body in chat.got for line in body["text"].split("\n")]


def states():
    query = sa.select(ChatMessage.what, ChatMessage.sent_at.is_not(None), ChatMessage.next_at.is_not(None))
    return [tuple(row) for row in db.session.execute(query.order_by(ChatMessage.id))]


def test_what_happens_is_told_once_in_one_message_without_calling_anybody(app, chat, event_id):
    with app.app_context():
        with unit_of_work():
            announce(db.session.get_one(Event, event_id), "Pizza @here <!channel>", by=named("aisha"), now=NOW)
        squash(event_id, 0, at=NOW)
        tell_rooms()
        tell_rooms(NOW + timedelta(minutes=1))
        assert [path for path, _ in chat.got] == [f"/{SECRET}"]
        announced, squashed = said(chat)
        assert announced == f"{NAME}: Pizza @\u200bhere \u2039!channel\u203a"
        assert squashed.startswith("Mara squashed GB-")
        assert "Fault 0" in squashed
        assert states() == [("Announcement", True, False), ("Squash", True, False)]
        assert set(db.session.scalars(sa.select(ChatMessage.text))) == {""}


def test_behind_a_freeze_no_squash_is_told_but_announcements_are(app, chat, event_id):
    frozen = NOW + timedelta(hours=1, minutes=5)
    with app.app_context():
        squash(event_id, 0, at=frozen)
        with unit_of_work():
            announce(db.session.get_one(Event, event_id), "Ten minutes left.", by=named("aisha"), now=frozen)
        tell_rooms(frozen + timedelta(seconds=3))
        assert said(chat) == [f"{NAME}: Ten minutes left."]


def test_who_keeps_off_the_boards_is_not_named(app, chat, event_id):
    with app.app_context():
        squash(event_id, 0, at=NOW)
        with unit_of_work():
            named("mara").is_listed = False
        tell_rooms()
        (line,) = said(chat)
        assert line.startswith("Somebody squashed")


def test_a_busy_server_is_told_later_as_it_asks_and_a_refusal_is_kept_in_words(app, chat, event_id):
    with app.app_context():
        squash(event_id, 0, at=NOW)
        chat.answer = (429, {}, b"slow down")
        tell_rooms()
        assert states() == [("Squash", False, True)]
        chat.answer = (200, {}, b"ok")
        tell_rooms(NOW + timedelta(minutes=2))
        assert states() == [("Squash", True, False)]
        squash(event_id, 1, at=NOW + timedelta(minutes=3))
        chat.answer = (404, {}, b"no_service")
        tell_rooms(NOW + timedelta(minutes=3))
        tell_rooms(NOW + timedelta(minutes=9))
        assert states()[1] == ("Squash", False, False)
        assert (
            "no_service" in db.session.scalars(sa.select(ChatMessage.message).order_by(ChatMessage.id.desc())).first()
        )
        assert len(chat.got) == 3


def test_it_is_given_up_after_some_tries(app, chat, event_id):
    chat.answer = (500, {}, b"")
    with app.app_context():
        squash(event_id, 0, at=NOW)
        tell_rooms()
        for minute in range(1, 40):
            while work_off_messages(now=NOW + timedelta(minutes=minute)):
                pass
        assert len(chat.got) == MOST_TRIES
        assert states() == [("Squash", False, False)]


def test_what_was_leaving_when_a_worker_was_stopped_is_not_said_again(app, chat, event_id):
    with app.app_context():
        squash(event_id, 0, at=NOW)
        with unit_of_work():
            plan_messages(now=NOW)
        with unit_of_work():
            row = db.session.scalars(sa.select(ChatMessage)).one()
            row.begun_at, row.next_at = NOW, NOW + timedelta(minutes=2)
        while work_off_messages(now=NOW + timedelta(minutes=3)):
            pass
        assert chat.got == []
        assert states() == [("Squash", False, False)]


def test_many_workers_at_once_say_everything_once(app, chat, event_id):
    with app.app_context():
        for rank in range(3):
            squash(event_id, rank, at=NOW)

    def work():
        with app.app_context():
            tell_rooms()
            db.session.remove()

    threads = [Thread(target=work) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    lines = said(chat)
    assert len(lines) == len(set(lines)) == 3


def test_the_address_is_kept_sealed_and_stands_in_no_log(app, chat, event_id, capfd):
    with app.app_context():
        squash(event_id, 0, at=NOW)
        tell_rooms()
        assert SECRET not in db.session.scalars(sa.select(ChatRoom.address_sealed)).one()
    assert len(chat.got) == 1
    captured = capfd.readouterr()
    assert SECRET not in captured.out + captured.err


@pytest.mark.parametrize(
    "address",
    [
        "hello",
        "ftp://chat.example/x",
        "http://chat.example/x",
        "https://me:pw@chat.example/x",
        "https://[::1",
        "https://a:b/x",
    ],
)
def test_an_address_that_cannot_be_called_is_refused_in_words(context, address):
    event = make_event(EventState.SCHEDULED)
    with pytest.raises(rooms.InvalidError):
        rooms.set_room(event, ChatKind.TEXT, address, by=make_person("Aisha", "organiser"), now=NOW)


def test_a_private_address_is_not_called(app, chat, event_id):
    app.config["GAMEBASH_ALLOWED_HOSTS"] = ""
    with app.app_context():
        squash(event_id, 0, at=NOW)
        tell_rooms()
        assert chat.got == []
        assert states() == [("Squash", False, False)]


def test_a_squash_that_was_taken_back_before_it_was_told_is_not_told_and_holds_nothing_up(app, chat, event_id):
    with app.app_context():
        squash(event_id, 0, at=NOW)
        with unit_of_work():
            entry = db.session.scalars(sa.select(EventStory).where(EventStory.squashed_at.is_not(None))).one()
            entry.squashed_at, entry.squashed_by_id = None, None
            announce(db.session.get_one(Event, event_id), "Pizza.", by=named("aisha"), now=NOW)
        tell_rooms()
        assert [line.rpartition(": ")[2] for line in said(chat)] == ["Pizza."]
        assert states() == [("Squash", False, False), ("Announcement", True, False)]
