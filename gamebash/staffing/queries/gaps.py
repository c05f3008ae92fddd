"""Where knowledge is thin in ops: how many there know each service now, and after the next moves in the log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from gamebash.backlog.models import Service
from gamebash.core.db import db
from gamebash.rotation.membership import Member, TeamBadge, badge, everyone_on
from gamebash.rotation.models import Team, TourRow
from gamebash.staffing.knowledge import Knowledge, KnowledgeMap
from gamebash.staffing.queries.facts import known_on

SHOWN = 8
ENOUGH = 2


@dataclass(frozen=True, slots=True)
class GapRow:
    """A service: how many in ops or SRE know it now and after the next moves, and how to close the gap."""

    slug: str
    name: str
    owner: TeamBadge | None
    now: int
    after: int
    remedy: str

    @property
    def is_gap(self) -> bool:
        """Whether nobody is left in ops who knows it."""
        return not self.after


@dataclass(frozen=True, slots=True)
class GapsPage:
    """Services whose knowledge in ops is thin, those that lose it first; ``after_on`` is the day of the next moves."""

    rows: tuple[GapRow, ...]
    services: int
    thin: int
    after_on: date | None


def gaps_page(on: date) -> GapsPage:
    """Return the services with their people in ops on a day and after the next moves, in a constant number of queries."""
    found = known_on(on)
    people = {one.person_id: one for one in everyone_on(on)}
    after_on = _next_moves(on)
    later = {one.person_id: one for one in everyone_on(after_on)} if after_on else people
    query = sa.select(Service, Team).outerjoin(Team, Team.id == Service.team_id).options(sa.orm.lazyload("*"))
    rows = [_row(service, team, found, people, later) for service, team in db.session.execute(query)]
    ordered = sorted(rows, key=lambda row: (row.after, row.now, row.name))
    return GapsPage(tuple(ordered[:SHOWN]), len(rows), sum(row.after < ENOUGH for row in rows), after_on)


def _next_moves(on: date) -> date | None:
    ends = sa.select(sa.func.min(TourRow.until_on)).where(TourRow.until_on > on)
    begins = sa.select(sa.func.min(TourRow.from_on)).where(TourRow.from_on > on)
    days = [day for day in db.session.execute(sa.select(ends.scalar_subquery(), begins.scalar_subquery())).one() if day]
    return min(days, default=None)


def _row(
    service: Service, team: Team | None, found: KnowledgeMap, people: Mapping[int, Member], later: Mapping[int, Member]
) -> GapRow:
    known = found.of(service.id)
    before, after = _in_ops(known, people), _in_ops(known, later)
    return GapRow(
        service.slug, service.name, badge(team) if team else None, len(before), len(after),
        _remedy(known, before, after, later),
    )  # fmt: skip


def _in_ops(known: tuple[Knowledge, ...], people: Mapping[int, Member]) -> tuple[int, ...]:
    return tuple(
        one.person for one in known if one.is_known and one.person in people and people[one.person].team.is_ops
    )


def _remedy(
    known: tuple[Knowledge, ...], before: tuple[int, ...], after: tuple[int, ...], later: Mapping[int, Member]
) -> str:
    """Return what would close a gap: who brings it, who takes it away, and who is nearest to knowing it."""
    bringing = [later[one].name for one in after if one not in before]
    if bringing:
        return f"{bringing[0]} brings it"
    if len(after) >= ENOUGH:
        return "None needed"
    present = [one for one in known if one.person in later]
    teacher = next((later[one.person].name for one in present if one.is_known), "")
    learner = next(
        (later[one.person].name for one in present if later[one.person].team.is_ops and not one.is_known), ""
    )
    if teacher and learner and teacher != learner:
        return f"{teacher} pairs with {learner}, who has worked on it"
    return f"Pair somebody in ops with {teacher}" if teacher else "Nobody knows it: let somebody in its team learn it"
