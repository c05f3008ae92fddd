"""The list of plans, one plan with its reasons, and two plans beside each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from gamebash.absences.scope import closed_teams
from gamebash.backlog.models import Service
from gamebash.core.db import db
from gamebash.core.paging import Paged, fetch_page
from gamebash.people.models import Person
from gamebash.rotation.membership import Member, TeamBadge, everyone_on
from gamebash.rotation.queries.found import team_badges
from gamebash.staffing.asking import Asked
from gamebash.staffing.gathering import log_number
from gamebash.staffing.models import RotationPlan
from gamebash.staffing.plan_lifecycle import STATE_WORDS, TRANSITIONS, PlanState
from gamebash.staffing.plan_words import COST_WORDS, Words
from gamebash.staffing.planner.instance import Rule
from gamebash.staffing.planner.judge import CostKind

COMPARABLE = 20
GAP = 1


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan in the list."""

    number: int
    state: PlanState
    words: str
    dates: tuple[date, ...]
    moves: int | None
    cost: float | None
    is_proven: bool
    made_by: str
    made_at: datetime
    based_on: int | None


@dataclass(frozen=True, slots=True)
class PlanMove:
    """A move of a plan: who, from where to where, when; why, its price, and what would be without it."""

    person: int
    handle: str
    name: str
    initials: str
    from_team: TeamBadge | None
    to_team: TeamBadge
    at: int
    on: date
    reasons: tuple[str, ...]
    price: float
    without: str
    dearer: float | None

    @property
    def has_name(self) -> bool:
        """Whether it is a person, and not somebody who is yet to be found."""
        return self.person > 0


@dataclass(frozen=True, slots=True)
class CostLine:
    """What one kind of trouble costs in all, and how often it occurs."""

    words: str
    amount: float
    times: int


@dataclass(frozen=True, slots=True)
class StaffLine:
    """A team: least and most people, those there before the plan and from each date on."""

    team: TeamBadge
    least: int
    most: int
    seats: int
    there: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GapLine:
    """A service: how many in ops or SRE know it before the plan, and from each date on."""

    name: str
    in_ops: tuple[int, ...]

    @property
    def is_new_gap(self) -> bool:
        """Whether it comes down to one or none."""
        return min(self.in_ops[1:]) <= GAP < self.in_ops[0]


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A rule of a conflict, and what leaving it out would give."""

    words: str
    gives: str


@dataclass(frozen=True, slots=True)
class PlanPage:
    """One plan with everything that is said of it."""

    row: PlanRow
    found: Mapping[str, Any]
    seconds: float | None
    gap: float
    moves: tuple[PlanMove, ...]
    costs: tuple[CostLine, ...]
    staff: tuple[StaffLine, ...]
    gaps: tuple[GapLine, ...]
    conflict: tuple[Relaxation, ...]
    is_minimal: bool
    edits: tuple[str, ...]
    is_stale: bool
    verbs: tuple[str, ...]
    cost_before: float | None
    others: tuple[tuple[str, str], ...]
    progress: Mapping[str, Any]
    people: tuple[tuple[str, str], ...] = ()
    teams: tuple[TeamBadge, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two plans beside each other: moves in both, in one only, and costs by kind."""

    one: PlanRow
    other: PlanRow
    in_both: tuple[PlanMove, ...]
    only_one: tuple[PlanMove, ...]
    only_other: tuple[PlanMove, ...]
    costs: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True)
class PlansPage:
    """All plans, the newest first."""

    rows: Paged[PlanRow]
    drafts: int


def plans_page(number: int) -> PlansPage:
    """Return a page of plans."""
    query = (
        sa.select(RotationPlan).order_by(RotationPlan.number.desc()).options(sa.orm.joinedload(RotationPlan.made_by))
    )
    found, total = fetch_page(query.options(sa.orm.joinedload(RotationPlan.based_on)), number)
    drafts = sa.select(sa.func.count()).select_from(RotationPlan).where(RotationPlan.state == PlanState.DRAFT)
    return PlansPage(Paged(tuple(_row(plan) for (plan,) in found), number, total), db.session.scalar(drafts) or 0)


def plan_page(plan: RotationPlan, *, reader: Person, today: date) -> PlanPage:
    """Return a plan; wishes of people whose managers the reader is not among are told in general words."""
    asked, found = Asked.from_document(plan.asked), plan.found or {}
    badges = team_badges()
    people = _people(asked, (found,))
    everyone = everyone_on(today)
    words = _words(asked, people, badges, _hidden(reader, everyone))
    conflict = found.get("conflict", {})
    before = plan.based_on.found if plan.based_on else None
    return PlanPage(
        row=_row(plan),
        found=found,
        seconds=found.get("seconds"),
        gap=_gap(found),
        moves=tuple(_move(move, asked, people, badges, words, found) for move in found.get("moves", ())),
        costs=_costs(found),
        staff=_staff(asked, found, badges),
        gaps=_gaps(found, words),
        conflict=tuple(_relaxation(one, words) for one in conflict.get("relaxed", ())),
        is_minimal=conflict.get("is_minimal", True),
        edits=tuple(words.edit(edit) for edit in asked.edits),
        is_stale=plan.state is PlanState.DRAFT and plan.log_number != log_number(),
        verbs=tuple(TRANSITIONS[plan.state]),
        cost_before=before.get("cost") if before else None,
        others=_others(plan),
        progress=plan.progress or {},
        people=tuple((one.handle, one.name) for one in everyone),
        teams=tuple(badge for badge in badges.values() if badge.is_active),
    )


def comparison_page(one: RotationPlan, other: RotationPlan, *, reader: Person, today: date) -> Comparison:
    """Return two plans beside each other."""
    pages = [plan_page(plan, reader=reader, today=today) for plan in (one, other)]
    moves = [{(move.person, move.on, move.to_team.id): move for move in page.moves} for page in pages]
    costs = [{line.words: line.amount for line in page.costs} for page in pages]
    kinds = sorted({*costs[0], *costs[1]})
    return Comparison(
        pages[0].row,
        pages[1].row,
        tuple(move for key, move in moves[0].items() if key in moves[1]),
        tuple(move for key, move in moves[0].items() if key not in moves[1]),
        tuple(move for key, move in moves[1].items() if key not in moves[0]),
        tuple((kind, costs[0].get(kind, 0.0), costs[1].get(kind, 0.0)) for kind in kinds),
    )


def _row(plan: RotationPlan) -> PlanRow:
    found = plan.found or {}
    dates = tuple(date.fromisoformat(day) for day in plan.asked["dates"])
    return PlanRow(
        plan.number, plan.state, STATE_WORDS[plan.state], dates, len(found["moves"]) if "moves" in found else None,
        found.get("cost"), found.get("is_proven", False), plan.made_by.name if plan.made_by else "", plan.made_at,
        plan.based_on.number if plan.based_on else None,
    )  # fmt: skip


def _people(asked: Asked, documents: Sequence[Mapping[str, Any]]) -> dict[int, Person]:
    ids = {edit.person for edit in asked.edits} | {one for pair in asked.apart + asked.together for one in pair}
    for found in documents:
        for move in found.get("moves", ()):
            ids |= {move["person"], *(cost[2] for cost in move["saves"])}
        ids |= {
            about for rule, about in found.get("conflict", {}).get("tags", ()) if rule in {"stay", "away", "eligible"}
        }
    query = sa.select(Person).where(Person.id.in_(ids)).options(sa.orm.lazyload(Person.role_rows))
    return {person.id: person for person in db.session.scalars(query)}


def _hidden(reader: Person, everyone: Sequence[Member]) -> frozenset[int]:
    """Return the people whose wishes are not this manager's to read."""
    closed = closed_teams(reader)
    return frozenset(one.person_id for one in everyone if one.team.id in closed and one.person_id != reader.id)


def _words(
    asked: Asked, people: Mapping[int, Person], badges: Mapping[int, TeamBadge], hidden: frozenset[int]
) -> Words:
    services = {row.id: row.name for row in db.session.execute(sa.select(Service.id, Service.name))}
    return Words(
        {number: person.name for number, person in people.items()}, {team.id: team.code for team in badges.values()},
        services, asked.dates, {Rule.APART: asked.apart, Rule.TOGETHER: asked.together}, asked.edits, hidden,
    )  # fmt: skip


def _move(  # noqa: PLR0913, PLR0917  (what a move is shown with)
    move: Mapping[str, Any], asked: Asked, people: Mapping[int, Person], badges: Mapping[int, TeamBadge], words: Words,
    found: Mapping[str, Any],
) -> PlanMove:  # fmt: skip
    person = people.get(move["person"])
    keeps = [words.fault(Rule(rule), about, at, (there, needed)) for rule, about, at, there, needed in move["keeps"]]
    saves = [words.saving(CostKind(kind), who, team, at) for kind, _, who, team, at in move["saves"]]
    reasons = tuple(dict.fromkeys(saves + keeps)) if move["from"] else ("Joins, and begins in ops or SRE",)
    without, dearer = _without(move["without"], found)
    return PlanMove(
        move["person"], person.handle if person else "", words.person(move["person"]),
        person.initials if person else "?", badges[move["from"]] if move["from"] else None, badges[move["to"]],
        move["at"], asked.dates[move["at"]], reasons, move["price"], without, dearer,
    )  # fmt: skip


def _without(other: Mapping[str, Any] | None, found: Mapping[str, Any]) -> tuple[str, float | None]:
    """Return what the best plan without a move would be, in words, and how much dearer."""
    if other is None:
        return "", None
    if other["outcome"] == "infeasible":
        return "No plan keeps the rules without it", None
    if other["outcome"] not in {"optimal", "feasible"}:
        return "Not known: time ran out", None
    dearer = other["cost"] - found["cost"]
    if other["outcome"] == "optimal":
        return ("Another plan costs the same" if dearer < 0.05 else "The best plan without it costs more"), dearer  # noqa: PLR2004
    return "The best plan found without it", dearer


def _costs(found: Mapping[str, Any]) -> tuple[CostLine, ...]:
    lines = []
    for kind in CostKind:
        amounts = [amount for name, amount, *_ in found.get("costs", ()) if name == kind.value]
        if amounts:
            lines.append(CostLine(COST_WORDS[kind], sum(amounts), len(amounts)))
    return tuple(sorted(lines, key=lambda line: -line.amount))


def _staff(asked: Asked, found: Mapping[str, Any], badges: Mapping[int, TeamBadge]) -> tuple[StaffLine, ...]:
    there = found.get("staff", {})
    return tuple(
        StaffLine(badges[team], need.least, need.most, need.seats, tuple(there[str(team)]))
        for team, need in asked.teams.items()
        if str(team) in there and team in badges
    )


def _gaps(found: Mapping[str, Any], words: Words) -> tuple[GapLine, ...]:
    lines = [GapLine(words.services.get(one["service"], ""), tuple(one["in_ops"])) for one in found.get("cover", ())]
    return tuple(sorted(lines, key=lambda line: (min(line.in_ops[1:]), line.name)))


def _relaxation(one: Mapping[str, Any], words: Words) -> Relaxation:
    rule, about = one["tag"]
    gives = {
        "optimal": f"A plan that costs {one['cost']:.0f}",
        "feasible": f"A plan that costs {one['cost']:.0f} or less",
        "infeasible": "Still none: other rules are in conflict too",
    }
    return Relaxation(words.rule(Rule(rule), about), gives.get(one["outcome"], "Not known: time ran out"))


def _gap(found: Mapping[str, Any]) -> float:
    cost = found.get("cost") or 0.0
    return (cost - found["bound"]) / cost if cost else 0.0


def _others(plan: RotationPlan) -> tuple[tuple[str, str], ...]:
    is_found = RotationPlan.state.in_((PlanState.DRAFT, PlanState.APPROVED, PlanState.DROPPED))
    query = sa.select(RotationPlan.number).where(RotationPlan.id != plan.id, is_found, RotationPlan.found.is_not(None))
    numbers = db.session.scalars(query.order_by(RotationPlan.number.desc()).limit(COMPARABLE))
    return tuple((str(number), f"Plan {number}") for number in numbers)
