"""The scripted strategies: what each does, and the rules that are there to stop it. Pure."""

from dataclasses import dataclass, replace
from enum import StrEnum


class Choice(StrEnum):
    """How a strategy chooses among the open stories."""

    VALUE = "value"
    EASE = "ease"


@dataclass(frozen=True, slots=True)
class Strategy:
    """One way to play. ``stoppers`` are the names of rules (fields of the rules, or practices) that are to stop it.

    ``planted``, ``padded`` and ``split`` are stories it keeps for itself: made bugs, padded estimates, one problem cut in pieces;
    ``plain`` and ``whole`` are the last two as an honest person would have brought them. ``pads_useful``: what is padded prevents
    for an estimated hour what the middle of the board does, else what the last on it does. ``crumbs`` are smallest fixes on
    the board for everybody. ``is_one_person``: a second account that only reviews, and is empty where one plays honestly.
    ``kept`` stories were finished before the day.
    """

    name: str
    title: str
    does: str
    stoppers: tuple[str, ...] = ()
    is_honest: bool = False
    choice: Choice = Choice.VALUE
    is_newcomer: bool = False
    is_sham: bool = False
    is_stamping: bool = False
    is_pair: bool = False
    only_reviews: bool = False
    hoards: bool = False
    silences: bool = False
    holds_back: bool = False
    is_one_person: bool = False
    kept: int = 0
    planted: int = 0
    padded: int = 0
    split: int = 0
    crumbs: int = 0
    pads_useful: bool = False
    plain: int = 0
    whole: int = 0

    @property
    def honest_twin(self) -> "Strategy":
        """Honest people in the same seats with the same stories, honestly cut and sized: what the strategy is measured against."""
        return replace(
            HONEST,
            is_pair=self.is_pair,
            crumbs=self.crumbs,
            plain=self.padded,
            pads_useful=self.pads_useful,
            whole=1 if self.split else 0,
            is_one_person=self.is_one_person,
        )


HONEST = Strategy(
    "honest", "Honest", "Takes what prevents most for an hour and fits; reviews with care.", is_honest=True
)

STRATEGIES = (
    HONEST,
    Strategy("newcomer", "Newcomer", "Honest, slower, and new to every service.", is_honest=True, is_newcomer=True),
    Strategy(
        "cherry_picker", "Cherry-picker", "Takes the most points for an hour, held bonus included.",
        ("held_value_cap",), choice=Choice.EASE,
    ),
    Strategy("hoarder", "Hoarder", "Claims all it may at once and sits on it.", ("claims_at_once",), hoards=True),
    Strategy("splitter", "Splitter", "Cuts one problem into four stories before the day.", ("one_problem",), split=4),
    Strategy(
        "colluding_pair", "Colluding pair", "Two who hand in shams and wave each other's through.",
        ("drawn_reviewers", "send_back_limit"), is_sham=True, is_stamping=True, is_pair=True,
    ),
    Strategy(
        "rubber_stamp", "Rubber-stamp reviewer", "Fixes nothing and accepts whatever it is given.",
        ("drawn_reviewers",), is_stamping=True, only_reviews=True,
    ),
    Strategy(
        "bug_planter", "Bug planter", "Makes small bugs after the day is announced and mends them on the day.",
        ("skips_late_trouble",), planted=6,
    ),
    Strategy(
        "silencer", "Silencer", "Mutes the alert instead of mending, and calls what comes back noise.",
        ("send_back_limit", "spot_check_share", "second_person"), is_sham=True, silences=True,
    ),
    Strategy(
        "sandbagger", "Sandbagger", "Has its own small stories of little use estimated as half a day.",
        ("bounds_by_value",), padded=4,
    ),
    Strategy(
        "valued_sandbagger", "Sandbagger of what matters", "Has small stories that prevent a lot estimated as half a day.",
        ("needs_second_estimate",), padded=4, pads_useful=True,
    ),
    Strategy(
        "sizing_pair", "Sizing pair", "Two who call each other's small stories of little use half a day.",
        ("bounds_by_value",), padded=4, is_pair=True,
    ),
    Strategy(
        "last_minute", "Last-minute holder", "Keeps its fixes back until shortly before the end.",
        ("review_deadline",), holds_back=True,
    ),
    Strategy(
        "patient_holder", "Patient holder", "Keeps a finished fix of the best paid story back for the day, and says it is new.",
        ("skips_early_changes", "spot_check_share"), kept=1,
    ),
    Strategy(
        "alias_pair", "Alias pair", "One person under two names: one hands in shams, the other waves them through and reviews for points.",
        ("drawn_reviewers", "spot_check_share"), is_sham=True, is_stamping=True, is_one_person=True,
    ),
)  # fmt: skip

BY_NAME = {strategy.name: strategy for strategy in STRATEGIES}
