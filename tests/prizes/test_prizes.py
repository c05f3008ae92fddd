"""Spot prizes fall due at moments that what was squashed decides, are ticked off once, and are drawn so that anybody can check it."""

import hashlib
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import InvalidError, NotFoundError
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, EventStory
from gamebash.notices.models import Notice
from gamebash.people.models import Person
from gamebash.prizes import prizes
from gamebash.prizes.models import Prize, PrizeWinner
from gamebash.prizes.moments import Moment, PrizeKind, Squash, commitment, drawn, moments
from gamebash.prizes.prizes import PrizeDraft, PrizeRefusedError
from gamebash.prizes.queries.listing import prizes_page
from tests.factories import NOW, make_event, make_person, make_player, make_squad, make_story
from tests.invariants.test_races import press
from tests.support.signing_in import sign_in


def squash(player, squad=None, story="GB-1"):
    return Squash(player, squad, f"Squad {squad}", story)


def test_every_squad_gets_one_for_its_first_and_who_is_alone_none():
    day = [squash(1, 7, "GB-4"), squash(2), squash(3, 7), squash(4, 8, "GB-9")]
    assert moments(PrizeKind.SQUAD_FIRST, 1, day) == (
        Moment(7, 1, "The first squash of Squad 7: GB-4"),
        Moment(8, 4, "The first squash of Squad 8: GB-9"),
    )


@given(st.lists(st.integers(1, 5), max_size=40), st.integers(1, 10))
def test_every_nth_squash_of_the_event_counts_whoever_made_it(players, every):
    due = moments(PrizeKind.EVERY_NTH, every, [squash(player) for player in players])
    assert [one.ordinal for one in due] == list(range(every, len(players) + 1, every))
    assert [one.player for one in due] == players[every - 1 :: every]


@pytest.mark.parametrize("kind", [PrizeKind.DRAW, PrizeKind.BY_HAND])
def test_what_is_drawn_or_given_falls_due_never_by_itself(kind):
    assert moments(kind, 1, [squash(1), squash(2)]) == ()


@given(st.text("0123456789abcdef", min_size=32, max_size=32), st.sets(st.integers(1, 99), min_size=1))
def test_a_draw_takes_somebody_of_the_hat_and_the_same_whatever_the_order(seed, hat):
    winner = drawn(seed, 1, hat)
    assert winner in hat
    assert drawn(seed, 1, sorted(hat, reverse=True)) == winner


def test_over_many_seeds_everybody_is_drawn_about_equally_often():
    times = dict.fromkeys(range(10), 0)
    for number in range(5_000):
        times[drawn(str(number), 1, times)] += 1
    # 500 expected each, with a standard deviation of 21.
    assert all(400 < count < 600 for count in times.values())


@pytest.fixture
def game(context):
    """An event with three stories squashed by two players of a squad and one alone."""
    event = make_event(stories=[make_story() for _ in range(4)], freezes_at=None)
    squad = make_squad(event)
    people = [
        make_player(event, make_person(name), squad=own)
        for name, own in [("Mara", squad), ("Luis", squad), ("Priya", None)]
    ]
    entries = db.session.scalars(sa.select(EventStory).order_by(EventStory.rank)).all()
    for minute, (entry, player) in enumerate(zip(entries, people, strict=False)):
        entry.squashed_at, entry.squashed_by_id = NOW + timedelta(minutes=minute), player.id
    db.session.flush()
    return event, people, make_person("Aisha", "organiser")


def add(game, kind, **values):
    event, _, aisha = game
    return prizes.add_prize(event, PrizeDraft(values.pop("what", "A coffee"), kind, **values), by=aisha, now=NOW)


def test_a_moment_is_ticked_off_once_and_the_tick_can_be_taken_back(game):
    event, people, aisha = game
    prize = add(game, PrizeKind.EVERY_NTH, pieces=2, every=2)
    (moment,) = prizes.moments_of(event, prize)
    winner = prizes.hand_over(prize, moment.ordinal, by=aisha, now=NOW)
    assert (winner.player_id, winner.why) == (people[1].id, f"Squash number 2 of the day: {entry_key(event, 2)}")
    with pytest.raises(PrizeRefusedError, match="ticked off at"):
        prizes.hand_over(prize, moment.ordinal, by=aisha, now=NOW)
    prizes.not_handed_over(prize, moment.ordinal, by=aisha, now=NOW)
    with pytest.raises(NotFoundError):
        prizes.not_handed_over(prize, moment.ordinal, by=aisha, now=NOW)
    assert prizes.hand_over(prize, moment.ordinal, by=aisha, now=NOW).id == winner.id


def entry_key(event, rank):
    return db.session.scalars(
        sa.select(EventStory).where(EventStory.event_id == event.id, EventStory.rank == rank)
    ).one().story.key  # fmt: skip


def test_a_fix_taken_back_is_no_moment(game):
    event, _, aisha = game
    prize = add(game, PrizeKind.SQUAD_FIRST)
    (moment,) = prizes.moments_of(event, prize)
    for entry in db.session.scalars(sa.select(EventStory)):
        entry.squashed_at = entry.squashed_by_id = None
    with pytest.raises(NotFoundError, match="did not come"):
        prizes.hand_over(prize, moment.ordinal, by=aisha, now=NOW)


def test_a_draw_empties_the_hat_one_by_one_and_can_be_worked_out_again(game):
    _, people, aisha = game
    prize = add(game, PrizeKind.DRAW, pieces=4)
    shown = commitment(prize.seed)
    winners = [prizes.draw(prize, by=aisha, now=NOW) for _ in people]
    assert {one.player_id for one in winners} == {one.id for one in people}
    with pytest.raises(PrizeRefusedError, match="hat is empty"):
        prizes.draw(prize, by=aisha, now=NOW)
    assert hashlib.sha256(prize.seed.encode()).hexdigest() == shown
    for number, one in enumerate(winners, start=1):
        by_hand = {who: hashlib.sha256(f"{prize.seed}:{number}:{who}".encode()).hexdigest() for who in one.hat}
        assert one.player_id == min(by_hand, key=by_hand.get)
    told = db.session.scalars(sa.select(Notice.text)).all()
    assert sorted(told) == sorted(f"You get a prize: A coffee. {one.why}." for one in winners)


def test_who_was_disqualified_is_not_in_the_hat(game):
    _, people, aisha = game
    for player in people[:2]:
        player.disqualified_at = NOW
    assert prizes.draw(add(game, PrizeKind.DRAW), by=aisha, now=NOW).player_id == people[2].id


@pytest.mark.parametrize(
    ("kind", "press", "message"),
    [
        (PrizeKind.BY_HAND, lambda prize, _, by: prizes.draw(prize, by=by, now=NOW), "is not drawn"),
        (PrizeKind.DRAW, lambda prize, one, by: prizes.give(prize, one, "Kind", by=by, now=NOW), "not given by hand"),
        (PrizeKind.BY_HAND, lambda prize, one, by: prizes.give(prize, one, " ", by=by, now=NOW), "Say what for"),
        (
            PrizeKind.BY_HAND,
            lambda prize, one, _: prizes.give(prize, one, "Me", by=one.person, now=NOW),
            "to themselves",
        ),
    ],
)
def test_what_cannot_be_given_is_refused_in_words(game, kind, press, message):
    _, people, aisha = game
    with pytest.raises((PrizeRefusedError, InvalidError), match=message):
        press(add(game, kind), people[0], aisha)


def test_a_prize_is_added_once_and_stays_once_it_is_somebodys(game):
    event, people, aisha = game
    prize = add(game, PrizeKind.BY_HAND)
    with pytest.raises(PrizeRefusedError, match="on the list already"):
        add(game, PrizeKind.DRAW, what=" a COFFEE ")
    with pytest.raises(InvalidError, match="Say what"):
        add(game, PrizeKind.DRAW, what=" ")
    prizes.give(prize, people[0], "Helped four others", by=aisha, now=NOW)
    with pytest.raises(PrizeRefusedError, match="are gone"):
        prizes.give(prize, people[1], "Too", by=aisha, now=NOW)
    with pytest.raises(PrizeRefusedError, match="stays on the list"):
        prizes.drop_prize(prize, by=aisha, now=NOW)
    prizes.drop_prize(add(game, PrizeKind.DRAW, what="A mug"), by=aisha, now=NOW)
    event.state = EventState.CLOSED
    with pytest.raises(PrizeRefusedError, match="what they were"):
        add(game, PrizeKind.DRAW, what="A pen")


def test_while_the_board_stands_still_only_who_got_it_and_organisers_see_it(game):
    event, people, aisha = game
    event.freezes_at = NOW - timedelta(minutes=5)
    prizes.give(add(game, PrizeKind.BY_HAND), people[0], "Helped four others", by=aisha, now=NOW)
    assert named_to(people[1].person, event) == []
    assert named_to(people[0].person, event) == ["Mara"]
    assert named_to(aisha, event, is_organiser=True) == ["Mara"]


def test_who_keeps_off_the_boards_is_named_to_organisers_and_themselves_alone(game):
    event, people, aisha = game
    prizes.give(add(game, PrizeKind.BY_HAND), people[0], "Helped four others", by=aisha, now=NOW)
    people[0].person.is_listed = False
    db.session.flush()
    assert named_to(people[1].person, event) == ["Somebody off the boards"]
    assert named_to(people[0].person, event) == ["Mara"]
    assert named_to(aisha, event, is_organiser=True) == ["Mara"]


def named_to(person, event, *, is_organiser=False):
    return [one.name for one in prizes_page(event, person, is_organiser=is_organiser, now=NOW).prizes[0].winners]


def a_game_of(app, *names):
    """A live event in which each of these squashed a story, and Aisha, who organises it."""
    with app.app_context(), unit_of_work():
        event = make_event(slug="bash", stories=[make_story() for _ in names], ends_at=NOW + timedelta(days=9000))
        for entry, name in zip(db.session.scalars(sa.select(EventStory)), names, strict=True):
            player = make_player(event, make_person(name, handle=name.lower()))
            entry.squashed_at, entry.squashed_by_id = NOW, player.id
        make_person("Aisha", "organiser", handle="aisha")


def test_of_many_who_draw_the_last_piece_at_once_one_does(app):
    a_game_of(app, "Mara", "Luis")
    with app.app_context(), unit_of_work():
        event, aisha = (
            db.session.scalars(sa.select(kind).order_by(kind.id.desc())).first() for kind in (Event, Person)
        )
        prizes.add_prize(event, PrizeDraft("A mug", PrizeKind.DRAW), by=aisha, now=NOW)

    def draw(_):
        aisha = db.session.scalars(sa.select(Person).where(Person.name == "Aisha")).one()
        prizes.draw(db.session.scalars(sa.select(Prize)).one(), by=aisha, now=NOW)

    counts, heard = press(app, draw, range(8))
    assert counts == {"yes": 1, "no": 7}
    assert set(heard) == {"yes", "All 1 of “A mug” are gone."}
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(PrizeWinner)) == 1


def test_organisers_add_draw_and_tick_off_on_the_page_and_others_only_look(app):
    a_game_of(app, "Mara")
    aisha, mara = (sign_in(app.test_client(), handle) for handle in ("aisha", "mara"))
    form = {"what": "A mug", "kind": "draw", "pieces": "1", "every": "10"}
    assert mara.post("/events/bash/prizes", data=form).status_code == 403
    assert aisha.post("/events/bash/prizes", data={**form, "what": ""}).status_code == 422
    assert aisha.post("/events/bash/prizes", data=form).status_code == 303
    assert "Draw one" in aisha.get("/events/bash/prizes").get_data(as_text=True)
    assert "Draw one" not in mara.get("/events/bash/prizes").get_data(as_text=True)
    with app.app_context():
        number, seed = db.session.execute(sa.select(Prize.id, Prize.seed)).one()
    assert seed not in aisha.get("/events/bash/prizes").get_data(as_text=True)
    assert aisha.post(f"/events/bash/prizes/{number}/draw").status_code == 303
    assert aisha.post(f"/events/bash/prizes/{number}/1/handed-over").status_code == 303
    text = mara.get("/events/bash/prizes").get_data(as_text=True)
    assert "Drawn from 1 in the hat" in text
    assert seed in text
    assert aisha.post(f"/events/bash/prizes/{number}/draw").status_code == 409
    assert aisha.post("/events/bash/prizes/99/draw").status_code == 404
    with app.app_context():
        assert db.session.scalars(sa.select(PrizeWinner)).one().handed_at is not None


def test_a_number_that_no_row_can_have_is_not_found(app):
    a_game_of(app, "Mara")
    aisha, huge = sign_in(app.test_client(), "aisha"), "9" * 30
    form = {"player": huge, "reason": "Kind"}
    assert aisha.post(f"/events/bash/prizes/{huge}/draw").status_code == 404
    assert aisha.post(f"/views/{huge}/drop").status_code == 404
    assert aisha.post("/events/bash/prizes/1/give", data=form).status_code == 404
