"""Where the marks of a chart go: across in percent of the width, down in pixels, so it stretches and its text does not.

A red line is always a limit; what went past it is drawn apart. Nothing here knows what the numbers mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

FULL = 100.0
SPARK_GAP = 1.6
SPARK_TOP = 2.0
MIN_MARK = 1.5
VALUE_ROOM = 20.0
LABEL_ROOM = 26.0
LIMIT_ROOM = 7.5
BAR_SHARE = 0.6
ROOM_INSIDE = 24.0
SHORT_LANE = 9.0


@dataclass(frozen=True, slots=True)
class Track:
    """A share as a bar: the part within the limit, the part past it, the limit itself; all in percent."""

    fill: float
    over_at: float
    over: float
    limit: float | None

    @property
    def is_over(self) -> bool:
        """Whether the limit is passed."""
        return self.over > 0


@dataclass(frozen=True, slots=True)
class Mark:
    """One bar: left edge and width in percent, top and height in pixels, and what it stands for."""

    x: float
    width: float
    y: float
    height: float
    value: float
    label: str = ""
    kind: str = ""
    is_value_inside: bool = False

    @property
    def middle(self) -> float:
        """The middle of the bar, in percent."""
        return self.x + self.width / 2

    @property
    def value_y(self) -> float:
        """Where the value stands, in pixels: on the bar, or inside it when a limit line runs close above."""
        return self.y + self.height - 9 if self.is_value_inside else self.y - 6


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across a chart at a height in pixels, with its words."""

    y: float
    label: str


@dataclass(frozen=True, slots=True)
class ColumnLook:
    """How a column chart is drawn: height in pixels, limits (lowest first), which bar to look at, the unit."""

    height: int = 190
    limits: tuple[float, ...] = ()
    highlight: int | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """A column chart: bars, faint grid lines, red limits, and the band between two of them."""

    bars: tuple[Mark, ...]
    grid: tuple[float, ...]
    limits: tuple[Rule, ...]
    left: float
    base: float
    look: ColumnLook

    @property
    def band(self) -> tuple[float, float] | None:
        """Top and height of what is in play, where two limits enclose it."""
        if len(self.limits) != 2:  # noqa: PLR2004
            return None
        low, high = self.limits
        return high.y, low.y - high.y

    @property
    def words(self) -> str:
        """The chart read aloud."""
        unit = self.look.unit
        parts = [f"{bar.label} {trimmed(bar.value)}{unit}" for bar in self.bars]
        parts += [f"limit {rule.label}" for rule in self.limits]
        return f"Bar chart. {', '.join(parts)}"


@dataclass(frozen=True, slots=True)
class ParetoRow:
    """One cause by weight: its bar in percent of the heaviest, and the running total."""

    label: str
    count: int
    width: float
    running: float
    is_noise: bool
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """A stretch of somebody's time on one side: code and colour of the team, from a day up to another."""

    starts_on: date
    ends_on: date
    code: str
    colour: str
    is_ops: bool
    is_planned: bool = False


@dataclass(frozen=True, slots=True)
class LaneSegment:
    """A turn as drawn: place and width in percent, with the words inside it."""

    x: float
    width: float
    turn: Turn
    text: str
    is_short: bool
    is_step: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A place across a chart, in percent, with its words."""

    x: float
    label: str


def trimmed(value: float) -> str:
    """Return a number without needless decimals."""
    return f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"


def pct(value: float) -> str:
    """Return a coordinate for an SVG attribute."""
    return f"{value:.2f}%"


def share_of(part: float, whole: float) -> float:
    """Return a part in percent of a whole; of nothing it is 0."""
    return FULL * part / whole if whole > 0 else 0.0


def track(share: float, limit: float | None = None) -> Track:
    """Lay out a share of the whole width (0 to 1) and what lies past the limit apart; nothing runs out of it."""
    end = min(max(share, 0.0), 1.0) * FULL
    if limit is None:
        return Track(end, end, 0.0, None)
    edge = min(max(limit, 0.0), 1.0) * FULL
    return Track(min(end, edge), edge, max(0.0, end - edge), edge)


def budget_track(used: float, budget: float) -> Track:
    """Lay out what was used of a budget; the whole budget is at 80% of the width, so overspending has room."""
    edge = 0.8
    return track(edge * used / budget if budget > 0 else float(used > 0), edge)


def spark(values: Sequence[float], hot: int = 3, height: float = 24.0) -> tuple[Mark, ...]:
    """Lay out one bar a week; the latest ``hot`` are darker, empty weeks are a hairline."""
    if not values:
        return ()
    step = FULL / len(values)
    top = max(*values, 1)
    bars = []
    for index, value in enumerate(values):
        tall = max(MIN_MARK, value / top * (height - SPARK_TOP))
        kind = "zero" if not value else "hot" if index >= len(values) - hot else ""
        bars.append(Mark(index * step + SPARK_GAP / 2, step - SPARK_GAP, height - tall, tall, value, kind=kind))
    return tuple(bars)


def columns(values: Sequence[float], labels: Sequence[str], look: ColumnLook | None = None) -> Columns:
    """Lay out a column chart, values on the bars; what is out of the limits is ``over``, the bar to see is ``hi``."""
    look = look or ColumnLook()
    base = look.height - LABEL_ROOM
    left = LIMIT_ROOM if look.limits else 0.0
    scale = (base - VALUE_ROOM) / (max(*values, *look.limits, 0, 0) or 1)
    step = (FULL - left) / max(len(values), 1)
    rules = tuple(Rule(base - limit * scale, f"{trimmed(limit)}{look.unit}") for limit in look.limits)
    bars = tuple(
        _column(value, label, (left + step * (index + (1 - BAR_SHARE) / 2), step * BAR_SHARE), (base, scale), look)
        for index, (value, label) in enumerate(zip(values, labels, strict=True))
    )
    if look.highlight is not None and bars:
        place = look.highlight % len(bars)
        bars = (*bars[:place], _highlighted(bars[place]), *bars[place + 1 :])
    grid = () if look.limits else (base - (base - VALUE_ROOM) / 3, base - 2 * (base - VALUE_ROOM) / 3)
    return Columns(bars, grid, rules, left, base, look)


def _column(value: float, label: str, span: tuple[float, float], axis: tuple[float, float], look: ColumnLook) -> Mark:
    base, scale = axis
    tall = max(value, 0) * scale
    is_over = bool(look.limits) and not _is_in_play(value, look.limits)
    is_inside = bool(look.limits) and not is_over and tall > ROOM_INSIDE
    return Mark(span[0], span[1], base - tall, tall, value, label, "over" if is_over else "", is_inside)


def _is_in_play(value: float, limits: tuple[float, ...]) -> bool:
    return value <= limits[-1] and (len(limits) == 1 or value >= limits[0])


def _highlighted(bar: Mark) -> Mark:
    return Mark(bar.x, bar.width, bar.y, bar.height, bar.value, bar.label, "hi", bar.is_value_inside)


def pareto(causes: Sequence[tuple[str, int, bool]], cut: float = 0.8, total: int = 0) -> tuple[ParetoRow, ...]:
    """Lay out causes (words, count, whether noise), heaviest first; the row that passes the cut is marked.

    ``total`` is the sum of all causes, where only the heaviest are shown.
    """
    total = total or sum(count for _, count, _ in causes)
    top = max((count for _, count, _ in causes), default=0)
    rows = []
    running = 0
    for label, count, is_noise in causes:
        is_cut = running < cut * total <= running + count
        running += count
        rows.append(ParetoRow(label, count, share_of(count, top), share_of(running, total), is_noise, is_cut))
    return tuple(rows)


def parts(values: Sequence[float], whole: float | None = None) -> tuple[Tick, ...]:
    """Lay out the parts of a whole side by side: where each starts, and how wide it is as words for the attribute."""
    whole = whole or sum(values)
    starts = [sum(values[:index]) for index in range(len(values))]
    return tuple(
        Tick(share_of(start, whole), pct(share_of(value, whole))) for start, value in zip(starts, values, strict=True)
    )


def hours(counts: Sequence[int]) -> tuple[int, ...]:
    """Return the shade of each hour of the day, 0 (nothing) to 3 (two thirds of the busiest and more)."""
    top = max(counts, default=0)
    return tuple(0 if not count else 1 + min(2, int(3 * count / top - 1e-9)) for count in counts)


def across(day: date, first: date, last: date) -> float:
    """Return where a day stands between two others, in percent, kept on the page."""
    return min(FULL, max(0.0, share_of((day - first).days, (last - first).days)))


def lane(turns: Sequence[Turn], first: date, last: date) -> tuple[LaneSegment, ...]:
    """Lay out one person's turns between two days; a step stands wherever the side or team changes."""
    drawn: list[LaneSegment] = []
    for turn in turns:
        x, end = across(turn.starts_on, first, last), across(turn.ends_on, first, last)
        if end <= x:
            continue
        text = f"{turn.code}, planned" if turn.is_planned and end - x >= 2 * SHORT_LANE else turn.code
        drawn.append(LaneSegment(x, end - x, turn, text, is_short=end - x < SHORT_LANE, is_step=bool(drawn)))
    return tuple(drawn)


@dataclass(frozen=True, slots=True)
class RibbonEnd:
    """One end of ribbons: its words, top and height in pixels, and how many it holds."""

    label: str
    y: float
    height: float
    count: int


@dataclass(frozen=True, slots=True)
class Ribbon:
    """What goes from an end on the left to one on the right, as a closed path in a box 100 wide."""

    source: str
    target: str
    count: int
    path: str


@dataclass(frozen=True, slots=True)
class Ribbons:
    """A flow from left to right: both columns of ends, the ribbons between them, and the height of it all in pixels."""

    left: tuple[RibbonEnd, ...]
    right: tuple[RibbonEnd, ...]
    ribbons: tuple[Ribbon, ...]
    height: float


def ribbons(flows: Sequence[tuple[str, str, int]], unit: float = 7.0, gap: float = 16.0) -> Ribbons:
    """Lay out flows (from, to, count): each is ``unit`` pixels thick per piece, ends stand in the order of their size."""
    left, right = _ends(flows, 0, unit, gap), _ends(flows, 1, unit, gap)
    used = {(0, end.label): end.y for end in left} | {(1, end.label): end.y for end in right}
    drawn = []
    for source, target, count in flows:
        thick = count * unit
        start, end = used[0, source], used[1, target]
        used[0, source], used[1, target] = start + thick, end + thick
        there = f"M0 {start:.1f}C50 {start:.1f} 50 {end:.1f} 100 {end:.1f}"
        back = f"V{end + thick:.1f}C50 {end + thick:.1f} 50 {start + thick:.1f} 0 {start + thick:.1f}Z"
        drawn.append(Ribbon(source, target, count, there + back))
    height = max((end.y + end.height for end in (*left, *right)), default=0.0)
    return Ribbons(left, right, tuple(drawn), height)


def _ends(flows: Sequence[tuple[str, str, int]], place: int, unit: float, gap: float) -> tuple[RibbonEnd, ...]:
    counts: dict[str, int] = {}
    for flow in flows:
        label = str(flow[place])
        counts[label] = counts.get(label, 0) + flow[2]
    ends, y = [], 0.0
    for label, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        ends.append(RibbonEnd(label, y, count * unit, count))
        y += count * unit + gap
    return tuple(ends)


def months(first: date, last: date) -> tuple[Tick, ...]:
    """Return where each month starts between two days, with its short name."""
    starts = []
    year, month = first.year, first.month
    while (start := date(year, month, 1)) < last:
        starts.append(Tick(across(start, first, last), f"{start:%b}"))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)  # noqa: PLR2004
    return tuple(starts)
