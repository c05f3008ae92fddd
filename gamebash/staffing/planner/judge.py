"""What a placement breaks and what it costs, said straight from the rules. The solver's model is tested against this."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gamebash.staffing.planner.instance import (
    Candidate,
    Edit,
    EditKind,
    Instance,
    Placement,
    Rule,
    Tag,
    TeamNeed,
    Wanting,
)

MONTH_DAYS = 30


class CostKind(StrEnum):
    """What makes a plan cost something."""

    MOVE = "move"
    UNASKED = "unasked"
    ELSEWHERE = "elsewhere"
    WAITING = "waiting"
    TOO_LONG = "too_long"
    EMPTY_SEAT = "empty_seat"
    UNFAIR = "unfair"


@dataclass(frozen=True, slots=True)
class Fault:
    """A broken rule: when, how many there are and how many it takes, where it is about numbers."""

    tag: Tag
    at: int = 0
    there: int = 0
    needed: int = 0


@dataclass(frozen=True, slots=True)
class Cost:
    """One thing that costs: what, how much, for whom or which team (by id), at which date."""

    kind: CostKind
    amount: float
    person: int = 0
    team: int = 0
    at: int = 0


def faults_of(instance: Instance, placement: Placement, without: frozenset[Tag] = frozenset()) -> list[Fault]:
    """Return every rule that a placement breaks, but for those left out."""
    found = [
        *_team_faults(instance, placement), *_cover_faults(instance, placement), *_pair_faults(instance, placement),
        *_edit_faults(instance, placement),
        *(fault for person in instance.people for fault in person_faults(instance, person, placement[person.id])),
    ]  # fmt: skip
    return [fault for fault in found if fault.tag not in without]


def costs_of(instance: Instance, placement: Placement) -> list[Cost]:
    """Return everything that a placement costs."""
    found = [cost for person in instance.people for cost in person_costs(instance, person, placement[person.id])]
    weight = instance.weights.empty_seat
    for team in instance.teams:
        for at in instance.periods:
            empty = team.seats[at] - staff(instance, placement, team.id, at)
            if empty > 0 and weight:
                found.append(Cost(CostKind.EMPTY_SEAT, weight * empty, team=team.id, at=at))
    return found


def total(costs: Iterable[Cost]) -> float:
    """Return the sum."""
    return sum(cost.amount for cost in costs)


def staff(instance: Instance, placement: Placement, team: int, at: int) -> int:
    """Return how many people of a team are there at a date; who is away does not count."""
    return sum(placement[one.id][at] == team and at not in one.away for one in instance.people)


def before(person: Candidate, path: tuple[int | None, ...], at: int) -> int | None:
    """Return where a person is just before a date."""
    return path[at - 1] if at else person.home


def moves_at(person: Candidate, path: tuple[int | None, ...], at: int) -> bool:
    """Say whether a person changes place at a date, other than by joining; what the log has is no move of the plan."""
    return person.path is None and before(person, path, at) is not None and path[at] != before(person, path, at)


def start_of_tour(instance: Instance, person: Candidate, path: tuple[int | None, ...], at: int) -> date:
    """Return since when a person is in the team they are in at a date."""
    while at and path[at - 1] == path[at]:
        at -= 1
    if at == 0 and path[0] == person.home and person.since is not None:
        return person.since
    return instance.dates[at]


def _team_faults(instance: Instance, placement: Placement) -> Iterator[Fault]:
    for team in instance.teams:
        for at in instance.periods:
            there = staff(instance, placement, team.id, at)
            if there < team.least[at]:
                yield Fault(Tag(Rule.LEAST, team.id), at, there, team.least[at])
            if there > team.most[at]:
                yield Fault(Tag(Rule.MOST, team.id), at, there, team.most[at])
            changes = _changes(instance, placement, team, at)
            if changes > team.changes:
                yield Fault(Tag(Rule.CHANGES, team.id), at, changes, team.changes)


def _changes(instance: Instance, placement: Placement, team: TeamNeed, at: int) -> int:
    moving = [(one, placement[one.id]) for one in instance.people if moves_at(one, placement[one.id], at)]
    come = sum(path[at] == team.id for _, path in moving)
    go = sum(before(one, path, at) == team.id for one, path in moving)
    return max(come, go)


def _cover_faults(instance: Instance, placement: Placement) -> Iterator[Fault]:
    for service in instance.services:
        for at in instance.periods:
            there = cover(instance, placement, service.knowers, service.within, at)
            if there < service.least:
                yield Fault(Tag(Rule.COVER, service.id), at, there, service.least)


def cover(instance: Instance, placement: Placement, knowers: frozenset[int], within: frozenset[int], at: int) -> int:
    """Return how many of those who know a service are in some teams at a date, and not away."""
    return sum(placement[one][at] in within and at not in instance.person[one].away for one in knowers)


def _pair_faults(instance: Instance, placement: Placement) -> Iterator[Fault]:
    for number, (one, other) in enumerate(instance.apart):
        for at in instance.periods:
            if placement[one][at] == placement[other][at] is not None:
                yield Fault(Tag(Rule.APART, number), at)
    for number, (one, other) in enumerate(instance.together):
        for at in instance.periods:
            if placement[one][at] != placement[other][at]:
                yield Fault(Tag(Rule.TOGETHER, number), at)


def _edit_faults(instance: Instance, placement: Placement) -> Iterator[Fault]:
    for number, edit in enumerate(instance.edits):
        if not _is_kept(instance, edit, placement[edit.person]):
            yield Fault(Tag(Rule.EDIT, number), edit.at)


def _is_kept(instance: Instance, edit: Edit, path: tuple[int | None, ...]) -> bool:
    if edit.kind is EditKind.HOLD:
        return all(team == instance.person[edit.person].home for team in path)
    return (path[edit.at] == edit.team) == (edit.kind is EditKind.FORCE)


def person_faults(instance: Instance, person: Candidate, path: tuple[int | None, ...]) -> Iterator[Fault]:
    """Yield the rules about one person alone that a path of theirs breaks."""
    if person.path is not None:
        return
    for at in instance.periods:
        here, there = path[at], before(person, path, at)
        if person.is_joiner and at == person.joins_at and here is not None and not instance.team[here].is_ops:
            yield Fault(Tag(Rule.JOINERS), at)
        if person.wanting is Wanting.STAY and person.home is not None and here != person.home:
            yield Fault(Tag(Rule.STAY, person.id), at)
        if _is_too_early(instance, person, here, at):
            yield Fault(Tag(Rule.ELIGIBLE, person.id), at)
        if not moves_at(person, path, at) or there is None:
            continue
        if at in person.away:
            yield Fault(Tag(Rule.AWAY, person.id), at)
        lasted = (instance.dates[at] - _start_before(instance, person, path, at)).days
        if lasted < instance.team[there].shortest_days:
            yield Fault(Tag(Rule.SHORTEST, there), at, lasted, instance.team[there].shortest_days)


def _start_before(instance: Instance, person: Candidate, path: tuple[int | None, ...], at: int) -> date:
    if at == 0:
        return person.since or date.min
    return start_of_tour(instance, person, path, at - 1)


def _is_too_early(instance: Instance, person: Candidate, here: int | None, at: int) -> bool:
    if person.home is None or here is None or not instance.team[person.home].is_ops or instance.team[here].is_ops:
        return False
    return person.eligible_at is None or at < person.eligible_at


def person_costs(instance: Instance, person: Candidate, path: tuple[int | None, ...]) -> Iterator[Cost]:
    """Yield what one person's path costs; what the log has already costs nothing."""
    if person.path is not None:
        return
    weights = instance.weights
    for at in instance.periods:
        here = path[at]
        if here is None:
            continue
        if moves_at(person, path, at):
            yield from _costs_of_moving(instance, person, here, at)
        is_due = person.wanting is Wanting.MOVE and at >= person.wants_at
        if is_due and here not in person.wanted and weights.waiting:
            yield Cost(CostKind.WAITING, weights.waiting, person.id, here, at)
        if is_too_long(instance, person, path, at) and weights.too_long:
            yield Cost(CostKind.TOO_LONG, weights.too_long, person.id, here, at)
    if instance.counts_for_fairness(person) and weights.unfair_month:
        unfair = unfair_days(instance, ops_days(instance, person, path))
        if unfair:
            yield Cost(CostKind.UNFAIR, weights.unfair_month * unfair / MONTH_DAYS, person.id)


def _costs_of_moving(instance: Instance, person: Candidate, here: int, at: int) -> Iterator[Cost]:
    weights = instance.weights
    yield Cost(CostKind.MOVE, weights.move, person.id, here, at)
    if person.wanting is Wanting.UNSAID and weights.unasked:
        yield Cost(CostKind.UNASKED, weights.unasked, person.id, here, at)
    if person.wanting is Wanting.MOVE and here not in person.wanted and weights.elsewhere:
        yield Cost(CostKind.ELSEWHERE, weights.elsewhere, person.id, here, at)


def is_too_long(instance: Instance, person: Candidate, path: tuple[int | None, ...], at: int) -> bool:
    """Say whether a person stays on at a date though their tour has reached the longest that the team allows."""
    here = path[at]
    longest = instance.team[here].longest_days if here is not None else None
    if longest is None or not has_tour_limit(person):
        return False
    return instance.days_at(at, start_of_tour(instance, person, path, at)) >= longest


def unfair_days(instance: Instance, days: float) -> float:
    """Return how far days in ops are from what is fair; within half a period is as near as whole periods can come."""
    return max(0.0, abs(days - (instance.fair_ops_days or 0.0)) - instance.period_days / 2)


def has_tour_limit(person: Candidate) -> bool:
    """Say whether a tour of theirs can be too long: not where they want to stay, and joiners have no tour to be tired of."""
    return person.wanting is not Wanting.STAY and not person.is_joiner


def ops_days(instance: Instance, person: Candidate, path: tuple[int | None, ...]) -> float:
    """Return a person's days in ops and SRE, before the plan and in it."""
    periods = sum(team is not None and instance.team[team].is_ops for team in path)
    return person.past_ops_days + periods * instance.period_days
