"""The sums on the rules page are what the ledger would pay."""

import pytest

from gamebash.events.rule_book import rule_book
from gamebash.events.rules import Rules
from gamebash.points.scoring import EntryKind, FixFacts, awards_for
from gamebash.stories.grades import Grade
from gamebash.watch.paying import Paid, held_bonus


@pytest.mark.parametrize("rules", [Rules(), Rules(newcomer_factor=1.3, held_share=0.3, assist_share=0.25)])
def test_the_examples_of_the_rules_are_what_is_paid(rules):
    points = rules.points_for(Grade.YELLOW)
    awards = awards_for(FixFacts(1, "GB-1", points, 1, (2,), True, ()), rules)
    author = sum(award.points for award in awards if award.player_id == 1)
    helped = sum(award.points for award in awards if award.player_id == 2)
    held = sum(one.points for one in held_bonus([Paid(1, 1, EntryKind.FIX, points)], rules.held_share, 1.0))
    chapter = next(chapter for chapter in rule_book(rules) if chapter.title == "For example")
    assert [line.figure for line in chapter.lines] == [
        f"{points} + {held} = {points + held}",
        f"{author} + {held} = {author + held}",
        f"{points} and {helped}",
    ]
