"""``python -m tests.bench.planner [seconds] [seeds]``: how long plans take, how far they are proven, and what memory they need."""

import random
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date, timedelta

from gamebash.staffing.planner.conflicts import conflict_of
from gamebash.staffing.planner.instance import (
    Candidate,
    Edit,
    EditKind,
    Instance,
    ServiceNeed,
    TeamNeed,
    Wanting,
)
from gamebash.staffing.planner.judge import faults_of
from gamebash.staffing.planner.model import build
from gamebash.staffing.planner.solve import solve

FIRST = date(2026, 12, 1)
WISHES = ((Wanting.STAY, 0.2), (Wanting.OPEN, 0.25), (Wanting.MOVE, 0.25), (Wanting.UNSAID, 0.3))
CASES = ((60, 6, 8), (300, 40, 4))


def organisation(people: int, services: int, quarters: int, seed: int, *, is_fair: bool = True) -> Instance:
    """Return a random organisation: a fifth of the teams ops, each team its size within one, services known by seven."""
    chance = random.Random(seed)
    teams = range(1, max(5, people // 25) + 1)
    ops = set(teams[: max(1, len(teams) // 5)])
    scrum = [team for team in teams if team not in ops]
    found = [_person(chance, number, sorted(ops), scrum, quarters) for number in range(1, people + 1)]
    size = {team: sum(one.home == team for one in found) for team in teams}
    needs = tuple(
        TeamNeed(
            team, f"T{team}", team in ops, (max(1, size[team] - 1),) * quarters, (size[team] + 1,) * quarters, (0,) * quarters,
            4 if team in ops else 2, 91, 365 if team in ops else 730,
        )
        for team in teams
    )  # fmt: skip
    known = tuple(_service(chance, number, found, ops, scrum) for number in range(1, services + 1))
    past = sum(one.past_ops_days for one in found) / people
    dates = tuple(FIRST + timedelta(days=91 * at) for at in range(quarters))
    return Instance(dates, needs, tuple(found), known, fair_ops_days=past + 0.25 * 91 * quarters if is_fair else None)


def _person(chance, number, ops, scrum, quarters):
    home = chance.choice(ops) if chance.random() < 0.25 else chance.choice(scrum)
    wanting = chance.choices([wish for wish, _ in WISHES], [share for _, share in WISHES])[0]
    wanted = frozenset(chance.sample([team for team in (*ops, *scrum) if team != home], chance.randint(1, 2)))
    wanted = wanted if wanting is Wanting.MOVE else frozenset()
    places = {*ops, home, *wanted, *(chance.sample(scrum, min(4, len(scrum))) if home in ops else ())}
    away = frozenset({chance.randrange(quarters)}) if chance.random() < 0.05 else frozenset()
    return Candidate(
        number, f"P{number}", home, FIRST - timedelta(days=chance.randint(10, 600)), wanting, wanted, chance.randint(0, 1),
        frozenset(places), chance.choice([0, 0, 1, 2, None]), away, past_ops_days=chance.choice([0, 0, 30, 120, 300]),
    )  # fmt: skip


def _service(chance, number, people, ops, scrum):
    owner = chance.choice(scrum)
    own = [one.id for one in people if one.home == owner]
    knowers = {*chance.sample(own, min(4, len(own))), *chance.sample([one.id for one in people], 3)}
    return ServiceNeed(number, f"S{number}", frozenset(knowers), frozenset({*ops, owner}), 2)


def one(size: tuple[int, int, int], seed: int, seconds: float, kind: str) -> None:
    asked = organisation(*size, seed, is_fair=kind != "unfair")
    if kind == "conflict":
        stays = next(person for person in asked.people if person.wanting is Wanting.STAY)
        team = next(team.id for team in asked.teams if team.id != stays.home)
        asked = replace(asked, edits=(Edit(EditKind.FORCE, stays.id, team, 0),))
        begun = time.monotonic()
        found = conflict_of(asked, seconds=seconds * 3)
        print(time.monotonic() - begun, len(found.tags), int(found.is_minimal), 0, 0, 0, time.process_time())
        return
    model, _ = build(asked)
    found = solve(asked, seconds=seconds)
    assert found.placement is None or faults_of(asked, found.placement) == []
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        found.seconds,
        found.gap,
        int(found.is_proven),
        len(model.cost),
        len(model.row_lower),
        memory,
        time.process_time(),
    )


def told(size: tuple[int, int, int], kind: str, seconds: float, seeds: int) -> None:
    rows = []
    for seed in range(1, seeds + 1):
        words = [str(value) for value in (*size, seed, seconds, kind)]
        # A process of its own, so that the memory is that of one plan.
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.planner", "one", *words], capture_output=True, text=True, check=True
        )
        rows.append([float(value) for value in done.stdout.strip().splitlines()[-1].split()])
    took = [row[0] for row in rows]
    people, services, quarters = size
    name = f"  {people} people x {services} services x {quarters} quarters, {kind}"
    worked = [row[6] for row in rows]
    spread = f"{statistics.median(took):6.1f} s ({min(took):.1f} to {max(took):.1f}), of it {statistics.median(worked):.1f} s at work"
    if kind == "conflict":
        print(
            f"{name:<62} {spread}  sizes {sorted(int(row[1]) for row in rows)}, minimal {sum(row[2] for row in rows):.0f} of {seeds}",
            flush=True,
        )
        return
    gaps = [row[1] for row in rows]
    print(
        f"{name:<62} {spread}  proven {sum(row[2] for row in rows):.0f} of {seeds}, gap {max(gaps):.2%} at most, "
        f"{rows[0][3]:.0f} columns, {rows[0][4]:.0f} rows, {max(row[5] for row in rows):.0f} MB",
        flush=True,
    )


def main() -> None:
    if sys.argv[1:2] == ["one"]:
        people, services, quarters, seed = (int(value) for value in sys.argv[2:6])
        one((people, services, quarters), seed, float(sys.argv[6]), sys.argv[7])
        return
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    seeds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    print(f"Plans, one thread, {seconds:.0f} s at most, {seeds} organisations each", flush=True)
    for size in CASES:
        for kind in ("fair", "unfair", "conflict"):
            told(size, kind, seconds, seeds)


if __name__ == "__main__":
    main()
