"""The planner's mixed-integer model: columns, rows and where to read the placement from. Built of plain numbers.

For each person p, team k and date t there is x (p is in k from t on) and y (p comes to k at t). A tour's least length is
the convex hull of Rajan and Takriti ("Minimum up/down polytopes of the unit commitment problem", IBM RC23628, 2005):
whoever came to a team within its least length is still there. Joiners of one date are alike, so they are counted, not
named: their x is a whole number. Every row carries the tag of its rule, so that a model can be built without some rules.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf

from gamebash.staffing.planner.instance import (
    Instance,
    Rule,
    Tag,
    TeamNeed,
    Wanting,
)
from gamebash.staffing.planner.judge import MONTH_DAYS, has_tour_limit, person_costs, total, unfair_days
from gamebash.staffing.planner.units import Unit, units_of

Term = tuple[int, float]


@dataclass(slots=True)
class Model:
    """A mixed-integer program: minimise cost * columns within the rows; ``offset`` is what it costs in any case."""

    cost: list[float] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    is_whole: list[bool] = field(default_factory=list)
    row_lower: list[float] = field(default_factory=list)
    row_upper: list[float] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    indexes: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    offset: float = 0.0

    def column(self, cost: float = 0.0, upper: float = inf, *, is_whole: bool = False) -> int:
        """Add a column from nothing to ``upper``; returns its number."""
        self.cost.append(cost)
        self.lower.append(0.0)
        self.upper.append(upper)
        self.is_whole.append(is_whole)
        return len(self.cost) - 1

    def row(self, terms: Iterable[Term], least: float = -inf, most: float = inf) -> None:
        """Add a row; the terms of a column that stands in it twice are added up."""
        summed: dict[int, float] = {}
        for column, value in terms:
            summed[column] = summed.get(column, 0.0) + value
        self.indexes += summed.keys()
        self.values += summed.values()
        self.starts.append(len(self.indexes))
        self.row_lower.append(least)
        self.row_upper.append(most)


@dataclass(frozen=True, slots=True)
class Sum:
    """A linear expression: terms and a constant."""

    terms: tuple[Term, ...] = ()
    constant: float = 0.0


def build(instance: Instance, without: frozenset[Tag] = frozenset()) -> tuple[Model, list[Unit]]:
    """Return the model of an instance, without some rules, and the units that its columns belong to.

    Raises:
        ImpossibleError: where the rules about one person alone leave them no place.
    """
    units = units_of(instance, without)
    model = Model()
    for unit in units:
        _add_unit(model, instance, unit, without)
    _add_teams(model, instance, units, without)
    _add_cover(model, instance, units, without)
    _add_pairs(model, instance, units, without)
    return model, units


def _add_unit(model: Model, instance: Instance, unit: Unit, without: frozenset[Tag]) -> None:
    if unit.is_settled:
        path = tuple(unit.place(at) for at in instance.periods)
        model.offset += unit.size * total(person_costs(instance, unit.person, path))
        return
    _add_columns(model, instance, unit)
    for at in instance.periods:
        if unit.open[at]:
            model.row([(unit.x[team, at], 1.0) for team in unit.open[at]], unit.size, unit.size)
        for team in unit.open[at]:
            _add_coming(model, unit, team, at)
            _add_least_tour(model, instance, unit, (team, at), without)
            _add_longest_tour(model, instance, unit, team, at)
        is_first = at == (unit.person.joins_at if unit.person.is_joiner else 0)
        if at in unit.person.away and unit.open[at] and not is_first and Tag(Rule.AWAY, unit.person.id) not in without:
            for team in {*unit.open[at], *unit.open[at - 1]}:
                _add_equal(model, _at(unit, team, at), _at(unit, team, at - 1))
    _add_fairness(model, instance, unit)


def _add_columns(model: Model, instance: Instance, unit: Unit) -> None:
    person, weights = unit.person, instance.weights
    for at in instance.periods:
        is_joining = person.home is None and at == person.joins_at
        for team in unit.open[at]:
            is_wanted = team in person.wanted
            is_waiting = person.wanting is Wanting.MOVE and at >= person.wants_at and not is_wanted
            unit.x[team, at] = model.column(weights.waiting * is_waiting, unit.size, is_whole=True)
            coming = weights.move + weights.unasked * (person.wanting is Wanting.UNSAID)
            coming += weights.elsewhere * (person.wanting is Wanting.MOVE and not is_wanted)
            unit.y[team, at] = model.column(0.0 if is_joining else coming, unit.size)


def _add_coming(model: Model, unit: Unit, team: int, at: int) -> None:
    """Who is in a team and was not before has come to it; who was there before has not."""
    now, before = _at(unit, team, at), _at(unit, team, at - 1)
    come = (unit.y[team, at], 1.0)
    model.row([come, *_scaled(now, -1.0), *before.terms], least=-before.constant)
    if before.terms:
        model.row([come, *before.terms], most=float(unit.size))
    else:
        model.upper[unit.y[team, at]] = min(model.upper[unit.y[team, at]], unit.size - before.constant)


def _add_least_tour(
    model: Model, instance: Instance, unit: Unit, where: tuple[int, int], without: frozenset[Tag]
) -> None:
    """Who came to a team within its least length of a tour is still there at this date; the row stands at the date before leaving."""
    team, at = where
    least = instance.team[team].shortest_days
    if not least or Tag(Rule.SHORTEST, team) in without:
        return
    dates = instance.dates
    lately = [came for came in range(at + 1) if (dates[at] - dates[came]).days < least and (team, came) in unit.y]
    if len(lately) > 1:
        model.row([*((unit.y[team, came], 1.0) for came in lately), (unit.x[team, at], -1.0)], most=0.0)
    # A team that is not possible at a later date at all would let a tour end early: then nobody may come to it now.
    for later in range(at + 1, len(dates)):
        if (dates[later] - dates[at]).days < least and team not in unit.open[later]:
            model.upper[unit.y[team, at]] = 0.0


def _add_longest_tour(model: Model, instance: Instance, unit: Unit, team: int, at: int) -> None:
    """Staying on past the longest tour costs: who is there and did not come since the date at which it would be reached."""
    longest, weight = instance.team[team].longest_days, instance.weights.too_long
    if longest is None or not weight or not has_tour_limit(unit.person):
        return
    starts = [start for start in range(at + 1) if instance.days_at(at, instance.dates[start]) >= longest]
    since, is_home = unit.person.since, team == unit.person.home
    if starts:
        lately = range(max(starts) + 1, at + 1)
    elif is_home and since is not None and instance.days_at(at, since) >= longest:
        lately = range(at + 1)
    else:
        return
    over = model.column(weight)
    came = [(unit.y[team, one], 1.0) for one in lately if (team, one) in unit.y]
    model.row([(over, 1.0), (unit.x[team, at], -1.0), *came], least=0.0)


def _add_fairness(model: Model, instance: Instance, unit: Unit) -> None:
    """Days in ops too far from what is fair cost. Periods are whole: the rows join the costs of whole numbers of them.

    So a relaxed solution gains nothing by sitting between two whole numbers, which makes proving the optimum much faster.
    """
    person, weight = unit.person, instance.weights.unfair_month / MONTH_DAYS
    if not instance.counts_for_fairness(person) or not weight:
        return
    ops = [(column, 1.0) for (team, _), column in unit.x.items() if instance.team[team].is_ops]
    costs = [
        weight * unfair_days(instance, person.past_ops_days + periods * instance.period_days)
        for periods in range(len(instance.dates) + 1)
    ]
    unfair = model.column(1.0)
    lines = {(later - cost, cost - (later - cost) * at) for at, (cost, later) in enumerate(pairwise(costs))}
    for slope, at_nothing in sorted(lines):
        model.row([(unfair, 1.0), *_times(ops, -slope)], least=at_nothing)


def _add_teams(model: Model, instance: Instance, units: Sequence[Unit], without: frozenset[Tag]) -> None:
    for team in instance.teams:
        for at in instance.periods:
            there = _there(units, team.id, at)
            least = -inf if Tag(Rule.LEAST, team.id) in without else team.least[at] - there.constant
            most = inf if Tag(Rule.MOST, team.id) in without else team.most[at] - there.constant
            model.row(there.terms, least, most)
            if team.seats[at] > 0 and instance.weights.empty_seat:
                empty = model.column(instance.weights.empty_seat)
                model.row([(empty, 1.0), *there.terms], least=team.seats[at] - there.constant)
            if Tag(Rule.CHANGES, team.id) not in without:
                _add_changes(model, units, team, at)


def _add_changes(model: Model, units: Sequence[Unit], team: TeamNeed, at: int) -> None:
    """At most so many come to a team, and at most so many go, at one date; joining is no move."""
    come: list[Term] = []
    go: list[Term] = []
    settled_come = settled_go = 0.0
    for unit in units:
        if unit.person.path is not None or (unit.person.home is None and at <= unit.person.joins_at):
            continue
        now, before = _at(unit, team.id, at), _at(unit, team.id, at - 1)
        if unit.is_settled:
            settled_come += max(0.0, now.constant - before.constant)
            settled_go += max(0.0, before.constant - now.constant)
            continue
        coming = [(unit.y[team.id, at], 1.0)] if (team.id, at) in unit.y else []
        come += coming
        go += [*coming, *before.terms, *_scaled(now, -1.0)]
        settled_go += before.constant
    model.row(come, most=team.changes - settled_come)
    model.row(go, most=team.changes - settled_go)


def _add_cover(model: Model, instance: Instance, units: Sequence[Unit], without: frozenset[Tag]) -> None:
    for service in instance.services:
        if not service.least or Tag(Rule.COVER, service.id) in without:
            continue
        knowing = [unit for unit in units if unit.members[0] in service.knowers]
        for at in instance.periods:
            sums = [_there(knowing, team, at) for team in sorted(service.within)]
            terms = [term for one in sums for term in one.terms]
            model.row(terms, least=service.least - sum(one.constant for one in sums))


def _add_pairs(model: Model, instance: Instance, units: Sequence[Unit], without: frozenset[Tag]) -> None:
    of = {unit.members[0]: unit for unit in units}
    for at in instance.periods:
        for number, (one, other) in enumerate(instance.apart):
            if Tag(Rule.APART, number) not in without:
                for team in instance.team:
                    a, b = _at(of[one], team, at), _at(of[other], team, at)
                    model.row([*a.terms, *b.terms], most=1.0 - a.constant - b.constant)
        for number, (one, other) in enumerate(instance.together):
            if Tag(Rule.TOGETHER, number) not in without:
                for team in instance.team:
                    _add_equal(model, _at(of[one], team, at), _at(of[other], team, at))


def _add_equal(model: Model, one: Sum, other: Sum) -> None:
    apart = other.constant - one.constant
    model.row([*one.terms, *_scaled(other, -1.0)], apart, apart)


def _at(unit: Unit, team: int, at: int) -> Sum:
    """Return how many of a unit are in a team at a date; before the first date they are at home."""
    if at < 0:
        return Sum(constant=float(unit.size * (unit.person.home == team)))
    if unit.is_settled:
        return Sum(constant=float(unit.size * (unit.place(at) == team)))
    return Sum(((unit.x[team, at], 1.0),)) if (team, at) in unit.x else Sum()


def _there(units: Sequence[Unit], team: int, at: int) -> Sum:
    """Return how many are in a team at a date and not away."""
    sums = [_at(unit, team, at) for unit in units if at not in unit.person.away]
    return Sum(tuple(term for one in sums for term in one.terms), sum(one.constant for one in sums))


def _scaled(one: Sum, factor: float) -> list[Term]:
    return _times(one.terms, factor)


def _times(terms: Iterable[Term], factor: float) -> list[Term]:
    return [(column, value * factor) for column, value in terms]
