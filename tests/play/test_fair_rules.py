"""Every rule of claiming, reviewing and paying that stops a known harm, on the real database."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.backlog.models import Incident, IncidentStatus, Source, SourceKind
from gamebash.backlog.severity import Severity
from gamebash.core import clock
from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import DomainError, NotAllowedError
from gamebash.events.models import EventStory
from gamebash.events.rules import Rules
from gamebash.events.running import copy_points
from gamebash.notices.models import Notice
from gamebash.play.claims import claim_story
from gamebash.play.fixes import submit_fix
from gamebash.play.models import FixState
from gamebash.play.reviewers import sweep_reviews
from gamebash.play.reviews import accept_fix, send_back_fix, waive_knowing
from gamebash.play.talks import open_claiming, stopped_players
from gamebash.points.models import PointEntry
from gamebash.points.scoring import EntryKind
from gamebash.stories.grades import Grade
from gamebash.verify import verify
from tests.factories import (
    NOW,
    add,
    make_event,
    make_person,
    make_player,
    make_problem,
    make_service,
    make_squad,
    make_story,
    make_team,
)
from tests.play.test_game import draft
from tests.support.signing_in import sign_in

PLAIN = Rules(first_fix_bonus=0, newcomer_factor=1.0, needs_knowing_reviewer=False)


def told(person):
    return list(db.session.scalars(sa.select(Notice.text).where(Notice.person_id == person.id).order_by(Notice.id)))


def minutes(count):
    return NOW + timedelta(minutes=count)


def entries_of(event):
    return list(
        db.session.scalars(sa.select(EventStory).where(EventStory.event_id == event.id).order_by(EventStory.rank))
    )


def hand_in(entry, author, at=NOW, **values):
    fix = submit_fix(claim_story(entry, by=author, now=at), draft(**values), by=author, now=at)
    db.session.refresh(fix)
    return fix


def accept(fix, at=NOW):
    """Let whoever was drawn accept it."""
    for review in list(fix.reviews):
        if fix.state is FixState.IN_REVIEW and review.verdict is None and review.ended_at is None:
            accept_fix(fix, by=review.player, now=at)
    return fix


def paid(fix):
    rows = db.session.execute(sa.select(PointEntry.kind, PointEntry.points).where(PointEntry.fix_id == fix.id))
    return {kind: points for kind, points in rows}  # noqa: C416  rows are no pairs


@pytest.fixture
def event(context):
    return make_event(stories=[make_story() for _ in range(6)], rules=PLAIN, went_live_at=NOW - timedelta(hours=1))


@pytest.fixture
def organiser(context):
    return make_person("Aisha Bello", "organiser")


def test_the_third_send_back_ends_claiming_until_an_organiser_has_talked(event, organiser):
    mara, _, _ = (make_player(event) for _ in range(3))
    event.rules = Rules(claims_at_once=5, needs_knowing_reviewer=False).to_document()
    entries = entries_of(event)
    for number in range(3):
        fix = hand_in(entries[number], mara, minutes(number))
        send_back_fix(fix, reason="No test.", by=fix.reviews[0].player, now=minutes(number))
    with pytest.raises(DomainError, match=r"3 of your fixes were sent back\. Talk to an organiser"):
        claim_story(entries[3], by=mara, now=minutes(60))
    assert stopped_players(event, now=minutes(60)) == [(mara.id, 3)]
    open_claiming(mara, reason="We looked at two of them together.", by=organiser, now=minutes(61))
    assert "You may claim again" in told(mara.person)[-1]
    assert told(mara.person)[-1].endswith("We looked at two of them together.")
    claim_story(entries[3], by=mara, now=minutes(300))
    with pytest.raises(DomainError, match="may claim; there is nothing to open"):
        open_claiming(mara, reason="Again.", by=organiser, now=minutes(62))


def test_a_send_back_that_an_appeal_overturned_does_not_count(event):
    mara, _, _ = (make_player(event) for _ in range(3))
    event.rules = Rules(send_back_limit=1, first_fix_bonus=0).to_document()
    fix = hand_in(entries_of(event)[0], mara)
    fix.state = FixState.ACCEPTED
    db.session.flush()
    assert stopped_players(event, now=NOW) == []


def test_who_lets_two_claims_run_out_holds_one_at_a_time(event):
    mara = make_player(event)
    entries = entries_of(event)
    for entry in entries[:2]:
        claim_story(entry, by=mara, now=NOW)
    claim_story(entries[2], by=mara, now=minutes(91))
    with pytest.raises(DomainError, match="2 of your claims ran out, so it is one at a time for the rest of the day"):
        claim_story(entries[3], by=mara, now=minutes(92))


def test_limits_of_nothing_are_switched_off(event):
    event.rules = Rules(lapse_limit=0, send_back_limit=0).to_document()
    mara = make_player(event)
    entries = entries_of(event)
    for entry in entries[:2]:
        claim_story(entry, by=mara, now=NOW)
    for entry in entries[2:4]:
        claim_story(entry, by=mara, now=minutes(91))


@pytest.fixture
def outside(context):
    """An event on a service of team CHK: two of CHK, an outsider who fixes, and two other outsiders."""
    team, other = make_team("CHK"), make_team("PAY")
    service = make_service("checkout-api", team)
    event = make_event(stories=[make_story(service=service) for _ in range(4)], rules=Rules(first_fix_bonus=0))
    return {
        "event": event,
        "author": make_player(event, team=other),
        "knowing": [make_player(event, team=team) for _ in range(2)],
        "others": [make_player(event, team=other) for _ in range(2)],
    }


def test_an_outsiders_fix_is_accepted_only_with_somebody_who_knows_the_service(outside):
    fix = hand_in(entries_of(outside["event"])[0], outside["author"])
    assert fix.needs_knowing
    assert [review.is_knowing for review in fix.reviews] == [True]
    for knowing in outside["knowing"]:
        knowing.left_at = minutes(5) if knowing.id != fix.reviews[0].player_id else None
    sweep_reviews(now=minutes(31))
    db.session.refresh(fix)
    stand_in = next(review for review in fix.reviews if not review.is_knowing)
    accept_fix(fix, by=stand_in.player, now=minutes(32))
    assert fix.state is FixState.IN_REVIEW, "the only one who knows it let it lapse, and still has to look"
    accept_fix(fix, by=next(one for one in fix.reviews if one.is_knowing).player, now=minutes(40))
    assert fix.state is FixState.ACCEPTED
    assert verify() == []


def test_an_organiser_may_do_without_with_a_reason(outside, organiser):
    fix = hand_in(entries_of(outside["event"])[0], outside["author"])
    for knowing in outside["knowing"]:
        knowing.left_at = minutes(5) if knowing.id != fix.reviews[0].player_id else None
    sweep_reviews(now=minutes(31))
    db.session.refresh(fix)
    with pytest.raises(DomainError, match="Say why it can do without"):
        waive_knowing(fix, reason=" ", by=organiser, now=minutes(31))
    accept_fix(fix, by=next(one for one in fix.reviews if not one.is_knowing).player, now=minutes(32))
    waive_knowing(fix, reason="She is ill.", by=organiser, now=minutes(33))
    assert any(text.endswith("without somebody who knows the service: She is ill.") for text in told(fix.player.person))
    assert fix.state is FixState.ACCEPTED
    assert fix.waived_because == "She is ill."


def test_where_nobody_knows_the_service_any_more_none_is_needed(outside):
    fix = hand_in(entries_of(outside["event"])[0], outside["author"])
    for knowing in outside["knowing"]:
        knowing.left_at = minutes(1)
    sweep_reviews(now=minutes(2))
    db.session.refresh(fix)
    accept_fix(fix, by=next(one for one in fix.reviews if one.ended_at is None).player, now=minutes(3))
    assert fix.state is FixState.ACCEPTED


def test_every_outsiders_fix_has_a_knowing_reviewer_while_one_plays(outside):
    for number, entry in enumerate(entries_of(outside["event"])):
        fix = accept(hand_in(entry, outside["author"], minutes(number)), minutes(number))
        assert fix.state is FixState.ACCEPTED
        assert any(review.is_knowing and review.verdict for review in fix.reviews)


def test_who_joined_the_authors_squad_since_does_not_review(event):
    squad = make_squad(event)
    mara, sam = make_player(event, squad=squad), make_player(event)
    fix = hand_in(entries_of(event)[0], mara)
    sam.squad_id = squad.id
    with pytest.raises(NotAllowedError, match="You play in the squad of"):
        accept_fix(fix, by=sam, now=NOW)


def test_joining_the_squad_after_a_review_does_not_undo_it(event):
    squad = make_squad(event)
    mara, sam = make_player(event, squad=squad), make_player(event)
    accept(hand_in(entries_of(event)[0], mara))
    sam.squad_id = squad.id
    db.session.flush()
    assert [found for found in verify() if found.invariant == 3] == []


@pytest.mark.parametrize(
    ("said", "rule", "why"),
    [
        ({"is_own_change": True}, "skips_own_changes", "a change of its author's own"),
        ({"begun_at": NOW - timedelta(days=1)}, "skips_early_changes", "begun before the event went live"),
    ],
)
def test_what_was_made_for_the_day_pays_its_reviewer_only(event, said, rule, why):
    mara, _ = (make_player(event) for _ in range(2))
    entries = entries_of(event)
    first = accept(hand_in(entries[0], mara, **said))
    assert paid(first) == {EntryKind.REVIEW: 1}
    assert why in first.unpaid_because
    event.rules = Rules(**{rule: False, "first_fix_bonus": 0, "newcomer_factor": 1.0}).to_document()
    assert paid(accept(hand_in(entries[1], mara, **said)))[EntryKind.FIX] == 5


def test_trouble_that_came_after_scheduling_adds_no_value(context):
    old, new, by_hand = make_problem(), make_problem(), make_story()
    source = add(Source(slug="pager", name="Pager", kind=SourceKind.FILE, created_at=NOW))
    for number, (problem, days) in enumerate([(old, 30), (old, 20), (old, 10), (old, 1), (new, 1)]):
        add(
            Incident(
                source_id=source.id, external_id=str(number), title="x", service_id=problem.service_id,
                severity=Severity.SEV2, status=IncidentStatus.RESOLVED, opened_at=NOW - timedelta(days=days),
                content_hash="x", problem_id=problem.id,
            )
        )  # fmt: skip
    stories = [make_story(problem_id=old.id), make_story(problem_id=new.id), by_hand]
    event = make_event(stories=stories, scheduled_at=NOW - timedelta(days=7), rules=Rules(bounds_by_value=False))
    entries = entries_of(event)
    copy_points(event, entries)
    assert [(entry.points, entry.value) for entry in entries] == [(5, 7.5), (0, 0.0), (5, 10.0)]
    assert "first seen after the event was scheduled" in entries[1].note
    event.rules = Rules(skips_late_trouble=False).to_document()
    copy_points(event, entries)
    assert [entry.points for entry in entries] == [5, 5, 5]


def test_where_organisers_want_it_only_so_many_of_the_smallest_fixes_score(context):
    stories = [make_story(grade=Grade.BLUE, effort_hours=1) for _ in range(3)]
    event = make_event(stories=stories, rules=Rules(small_fix_limit=2, first_fix_bonus=0, newcomer_factor=1.0))
    mara, _, _ = (make_player(event) for _ in range(3))
    fixes = [accept(hand_in(entry, mara)) for entry in entries_of(event)]
    assert [paid(fix).get(EntryKind.FIX, 0) for fix in fixes] == [1, 1, 0]
    assert paid(fixes[2]) == {EntryKind.REVIEW: 1}
    assert fixes[2].unpaid_because.startswith("2 of the smallest fixes are paid already")
    assert [found for found in verify() if "never paid" in found.what] == []


def test_the_first_fix_is_the_one_submitted_first_once_nothing_earlier_waits(context):
    event = make_event(stories=[make_story() for _ in range(3)], rules=Rules(newcomer_factor=1.0))
    mara, sam, *_ = (make_player(event) for _ in range(4))
    entries = entries_of(event)
    earlier, later = hand_in(entries[0], mara, minutes(1)), hand_in(entries[1], sam, minutes(2))
    accept(later, minutes(3))
    assert EntryKind.FIRST_FIX not in paid(later), "an earlier one may still be the first"
    accept(earlier, minutes(4))
    assert paid(earlier)[EntryKind.FIRST_FIX] == 2
    assert EntryKind.FIRST_FIX not in paid(later)


def test_a_send_back_makes_the_next_one_the_first(context):
    event = make_event(stories=[make_story() for _ in range(3)], rules=Rules(newcomer_factor=1.0))
    mara, sam, *_ = (make_player(event) for _ in range(4))
    entries = entries_of(event)
    earlier, later = hand_in(entries[0], mara, minutes(1)), hand_in(entries[1], sam, minutes(2))
    accept(later, minutes(3))
    send_back_fix(earlier, reason="No test.", by=earlier.reviews[0].player, now=minutes(4))
    assert paid(later)[EntryKind.FIRST_FIX] == 2
    assert verify() == []


def test_two_people_are_paid_for_each_others_reviews_only_so_often(context):
    event = make_event(
        stories=[make_story() for _ in range(4)],
        rules=Rules(pair_limit=2, first_fix_bonus=0, newcomer_factor=1.0, needs_knowing_reviewer=False),
    )
    mara, sam = make_player(event), make_player(event)
    fixes = [accept(hand_in(entry, author)) for entry, author in zip(entries_of(event), [mara, sam] * 2, strict=True)]
    assert [EntryKind.REVIEW in paid(fix) for fix in fixes] == [True, True, False, False]


def test_nothing_scores_outside_the_hours_of_the_event(event):
    mara = make_player(event)
    claim = claim_story(entries_of(event)[0], by=mara, now=minutes(355))
    with pytest.raises(DomainError, match="Fixes that come later cannot score"):
        submit_fix(claim, draft(), by=mara, now=event.ends_at)


def test_organisers_talk_and_do_without_from_the_cockpit(app, client):
    with app.app_context(), unit_of_work():
        make_person("Aisha Bello", "organiser", handle="aisha")
        event = make_event(
            stories=[make_story(service=make_service("checkout-api", make_team("CHK"))) for _ in range(2)],
            rules=Rules(send_back_limit=1),
            ends_at=clock.now() + timedelta(hours=5),
            reviews_end_at=clock.now() + timedelta(hours=6),
        )
        author = make_player(event, make_person("Mara Lindqvist", handle="mara"), team=make_team("PAY"))
        for code in ("CHK", "PAY"):
            make_player(event, team=make_team(code))
        slug, entries = event.slug, entries_of(event)
        fix = hand_in(entries[0], author, clock.now())
        send_back_fix(fix, reason="No test.", by=fix.reviews[0].player, now=clock.now())
        submit_fix(fix.claim, draft(), by=author, now=clock.now())
        key = entries[0].story.key
    sign_in(client, "aisha")
    page = client.get(f"/events/{slug}/cockpit").text
    assert "To be talked to" in page
    assert "needs somebody who knows the service" in page
    answer = client.post(
        f"/events/{slug}/players/mara/open-claiming", data={"reason": "We talked."}, follow_redirects=True
    )
    assert "To be talked to" not in answer.text
    answer = client.post(f"/events/{slug}/reviewers/{key}/waive", data={"reason": "She is ill."}, follow_redirects=True)
    assert "needs somebody who knows the service" not in answer.text
