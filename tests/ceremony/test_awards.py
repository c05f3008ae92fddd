"""Awards while an event is judged: proposed, left out, given by hand, settled at closing and part of the result."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.ceremony.award_rules import AwardRule
from gamebash.ceremony.awards import (
    AwardDraft,
    AwardRefusedError,
    RuleAward,
    awards_of,
    give_award,
    leave_out_award,
    proposals,
    put_back_award,
    take_back_award,
)
from gamebash.ceremony.closing import close_event, judge_event
from gamebash.ceremony.models import EventAward
from gamebash.ceremony.results import get_result, replay
from gamebash.core.db import db
from gamebash.core.errors import InvalidError
from gamebash.play.models import Review, Verdict
from gamebash.points.disqualifying import disqualify_player
from gamebash.points.ledger import LedgerError, correct_entry
from gamebash.points.models import PointEntry, Standing
from gamebash.points.scoring import EntryKind
from gamebash.verify import verify
from tests.ceremony.playing import CLOSED, FULL_TIME, entries_of, make_game, played_and_closed, squash
from tests.factories import NOW, make_person, make_player
from tests.support.signing_in import sign_in

JUDGED = FULL_TIME + timedelta(minutes=5)


@pytest.fixture
def judged(context):
    """An event in judging: Mara was sent back, then squashed, with Elif's help; Sam squashed one."""
    event, mara, sam, elif_ = make_game()
    make_player(event, make_person("Noor Haddad"))
    first, second, *_ = entries_of(event)
    squash(first, mara, sent_back=1, assists=(elif_,))
    squash(second, sam, NOW + timedelta(hours=1))
    organiser = make_person("Aisha Bello", "organiser")
    judge_event(event, by=organiser, now=FULL_TIME)
    return event, mara, sam, elif_, organiser


def proposed(event):
    return {(one.rule, one.person) for one in proposals(event)}


def test_the_rules_propose_from_what_was_played(judged):
    event, mara, _, elif_, _ = judged
    rules = {rule: person for rule, person in proposed(event) if rule is not AwardRule.MOST_PREVENTED}
    sent_back = db.session.scalars(sa.select(Review).where(Review.verdict == Verdict.SEND_BACK)).one()
    assert rules[AwardRule.FIRST_FIX] == mara.person_id
    assert rules[AwardRule.SECOND_SERVE] == mara.person_id
    assert rules[AwardRule.HANDOVER] == elif_.person_id
    assert rules[AwardRule.BEST_REVIEW] == sent_back.player.person_id


def test_a_fix_whose_points_were_taken_back_wins_nothing(judged):
    event, mara, _, _, organiser = judged
    entry = db.session.scalars(
        sa.select(PointEntry).where(PointEntry.player_id == mara.id, PointEntry.kind == EntryKind.FIX)
    ).one()
    correct_entry(entry, reason="The change is older than the event.", by=organiser, now=JUDGED)
    rules = {rule for rule, person in proposed(event) if person == mara.person_id}
    assert not rules & {AwardRule.MOST_PREVENTED, AwardRule.SECOND_SERVE, AwardRule.FIRST_FIX}


def test_who_was_disqualified_is_honoured_for_nothing(judged):
    event, mara, _, elif_, organiser = judged
    for player in (mara, elif_):
        disqualify_player(player, reason="The change is older than the event.", by=organiser, now=JUDGED)
    assert not {mara.person_id, elif_.person_id} & {person for _, person in proposed(event)}


def test_what_is_left_out_is_not_given_and_can_be_put_back(judged):
    event, mara, _, _, organiser = judged
    which = RuleAward(AwardRule.SECOND_SERVE, mara.person)
    with pytest.raises(InvalidError, match="Say why"):
        leave_out_award(event, which, reason=" ", by=organiser, now=JUDGED)
    leave_out_award(event, which, reason="She asked not to.", by=organiser, now=JUDGED)
    with pytest.raises(AwardRefusedError, match=r"left out at 16:05 already, for this reason: She asked not to\."):
        leave_out_award(event, which, reason="Again.", by=organiser, now=JUDGED)
    put_back_award(event, which, by=organiser, now=JUDGED)
    with pytest.raises(AwardRefusedError, match="is not left out"):
        put_back_award(event, which, by=organiser, now=JUDGED)
    leave_out_award(event, which, reason="She asked not to.", by=organiser, now=JUDGED)
    close_event(event, by=organiser, now=CLOSED, reason="All is in.")
    rules = {award["rule"] for award in json.loads(get_result(event).document)["awards"]}
    assert "second_serve" not in rules
    assert {"place", "first_fix", "most_prevented", "best_review", "handover"} <= rules
    assert get_result(event).document == replay(event)


def test_a_place_is_not_left_out_nor_what_no_rule_gives(judged):
    event, mara, sam, _, organiser = judged
    with pytest.raises(AwardRefusedError, match="Places follow from the points"):
        leave_out_award(event, RuleAward(AwardRule.PLACE, mara.person), reason="No.", by=organiser, now=JUDGED)
    with pytest.raises(AwardRefusedError, match="No rule gives First squash to Sam Okafor any more"):
        leave_out_award(event, RuleAward(AwardRule.FIRST_FIX, sam.person), reason="No.", by=organiser, now=JUDGED)


def test_an_award_by_hand_has_a_title_a_reason_and_points_of_the_budget(judged):
    event, _, sam, _, organiser = judged
    before = db.session.get(Standing, sam.id).points
    give_award(sam, AwardDraft("Best cake", "Three tiers.", 4), by=organiser, now=JUDGED)
    assert db.session.get(Standing, sam.id).points == before + 4
    with pytest.raises(AwardRefusedError, match="Sam Okafor has “Best cake” already"):
        give_award(sam, AwardDraft("Best cake", "Again."), by=organiser, now=JUDGED)
    with pytest.raises(LedgerError, match="budget is 20 points and 4 are given"):
        give_award(sam, AwardDraft("Best tea", "Hot.", 17), by=organiser, now=JUDGED)
    take_back_award(event, sam.person, "Best cake", by=organiser, now=JUDGED)
    assert db.session.get(Standing, sam.id).points == before
    assert [one.rule for one in awards_of(event)] == []


def test_nobody_gives_an_award_to_themselves(judged):
    _, mara, *_ = judged
    with pytest.raises(AwardRefusedError, match="Ask another organiser"):
        give_award(mara, AwardDraft("Best me", "Obviously."), by=mara.person, now=JUDGED)


def test_after_closing_awards_stand(judged):
    event, mara, sam, _, organiser = judged
    close_event(event, by=organiser, now=CLOSED, reason="All is in.")
    for change in (
        lambda: give_award(sam, AwardDraft("Late", "Late."), by=organiser, now=CLOSED),
        lambda: leave_out_award(
            event, RuleAward(AwardRule.FIRST_FIX, mara.person), reason="x", by=organiser, now=CLOSED
        ),
    ):
        with pytest.raises(AwardRefusedError, match=r"is closed\. Awards are settled while it is judged"):
            change()


def test_verify_names_an_award_that_was_changed_after_closing(context):
    event, *_ = played_and_closed()
    db.session.execute(sa.update(EventAward).where(EventAward.rule == AwardRule.FIRST_FIX).values(figures={}))
    db.session.expire_all()
    assert [one.what for one in verify()] == [f"the result of {event.slug} is not what its ledger gives"]


def test_the_judging_page_shows_awards_and_its_forms_decide(client, work):
    with work():
        event, mara, *_ = make_game()
        squash(entries_of(event)[0], mara, sent_back=1)
        organiser = make_person("Aisha Bello", "organiser")
        judge_event(event, by=organiser, now=FULL_TIME)
        slug, handle = event.slug, mara.person.handle
        organisers = organiser.handle
    sign_in(client, organisers)
    page = client.get(f"/events/{slug}/judging").text
    assert "Sent back once, then squashed" in page
    left = {"rule": "second_serve", "handle": handle, "reason": "She asked not to."}
    assert client.post(f"/events/{slug}/awards/leave-out", data=left).status_code == 303
    assert "Left out: She asked not to." in client.get(f"/events/{slug}/judging").text
    assert client.post(f"/events/{slug}/awards/put-back", data=left).status_code == 303
    assert client.post(f"/events/{slug}/awards/leave-out", data={**left, "rule": "best_dressed"}).status_code == 422
    cake = {"handle": handle, "title": "Best cake", "reason": "Three tiers.", "points": "2"}
    assert client.post(f"/events/{slug}/awards", data={**cake, "title": ""}).status_code == 422
    assert client.post(f"/events/{slug}/awards", data=cake).status_code == 303
    assert "Three tiers." in client.get(f"/events/{slug}/judging").text
    assert client.post(f"/events/{slug}/awards/take-back", data=cake).status_code == 303
    assert "Three tiers." not in client.get(f"/events/{slug}/judging").text
