"""Works out what a plan finds: the best placement with its reasons, or a smallest conflict, as plain values to be kept."""

from collections.abc import Sequence
from time import monotonic
from typing import Any

from gamebash.staffing.planner.conflicts import Conflict, conflict_of
from gamebash.staffing.planner.explain import PlannedMove, Reasons, moves_of, reasons_for, without_move
from gamebash.staffing.planner.instance import Instance, Placement, Tag
from gamebash.staffing.planner.judge import Cost, Fault, costs_of, cover, staff
from gamebash.staffing.planner.solve import Listener, Outcome, Progress, Solution, solve

SOLVE_SECONDS = 90.0
CONFLICT_SECONDS = 180.0
# What would be without each move is worked out while this lasts; for the rest the page says that it was not.
WITHOUT_SECONDS = 90.0
EACH_WITHOUT_SECONDS = 15.0


def answer(instance: Instance, listener: Listener | None = None) -> tuple[Outcome, dict[str, Any]]:
    """Return how the search for a plan ended, and everything there is to say of it."""
    solution = solve(instance, seconds=SOLVE_SECONDS, listener=listener)
    if solution.outcome is Outcome.INFEASIBLE:
        return solution.outcome, {"conflict": _conflict(conflict_of(instance, seconds=CONFLICT_SECONDS))}
    if solution.placement is None or solution.outcome is Outcome.CANCELLED:
        return solution.outcome, {}
    return solution.outcome, _found(instance, solution, solution.placement, listener)


def _found(instance: Instance, solution: Solution, placement: Placement, listener: Listener | None) -> dict[str, Any]:
    moves = moves_of(instance, placement)
    reasons = reasons_for(instance, placement, moves)
    others = _without(instance, solution, moves, listener)
    return {
        "cost": solution.cost,
        "bound": solution.bound,
        "is_proven": solution.is_proven,
        "seconds": round(solution.seconds, 2),
        "moves": [_move(*each) for each in zip(moves, reasons, others, strict=True)],
        "costs": [_cost(cost) for cost in costs_of(instance, placement)],
        "staff": {str(team.id): _staff(instance, placement, team.id) for team in instance.teams},
        "cover": [_cover(instance, placement, number) for number in range(len(instance.services))],
    }


def _without(
    instance: Instance, solution: Solution, moves: Sequence[PlannedMove], listener: Listener | None
) -> list[dict[str, Any] | None]:
    """Return what the best plan without each move would cost; None where time ran out or a joiner joins."""
    until = monotonic() + WITHOUT_SECONDS
    found: list[dict[str, Any] | None] = []
    for move in moves:
        left = until - monotonic()
        is_told_on = listener is None or listener(Progress(solution.seconds, solution.cost, solution.bound))
        if move.from_team is None or left <= 0 or not is_told_on:
            found.append(None)
            continue
        other = without_move(instance, move, seconds=min(left, EACH_WITHOUT_SECONDS))
        found.append({"outcome": other.outcome.value, "cost": other.cost, "bound": other.bound})
    return found


def _move(move: PlannedMove, reasons: Reasons, other: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "at": move.at, "person": move.person, "from": move.from_team, "to": move.to_team, "price": reasons.price,
        "keeps": [_fault(fault) for fault in reasons.keeps], "saves": [_cost(cost) for cost in reasons.saves],
        "causes": [_cost(cost) for cost in reasons.causes], "without": other,
    }  # fmt: skip


def _fault(fault: Fault) -> list[Any]:
    return [fault.tag.rule.value, fault.tag.about, fault.at, fault.there, fault.needed]


def _cost(cost: Cost) -> list[Any]:
    return [cost.kind.value, cost.amount, cost.person, cost.team, cost.at]


def _staff(instance: Instance, placement: Placement, team: int) -> list[int]:
    before = sum(person.home == team for person in instance.people)
    return [before, *(staff(instance, placement, team, at) for at in instance.periods)]


def _cover(instance: Instance, placement: Placement, number: int) -> dict[str, Any]:
    """Return how many of those who know a service are in ops or SRE before the plan and from each date on."""
    service = instance.services[number]
    ops = frozenset(team.id for team in instance.teams if team.is_ops)
    before = sum(instance.person[one].home in ops for one in service.knowers)
    after = [cover(instance, placement, service.knowers, ops, at) for at in instance.periods]
    return {"service": service.id, "in_ops": [before, *after], "knowers": len(service.knowers)}


def _conflict(conflict: Conflict) -> dict[str, Any]:
    return {
        "tags": [_tag(tag) for tag in conflict.tags],
        "is_minimal": conflict.is_minimal,
        "relaxed": [
            {"tag": _tag(one.tag), "outcome": one.solution.outcome.value, "cost": one.solution.cost}
            for one in conflict.relaxed
        ],
    }


def _tag(tag: Tag) -> list[Any]:
    return [tag.rule.value, tag.about]
