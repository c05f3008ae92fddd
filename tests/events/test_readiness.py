from dataclasses import replace
from datetime import timedelta

import pytest

from gamebash.events.capacity import Hands, Verdict, Work, capacity, review_hours
from gamebash.events.readiness import BoardStory, CheckState, Place, Preparation, Reviewer, readiness
from gamebash.events.rule_book import rule_book
from gamebash.events.rules import Rules
from tests.conftest import NOW

KNOWS = frozenset({"api"})
READY = Preparation(
    starts_at=NOW + timedelta(days=1),
    ends_at=NOW + timedelta(days=1, hours=7),
    freezes_at=None,
    place="Canteen",
    stories=tuple(BoardStory(f"GB-{number}", "api", has_criteria=True, has_effort=True) for number in range(3)),
    players=(Reviewer("squad 1", KNOWS), Reviewer("squad 2", KNOWS)),
    parked_days=14,
    are_rules_confirmed=True,
    is_joining_open=True,
    capacity=capacity([Work("CHK", 8)], [Hands("CHK", 10)], review_hours_each=0.5),
)


def test_a_prepared_event_has_nothing_to_mend():
    found = readiness(READY, now=NOW)
    assert (found.done, found.missing) == (len(found.checks), ())


@pytest.mark.parametrize(
    ("changes", "name", "place", "is_essential"),
    [
        ({"ends_at": NOW}, "day", Place.DAY, True),
        ({"freezes_at": NOW}, "day", Place.DAY, True),
        ({"stories": ()}, "stories", Place.STORIES, True),
        ({"are_rules_confirmed": False}, "rules", Place.RULES, True),
        ({"stories": READY.stories[:1]}, "stories", Place.STORIES, False),
        ({"stories": (*READY.stories, BoardStory("GB-9", "api", False, True))}, "shape", Place.STORY, False),
        ({"players": READY.players[:1]}, "players", Place.PLAYERS, False),
        ({"players": (Reviewer("squad 1", KNOWS), Reviewer("squad 1", KNOWS))}, "reviewers", Place.PLAYERS, False),
        ({"players": (Reviewer("squad 1", KNOWS), Reviewer("squad 2", frozenset()))}, "knowing", Place.PLAYERS, False),
        (
            {"capacity": capacity([Work("CHK", 12)], [Hands("CHK", 10)], review_hours_each=0)},
            "capacity",
            Place.CAPACITY,
            False,
        ),
    ],
)
def test_what_is_missing_is_named_with_the_place_that_mends_it(changes, name, place, is_essential):
    found = readiness(replace(READY, **changes), now=NOW)
    check = next(check for check in found.missing if check.name == name)
    assert (check.place, check.is_essential) == (place, is_essential)


def test_a_draft_waits_for_players_and_is_not_held_up_by_them():
    found = readiness(replace(READY, players=(), is_joining_open=False), now=NOW)
    assert found.missing == ()
    assert next(check for check in found.checks if check.name == "players").state is CheckState.WAITING


def test_what_is_grave_and_waits_too_long_is_a_red_line_that_organisers_may_leave():
    parked = BoardStory("GB-9", "api", has_criteria=True, has_effort=True, is_parked=True)
    found = readiness(replace(READY, stories=(*READY.stories, parked)), now=NOW)
    check = next(check for check in found.checks if check.name == "parked")
    assert (check.state, check.story_key, found.essentials) == (CheckState.MISSING, "GB-9", ())
    assert check.text == "1 grave story waits longer than 14 days"
    assert check.note == "Do not wait for game day, mend now: GB-9"


def test_one_team_over_waits_while_others_have_hands():
    loads = capacity([Work("CHK", 8)], [Hands("CHK", 4), Hands("OPS", 8)], review_hours_each=0)
    check = next(
        check for check in readiness(replace(READY, capacity=loads), now=NOW).checks if check.name == "capacity"
    )
    assert (check.state, check.text) == (CheckState.WAITING, "CHK is 4 h over")


@pytest.mark.parametrize(
    ("works", "hands", "verdict"),
    [
        ([10], [], Verdict.NOBODY),
        ([5], [10], Verdict.TOO_LITTLE),
        ([9], [10], Verdict.ENOUGH),
        ([9.6], [10], Verdict.TOO_MUCH),
        ([], [10], Verdict.TOO_LITTLE),
    ],
)
def test_reviews_count_as_work(works, hands, verdict):
    found = capacity(
        [Work("CHK", hours) for hours in works],
        [Hands("CHK", hours) for hours in hands],
        review_hours_each=review_hours(1, 30),
    )
    assert found.whole.verdict is verdict


def test_reviews_are_shared_out_by_the_hours_that_teams_bring():
    found = capacity([Work("CHK", 4)] * 4, [Hands("CHK", 6), Hands("OPS", 2)], review_hours_each=1)
    assert {load.team: (load.stories, load.reviews) for load in found.teams} == {"CHK": (16, 3), "OPS": (0, 1)}
    assert [load.team for load in found.over] == ["CHK"]


def test_every_rule_is_in_the_book_in_words():
    lines = [line for chapter in rule_book(Rules(lease_minutes=45, claims_at_once=1)) for line in chapter.lines]
    figures = {line.name: line.figure for line in lines}
    assert (figures["A claim lasts"], figures["At the same time"]) == ("45 min", "1 claim")
    assert all(line.says for line in lines)
