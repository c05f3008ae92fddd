"""Small random instances with every kind of rule, and the best placement found by trying them all."""

import random
from datetime import date, timedelta
from itertools import product

from gamebash.staffing.planner.instance import (
    Candidate,
    Edit,
    EditKind,
    Instance,
    ServiceNeed,
    TeamNeed,
    Wanting,
    Weights,
)
from gamebash.staffing.planner.judge import costs_of, faults_of, person_costs, person_faults, total

FIRST = date(2026, 12, 1)
TEAMS = (1, 2, 3)


def instance(seed, *, strict=False):
    """Return an instance of two to four people, two or three teams and one to three dates; ``strict`` asks for more."""
    chance = random.Random(seed)
    periods, teams = chance.choice([1, 2, 2, 3]), TEAMS[: chance.choice([2, 3])]
    count = chance.randint(2, 4 if periods < 3 else 3)
    dates = tuple(FIRST + timedelta(days=chance.choice([91, 91, 60]) * at) for at in range(periods))
    dates = tuple(sorted(set(dates)))
    people = tuple(_person(chance, number, teams, len(dates)) for number in range(1, count + 1))
    needs = tuple(_team(chance, team, people, len(dates), strict=strict) for team in teams)
    services = tuple(
        _service(chance, number, people, teams, strict=strict) for number in range(1, chance.randint(1, 3))
    )
    free = [person.id for person in people if person.path is None]
    pairs = [tuple(chance.sample(free, 2))] if len(free) > 1 and chance.random() < 0.4 else []
    is_apart = chance.random() < 0.5
    edits = tuple(_edit(chance, people, teams, len(dates)) for _ in range(chance.choice([0, 0, 1])) if free)
    weights = Weights() if chance.random() < 0.6 else Weights(*(chance.randint(0, 9) for _ in range(7)))
    return Instance(
        dates, needs, people, services, tuple(pairs) if is_apart else (), () if is_apart else tuple(pairs),
        tuple(edit for edit in edits if edit.person in free), weights, chance.choice([None, 60.0, 200.0]),
    )  # fmt: skip


def _person(chance, number, teams, periods):
    kind = chance.random()
    if kind < 0.15:
        return Candidate(number, f"P{number}", None, joins_at=chance.randrange(periods), places=frozenset(teams))
    home = chance.choice(teams)
    since = FIRST - timedelta(days=chance.choice([10, 80, 200, 400, 700]))
    if kind < 0.22:
        stays = chance.randrange(periods + 1)
        path = (home,) * stays + (chance.choice([None, *teams]),) * (periods - stays)
        return Candidate(number, f"P{number}", home, since, path=path)
    wanting = chance.choice(list(Wanting))
    wanted = (
        frozenset(chance.sample(teams, chance.randint(1, len(teams)))) - {home}
        if wanting is Wanting.MOVE
        else frozenset()
    )
    away = frozenset(at for at in range(periods) if chance.random() < 0.12)
    return Candidate(
        number, f"P{number}", home, since, wanting, wanted, chance.randrange(periods), frozenset(chance.sample(teams, 2)) | wanted,
        chance.choice([0, 0, 0, 1, None]), away, past_ops_days=chance.choice([0, 30, 150, 300]),
    )  # fmt: skip


def _team(chance, team, people, periods, *, strict):
    there = sum(person.home == team for person in people)
    least = max(0, there - chance.choice([0, 1, 2]) + strict)
    most = there + chance.choice([0, 1, 2, 9])
    seats = chance.choice([0, 0, there + 1])
    return TeamNeed(
        team, f"T{team}", team == 1 or (team == 3 and chance.random() < 0.3), (least,) * periods, (max(least, most),) * periods,
        (seats,) * periods, chance.choice([1, 2, 99]), chance.choice([0, 0, 91, 120]), chance.choice([None, 91, 365]),
    )  # fmt: skip


def _service(chance, number, people, teams, *, strict):
    ids = [person.id for person in people]
    knowers = frozenset(chance.sample(ids, chance.randint(1, len(ids))))
    within = frozenset(chance.sample(teams, chance.randint(1, 2)))
    return ServiceNeed(number, f"S{number}", knowers, within, chance.choice([0, 1, 1, 2]) + strict)


def _edit(chance, people, teams, periods):
    kind, person = chance.choice(list(EditKind)), chance.choice(people)
    if kind is EditKind.HOLD and person.home is None:
        kind = EditKind.FORBID
    return Edit(kind, person.id, chance.choice(teams), chance.randrange(person.joins_at, periods))


def paths_of(asked, person):
    """Return every path that a person could take at all."""
    if person.path is not None:
        return [person.path]
    places = person.places | ({person.home} if person.home is not None else set())
    choices = [[None] if person.home is None and at < person.joins_at else sorted(places) for at in asked.periods]
    return list(product(*choices))


def brute_force(asked, without=frozenset()):
    """Return the least cost of any placement that keeps the rules, trying all; None where there is none.

    Paths that break a rule about their own person alone, or cost more by themselves than the best so far, are not combined.
    """
    options = []
    for person in asked.people:
        kept = [path for path in paths_of(asked, person) if _keeps(asked, person, path, without)]
        options.append([(total(person_costs(asked, person, path)), path) for path in kept])
    ids = [person.id for person in asked.people]
    best = None
    for chosen in product(*options):
        if best is not None and sum(cost for cost, _ in chosen) >= best:
            continue
        placement = {number: path for number, (_, path) in zip(ids, chosen, strict=True)}
        cost = total(costs_of(asked, placement))
        if (best is None or cost < best) and not faults_of(asked, placement, without):
            best = cost
    return best


def _keeps(asked, person, path, without):
    return all(fault.tag in without for fault in person_faults(asked, person, path))
