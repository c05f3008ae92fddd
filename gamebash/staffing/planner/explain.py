"""Why a plan moves whom it moves: what would break or cost more if that one move were taken back and nothing else.

What the best plan without the move would be is another question, which only solving again can answer (``without_move``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gamebash.staffing.planner.instance import Edit, EditKind, Instance, Placement
from gamebash.staffing.planner.judge import Cost, CostKind, Fault, before, costs_of, faults_of, moves_at, total
from gamebash.staffing.planner.solve import Solution, solve

OF_A_MOVE = frozenset({CostKind.MOVE, CostKind.UNASKED, CostKind.ELSEWHERE})


@dataclass(frozen=True, slots=True, order=True)
class PlannedMove:
    """Somebody changes place at a date; ``from_team`` is None for who joins."""

    at: int
    person: int
    from_team: int | None
    to_team: int


@dataclass(frozen=True, slots=True)
class Reasons:
    """What speaks for a move and against it, all else as planned: rules kept by it, costs saved, costs caused."""

    keeps: tuple[Fault, ...]
    saves: tuple[Cost, ...]
    causes: tuple[Cost, ...]

    @property
    def price(self) -> float:
        """What the move itself costs."""
        return total(self.causes)


def moves_of(instance: Instance, placement: Placement) -> tuple[PlannedMove, ...]:
    """Return the moves of a plan by date and person, joiners included; what the log has already is left out."""
    found = []
    for person in instance.people:
        path = placement[person.id]
        for at in instance.periods:
            to_team = path[at]
            is_joining = person.is_joiner and at == person.joins_at
            if to_team is not None and (is_joining or moves_at(person, path, at)):
                found.append(PlannedMove(at, person.id, before(person, path, at), to_team))
    return tuple(sorted(found, key=lambda move: (move.at, move.person)))


def reasons_for(instance: Instance, placement: Placement, moves: Sequence[PlannedMove]) -> tuple[Reasons, ...]:
    """Return the reasons of each move; a joiner's is that they join."""
    costs = costs_of(instance, placement)
    return tuple(
        Reasons((), (), ()) if move.from_team is None else _reasons(instance, placement, move, costs) for move in moves
    )


def _reasons(instance: Instance, placement: Placement, move: PlannedMove, costs: Sequence[Cost]) -> Reasons:
    undone = without(placement, move)
    keeps = tuple(faults_of(instance, undone))
    # Whether a cost is the same one does not depend on where the person is: that is what was changed.
    planned = {_key(cost): cost for cost in costs}
    taken_back = {_key(cost): cost for cost in costs_of(instance, undone)}
    return Reasons(keeps, _more(taken_back, planned), _more(planned, taken_back))


def without(placement: Placement, move: PlannedMove) -> Placement:
    """Return a placement in which one person does not make one move, and stays until their next."""
    path = list(placement[move.person])
    at = move.at
    while at < len(path) and path[at] == move.to_team:
        path[at] = move.from_team
        at += 1
    return {**placement, move.person: tuple(path)}


def _key(cost: Cost) -> tuple[CostKind, int, int, int]:
    return cost.kind, cost.person, 0 if cost.person else cost.team, cost.at


def _more(
    costs: dict[tuple[CostKind, int, int, int], Cost], than: dict[tuple[CostKind, int, int, int], Cost]
) -> tuple[Cost, ...]:
    """Return by how much costs are higher than others."""
    more = []
    for key, cost in costs.items():
        known = than[key].amount if key in than else 0.0
        if cost.amount > known:
            more.append(replace(cost, amount=cost.amount - known))
    return tuple(more)


def without_move(instance: Instance, move: PlannedMove, *, seconds: float) -> Solution:
    """Return the best plan in which a person does not make a move, solved anew; infeasible where there is none."""
    barred = Edit(EditKind.FORBID, move.person, move.to_team, move.at)
    return solve(replace(instance, edits=(*instance.edits, barred)), seconds=seconds)
