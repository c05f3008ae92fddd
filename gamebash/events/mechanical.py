"""Has a series gone mechanical? Says so before it dies, and is silent on steady ones. Pure.

Participation is the measure: a straight line through the logarithm of the last few counts, whose slope is compared with what
chance gives (counts scatter like their square root; Cox and Lewis, The Statistical Analysis of Series of Events, 1966, ch. 3). A
clear fall warns by itself; a slight one only where two of three further signs agree: fewer come back, the same service again, the
survey falling. It warns where the line reaches half of the best within two more events.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

LEAST_EVENTS = 3
LOOKED_AT = 4
AHEAD = 2
GONE = 0.5
# The line may reach half a little later than it says: a warning that comes in time is worth one that comes early.
SLACK = 0.12
SCATTER = 0.85
LEAST_NOISE = 0.06
CLEAR = -2.0
SLIGHT = -1.0
SIGNS_NEEDED = 2
RETURN_DROP = 0.1
SERVICE_SHARE = 0.5
SURVEY_DROP = 0.4


@dataclass(frozen=True, slots=True)
class EventFacts:
    """One event of a series. ``returning`` is the share of the event before who came back; shares are 0 to 1.

    ``service_share`` is that of the service with most stories squashed. ``survey`` is the mean of 1 to 5; None below five.
    """

    name: str
    players: int
    returning: float | None = None
    service_share: float | None = None
    survey: float | None = None


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning: how many are to be expected in two events, of how many at best, and the signs it rests on."""

    expected: int
    best: int
    reasons: tuple[str, ...]


def gone_mechanical(history: Sequence[EventFacts]) -> Warned | None:
    """Return a warning, or None where the series is steady or too short to tell. Events come oldest first."""
    counts = [event.players for event in history if event.players > 0]
    if len(counts) < LEAST_EVENTS:
        return None
    recent = counts[-LOOKED_AT:]
    slope, level = _line([log(count) for count in recent])
    best = _best(counts)
    ahead = exp(level + slope * AHEAD)
    z = slope / _noise(recent)
    signs = _signs(history)
    is_falling = z <= CLEAR or (z <= SLIGHT and len(signs) >= SIGNS_NEEDED)
    if not is_falling or ahead > best * (GONE + SLACK):
        return None
    fall = f"{counts[-1]} played, after {', '.join(str(count) for count in recent[:-1])}"
    return Warned(round(ahead), round(best), (fall, *signs))


def _line(values: Sequence[float]) -> tuple[float, float]:
    """Return the slope of the least-squares line, and its height at the last value."""
    n = len(values)
    middle, mean = (n - 1) / 2, sum(values) / n
    spread = sum((place - middle) ** 2 for place in range(n))
    slope = sum((place - middle) * (value - mean) for place, value in enumerate(values)) / spread
    return slope, mean + slope * (n - 1 - middle)


def _noise(counts: Sequence[int]) -> float:
    """Return how far the slope scatters by chance alone."""
    n = len(counts)
    middle = (n - 1) / 2
    spread = sum((place - middle) ** 2 for place in range(n))
    mean = sum(counts) / n
    return max(SCATTER / sqrt(mean), LEAST_NOISE) / sqrt(spread)


def _best(counts: Sequence[int]) -> float:
    """Return the best that lasted: the highest mean of two events in a row, so that one great day is no measure."""
    return max((first + second) / 2 for first, second in itertools.pairwise(counts))


def _signs(history: Sequence[EventFacts]) -> tuple[str, ...]:
    """Return the further signs, in words."""
    last, before = history[-1], history[:-1]
    found = []
    returning = [one.returning for one in before if one.returning is not None]
    if returning and last.returning is not None and last.returning <= max(returning) - RETURN_DROP:
        found.append(f"{last.returning:.0%} of those before came back, {max(returning):.0%} at best")
    if last.service_share is not None and last.service_share >= SERVICE_SHARE:
        found.append(f"{last.service_share:.0%} of what was squashed was of one service")
    surveys = [one.survey for one in before if one.survey is not None]
    if surveys and last.survey is not None and last.survey <= max(surveys) - SURVEY_DROP:
        found.append(f"worth the day: {last.survey:.1f} of 5, after {max(surveys):.1f}")
    return tuple(found)
