"""The way back after a watch took points that it should not have: a correction that names what it took."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.backlog.models import RunState, SyncRun
from gamebash.core.db import db
from gamebash.core.errors import DomainError
from gamebash.notices.models import Notice
from gamebash.people.models import Person
from gamebash.play.queries.story import story_page
from gamebash.points.ledger import correct_entry
from gamebash.points.models import PointEntry, Standing
from gamebash.points.queries import score_page
from gamebash.points.sums import sums_through
from gamebash.rescoring.choosing import Choice
from gamebash.rescoring.plan import Deed
from gamebash.rescoring.rescores import apply_rescore, preview_rescore
from gamebash.verify import verify
from gamebash.watch.after_all import pay_cleared
from gamebash.watch.queries.listing import WatchFilter, watches_page
from tests.factories import make_person
from tests.watch.playing import ACCEPTED, DAY, END, LATER, entries, play, record, source, sweep, take_in

NOW = ACCEPTED + 4 * DAY


@pytest.fixture
def taken(context):
    """A fix whose points a watch took."""
    played = play()
    sweep(ACCEPTED)
    take_in(record(ACCEPTED + DAY))
    sweep(ACCEPTED + 2 * DAY)
    sweep(ACCEPTED + 3 * DAY)
    assert points_of(played.mara) == (0, 0)
    return played


@pytest.fixture
def organiser(context):
    return make_person("Aisha Bello", "organiser", handle="aisha")


def cleared(now):
    """Keep what was done so far, then let the worker look; says whether it came to an end with any."""
    db.session.commit()
    found = pay_cleared(now=now)
    db.session.expire_all()
    return found


def hear():
    """Let the source be asked after the days of the watch."""
    after = END + timedelta(hours=1)
    run = SyncRun(
        reference="r", source_id=source().id, state=RunState.DONE, created_at=after, started_at=after, finished_at=after
    )
    db.session.add(run)
    db.session.flush()


def points_of(player):
    columns = Standing.points, Standing.fixes
    return tuple(db.session.execute(sa.select(*columns).where(Standing.player_id == player.id)).one())


def do(played, deed, by):
    choice = Choice(deed, story=played.story.key, reason="It was a test alarm.")
    event = played.mara.event
    return apply_rescore(event, choice, seen_seq=preview_rescore(event, choice).seq, by=by, now=NOW)


def paid(played):
    return {(who, points) for _, who, points in entries(played.fix, "fix", "first_fix", "newcomer", "assist", "review")}


def test_what_a_watch_took_is_given_back_entry_by_entry_and_everybody_hears_it(taken, organiser):
    do(taken, Deed.GIVE_BACK, organiser)
    given = entries(taken.fix, "correction")
    assert {(who, points) for _, who, points in given} == paid(taken)
    corrections = db.session.scalars(sa.select(PointEntry).where(PointEntry.kind == "correction")).all()
    assert {db.session.get_one(PointEntry, one.reverses_id).kind.value for one in corrections} == {"clawback"}
    assert points_of(taken.mara)[1] == 1
    last = max(one.seq for one in corrections)
    assert (sums_through(taken.mara.event_id, last)[taken.mara.id].fixes, verify()) == (1, [])
    told = db.session.scalars(sa.select(Notice.text).where(Notice.person_id == taken.mara.person_id)).all()
    assert any("yours again" in text and text.endswith("It was a test alarm.") for text in told)
    with pytest.raises(DomainError, match="nothing to change"):
        do(taken, Deed.GIVE_BACK, organiser)


def test_the_list_of_watches_says_that_a_verdict_was_corrected(taken, organiser):
    before = watches_page(WatchFilter(), organiser, now=NOW).lines.items
    do(taken, Deed.GIVE_BACK, organiser)
    after = watches_page(WatchFilter(), organiser, now=NOW).lines.items
    assert [(one.state.value, one.is_corrected) for one in (*before, *after)] == [
        ("recurred", False),
        ("recurred", True),
    ]


def test_a_bonus_that_a_wrong_verdict_kept_from_being_earned_is_paid_once_the_days_are_over(taken, organiser):
    do(taken, Deed.GIVE_BACK, organiser)
    before = points_of(taken.mara)[0]
    assert not cleared(END - DAY)
    hear()
    assert cleared(LATER)
    bonuses = entries(taken.fix, "held_bonus")
    assert bonuses
    assert (
        points_of(taken.mara)[0] == before + sum(points for _, who, points in bonuses if who == taken.mara.id) > before
    )
    reason = db.session.scalars(sa.select(PointEntry.reason).where(PointEntry.kind == "held_bonus")).first()
    assert "held after all: what ended its watch was no recurrence. 50% of" in reason
    told = db.session.scalars(sa.select(Notice.text).where(Notice.person_id == taken.mara.person_id)).all()
    assert any("held after all, and its bonus is paid: +" in text for text in told)
    assert not cleared(LATER + DAY)
    assert (entries(taken.fix, "held_bonus"), verify()) == (bonuses, [])


def test_what_came_back_by_another_incident_is_paid_no_bonus(taken, organiser):
    do(taken, Deed.GIVE_BACK, organiser)
    take_in(record(ACCEPTED + 9 * DAY))
    hear()
    assert cleared(LATER)
    assert entries(taken.fix, "held_bonus") == []


def test_what_was_taken_once_more_is_paid_no_bonus(taken, organiser):
    do(taken, Deed.GIVE_BACK, organiser)
    do(taken, Deed.TAKE_BACK, organiser)
    hear()
    assert cleared(LATER)
    assert (entries(taken.fix, "held_bonus"), verify()) == ([], [])


def test_a_bonus_after_all_waits_until_the_sources_were_heard(taken, organiser):
    do(taken, Deed.GIVE_BACK, organiser)
    assert not cleared(LATER)
    hear()
    assert cleared(LATER)


def test_the_page_of_the_story_says_that_the_verdict_was_corrected(taken, organiser):
    def last_step():
        return story_page(taken.story.key, organiser, now=NOW).play.steps[-1].text

    assert last_step() == "It came back, and so did a story about it"
    do(taken, Deed.GIVE_BACK, organiser)
    assert last_step() == "It was said to have come back; that was corrected"


def test_what_was_given_back_is_not_paid_anew_and_can_be_taken_once_more(taken, organiser):
    do(taken, Deed.GIVE_BACK, organiser)
    had = points_of(taken.mara)
    with pytest.raises(DomainError, match="nothing to change"):
        do(taken, Deed.PAY_ANEW, organiser)
    do(taken, Deed.TAKE_BACK, organiser)
    assert (had[0] > 0, points_of(taken.mara)) == (True, (0, 0))
    assert verify() == []


def test_one_entry_that_a_watch_wrote_can_be_corrected_alone(taken, organiser):
    clawback = db.session.scalars(
        sa.select(PointEntry).where(PointEntry.kind == "clawback", PointEntry.player_id == taken.mara.id)
    ).first()
    posted = correct_entry(clawback, reason="It was a test alarm.", by=organiser, now=NOW)
    assert (posted.points, posted.reverses_id) == (-clawback.points, clawback.id)
    with pytest.raises(DomainError, match="itself a correction"):
        correct_entry(posted, reason="No.", by=organiser, now=NOW)
    mara = db.session.get_one(Person, taken.mara.person_id)
    parts = score_page(taken.mara.event, mara.handle, organiser, now=NOW).parts
    assert [part.is_given_back for part in parts].count(True) == 1
    assert verify() == []
