"""Flags: each pattern is seen, says why, punishes nobody, and is kept once somebody looked."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gamebash.core import clock
from gamebash.core.db import unit_of_work
from gamebash.core.errors import DomainError
from gamebash.events.rules import Rules
from gamebash.incentives.flagging import dismiss_flag
from gamebash.incentives.flags import Acceptance, Evidence, FixEvidence, FlagKind, Who, flags_of
from gamebash.incentives.queries.flags import find_flags, flags_page
from gamebash.play.checks import decide_check
from gamebash.stories.grades import Grade
from tests.factories import NOW, make_event, make_person, make_player, make_story
from tests.play.test_checks import ALWAYS, checks
from tests.play.test_fair_rules import accept, entries_of, hand_in
from tests.support.signing_in import sign_in

MARA, SAM = Who("mara", "Mara"), Who("sam", "Sam")
FIX = FixEvidence(
    key="GB-1", author=MARA, grade=Grade.YELLOW, effort_hours=4.0, held=timedelta(hours=3), submitted_at=NOW,
    is_accepted=True, is_sent_back=False, is_early=False, is_own_change=False,
    acceptances=(Acceptance(SAM, timedelta(minutes=20)),),
)  # fmt: skip
SMALL = replace(FIX, grade=Grade.BLUE, effort_hours=0.75, acceptances=())


def kinds(*fixes, **values):
    return [flag.kind for flag in flags_of(Evidence(Rules(), fixes, **values))]


@pytest.mark.parametrize(
    ("fixes", "kind"),
    [
        ((FIX, FIX, FIX), FlagKind.SAME_PAIR),
        ((replace(FIX, acceptances=(Acceptance(SAM, timedelta(minutes=2)),)),), FlagKind.QUICK_REVIEW),
        ((SMALL, SMALL, SMALL), FlagKind.BURST),
        ((replace(FIX, is_early=True),), FlagKind.EARLY_CHANGE),
        ((replace(FIX, is_own_change=True),), FlagKind.OWN_CHANGE),
        ((replace(FIX, held=timedelta(minutes=20)),), FlagKind.SIZE),
        ((replace(FIX, held=timedelta(hours=17)),), FlagKind.SIZE),
        ((replace(FIX, failed_checks=("Only muted.",)),), FlagKind.FAILED_CHECK),
        ((replace(FIX, verdicts=("N-1",)),), FlagKind.VERDICT),
    ],
)
def test_each_pattern_is_flagged(fixes, kind):
    assert kinds(*fixes) == [kind]


def test_an_ordinary_fix_is_not_flagged():
    assert kinds(FIX, replace(FIX, key="GB-2")) == []
    spread = [replace(SMALL, submitted_at=NOW + timedelta(hours=hour)) for hour in range(4)]
    assert kinds(*spread) == []


def test_send_backs_and_lapses_are_flagged_by_player():
    back = replace(FIX, is_accepted=False, is_sent_back=True, acceptances=())
    assert kinds(back, back, FIX, FIX) == [FlagKind.SEND_BACKS]
    assert kinds(back, FIX) == []
    assert kinds(lapses={MARA: 2, SAM: 1}) == [FlagKind.LAPSES]


@pytest.fixture
def failed(context):
    event = make_event(stories=[make_story() for _ in range(2)], rules=ALWAYS)
    author, *_ = (make_player(event) for _ in range(5))
    fix = accept(hand_in(entries_of(event)[0], author), NOW + timedelta(minutes=20))
    (check,) = checks(fix)
    decide_check(fix, holds=False, reason="Only muted.", by=check.player, now=NOW + timedelta(minutes=30))
    return event, fix


def test_a_failed_second_look_is_shown_with_its_words(failed):
    event, fix = failed
    flags = {flag.kind: flag for flag in find_flags(event, now=NOW)}
    assert flags[FlagKind.FAILED_CHECK].story_key == fix.story.key
    assert "Only muted." in flags[FlagKind.FAILED_CHECK].says


def test_a_flag_that_was_looked_at_stays_so_with_the_reason(failed):
    event, fix = failed
    aisha, olga = make_person("Aisha", "organiser"), make_person("Olga", "organiser")
    key = f"failed_check:{fix.story.key}"
    with pytest.raises(DomainError, match="Say what you found"):
        dismiss_flag(event, key, reason=" ", by=aisha, now=NOW)
    dismiss_flag(event, key, reason="The checker looked at another branch.", by=aisha, now=NOW)
    page = flags_page(event, now=NOW)
    assert key not in {line.flag.key for line in page.to_look_at}
    assert [line.seen.reason for line in page.seen] == ["The checker looked at another branch."]
    with pytest.raises(DomainError, match="Aisha looked at this at"):
        dismiss_flag(event, key, reason="Mine.", by=olga, now=NOW)
    with pytest.raises(DomainError, match="no such flag"):
        dismiss_flag(event, "nothing", reason="Mine.", by=olga, now=NOW)


def test_organisers_find_flags_from_the_cockpit(app, client):
    now = clock.now()
    with app.app_context(), unit_of_work():
        make_person("Aisha Bello", "organiser", handle="aisha")
        event = make_event(
            stories=[make_story()], rules=Rules(spot_check_share=0), ends_at=now + timedelta(hours=5),
            reviews_end_at=now + timedelta(hours=6),
        )  # fmt: skip
        author, _ = make_player(event, make_person("Mara", handle="mara")), make_player(event)
        key = accept(hand_in(entries_of(event)[0], author, now), now).story.key
        slug = event.slug
    sign_in(client, "aisha")
    assert f'hx-get="/events/{slug}/flags/waiting"' in client.get(f"/events/{slug}/cockpit").text
    assert "Flags: 2 to look at" in client.get(f"/events/{slug}/flags/waiting").text
    assert "Accepted within minutes" in client.get(f"/events/{slug}/flags").text
    data = {"flag": f"quick_review:{key}", "reason": "They sat side by side."}
    answer = client.post(f"/events/{slug}/flags", data=data, follow_redirects=True)
    assert "They sat side by side." in answer.text
    assert "Flags: 1 to look at" in client.get(f"/events/{slug}/flags/waiting").text
    sign_in(client, "mara")
    assert client.get(f"/events/{slug}/flags").status_code == 403
    assert client.get(f"/events/{slug}/flags/waiting").status_code == 403
