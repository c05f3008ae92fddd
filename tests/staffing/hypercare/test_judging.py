"""What is met and missing, who is asked, and what the numbers say, as plain values."""

from datetime import date

import pytest

from gamebash.staffing.hypercare.evidence import Record, evidence, missing
from gamebash.staffing.hypercare.numbers import Ended, before_after, numbers_of
from gamebash.staffing.hypercare.proposing import MOST_AUTHORS, Builders, proposals
from gamebash.staffing.rulebook import HypercareRule

DAY = date(2026, 11, 2)
RULE = HypercareRule()


def test_everything_missing_is_said_with_figures():
    found = evidence(Record(DAY, None, has_runbook=False, has_alerts=False, confirmed=1), RULE, date(2026, 11, 5))
    assert [(one.words, one.have, one.is_met) for one in found] == [
        ("7 days without an incident of severity 1 to 3", "3 since the release, 7 on 9 November", False),
        ("The runbook is linked", "not yet", False),
        ("The alerts are named", "not yet", False),
        ("3 lessons confirmed by the learner", "1", False),
    ]
    assert missing(found) == found


@pytest.mark.parametrize(
    ("incident", "on", "is_met"),
    [
        (None, date(2026, 11, 8), False),
        (None, date(2026, 11, 9), True),
        (date(2026, 11, 5), date(2026, 11, 11), False),
        (date(2026, 11, 5), date(2026, 11, 12), True),
        (date(2026, 11, 5), date(2026, 11, 4), False),
    ],
)
def test_quiet_counts_from_the_later_of_release_and_incident(incident, on, is_met):
    found = evidence(Record(DAY, incident, has_runbook=True, has_alerts=True, confirmed=3), RULE, on)
    assert found[0].is_met is is_met
    assert not missing(found[1:])


def test_all_authors_are_asked_and_others_only_to_fill_up():
    builders = Builders(
        authors={1: ["2.0"], 2: ["2.0", "2.1"]},
        fixers={3: 1, 4: 2, 1: 1},
        team=[5, 3],
        team_code="CHK",
        service="checkout",
    )
    assert [one.person for one in proposals(builders, 1)] == [1, 2]
    found = {one.person: one.reasons for one in proposals(builders, 4)}
    assert list(found) == [1, 2, 4, 3]
    assert found[1] == ("wrote changes in 2.0", "fixed 1 story of checkout in the last year")
    assert found[2] == ("wrote changes in 2.0, 2.1",)
    assert found[3] == ("fixed 1 story of checkout in the last year", "is in CHK, which built it")


def test_nobody_is_asked_who_cannot_and_no_crowd():
    crowd = Builders(authors={number: ["1"] for number in range(100)}, cannot={0})
    assert [one.person for one in proposals(crowd, 2)] == list(range(1, MOST_AUTHORS))
    assert proposals(Builders(team=[7], cannot={7}), 2) == ()


def test_numbers_say_when_there_is_too_little_to_tell():
    none = numbers_of([])
    assert (none.count, none.median_days, none.share, none.incidents.finding) == (0, None, None, "not_yet")
    few = numbers_of([Ended(10, True, 1, 1)] * 4)
    assert (few.median_days, few.by_evidence, few.share, few.incidents.finding) == (10, 4, None, "too_few")
    enough = numbers_of([Ended(10, True, 0, 0)] * 4 + [Ended(30, False, 0, 0)])
    assert (enough.share, enough.median_days) == (0.8, 10)
    assert enough.interval[0] < 0.8 < enough.interval[1]


@pytest.mark.parametrize(
    ("before", "after", "finding"),
    [(40, 10, "fewer"), (10, 40, "more"), (10, 9, "too_few"), (0, 1, "too_few"), (0, 9, "more"), (3, 0, "fewer")],
)
def test_counts_before_and_after_are_told_apart_only_beyond_chance(before, after, finding):
    assert before_after(before, after).finding == finding
