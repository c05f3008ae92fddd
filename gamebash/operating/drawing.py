"""Incidents week by week, with a line where the model changed and the mean of each period. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gamebash.core.charts import Tick, across, months
from gamebash.operating.history import Period
from gamebash.operating.kinds import WORDS
from gamebash.operating.outcome import Span

HEIGHT = 190
TOP = 34.0
BASE = HEIGHT - 24.0
GAP = 0.22
# From so many weeks on, only every other month has its name.
SHORT = 40


@dataclass(frozen=True, slots=True)
class Week:
    """One week: its first day, its incidents, and its bar (percent across, pixels down)."""

    first: date
    count: int
    x: float
    width: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """A period as drawn: from where to where in percent, its words, its mean a week and where that lies; nobody logged any
    model for the first one where it has no number.
    """  # noqa: D205

    words: str
    number: int | None
    first: date
    last: date
    x: float
    width: float
    mean: float
    y: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything that is drawn, and the values to read as a table."""

    span: Span
    weeks: tuple[Week, ...]
    stretches: tuple[Stretch, ...]
    months: tuple[Tick, ...]
    height: int = HEIGHT
    base: float = BASE
    top: float = TOP

    @property
    def words(self) -> str:
        """The chart read aloud."""
        said = [f"{one.words} {one.mean:.1f} a week" for one in self.stretches]
        return f"Incidents a week. {', then '.join(said)}"


def drawing_of(counts: Mapping[date, int], known: Sequence[Period], span: Span) -> Drawing:
    """Return the drawing of a span of whole weeks, from counts by day."""
    weeks = span.days // 7
    sums = [
        sum(counts.get(span.first + timedelta(days=7 * week + day), 0) for day in range(7)) for week in range(weeks)
    ]
    scale = (BASE - TOP) / max(*sums, 1)
    step = 100 / weeks
    bars = tuple(
        Week(span.first + timedelta(weeks=place), count, place * step + step * GAP / 2, step * (1 - GAP), BASE - count * scale,
             count * scale)
        for place, count in enumerate(sums)
    )  # fmt: skip
    every = 1 if weeks <= SHORT else 2
    ticks = tuple(tick for tick in months(span.first, span.until)[::every] if tick.x > 0)
    return Drawing(span, bars, _stretches(counts, known, span, scale), ticks)


def _stretches(counts: Mapping[date, int], known: Sequence[Period], span: Span, scale: float) -> tuple[Stretch, ...]:
    begins: list[tuple[date, str, int | None]] = [(span.first, "Nothing logged", None)]
    for period in known:
        if period.from_on <= span.first:
            begins = [(span.first, WORDS[period.model], period.number)]
        elif period.from_on < span.until:
            begins.append((period.from_on, WORDS[period.model], period.number))
    ends = [*(begin[0] for begin in begins[1:]), span.until]
    found = []
    for (first, words, number), until in zip(begins, ends, strict=True):
        x, end = across(first, span.first, span.until), across(until, span.first, span.until)
        mean = sum(count for day, count in counts.items() if first <= day < until) * 7 / (until - first).days
        found.append(Stretch(words, number, first, until - timedelta(days=1), x, end - x, mean, BASE - mean * scale))
    return tuple(found)
