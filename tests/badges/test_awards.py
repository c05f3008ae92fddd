"""Badges over the real data: at acceptance, when a fix held, withdrawn when it did not; and a page that hides who an alias is."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.badges.awards import settle_badges, sweep_badges
from gamebash.badges.kinds import Badge
from gamebash.badges.models import BadgeAward
from gamebash.badges.queries import badges_page, player_page
from gamebash.core.db import db, unit_of_work
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event
from gamebash.notices.models import Notice
from gamebash.play.models import Fix, Review, Verdict
from gamebash.play.reveal import sweep_reveals
from gamebash.watch.lifecycle import WatchState
from gamebash.watch.models import Watch
from tests.ceremony.playing import entries_of, make_game, squash
from tests.factories import NOW, make_person, make_player, make_problem, make_service, make_team
from tests.support.signing_in import sign_in

LATER = NOW + timedelta(days=40)


def badges_of(player):
    query = sa.select(BadgeAward.badge).where(
        BadgeAward.person_id == player.person_id, BadgeAward.withdrawn_at.is_(None)
    )
    return set(db.session.scalars(query))


def watch(fix, state, **values):
    """Put a verdict on a fix, as the watch would after its days."""
    defaults = {"problem_id": None, "forecast": 4.0, "decided_at": LATER if state is not WatchState.WATCHING else None}
    one = Watch(
        fix_id=fix.id, event_id=fix.event_id, starts_at=NOW, ends_at=NOW + timedelta(days=30), state=state,
        **{**defaults, **values},
    )  # fmt: skip
    db.session.add(one)
    db.session.flush()
    return one


@pytest.fixture
def game(context):
    event, mara, sam, elif_ = make_game()
    make_player(event, make_person("Noor Haddad"), team=make_team("OPS", "ops"))
    return event, mara, sam, elif_


def test_the_first_acceptance_is_a_badge_at_once_and_once(game):
    event, mara, *_ = game
    squash(entries_of(event)[0], mara)
    assert sweep_badges(now=NOW)
    assert badges_of(mara) == {Badge.FIRST_SQUASH}
    squash(entries_of(event)[1], mara, NOW + timedelta(hours=1))
    assert sweep_badges(now=NOW)
    assert not sweep_badges(now=NOW)
    told = list(db.session.scalars(sa.select(Notice.text).where(Notice.person_id == mara.person_id)))
    assert [text for text in told if "Badge earned" in text] == [
        "Badge earned: First squash. Your first fix that somebody else accepted."
    ]


def test_held_gives_what_accepted_does_not(game):
    event, mara, _, elif_ = game
    fix = squash(entries_of(event)[0], mara, sent_back=1, assists=(elif_,))
    sweep_badges(now=NOW)
    assert badges_of(mara) == {Badge.FIRST_SQUASH}
    assert badges_of(elif_) == set()
    watch(fix, WatchState.HELD)
    assert sweep_badges(now=LATER)
    assert badges_of(mara) == {Badge.FIRST_SQUASH, Badge.SECOND_SERVE, Badge.QUIET_PAGER}
    assert badges_of(elif_) == {Badge.HANDOVER}
    finder = next(one.player for one in reviews_of(fix) if one.verdict is Verdict.SEND_BACK)
    assert badges_of(finder) == {Badge.HANDOVER}


def reviews_of(fix):
    return db.session.scalars(sa.select(Review).join(Review.fix).where(Fix.claim_id == fix.claim_id)).all()


def test_what_did_not_hold_after_all_is_withdrawn_and_can_come_back(game):
    event, _, sam, _ = game
    first = squash(entries_of(event)[0], sam)
    verdict = watch(first, WatchState.HELD)
    sweep_badges(now=LATER)
    assert Badge.BOTH_SIDES in badges_of(sam)
    verdict.state = WatchState.RECURRED
    db.session.flush()
    assert sweep_badges(now=LATER)
    assert badges_of(sam) == {Badge.FIRST_SQUASH}
    second = squash(entries_of(event)[1], sam, NOW + timedelta(hours=1))
    watch(second, WatchState.HELD)
    sweep_badges(now=LATER)
    assert Badge.BOTH_SIDES in badges_of(sam)
    assert db.session.scalar(sa.select(sa.func.count()).where(BadgeAward.badge == Badge.BOTH_SIDES)) == 1


def test_a_recurrence_that_only_the_fixer_knows_of_takes_nothing_away_yet(game):
    event, _, sam, _ = game
    verdict = watch(squash(entries_of(event)[0], sam), WatchState.HELD)
    sweep_badges(now=LATER)
    verdict.state, verdict.told_at = WatchState.CAME_BACK, LATER
    db.session.flush()
    assert settle_badges(sam.person, now=LATER) == []
    assert Badge.BOTH_SIDES in badges_of(sam)


def test_away_is_a_service_of_another_team(context):
    event, mara, *_ = make_game()
    entry = entries_of(event)[0]
    entry.story.service_id = make_service("billing", make_team("DEV")).id
    entry.story.problem_id = make_problem().id
    db.session.flush()
    watch(squash(entry, mara), WatchState.HELD)
    sweep_badges(now=LATER)
    assert Badge.BOTH_SIDES in badges_of(mara)


def test_a_badge_says_nothing_that_the_freeze_holds_back(context):
    event, mara, *_ = make_game(freezes_at=NOW)
    squash(entries_of(event)[0], mara, NOW + timedelta(minutes=1))
    assert not sweep_badges(now=NOW + timedelta(hours=1))
    event.state, event.closed_at, event.reveals_at = EventState.CLOSED, NOW, NOW
    db.session.flush()
    sweep_reveals(now=LATER)
    assert sweep_badges(now=LATER)
    assert badges_of(mara) == {Badge.FIRST_SQUASH}


@pytest.fixture
def site(app, client):
    """Mara plays as nightowl; Sam looks."""
    with app.app_context(), unit_of_work():
        event, mara, sam, _ = make_game()
        squash(entries_of(event)[0], mara)
        sweep_badges(now=NOW)
        mara.person.alias = "nightowl"
        db.session.execute(sa.update(Event).values(state=EventState.CLOSED, closed_at=NOW, reveals_at=NOW))
        return mara.person.handle, sam.person.handle


def test_a_players_page_by_alias_does_not_say_who_it_is(client, site):
    mara, sam = site
    sign_in(client, sam)
    page = client.get("/players/~nightowl").text
    assert "First squash" in page
    assert "Mara" not in page
    assert mara not in page
    assert client.get(f"/players/{mara}").status_code == 404
    unknown = client.get("/players/nobody-at-all").text
    assert "Nobody plays under the name nobody-at-all." in unknown
    assert f"Nobody plays under the name {mara}." in client.get(f"/players/{mara}").text
    sign_in(client, mara)
    assert client.get(f"/players/{mara}").status_code == 200


def test_the_badges_page_says_what_each_takes_and_my_day_what_is_missing(client, site):
    mara, _ = site
    sign_in(client, mara)
    page = client.get("/badges").text
    assert "1 of 8 badges are yours" in page
    assert "Not enough: waving fixes through, or helping the same old hands." in page
    assert "not yet earned" in client.get("/").text


def test_a_players_page_counts_what_is_watched_apart_from_what_held(context):
    event, mara, *_ = make_game()
    for number, entry in enumerate(entries_of(event)):
        squash(entry, mara, NOW + timedelta(hours=number))
    sweep_badges(now=LATER)
    page = player_page(mara.person, mara.person, now=LATER)
    assert (page.watched, page.held, page.events) == (4, 0, ())
    assert badges_page(mara.person).earned == 1
