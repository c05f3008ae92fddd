"""The result of an event: fixed at closing, rebuilt from the ledger to the same bytes, whatever changes later."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from gamebash.ceremony.document import Line, PlayerFacts, ResultFacts, result_of, text_of
from gamebash.ceremony.models import EventAward
from gamebash.ceremony.results import NoResultError, fix_missing_results, get_result, replay
from gamebash.commands import replay_event
from gamebash.core.append_only import unprotect_table
from gamebash.core.db import db
from gamebash.events.players import change_hours, leave_event
from gamebash.events.refusals import JoiningOverError
from gamebash.points import boards
from gamebash.points.boards import board_of
from gamebash.points.ledger import EntryDraft, correct_entry, post_entry
from gamebash.points.models import EventResult, PointEntry
from gamebash.points.scoring import EntryKind
from gamebash.verify import verify
from tests.ceremony.playing import CLOSED, make_game, played_and_closed
from tests.factories import NOW, make_person

LATER = CLOSED + timedelta(days=3)


def board(event, at=LATER):
    boards.forget()
    return board_of(event.id, now=at)


def points_on(rows):
    return [(one.score.name, one.place, one.score.points) for one in rows]


def entry_of(player, kind=EntryKind.FIX):
    query = sa.select(PointEntry).where(PointEntry.player_id == player.id, PointEntry.kind == kind)
    return db.session.scalars(query.order_by(PointEntry.seq)).first()


def test_closing_fixes_the_result_with_ids_and_no_names(context):
    event, mara, sam, elif_ = played_and_closed()
    document = json.loads(get_result(event).document)
    assert [(one["person"], one["place"]) for one in document["players"]] == [
        (mara.person_id, 1), (sam.person_id, 2), (elif_.person_id, 3)
    ]  # fmt: skip
    assert document["totals"] == {
        "stories": 4, "squashed": 3, "players": 3, "teams": 2, "hours": 18.0, "value": 30.0,
        "points": sum(one["points"] for one in document["players"]),
    }  # fmt: skip
    assert sorted(one["heads"] for one in document["teams"]) == [1, 2]
    assert "Mara" not in get_result(event).document


def test_a_replay_gives_the_same_bytes_and_verify_agrees(work):
    with work():
        event, *_ = played_and_closed()
    assert replay(event).encode() == get_result(event).document.encode()
    assert verify() == []


def test_names_aliases_and_leavers_change_no_byte(context):
    event, mara, sam, elif_ = played_and_closed()
    before = replay(event)
    mara.person.name, sam.person.alias = "Aaron Aardvark", "zzz"
    elif_.person.handle, elif_.person.name, elif_.person.is_active = "former-player-7", "former player 7", False
    db.session.flush()
    assert replay(event) == before


def test_who_took_part_stands_once_the_event_is_closed(context):
    event, mara, *_ = played_and_closed()
    for change in (lambda: leave_event(event, mara.person, now=LATER),
                   lambda: change_hours(event, mara.person, hours=1, now=LATER)):  # fmt: skip
        with pytest.raises(JoiningOverError, match="is closed, so who took part in it stands"):
            change()


def test_an_event_that_runs_has_no_result_and_says_so(context):
    event, *_ = make_game()
    with pytest.raises(NoResultError, match=r"is live\. Its result is fixed when it closes"):
        replay(event)


def test_the_board_stands_as_announced_and_a_correction_shows_beside(context):
    event, mara, _sam, _ = played_and_closed()
    announced = points_on(board(event).players)
    assert board(event).corrected == ()
    for kind in (EntryKind.FIX, EntryKind.FIRST_FIX, EntryKind.NEWCOMER):
        correct_entry(entry_of(mara, kind), reason="It was undone.", by=make_person("Aisha Bello"), now=LATER)
    assert points_on(board(event).players) == announced
    corrected = board(event).corrected
    assert points_on(corrected)[0] == ("Sam Okafor", 1, {n: p for n, _, p in announced}["Sam Okafor"])
    assert [one.moved for one in corrected][:2] == [1, -1]
    assert corrected[1].score.fixes == 1
    assert replay(event) == get_result(event).document


@pytest.mark.parametrize(("kind", "points"), [(EntryKind.HELD_BONUS, 50), (EntryKind.CLAWBACK, -50)])
def test_what_held_or_did_not_counts_in_the_season_and_not_in_the_announced_result(context, kind, points):
    event, _, sam, _ = played_and_closed()
    before = points_on(board(event).players)
    entry = post_entry(EntryDraft(sam, kind, points, "The watch ended", f"watch:{kind}"), now=LATER)
    correct_entry(entry, reason="The watch was wrong.", by=make_person("Aisha Bello"), now=LATER)
    assert (points_on(board(event).players), board(event).corrected) == (before, ())
    assert [one for one in verify() if one.invariant == 8] == []


def test_nothing_of_the_end_shows_on_a_frozen_board_before_the_reveal(context):
    event, _mara, *_ = played_and_closed(freezes_at=NOW + timedelta(minutes=40))
    waiting = board(event, CLOSED + timedelta(minutes=119))
    assert (waiting.version.frozen_at, waiting.version.is_closed) == (event.freezes_at, False)
    assert [points for name, _, points in points_on(waiting.players) if name == "Mara Lindqvist"] == [9]
    assert board(event, CLOSED + timedelta(hours=2)).version.frozen_at is None


def test_a_result_closed_before_results_were_kept_is_made_once(context):
    event, *_ = played_and_closed()
    before = get_result(event).document
    unprotect_table(_Operations(), "event_results")
    db.session.execute(sa.delete(EventResult))
    db.session.execute(sa.delete(EventAward))
    db.session.expunge_all()
    assert fix_missing_results(now=LATER)
    assert db.session.scalars(sa.select(EventResult.document)).all() == [before]
    assert not fix_missing_results(now=LATER)


@pytest.mark.parametrize("statement", ["UPDATE event_results SET seq = 1", "DELETE FROM event_results"])
def test_the_database_refuses_to_change_a_result(work, statement):
    with work():
        played_and_closed()
    with pytest.raises(sa.exc.DatabaseError, match="append-only"):
        db.session.execute(sa.text(statement))
    db.session.rollback()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"document": "{}\n"}, "was altered"),
        ({"ledger_hash": "f" * 64}, "another ledger than the one here, at entry"),
        ({"seq": 1}, "another ledger than the one here, at entry 1"),
    ],
)
def test_verify_names_a_result_that_was_tampered_with(context, change, what):
    played_and_closed()
    unprotect_table(_Operations(), "event_results")
    db.session.execute(sa.update(EventResult).values(**change))
    db.session.expire_all()
    found = [one.what for one in verify() if one.invariant == 8]
    assert len(found) == 1
    assert what in found[0]


def test_verify_names_a_result_whose_facts_were_changed(context):
    event, mara, *_ = played_and_closed()
    mara.team_id = None
    db.session.flush()
    assert [one.what for one in verify()] == [f"the result of {event.slug} is not what its ledger gives"]


def test_the_command_prints_what_was_announced(app, work):
    with work():
        event, *_ = played_and_closed()
    done = app.test_cli_runner().invoke(replay_event, [event.slug])
    assert (done.exit_code, done.output) == (0, get_result(event).document)


class _Operations:
    """What a migration has, on the session's connection."""

    get_bind = staticmethod(db.session.get_bind)

    @staticmethod
    def execute(statement):
        db.session.execute(sa.text(statement))


PLAYER = st.builds(
    PlayerFacts,
    person_id=st.integers(1, 10**6),
    team_id=st.none() | st.integers(1, 5),
    squad_id=st.none() | st.integers(1, 5),
    hours=st.floats(0.5, 16),
    points=st.integers(-5, 50),
    fixes=st.integers(0, 9),
    last_score_at=st.none() | st.integers(0, 3).map(lambda hours: NOW + timedelta(hours=hours)),
)


@given(st.lists(PLAYER, unique_by=lambda one: one.person_id, max_size=12), st.randoms())
def test_the_order_in_which_facts_are_read_changes_no_byte(players, random):
    shuffled = random.sample(players, len(players))
    line = Line(3, "a" * 64)
    one, other = (text_of(result_of(ResultFacts(1, line, tuple(rows), ()))) for rows in (players, shuffled))
    assert one == other
    rows = json.loads(one)["players"]
    assert [row["place"] for row in rows] == sorted(row["place"] for row in rows)
