"""The page of one team: by which model it worked when, incidents week by week, and what was so before and after each switch."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from gamebash.core.paging import Paged
from gamebash.operating.drawing import Drawing, drawing_of
from gamebash.operating.history import Period, period_on, periods
from gamebash.operating.kinds import WORDS, in_a_sentence
from gamebash.operating.outcome import (
    WEEK,
    Compared,
    Sides,
    Span,
    Verdict,
    held_share,
    incidents_a_week,
    lead_days,
    sides_of,
)
from gamebash.operating.queries.facts import incidents_by_day, known_from, lead_times, services_of, verdicts
from gamebash.operating.queries.listing import SwitchRow, entries_in, rows_of
from gamebash.rotation.membership import TeamBadge, badge
from gamebash.rotation.models import Team
from gamebash.rotation.refusals import words as spelled

DRAWN = 78 * WEEK
PER_PAGE = 4
HEADER = (
    "team", "entry", "from model", "to model", "switched on", "measure", "days before", "days after", "before", "after",
    "made of before", "made of after", "by chance from", "by chance to", "finding",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """One switch: what was before, what after, and what can be told of it."""

    number: int
    old: str
    new: str
    on: date
    sides: Sides
    incidents: Compared
    lead: Compared
    held: Compared

    @property
    def measures(self) -> tuple[tuple[str, Compared], ...]:
        """The measures by name."""
        return ("incidents", self.incidents), ("lead", self.lead), ("held", self.held)


@dataclass(frozen=True, slots=True)
class TeamModelPage:
    """A team's model of today and the one to come, the drawing, the outcomes (newest switch first), and its log."""

    team: TeamBadge
    present: Period | None
    following: Period | None
    periods: tuple[Period, ...]
    drawing: Drawing | None
    outcomes: Paged[Outcome]
    services: tuple[str, ...]
    rows: tuple[SwitchRow, ...]
    can_log: bool
    today: date

    @property
    def title(self) -> str:
        """What stands over the page: how the team works, since when."""
        if not self.present:
            return f"How {self.team.name} works is not logged"
        return f"{self.team.name} works {in_a_sentence(self.present.model)} since {spelled(self.present.from_on)}"

    @property
    def lede(self) -> str:
        """What comes next; else what can be told of the last switch."""
        if self.following:
            return f"From {spelled(self.following.from_on)} on it is to work {in_a_sentence(self.following.model)}."
        if not self.outcomes.items:
            return "No switch yet: there is nothing to compare." if self.present else ""
        return told(self.outcomes.items[0])


def told(one: Outcome) -> str:
    """Return in a sentence what incidents say of a switch."""
    if one.incidents.verdict is Verdict.TOO_SHORT:
        return f"The switch of {spelled(one.on)} is too short ago to tell what it changed."
    if one.incidents.verdict is Verdict.TOO_FEW:
        return f"Incidents tell nothing of the switch of {spelled(one.on)}: they stay within chance."
    fewer = "fewer" if one.incidents.verdict is Verdict.LESS else "more"
    return (
        f"Since the switch of {spelled(one.on)} there are {fewer} incidents than before: {one.incidents.after:.1f} a week, "
        f"{one.incidents.before:.1f} before."
    )


def team_model_page(team: Team, number: int, *, can_log: bool, today: date) -> TeamModelPage:
    """Return the page of a team. Six queries, over the days that are shown only."""
    rows, services = rows_of(team.id), services_of(team.id)
    known, first = periods(entries_in(rows)), known_from()
    switches, total = _switches(known, number, first=first, today=today)
    drawn = _drawn(known, first, today)
    spans = _spans(switches)
    counts = incidents_by_day(services, [*spans, *([drawn] if drawn else [])]) if services else {}
    return TeamModelPage(
        badge(team),
        period_on(known, today),
        next((period for period in known if period.from_on > today), None),
        known,
        drawing_of(counts, known, drawn) if drawn and counts else None,
        Paged(_outcomes(switches, services, counts, spans), number, total, PER_PAGE),
        tuple(services.values()),
        rows,
        can_log,
        today,
    )


def csv_outcomes(team: Team, *, today: date) -> Iterator[tuple[object, ...]]:
    """Yield all outcomes of a team as cells, in the order of the header."""
    page = team_model_page(team, 1, can_log=False, today=today)
    for number in range(1, page.outcomes.pages + 1):
        outcomes = page.outcomes if number == 1 else team_model_page(team, number, can_log=False, today=today).outcomes
        for one in outcomes.items:
            for name, measure in one.measures:
                yield (
                    team.code, one.number, one.old, one.new, one.on.isoformat(), name, one.sides.before.days,
                    one.sides.after.days, _round(measure.before), _round(measure.after), measure.known_before,
                    measure.known_after, _round(measure.low), _round(measure.high), measure.verdict.value,
                )  # fmt: skip


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _switches(
    known: Sequence[Period], number: int, *, first: date | None, today: date
) -> tuple[list[tuple[Period, Period, Sides]], int]:
    """Return one page of the switches that have begun, newest first; the first entry begins the log and is none."""
    pairs = [(old, new) for old, new in pairwise(known) if new.from_on <= today][::-1]
    return [
        (old, new, sides_of(new.from_on, old.from_on, new.until_on, known_from=first, today=today))
        for old, new in pairs[(number - 1) * PER_PAGE : number * PER_PAGE]
    ], len(pairs)


def _spans(switches: Sequence[tuple[Period, Period, Sides]]) -> list[Span]:
    return [span for _, _, sides in switches for span in (sides.before, sides.after)]


def _outcomes(
    switches: Sequence[tuple[Period, Period, Sides]],
    services: Mapping[int, str],
    counts: Mapping[date, int],
    spans: list[Span],
) -> tuple[Outcome, ...]:
    if not switches:
        return ()
    leads, held = lead_times(services, spans), verdicts(services, spans)
    return tuple(
        Outcome(
            new.number, WORDS[old.model], WORDS[new.model], new.from_on, sides, incidents_a_week(counts, sides),
            lead_days(leads, sides), held_share(held, sides),
        )
        for old, new, sides in switches
    )  # fmt: skip


def _drawn(known: Sequence[Period], first: date | None, today: date) -> Span | None:
    """Return the weeks to draw: up to a year and a half, whole weeks that end yesterday, since the first incident known."""
    if not known or first is None:
        return None
    weeks = (today - max(first, today - DRAWN)).days // 7
    return Span(today - timedelta(weeks=weeks), today) if weeks > 0 else None
