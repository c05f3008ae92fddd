"""Second looks at accepted fixes: by a lot nobody can steer, drawn, never by whoever had a part in it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.core import clock
from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import DomainError, NotAllowedError
from gamebash.events.rules import Rules
from gamebash.play.checking import check_chance, is_drawn_for_check
from gamebash.play.checks import decide_check, sweep_checks
from gamebash.play.models import CheckCause, SpotCheck
from gamebash.play.reviews import send_back_fix
from gamebash.play.talks import stopped_players
from gamebash.verify import verify
from tests.factories import NOW, make_event, make_person, make_player, make_story
from tests.play.test_fair_rules import accept, entries_of, hand_in, minutes
from tests.support.signing_in import sign_in

ALWAYS = Rules(spot_check_share=1.0, needs_knowing_reviewer=False)


def test_the_more_a_fix_pays_the_likelier_it_is_looked_at_again():
    rules = Rules(spot_check_share=0.2)
    assert [check_chance(points, rules) for points in (0, 1, 3, 5, 8)] == [0, 0.2, pytest.approx(0.6), 1, 1]
    shares = [sum(is_drawn_for_check(fix, points, rules) for fix in range(2000)) / 2000 for points in (1, 3, 8)]
    assert shares == [pytest.approx(0.2, abs=0.03), pytest.approx(0.6, abs=0.03), 1]
    assert not any(is_drawn_for_check(fix, 8, Rules(spot_check_share=0)) for fix in range(200))


@pytest.fixture
def game(context):
    event = make_event(stories=[make_story() for _ in range(5)], rules=ALWAYS)
    return event, [make_player(event) for _ in range(6)]


def checks(fix):
    return list(db.session.scalars(sa.select(SpotCheck).where(SpotCheck.fix_id == fix.id).order_by(SpotCheck.id)))


def test_somebody_without_a_part_in_it_is_drawn(game):
    event, (author, helper, *_) = game
    fix = accept(hand_in(entries_of(event)[0], author, assists=(helper.person.handle,)))
    (check,) = checks(fix)
    assert check.cause is CheckCause.LOT
    assert check.player_id not in {author.id, helper.id, *(review.player_id for review in fix.reviews)}
    with pytest.raises(NotAllowedError, match="You were not drawn"):
        decide_check(fix, holds=True, reason="", by=author, now=NOW)
    decide_check(fix, holds=True, reason="", by=check.player, now=NOW)
    with pytest.raises(DomainError, match="You decided this at 10:00 already"):
        decide_check(fix, holds=False, reason="No.", by=check.player, now=NOW)
    assert verify() == []


def test_a_failed_check_counts_as_a_send_back_and_takes_nothing_by_itself(game):
    event, (author, *_) = game
    event.rules = Rules(spot_check_share=1.0, needs_knowing_reviewer=False, send_back_limit=1).to_document()
    fix = accept(hand_in(entries_of(event)[0], author))
    (check,) = checks(fix)
    with pytest.raises(DomainError, match="Say what does not hold"):
        decide_check(fix, holds=False, reason="", by=check.player, now=minutes(1))
    decide_check(fix, holds=False, reason="The alert is only muted.", by=check.player, now=minutes(1))
    assert stopped_players(event, now=minutes(2)) == [(author.id, 1)]
    assert fix.unpaid_because == ""


def test_whose_send_backs_reach_the_limit_has_everything_looked_at_again(game):
    event, (author, *_) = game
    event.rules = Rules(spot_check_share=0, needs_knowing_reviewer=False, send_back_limit=1).to_document()
    entries = entries_of(event)
    accepted = accept(hand_in(entries[0], author))
    assert checks(accepted) == []
    fix = hand_in(entries[1], author)
    send_back_fix(fix, reason="No test.", by=fix.reviews[0].player, now=minutes(1))
    assert [check.cause for check in checks(accepted)] == [CheckCause.SEND_BACKS]


def test_a_check_that_runs_out_goes_to_somebody_else(game):
    event, (author, *_) = game
    fix = accept(hand_in(entries_of(event)[0], author))
    (first,) = checks(fix)
    assert not sweep_checks(now=minutes(29))
    assert sweep_checks(now=minutes(31))
    _, second = checks(fix)
    assert second.player_id != first.player_id
    with pytest.raises(DomainError, match="ran out at 10:31"):
        decide_check(fix, holds=True, reason="", by=first.player, now=minutes(32))


def test_who_was_drawn_finds_it_on_my_day_and_decides_on_the_page(app, client):
    now = clock.now()
    with app.app_context(), unit_of_work():
        event = make_event(
            stories=[make_story()],
            rules=ALWAYS,
            ends_at=now + timedelta(hours=5),
            reviews_end_at=now + timedelta(hours=6),
        )
        author, *_ = (make_player(event, make_person(name, handle=name.lower())) for name in ("Mara", "Sam", "Noor"))
        fix = accept(hand_in(entries_of(event)[0], author, now), now)
        handle, key = checks(fix)[0].player.person.handle, fix.story.key
        other = ({"sam", "noor"} - {handle}).pop()
    sign_in(client, other)
    assert "A second look" not in client.get(f"/stories/{key}").text
    sign_in(client, handle)
    assert f"/stories/{key}#check" in client.get("/").text
    assert "Does the fix do what it says?" in client.get(f"/stories/{key}").text
    page = client.post(f"/stories/{key}/check", data={"holds": "yes"}, follow_redirects=True).text
    assert "Does the fix do what it says?" not in page
    assert "it holds" in page
