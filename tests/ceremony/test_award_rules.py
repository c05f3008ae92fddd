"""Who gets which award: tables of cases, each with its tie rule; nothing is won by doing more of it."""

from datetime import timedelta

import pytest

from gamebash.ceremony.award_rules import AwardFacts, AwardRule, FixDone, Placed, proposed_awards
from gamebash.ceremony.award_words import reason_of, title_of
from tests.factories import NOW

MARA, SAM, ELIF, NOOR = 1, 2, 3, 4


def fix(person, story=1, **values):
    defaults = {"at": NOW + timedelta(minutes=story), "grade": "yellow", "value": 10.0, "incidents": 3.0,
                "is_noise": False, "change": f"https://git.example/{person}/{story}"}  # fmt: skip
    return FixDone(story=story, person=person, **{**defaults, **values})


def given(rule, *fixes, placed=(), places=3):
    awards = proposed_awards(AwardFacts(places, tuple(placed), fixes))
    return [(one.person, reason_of(one.rule, one.figures)) for one in awards if one.rule is rule]


@pytest.mark.parametrize(
    ("rule", "fixes", "expected"),
    [
        (AwardRule.FIRST_FIX, [fix(MARA, 7), fix(SAM, 9, is_first=True)], [(SAM, "First of the day, GB-9")]),
        (AwardRule.MOST_PREVENTED, [fix(MARA, 1, value=4, incidents=2), fix(MARA, 2, value=5), fix(SAM, 3, value=8)],
         [(MARA, "Stopped about 5 incidents a quarter")]),
        # Equal worth goes to the fewer fixes that took, and who is equal in that too shares it.
        (AwardRule.MOST_PREVENTED, [fix(MARA, 1, value=4), fix(MARA, 2, value=4), fix(SAM, 3, value=8, incidents=0)],
         [(SAM, "Prevents 8 a quarter")]),
        (AwardRule.MOST_PREVENTED, [fix(MARA, 1), fix(SAM, 2)],
         [(MARA, "Stopped about 3 incidents a quarter"), (SAM, "Stopped about 3 incidents a quarter")]),
        (AwardRule.MOST_PREVENTED, [fix(MARA, 1, is_noise=True), fix(SAM, 2, value=0)], []),
        (AwardRule.ROOT_CAUSE, [fix(MARA, 1), fix(MARA, 2), fix(SAM, 3)], []),
        (AwardRule.ROOT_CAUSE, [fix(MARA, 1, change="c"), fix(MARA, 2, change="c"), fix(SAM, 3)],
         [(MARA, "One change squashed 2 stories")]),
        # The same link by two people is no root cause of either.
        (AwardRule.ROOT_CAUSE, [fix(MARA, 1, change="c"), fix(SAM, 2, change="c")], []),
        (AwardRule.NOISE_GATE, [fix(MARA, 1, is_noise=True, value=14.5), fix(SAM, 2, value=99)],
         [(MARA, "Took away 14.5 hours of noise a quarter")]),
        # One review that found much beats many that found little.
        (AwardRule.BEST_REVIEW, [fix(MARA, 1, value=9, found_by=(SAM,)),
                                 *(fix(MARA, number, value=2, found_by=(ELIF,)) for number in range(2, 9))],
         [(SAM, "Found what GB-1 still lacked")]),
        (AwardRule.BEST_REVIEW, [fix(MARA, 2, found_by=(SAM,)), fix(NOOR, 1, found_by=(ELIF,))],
         [(ELIF, "Found what GB-1 still lacked")]),
        (AwardRule.SECOND_SERVE, [fix(MARA, 1, sent_back=2), fix(SAM, 2, value=99)],
         [(MARA, "Sent back twice, then squashed: GB-1")]),
        # Being sent back more often wins nothing by itself.
        (AwardRule.SECOND_SERVE, [fix(MARA, 1, sent_back=5, value=1), fix(SAM, 2, sent_back=1)],
         [(SAM, "Sent back once, then squashed: GB-2")]),
        # Helping the same person ten times counts once; a newcomer counts before two others.
        (AwardRule.HANDOVER, [*(fix(MARA, number, helped=(SAM,)) for number in range(1, 11)),
                              fix(MARA, 11, helped=(ELIF,)), fix(NOOR, 12, helped=(ELIF,))],
         [(ELIF, "Helped 2 people to a fix")]),
        (AwardRule.HANDOVER, [fix(MARA, 1, helped=(SAM,)), fix(ELIF, 2, helped=(SAM,)),
                              fix(NOOR, 3, helped=(9,), is_newcomer=True)],
         [(9, "Helped 1 newcomer to score")]),
    ],
)  # fmt: skip
def test_an_award_goes_by_its_rule(rule, fixes, expected):
    assert given(rule, *fixes) == expected


def test_without_a_fix_nobody_is_honoured():
    assert proposed_awards(AwardFacts(3, (), ())) == ()


def test_the_podium_has_as_many_places_as_are_set_and_equal_ones_share():
    placed = [Placed(MARA, 1), Placed(SAM, 2), Placed(ELIF, 2), Placed(NOOR, 4)]
    fixes = [fix(MARA, 1, grade="double_yellow"), fix(MARA, 2, grade="double_yellow"), fix(SAM, 3, is_noise=True)]
    assert given(AwardRule.PLACE, *fixes, placed=placed) == [
        (MARA, "Two double yellows"), (SAM, "Took away 10 hours of noise a quarter"), (ELIF, "Squashed 0 stories")
    ]  # fmt: skip
    assert len(given(AwardRule.PLACE, placed=placed, places=1)) == 1


def test_a_place_earned_by_helping_says_so():
    assert given(AwardRule.PLACE, fix(MARA, 1, helped=(SAM,)), placed=[Placed(SAM, 1)]) == [
        (SAM, "Helped 1 person to a fix")
    ]


def test_a_bracket_goes_to_its_best_who_is_not_on_the_podium():
    placed = [Placed(MARA, 1, frozenset({"ops"})), Placed(SAM, 2, frozenset({"scrum"})),
              Placed(ELIF, 3, frozenset({"ops", "newcomer"})), Placed(NOOR, 4, frozenset({"ops"}))]  # fmt: skip
    assert given(AwardRule.OPS, placed=placed, places=1) == [(NOOR, "Place 4 of all")]
    assert given(AwardRule.SCRUM, placed=placed, places=1) == [(SAM, "Place 2 of all")]
    assert given(AwardRule.NEWCOMER, placed=placed, places=3) == []


def test_one_person_is_the_best_of_one_bracket_so_that_more_are_cheered_for():
    placed = [Placed(MARA, 1), Placed(ELIF, 2, frozenset({"ops", "newcomer"})), Placed(NOOR, 3, frozenset({"ops"}))]
    assert given(AwardRule.NEWCOMER, placed=placed, places=1) == [(ELIF, "Place 2 of all on the first day")]
    assert given(AwardRule.OPS, placed=placed, places=1) == [(NOOR, "Place 3 of all")]


def test_less_than_one_mild_incident_is_not_said_aloud():
    assert given(AwardRule.MOST_PREVENTED, fix(MARA, 1, value=0.4)) == []
    assert given(AwardRule.PLACE, fix(MARA, 1, value=0.4), placed=[Placed(MARA, 1)]) == [(MARA, "Squashed 1 story")]


def test_the_ceremony_gives_in_one_order_whatever_the_order_of_facts():
    fixes = (fix(MARA, 1, is_first=True, sent_back=1, found_by=(SAM,), helped=(ELIF,)), fix(NOOR, 2, is_noise=True))
    placed = (Placed(MARA, 1), Placed(NOOR, 2))
    one = proposed_awards(AwardFacts(3, placed, fixes))
    assert one == proposed_awards(AwardFacts(3, placed[::-1], fixes[::-1]))
    assert [award.rule for award in one] == sorted((award.rule for award in one), key=list(AwardRule).index)


def test_every_rule_has_a_title_and_one_by_hand_its_own():
    assert {rule for rule in AwardRule if not title_of(rule)} == {AwardRule.BY_HAND}
    assert (title_of(AwardRule.BY_HAND, "Best cake"), reason_of(AwardRule.BY_HAND, {}, "Three tiers")) == (
        "Best cake", "Three tiers"
    )  # fmt: skip
