"""Rescoring as a set: looked at first, applied once, one reference, and the ledger still adds up."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.core import clock
from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import DomainError, InvalidError
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event
from gamebash.events.rules import Rules
from gamebash.people.models import Person
from gamebash.points.ledger import award_points
from gamebash.points.models import PointEntry, Standing
from gamebash.rescoring.choosing import Choice
from gamebash.rescoring.models import Rescore
from gamebash.rescoring.plan import Deed
from gamebash.rescoring.rescores import apply_rescore, preview_rescore
from gamebash.verify import verify
from tests.factories import NOW, make_event, make_person, make_player, make_story
from tests.invariants.test_races import press
from tests.play.test_fair_rules import accept, entries_of, hand_in
from tests.support.signing_in import sign_in

PLAIN = Rules(newcomer_factor=1.0, needs_knowing_reviewer=False, spot_check_share=0, first_fix_bonus=2)


def played(now=NOW, count=3):
    """An event in which Mara has two accepted fixes and Sam one; returns the event, Mara, Sam and the fixes."""
    event = make_event(
        stories=[make_story() for _ in range(count)], rules=PLAIN, went_live_at=now - timedelta(hours=1),
        ends_at=now + timedelta(hours=5), reviews_end_at=now + timedelta(hours=6),
    )  # fmt: skip
    mara, sam, *_ = (make_player(event, make_person(name, handle=name.lower())) for name in ("Mara", "Sam", "Noor"))
    authors = [mara, mara, sam]
    fixes = [accept(hand_in(entry, author, now), now) for entry, author in zip(entries_of(event), authors, strict=True)]
    return event, mara, sam, fixes


@pytest.fixture
def organiser(context):
    return make_person("Aisha Bello", "organiser", handle="aisha")


def points_of(player):
    return db.session.scalar(sa.select(Standing.points).where(Standing.player_id == player.id)) or 0


def do(event, choice, by, now=NOW):
    return apply_rescore(event, choice, seen_seq=preview_rescore(event, choice).seq, by=by, now=now)


def test_a_preview_says_who_moves_and_writes_nothing(organiser):
    event, mara, _, _ = played()
    before = points_of(mara)
    found = preview_rescore(event, Choice(Deed.TAKE_BACK, author="mara"))
    moves = {one.handle: (one.place, one.place_after) for one in found.moves}
    assert moves["mara"][0] == 1
    assert moves["mara"][1] > 1
    assert points_of(mara) == before
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Rescore)) == 0


def test_taking_back_brings_everything_the_fixes_paid_to_nothing(organiser):
    event, mara, _, fixes = played()
    made = do(event, Choice(Deed.TAKE_BACK, author="mara", reason="Shams."), organiser)
    ids = [fix.id for fix in fixes[:2]]
    assert db.session.scalar(sa.select(sa.func.sum(PointEntry.points)).where(PointEntry.fix_id.in_(ids))) == 0
    assert points_of(mara) == 1, "what she reviewed of Sam's stands"
    reasons = db.session.scalars(
        sa.select(PointEntry.reason).where(PointEntry.key.startswith(f"rescore:{made.number}:"))
    )
    assert all(reason.startswith(f"{made.reference}: Shams.") for reason in reasons)
    assert verify() == []
    with pytest.raises(DomainError, match="There is nothing to change"):
        do(event, Choice(Deed.TAKE_BACK, author="mara", reason="Again."), organiser)


def test_paying_anew_puts_back_what_the_rules_give(organiser):
    event, mara, _, fixes = played()
    key = fixes[1].story.key
    do(event, Choice(Deed.TAKE_BACK, story=key, reason="A mistake."), organiser)
    before = points_of(mara)
    do(event, Choice(Deed.PAY_ANEW, story=key, reason="It was right after all."), organiser)
    assert points_of(mara) == before + 5
    with pytest.raises(DomainError, match="nothing to change"):
        do(event, Choice(Deed.PAY_ANEW, story=key, reason="Again."), organiser)
    do(event, Choice(Deed.TAKE_BACK, story=key, reason="No, it was not."), organiser)
    assert points_of(mara) == before
    assert verify() == []


def test_what_a_fix_paid_its_author_can_go_to_somebody_else(organiser):
    event, mara, sam, fixes = played()
    mara_had, sam_had = points_of(mara), points_of(sam)
    do(event, Choice(Deed.GIVE_TO, story=fixes[1].story.key, to="sam", reason="Sam did it."), organiser)
    assert (points_of(mara), points_of(sam)) == (mara_had - 5, sam_had + 5)
    with pytest.raises(InvalidError, match="nobody does not play"):
        preview_rescore(event, Choice(Deed.GIVE_TO, story=fixes[1].story.key, to="nobody"))


def test_a_pair_is_the_fixes_of_one_that_the_other_accepted(organiser):
    event, _, _, fixes = played()
    reviewer = fixes[0].reviews[0].player.person.handle
    found = preview_rescore(event, Choice(Deed.TAKE_BACK, author="mara", reviewer=reviewer))
    expected = {one.id for one in fixes[:2] if reviewer in {review.player.person.handle for review in one.reviews}}
    assert {fix.id for fix in found.fixes} == expected


@pytest.mark.parametrize(
    ("choice", "why"),
    [
        (Choice(Deed.TAKE_BACK), "Choose at least a player"),
        (Choice(Deed.GIVE_TO, author="mara"), "Say who is to get"),
    ],
)
def test_a_rescore_is_never_about_everything(organiser, choice, why):
    event, *_ = played()
    with pytest.raises(InvalidError, match=why):
        preview_rescore(event, choice)


def test_a_look_that_is_stale_is_refused(organiser):
    event, mara, _, _ = played()
    choice = Choice(Deed.TAKE_BACK, author="mara", reason="Shams.")
    seen = preview_rescore(event, choice).seq
    award_points(mara, 1, reason="Kind.", by=organiser, now=NOW)
    with pytest.raises(DomainError, match="Since you looked, an entry was written"):
        apply_rescore(event, choice, seen_seq=seen, by=organiser, now=NOW)


def test_after_closing_it_is_a_correction(organiser):
    event, mara, _, _ = played()
    event.state, event.closed_at = EventState.CLOSED, NOW
    do(event, Choice(Deed.TAKE_BACK, author="mara", reason="Found later."), organiser, NOW + timedelta(days=1))
    assert [found for found in verify() if found.invariant in {2, 4}] == []
    assert points_of(mara) == 1


def test_of_two_organisers_who_apply_at_once_one_does(app):
    now = clock.now()
    with app.app_context(), unit_of_work():
        event, *_ = played(now)
        event_id = event.id
        seen = preview_rescore(event, Choice(Deed.TAKE_BACK, author="mara")).seq
        organisers = [make_person(f"Organiser {number}", "organiser").id for number in range(12)]

    def apply(person_id):
        choice = Choice(Deed.TAKE_BACK, author="mara", reason="Shams.")
        by = db.session.get_one(Person, person_id)
        apply_rescore(db.session.get_one(Event, event_id), choice, seen_seq=seen, by=by, now=clock.now())

    counts, heard = press(app, apply, organisers)
    assert counts == {"yes": 1, "no": 11}, heard
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Rescore)) == 1
        assert verify() == []


def test_an_organiser_looks_and_applies_on_the_page(app, client):
    with app.app_context(), unit_of_work():
        make_person("Aisha Bello", "organiser", handle="aisha")
        event, *_ = played(clock.now())
        slug = event.slug
    sign_in(client, "aisha")
    assert "Which fixes" in client.get(f"/events/{slug}/rescore").text
    page = client.get(f"/events/{slug}/rescore?author=mara&deed=take_back").text
    assert "Who moves" in page
    assert "Nothing is written yet" in page
    with app.app_context():
        seq = preview_rescore(db.session.scalars(sa.select(Event)).one(), Choice(Deed.TAKE_BACK, author="mara")).seq
    data = {"author": "mara", "deed": "take_back", "seen": str(seq), "reason": "Shams."}
    done = client.post(f"/events/{slug}/rescore", data=data, follow_redirects=True).text
    assert "R-1" in done
    assert "Shams." in done
    stale = client.post(f"/events/{slug}/rescore", data=data)
    assert "Look again before you apply it" in stale.text
    sign_in(client, "mara")
    assert client.get(f"/events/{slug}/rescore").status_code == 403
