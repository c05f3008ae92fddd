"""Organisers set a room, try it out and invite; nobody else, and the address is never shown again."""

from datetime import timedelta

import pytest

from gamebash.chat.telling import work_off_messages
from gamebash.core import clock
from gamebash.core.db import unit_of_work
from gamebash.events.lifecycle import EventState
from tests.factories import make_event, make_person
from tests.support.receiver import receiver
from tests.support.signing_in import sign_in


@pytest.fixture
def aisha(app):
    app.config["GAMEBASH_ALLOWED_HOSTS"] = "127.0.0.1"
    with app.app_context(), unit_of_work():
        later = clock.now() + timedelta(days=3)
        make_event(
            EventState.SCHEDULED, slug="bash", name="Autumn Bash", place="Hall 3", starts_at=later,
            ends_at=later + timedelta(hours=6), reviews_end_at=later + timedelta(hours=7), freezes_at=None,
        )  # fmt: skip
        make_event(EventState.DRAFT, slug="next", name="Winter Bash")
        make_person("Aisha", "organiser", handle="aisha")
        make_person("Mara", "developer", handle="mara")
    return sign_in(app.test_client(), "aisha")


def test_a_room_is_set_tried_used_and_taken_off(app, aisha):
    with receiver() as chat:
        page = aisha.post(
            "/events/bash/chat", data={"kind": "text", "address": f"{chat.address}/secret-1"}, follow_redirects=True
        )
        assert "It is told in the chat" in page.text
        assert "secret-1" not in page.text
        aisha.post("/events/bash/chat/test")
        assert "Waits" in aisha.post("/events/bash/chat/invitation", follow_redirects=True).text
        with app.app_context():
            while work_off_messages(now=clock.now()):
                pass
        ((path, body),) = chat.got
        assert path == "/secret-1"
        assert "will be told of here" in body["text"]
        assert "Hall 3" in body["text"]
        assert "http://localhost/events/bash" in body["text"]
        part = aisha.get("/events/bash/chat", headers={"HX-Request": "true"}).text
        assert "Waits" not in part
        assert "Invitation" in part
        assert "The same as Autumn Bash" in aisha.get("/events/next/chat").text
        assert "It is told in the chat" in aisha.post("/events/next/chat/as/bash", follow_redirects=True).text
        assert "No chat is told yet" in aisha.post("/events/bash/chat/drop", follow_redirects=True).text


def test_what_is_wrong_is_said_beside_the_field_or_above(aisha):
    empty = aisha.post("/events/bash/chat", data={"kind": "text", "address": ""})
    assert (empty.status_code, "Copy the address" in empty.text) == (422, True)
    wrong = aisha.post("/events/bash/chat", data={"kind": "text", "address": "chat.example"})
    assert "https://" in wrong.text
    assert wrong.status_code in {409, 422}
    assert "Set one first" in aisha.post("/events/bash/chat/test").text


def test_players_have_no_part_in_it(app, aisha):
    mara = sign_in(app.test_client(), "mara")
    assert mara.get("/events/bash/chat").status_code == 403
    assert mara.post("/events/bash/chat/test").status_code == 403
