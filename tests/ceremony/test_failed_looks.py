"""Closing asks about every fix that failed a second look and is paid all the same."""

import pytest

from gamebash.ceremony.closing import close_event, judge_event
from gamebash.core.errors import DomainError
from gamebash.events.lifecycle import EventState
from gamebash.events.rules import Rules
from gamebash.play.checks import decide_check
from gamebash.rescoring.choosing import Choice
from gamebash.rescoring.plan import Deed
from gamebash.rescoring.rescores import apply_rescore, preview_rescore
from tests.factories import NOW, make_event, make_person, make_player, make_story
from tests.play.test_checks import checks
from tests.play.test_fair_rules import accept, entries_of, hand_in, minutes


@pytest.fixture
def failed(context):
    """A fix that was accepted and failed its second look; the event is judged."""
    rules = Rules(spot_check_share=1.0, needs_knowing_reviewer=False)
    event = make_event(stories=[make_story() for _ in range(2)], rules=rules)
    author, *_ = [make_player(event) for _ in range(5)]
    fix = accept(hand_in(entries_of(event)[0], author))
    (check,) = checks(fix)
    decide_check(fix, holds=False, reason="Only muted.", by=check.player, now=minutes(1))
    event.ends_at = NOW
    judge_event(event, by=None, now=minutes(2))
    return fix


@pytest.fixture
def organiser(context):
    return make_person("Aisha Bello", "organiser", handle="aisha")


def test_an_event_is_not_closed_over_a_fix_that_failed_a_second_look_and_pays(failed, organiser):
    with pytest.raises(DomainError, match=f"{failed.story.key} failed a second look and pays all the same"):
        close_event(failed.event, by=organiser, now=minutes(3))
    close_event(failed.event, by=organiser, now=minutes(3), reason="The muting was agreed.")
    assert failed.event.state is EventState.CLOSED


def test_once_it_is_taken_back_nothing_is_asked(failed, organiser):
    choice = Choice(Deed.TAKE_BACK, only_failed=True, reason="Nothing was mended.")
    seen = preview_rescore(failed.event, choice).seq
    apply_rescore(failed.event, choice, seen_seq=seen, by=organiser, now=minutes(3))
    close_event(failed.event, by=organiser, now=minutes(4))
    assert failed.event.state is EventState.CLOSED
