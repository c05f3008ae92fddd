"""The held bonus follows what a story prevents for an hour's work, so that easy stories about little earn little more. Pure.

Points follow size, so an hour pays about the same on every story; the bonus is where it matters what the hour was spent on. Value
for an hour is copied when a story opens in its event, together with the middle of the board that it is measured against.
Stories are only compared with those whose value is counted in the same unit: incidents by weight, or hours saved from noise.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import floor
from statistics import median

from gamebash.events.rules import Rules
from gamebash.stories.grades import Grade, least_hours

# Products of shares are a hair off: 0.29 times 100 is 28.999999999999996, and is to count as 29.
DIGITS = 9


def value_per_hour(value: float, effort_hours: float, grade: Grade) -> float:
    """Return what an hour on a story prevents. It takes at least as long as its grade begins at, whatever its effort says."""
    return value / max(effort_hours, least_hours(grade))


def middle_of(values: Iterable[float]) -> float:
    """Return the median of what an hour prevents on a board; stories of no value are no measure. Nothing where none has any."""
    counted = [value for value in values if value > 0]
    return median(counted) if counted else 0.0


def held_factor(own: float | None, middle: float | None, cap: float) -> float:
    """Return by what the held bonus is multiplied: own over middle, from nothing to the cap.

    It is 1 where the rule is off (a cap of 0), or nothing was copied: the event went live before there was such a rule, or its
    stories have no value to compare.
    """
    if not cap or own is None or not middle:
        return 1.0
    return min(cap, max(0.0, own / middle))


def bonus_of(points: int, share: float, factor: float) -> int:
    """Return the bonus on points: rounded down, so that it is never more than the share promises.

    Rounding half up would double every fix of one point; carrying what is left over would make a bonus depend on the order in
    which watches end.
    """
    return floor(round(points * share * factor, DIGITS)) if points > 0 else 0


@dataclass(frozen=True, slots=True)
class HeldBonus:
    """What a story pays once more when its fix held, with the figures it is made of."""

    points: int
    share: float
    factor: float
    own: float | None
    middle: float | None

    @property
    def bonus(self) -> int:
        """Points, never below nothing."""
        return bonus_of(self.points, self.share, self.factor)

    @property
    def sentence(self) -> str:
        """The arithmetic in words."""
        sum_ = f"{self.share:.0%} of {self.points}"
        if self.own is None or not self.middle:
            return f"{sum_}, rounded down"
        return (
            f"{sum_} \N{MULTIPLICATION SIGN} {self.factor:.2f}, rounded down: an hour on it prevents {self.own:.2f}, "
            f"on the middle of the board {self.middle:.2f}"
        )


def held_bonus_for(points: int, own: float | None, middle: float | None, rules: Rules) -> HeldBonus:
    """Return what so many points for a story are worth once more, by its event's rules."""
    factor = held_factor(own, middle, rules.held_value_cap)
    is_compared = bool(rules.held_value_cap)
    return HeldBonus(points, rules.held_share, factor, own if is_compared else None, middle if is_compared else None)
