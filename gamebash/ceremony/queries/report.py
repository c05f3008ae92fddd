"""The report of an event: what the day changed, who did it, and what the watch says of it by now."""

import json
from dataclasses import dataclass
from datetime import datetime

from gamebash.ceremony.award_rules import AwardRule
from gamebash.ceremony.course import Course
from gamebash.ceremony.names import Name, Signs, TeamSign, signs_of
from gamebash.ceremony.queries.report_facts import (
    Correction,
    Raised,
    corrections_of,
    course_of_event,
    entries_of,
    raised_in,
    reported,
)
from gamebash.ceremony.queries.show import NOBODY, Honour, honours_of
from gamebash.ceremony.reports import ReportFigures
from gamebash.ceremony.reveal import Row
from gamebash.events.lifecycle import is_revealed
from gamebash.events.models import EventStory
from gamebash.events.survey import SurveyResults, survey_results
from gamebash.watch.numbers import Finding
from gamebash.watch.queries.effects import EventEffect, effect_of_watches, watches_of
from gamebash.watch.queries.proposals import WatchedVerdict, decisions_about, verdicts_on_watched

BACK = 8


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A place as announced, with the team."""

    place: int
    who: Name
    team: TeamSign | None
    squad: str
    points: int
    fixes: int


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team's points for each of its people."""

    team: TeamSign
    per_head: float


@dataclass(frozen=True, slots=True)
class BackRow:
    """A story that went back to the backlog."""

    key: str
    title: str
    grade: str
    team: TeamSign | None


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A report. ``then`` are the figures when it was published, ``last`` those after the watch; None before."""

    slug: str
    name: str
    starts_at: datetime
    now: datetime
    published_at: datetime | None
    is_out: bool
    totals: Row
    podium: tuple[PlacedRow, ...]
    teams: tuple[TeamRow, ...]
    honours: tuple[Honour, ...]
    everyone: tuple[Name, ...]
    course: Course
    effect: EventEffect
    then: ReportFigures | None
    present: ReportFigures
    last: ReportFigures | None
    back: tuple[BackRow, ...]
    back_count: int
    back_points: int
    raised: tuple[Raised, ...]
    verdicts: tuple[WatchedVerdict, ...]
    corrections: tuple[Correction, ...]
    survey: SurveyResults
    quote: str

    @property
    def is_final(self) -> bool:
        """Whether the watch is over, so that no figure changes any more."""
        return self.last is not None

    @property
    def finding(self) -> str:
        """What expected and observed say together, in one sentence."""
        effect = self.effect.effect
        said = f"{effect.expected:.1f} incidents were expected so far without the day, {effect.observed} came"
        span = f"{effect.low:.0f} to {effect.high:.0f} would be chance"
        return {
            Finding.NOT_YET: "Nothing was to be expected yet: the watch has only begun.",
            Finding.FEWER: f"{said}: fewer than chance explains ({span}).",
            Finding.MORE: f"{said}: more than chance explains ({span}).",
            Finding.TOO_FEW: f"{said}: too few to tell ({span}).",
        }[effect.finding]


def report_page(slug: str, *, now: datetime) -> ReportPage:
    """Return the report as of now, in at most ten queries.

    Raises:
        NotFoundError: where there is no such event.
        NoResultError: where the event is not closed.
    """
    event, result, report = reported(slug)
    watched, entries, survey = watches_of(event, now=now), entries_of(event), survey_results(event, now=now)
    document, effect = json.loads(result.document), effect_of_watches(event, watched, now=now)
    signs, announced = signs_of(document), {row["story"] for row in document["squashed"]}
    squashed = [one for one in entries if one.story.number in announced]
    back = [one for one in entries if one.squashed_at is None]
    decisions = decisions_about(watched.watches, [one.story.problem_id for one in squashed if one.story.problem_id])
    return ReportPage(
        slug=event.slug,
        name=event.name,
        starts_at=event.starts_at,
        now=now,
        published_at=report.published_at if report else None,
        is_out=is_revealed(event.state, event.reveals_at, now),
        totals=document["totals"],
        podium=placed_rows(document, signs, most=_places(document)),
        teams=tuple(TeamRow(signs.teams[row["team"]], row["points"] / row["heads"]) for row in document["teams"]),
        honours=honours_of(document, signs.people),
        everyone=tuple(sorted(signs.people.values(), key=lambda one: one.name.casefold())),
        course=course_of_event(event, [row["at"] for row in document["squashed"]]),
        effect=effect,
        then=ReportFigures.from_document(report.figures) if report else None,
        present=ReportFigures.of(effect),
        last=ReportFigures.from_document(report.last_figures) if report and report.last_figures else None,
        back=tuple(_back_row(one) for one in back[:BACK]),
        back_count=len(back),
        back_points=sum(one.points or 0 for one in back),
        raised=raised_in(squashed, decisions),
        verdicts=verdicts_on_watched(event, watched.watches, decisions),
        corrections=corrections_of(event, result.seq),
        survey=survey,
        quote=max((*survey.automatic, *survey.change), key=len, default=""),
    )


def placed_rows(document: Row, signs: Signs, *, most: int | None = None) -> tuple[PlacedRow, ...]:
    """Return the announced places of players, or the first of them. No query."""
    return tuple(
        PlacedRow(
            place=row["place"],
            who=signs.people.get(row["person"], NOBODY),
            team=signs.teams.get(row["team"]),
            squad=signs.squads.get(row["squad"], ""),
            points=row["points"],
            fixes=row["fixes"],
        )
        for row in document["players"][:most]
    )


def _back_row(entry: EventStory) -> BackRow:
    team = entry.story.team
    sign = TeamSign(team.code, team.name, team.crest.value, team.colour) if team else None
    return BackRow(entry.story.key, entry.story.title, (entry.grade or entry.story.grade).value, sign)


def _places(document: Row) -> int:
    return sum(award["rule"] == AwardRule.PLACE for award in document["awards"])
