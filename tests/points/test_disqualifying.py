"""A disqualified player keeps every entry and is in no rank; it says why, and can be taken back."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.core import clock
from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import DomainError
from gamebash.events.lifecycle import EventState
from gamebash.play.claims import claim_story
from gamebash.points.boards import board_of
from gamebash.points.disqualifying import disqualify_player, reinstate_player
from gamebash.points.ledger import award_points
from gamebash.points.models import PointEntry
from gamebash.verify import verify
from tests.factories import NOW, make_event, make_person, make_player, make_story
from tests.play.test_fair_rules import entries_of
from tests.support.signing_in import sign_in


@pytest.fixture
def organiser(context):
    return make_person("Aisha Bello", "organiser")


@pytest.fixture
def players(organiser):
    event = make_event(stories=[make_story()])
    found = [make_player(event, make_person(name, handle=name.lower())) for name in ("Mara", "Sam")]
    for points, player in zip((5, 3), found, strict=True):
        award_points(player, points, reason="Kind.", by=organiser, now=NOW)
    return found


def ranks(event):
    board = board_of(event.id, now=NOW, is_fresh=True)
    return [(one.place, one.score.key) for one in board.players]


def test_out_of_the_ranks_and_back_with_every_entry(players, organiser):
    mara, sam = players
    assert ranks(mara.event) == [(1, "mara"), (2, "sam")]
    disqualify_player(mara, reason="Shams.", by=organiser, now=NOW)
    assert ranks(sam.event) == [(1, "sam")]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(PointEntry)) == 2
    with pytest.raises(DomainError, match="was disqualified at 10:00 already"):
        disqualify_player(mara, reason="Again.", by=organiser, now=NOW)
    reinstate_player(mara, reason="It was somebody else.", by=organiser, now=NOW)
    assert ranks(mara.event) == [(1, "mara"), (2, "sam")]
    assert verify() == []


def test_who_was_disqualified_claims_nothing(players, organiser):
    mara, _ = players
    disqualify_player(mara, reason="Shams.", by=organiser, now=NOW)
    with pytest.raises(DomainError, match="You were disqualified: Shams"):
        claim_story(entries_of(mara.event)[0], by=mara, now=NOW)


@pytest.mark.parametrize("act", [disqualify_player, reinstate_player])
def test_it_takes_a_reason_and_ends_with_the_results(players, organiser, act):
    mara, _ = players
    with pytest.raises(DomainError, match="Say why"):
        act(mara, reason=" ", by=organiser, now=NOW)
    mara.event.state = EventState.CLOSED
    with pytest.raises(DomainError, match="its results stand as announced"):
        act(mara, reason="Shams.", by=organiser, now=NOW)


def test_the_page_says_why_and_organisers_take_it_back(app, client):
    with app.app_context(), unit_of_work():
        make_person("Aisha Bello", "organiser", handle="aisha")
        event = make_event(ends_at=clock.now() + timedelta(hours=5), reviews_end_at=clock.now() + timedelta(hours=6))
        make_player(event, make_person("Mara", handle="mara"))
        slug = event.slug
    address = f"/events/{slug}/scores/mara"
    sign_in(client, "aisha")
    client.post(f"{address}/disqualify", data={"reason": "Shams.", "deed": "disqualify"})
    sign_in(client, "mara")
    page = client.get(address).text
    assert "Disqualified, in no rank" in page
    assert "Shams." in page
    assert client.post(f"{address}/disqualify", data={"reason": "No.", "deed": "reinstate"}).status_code == 403
    sign_in(client, "aisha")
    answer = client.post(f"{address}/disqualify", data={"reason": "Wrong.", "deed": "reinstate"}, follow_redirects=True)
    assert "Disqualified, in no rank" not in answer.text
