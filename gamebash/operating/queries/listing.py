"""The log of operating models as people read it, and how every team works today."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from gamebash.core.db import db
from gamebash.core.paging import Paged, fetch_page
from gamebash.operating.history import Entry, Period, period_on, periods
from gamebash.operating.kinds import MEANINGS, WORDS, OperatingModel
from gamebash.operating.models import ModelSwitch
from gamebash.operating.switches import entries_of
from gamebash.people.models import Person
from gamebash.rotation.membership import TeamBadge, badge
from gamebash.rotation.models import Team
from gamebash.rotation.queries.found import team_badges, team_choices

NAMED, CORRECTION = aliased(ModelSwitch), aliased(ModelSwitch)
HEADER = (
    "entry", "team", "model", "first day", "reason", "logged by", "logged at (UTC)", "corrects entry", "corrected by entry",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SwitchFilter:
    """How a reader narrows the log. Empty means everything."""

    team: str = ""
    model: str = ""

    def params(self) -> dict[str, str]:
        """Return what an address carries of this filter."""
        return {name: value for name, value in (("team", self.team), ("model", self.model)) if value}


@dataclass(frozen=True, slots=True)
class SwitchRow:
    """One entry as it is shown. Without a model it takes out the entry that it corrects."""

    number: int
    team: TeamBadge
    model: OperatingModel | None
    starts_on: date
    reason: str
    logged_by: str
    logged_at: datetime
    corrects: int | None
    corrected_by: int | None

    @property
    def words(self) -> str:
        """The model in words, or what the entry takes out."""
        return WORDS[self.model] if self.model else f"Takes out entry {self.corrects}"

    @property
    def cells(self) -> tuple[object, ...]:
        """The entry as a row of a table, in the order of the header."""
        return (
            self.number, self.team.code, WORDS[self.model] if self.model else "", self.starts_on.isoformat(), self.reason,
            self.logged_by, self.logged_at.isoformat(timespec="seconds"), self.corrects, self.corrected_by,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class TeamLine:
    """How a team works today, and what is logged to come next."""

    team: TeamBadge
    present: Period | None
    following: Period | None

    @property
    def words(self) -> str:
        """The present model in words."""
        return WORDS[self.present.model] if self.present else ""

    @property
    def following_words(self) -> str:
        """The model that comes next, in words."""
        return WORDS[self.following.model] if self.following else ""


@dataclass(frozen=True, slots=True)
class ListingPage:
    """All active teams, and the log."""

    teams: tuple[TeamLine, ...]
    rows: Paged[SwitchRow]
    filter: SwitchFilter
    team_choices: tuple[tuple[str, str], ...]
    model_choices: tuple[tuple[str, str], ...]
    can_log: bool
    today: date

    @property
    def meanings(self) -> tuple[tuple[str, str], ...]:
        """What each model means."""
        return tuple((words, MEANINGS[model]) for model, words in WORDS.items())

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """How many teams work by each model, the usual one first; teams of which nothing is logged are left out."""
        found = [line.present.model for line in self.teams if line.present]
        return tuple(
            sorted(((WORDS[model], found.count(model)) for model in set(found)), key=lambda pair: (-pair[1], pair[0]))
        )


@dataclass(frozen=True, slots=True)
class Present:
    """A team's model of today in words, and since when; empty where nothing is logged."""

    code: str
    words: str
    since_on: date | None


def present_of(team: Team, *, today: date) -> Present:
    """Return by which model a team works today. One query."""
    present = period_on(periods(entries_of(team.id)), today)
    return Present(team.code, WORDS[present.model], present.from_on) if present else Present(team.code, "", None)


def listing_page(filter_: SwitchFilter, number: int, *, can_log: bool, today: date) -> ListingPage:
    """Return how teams work today, and one page of the log. Four queries."""
    badges = team_badges()
    rows, total = fetch_page(_query(filter_), number)
    lines = _lines(badges, today)
    return ListingPage(
        lines,
        Paged(tuple(_row(row) for row in rows), number, total),
        filter_,
        team_choices(badges.values()),
        (("", "All models"), *((model.value, words) for model, words in WORDS.items())),
        can_log,
        today,
    )


def csv_rows(filter_: SwitchFilter) -> Iterator[tuple[object, ...]]:
    """Yield the cells of each entry, in the order of the header."""
    for row in db.session.execute(_query(filter_)):
        yield _row(row).cells


def rows_of(team_id: int) -> tuple[SwitchRow, ...]:
    """Return the log of one team, the newest entry first. One query."""
    return tuple(_row(row) for row in db.session.execute(_query(SwitchFilter()).where(ModelSwitch.team_id == team_id)))


def row_of(switch: ModelSwitch) -> SwitchRow:
    """Return one entry as it is shown. One query."""
    return _row(db.session.execute(_query(SwitchFilter()).where(ModelSwitch.id == switch.id)).one())


def entries_in(rows: tuple[SwitchRow, ...]) -> list[Entry]:
    """Return rows as plain values of the log."""
    return [Entry(row.number, row.starts_on, row.model, row.corrects) for row in rows]


def _query(filter_: SwitchFilter) -> Any:
    query = (
        sa.select(ModelSwitch, Team, Person.name, NAMED.number, CORRECTION.number)
        .join(Team, Team.id == ModelSwitch.team_id)
        .outerjoin(Person, Person.id == ModelSwitch.logged_by_id)
        .outerjoin(NAMED, NAMED.id == ModelSwitch.corrects_id)
        .outerjoin(CORRECTION, CORRECTION.corrects_id == ModelSwitch.id)
        .order_by(ModelSwitch.number.desc())
    )
    if filter_.team:
        query = query.where(Team.code == filter_.team.upper())
    if filter_.model in set(OperatingModel):
        query = query.where(ModelSwitch.model == OperatingModel(filter_.model))
    return query


def _row(row: Any) -> SwitchRow:
    switch, team, name, corrects, corrected_by = row
    return SwitchRow(
        switch.number, badge(team), switch.model, switch.starts_on, switch.reason, name or "", switch.logged_at, corrects,
        corrected_by,
    )  # fmt: skip


def _lines(badges: dict[int, TeamBadge], today: date) -> tuple[TeamLine, ...]:
    """Return how each active team works, builders first. One query over the logs of all teams, which are short."""
    found: dict[int, list[Entry]] = {}
    query = sa.select(
        ModelSwitch.team_id, ModelSwitch.number, ModelSwitch.starts_on, ModelSwitch.model, NAMED.number
    ).outerjoin(NAMED, NAMED.id == ModelSwitch.corrects_id)
    for team_id, number, starts_on, model, corrects in db.session.execute(query):
        found.setdefault(team_id, []).append(Entry(number, starts_on, model, corrects))
    lines = []
    for team in badges.values():
        known = periods(found.get(team.id, ()))
        following = next((period for period in known if period.from_on > today), None)
        if team.is_active:
            lines.append(TeamLine(team, period_on(known, today), following))
    return tuple(sorted(lines, key=lambda line: (line.present is None, line.team.is_ops, line.team.code)))
