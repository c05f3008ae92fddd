"""Squads that are a fair match: equal in size, in past strength, and in people from ops. Pure and deterministic.

Sizes come first, then the mix, then strength: of two ways to divide people, the one with the smaller sum of squares
over the squads is the fairer one, compared in that order. Whole numbers with the smallest sum of squares differ by at
most one. Whoever formed a squad themselves stays together.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

# Up to here every way to divide is looked at: 21,147 of them for nine.
EXACT_UP_TO = 9
ROUNDS = 60
FINENESS = 1000

Cost = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Member:
    """A player to be placed. ``strength`` is points per event hour; members of one ``group`` stay together."""

    player_id: int
    strength: float
    is_ops: bool
    group: str = ""


@dataclass(frozen=True, slots=True)
class _Unit:
    """Who cannot be parted, in whole numbers, so that equal inputs give equal squads on any machine."""

    members: tuple[Member, ...]
    size: int
    ops: int
    strength: int


def balance(members: Sequence[Member], number: int) -> tuple[tuple[Member, ...], ...]:
    """Divide members into squads; at most ``number``, fewer where there are fewer who can be parted."""
    units = _units(members)
    number = min(number, len(units))
    if number < 1:
        return ()
    if len(units) <= EXACT_UP_TO:
        places = min(_all_ways(len(units), number), key=lambda way: _cost(units, way, number))
        best = list(places)
    else:
        starts = [_snake(units, number), _greedy(units, number)]
        best = min((_improved(units, start, number) for start in starts), key=lambda way: _cost(units, way, number))
    squads: list[list[Member]] = [[] for _ in range(number)]
    for unit, place in zip(units, best, strict=True):
        squads[place].extend(unit.members)
    return tuple(tuple(sorted(squad, key=lambda one: one.player_id)) for squad in squads)


def median_strength(strengths: Sequence[float]) -> float:
    """Return where newcomers start: the middle of the known strengths; 1 where nobody's is known."""
    if not strengths:
        return 1.0
    ordered = sorted(strengths)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


@dataclass(frozen=True, slots=True)
class Shape:
    """A squad as a latecomer finds it."""

    name: str
    size: int
    ops: int


def neediest(squads: Sequence[Shape], *, is_ops: bool) -> Shape | None:
    """Return the squad that needs a latecomer most: the smallest, among equals the one with fewest of their side."""
    return min(squads, key=lambda one: (one.size, one.ops if is_ops else one.size - one.ops, one.name), default=None)


def _units(members: Sequence[Member]) -> list[_Unit]:
    groups: dict[str, list[Member]] = {}
    for member in sorted(members, key=lambda one: one.player_id):
        groups.setdefault(member.group or f"player {member.player_id}", []).append(member)
    units = [_unit(tuple(group)) for group in groups.values()]
    return sorted(units, key=lambda unit: (-unit.size, -unit.strength, unit.members[0].player_id))


def _unit(members: tuple[Member, ...]) -> _Unit:
    strength = sum(round(member.strength * FINENESS) for member in members)
    return _Unit(members, len(members), sum(member.is_ops for member in members), strength)


def _cost(units: Sequence[_Unit], way: Sequence[int], number: int) -> Cost:
    sums = _sums(units, way, number)
    return sum(one[0] ** 2 for one in sums), sum(one[1] ** 2 for one in sums), sum(one[2] ** 2 for one in sums)


def _sums(units: Sequence[_Unit], way: Sequence[int], number: int) -> list[list[int]]:
    sums = [[0, 0, 0] for _ in range(number)]
    for unit, place in zip(units, way, strict=True):
        _add(sums[place], unit, 1)
    return sums


def _add(total: list[int], unit: _Unit, sign: int) -> None:
    total[0] += sign * unit.size
    total[1] += sign * unit.ops
    total[2] += sign * unit.strength


def _all_ways(count: int, number: int) -> Iterator[tuple[int, ...]]:
    """Yield every way to divide so many units, each once: a squad is first used after the one before it."""

    def extend(way: tuple[int, ...], used: int) -> Iterator[tuple[int, ...]]:
        if len(way) == count:
            if used == number:
                yield way
            return
        for place in range(min(used + 1, number)):
            yield from extend((*way, place), max(used, place + 1))

    return extend((), 0)


def _snake(units: Sequence[_Unit], number: int) -> list[int]:
    """Deal the strongest first, to and fro; people from ops are dealt first, the others where the dealing stopped."""
    way, turn = [0] * len(units), 0
    for is_ops in (True, False):
        for place, unit in enumerate(units):
            if bool(unit.ops) is is_ops:
                lap, step = divmod(turn, number)
                way[place] = number - 1 - step if lap % 2 else step
                turn += 1
    return way


def _greedy(units: Sequence[_Unit], number: int) -> list[int]:
    """Put each, big groups and the strong first, where fewest are, then fewest of ops, then least strength."""
    way, sums = [0] * len(units), [[0, 0, 0] for _ in range(number)]
    order = sorted(range(len(units)), key=lambda place: (-units[place].size, -bool(units[place].ops), place))
    for place in order:
        target = min(range(number), key=lambda squad: (*sums[squad], squad))
        way[place] = target
        _add(sums[target], units[place], 1)
    return way


def _improved(units: Sequence[_Unit], start: Sequence[int], number: int) -> list[int]:
    """Move and exchange units as long as that makes the squads a fairer match."""
    way, sums = list(start), _sums(units, start, number)
    for _ in range(ROUNDS):
        moved = _each_move(units, way, sums, number)
        exchanged = _each_exchange(units, way, sums)
        if not (moved or exchanged):
            break
    return way


def _each_move(units: Sequence[_Unit], way: list[int], sums: list[list[int]], number: int) -> bool:
    is_changed = False
    for place, unit in enumerate(units):
        for target in range(number):
            home = way[place]
            if target == home or sums[home][0] == unit.size:
                continue

            def move(sign: int, unit: _Unit = unit, home: int = home, target: int = target) -> None:
                _add(sums[home], unit, -sign)
                _add(sums[target], unit, sign)

            if _helps(sums, (home, target), move):
                way[place] = target
                is_changed = True
    return is_changed


def _each_exchange(units: Sequence[_Unit], way: list[int], sums: list[list[int]]) -> bool:
    is_changed = False
    for one, other in combinations(range(len(units)), 2):
        here, there = way[one], way[other]
        if here == there:
            continue

        def exchange(sign: int, pair: tuple[int, int] = (one, other), homes: tuple[int, int] = (here, there)) -> None:
            for unit, home, target in ((pair[0], homes[0], homes[1]), (pair[1], homes[1], homes[0])):
                _add(sums[home], units[unit], -sign)
                _add(sums[target], units[unit], sign)

        if _helps(sums, (here, there), exchange):
            way[one], way[other] = there, here
            is_changed = True
    return is_changed


def _helps(sums: list[list[int]], touched: tuple[int, int], change: Callable[[int], None]) -> bool:
    """Make a change if it makes the two squads it touches a fairer match; the others it does not change."""
    before = [sum(sums[squad][part] ** 2 for squad in touched) for part in range(3)]
    change(1)
    if [sum(sums[squad][part] ** 2 for squad in touched) for part in range(3)] < before:
        return True
    change(-1)
    return False
