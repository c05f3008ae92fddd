"""People as the model counts them, the teams open to each at every date, and reading a placement back from columns."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from gamebash.staffing.planner.instance import Candidate, Edit, EditKind, Instance, Placement, Rule, Tag, Wanting


@dataclass(slots=True)
class Unit:
    """One person, or so many joiners of one date who are alike; ``open`` are the teams possible at each date."""

    person: Candidate
    members: tuple[int, ...]
    open: tuple[tuple[int, ...], ...]
    x: dict[tuple[int, int], int] = field(default_factory=dict)
    y: dict[tuple[int, int], int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many people it is."""
        return len(self.members)

    @property
    def is_settled(self) -> bool:
        """Whether the log has their whole path, or they can only be in one team all the time."""
        possible = {teams for teams in self.open if teams}
        is_one = len(possible) == 1 and all(len(teams) == 1 for teams in possible)
        is_held = is_one and (self.person.home is None or possible == {(self.person.home,)})
        return self.person.path is not None or is_held

    def place(self, at: int) -> int | None:
        """Return the only place at a date of somebody settled."""
        if self.person.path is not None:
            return self.person.path[at]
        return self.open[at][0] if self.open[at] else None


class ImpossibleError(Exception):
    """Somebody has no place at all under the rules about them alone."""


def units_of(instance: Instance, without: frozenset[Tag]) -> list[Unit]:
    """Return the people as the model counts them, in the order of their ids; joiners who are alike as one."""
    named = {edit.person for edit in instance.edits} | {
        one for pair in instance.apart + instance.together for one in pair
    }
    cohorts: dict[tuple[object, ...], list[Candidate]] = {}
    for person in sorted(instance.people, key=lambda one: one.id):
        is_counted = person.is_joiner and person.id not in named
        alike = (person.joins_at, person.places, person.away, person.wanting, _knows(instance, person))
        key = alike if is_counted else (person.id,)
        cohorts.setdefault(key, []).append(person)
    return [
        Unit(people[0], tuple(one.id for one in people), _open_teams(instance, people[0], without))
        for people in cohorts.values()
    ]


def read_placement(instance: Instance, units: Sequence[Unit], values: Sequence[float]) -> Placement:
    """Return the placement that a solution's columns say; of joiners who are alike the first to come is first to go."""
    placement: dict[int, tuple[int | None, ...]] = {}
    for unit in units:
        paths = _paths(instance, unit, values)
        placement.update(zip(unit.members, paths, strict=True))
    return dict(sorted(placement.items()))


def _paths(instance: Instance, unit: Unit, values: Sequence[float]) -> list[tuple[int | None, ...]]:
    if unit.is_settled:
        return [tuple(unit.place(at) for at in instance.periods)] * unit.size
    paths: list[list[int | None]] = [[] for _ in unit.members]
    came = [0] * unit.size
    for at in instance.periods:
        wanted = {team: round(values[unit.x[team, at]]) for team in unit.open[at]}
        waiting = []
        for position in sorted(range(unit.size), key=lambda one: (-came[one], one)):
            team = paths[position][-1] if at else None
            if team is not None and wanted.get(team, 0) > 0:
                wanted[team] -= 1
                paths[position].append(team)
            else:
                waiting.append(position)
        free: list[int | None] = [team for team in sorted(wanted) for _ in range(wanted[team])]
        for position, team in zip(sorted(waiting), free or [None] * len(waiting), strict=True):
            came[position] = at
            paths[position].append(team)
    return [tuple(path) for path in paths]


def _knows(instance: Instance, person: Candidate) -> tuple[int, ...]:
    return tuple(service.id for service in instance.services if person.id in service.knowers)


def _open_teams(instance: Instance, person: Candidate, without: frozenset[Tag]) -> tuple[tuple[int, ...], ...]:
    if person.path is not None:
        return tuple(() if team is None else (team,) for team in person.path)
    found: list[tuple[int, ...]] = []
    for at in instance.periods:
        teams = set(person.places) | ({person.home} if person.home is not None else set())
        if person.home is None and at < person.joins_at:
            found.append(())
            continue
        kept = tuple(sorted(team for team in teams if _may_be(instance, person, team, at, without)))
        if not kept:
            raise ImpossibleError(person.name)
        found.append(kept)
    return tuple(found)


def _may_be(instance: Instance, person: Candidate, team: int, at: int, without: frozenset[Tag]) -> bool:
    """Say whether the rules about this person alone let them be in a team at a date."""
    home = instance.team[person.home] if person.home is not None else None
    bars = []
    if home is None:
        bars.append((Tag(Rule.JOINERS), at == person.joins_at and not instance.team[team].is_ops))
    else:
        is_early = person.eligible_at is None or at < person.eligible_at
        is_elsewhere = team != home.id
        is_short = person.since is not None and instance.days_at(at, person.since) < home.shortest_days
        bars += [
            (Tag(Rule.STAY, person.id), person.wanting is Wanting.STAY and is_elsewhere),
            (Tag(Rule.SHORTEST, home.id), is_short and is_elsewhere),
            (Tag(Rule.ELIGIBLE, person.id), home.is_ops and not instance.team[team].is_ops and is_early),
            (Tag(Rule.AWAY, person.id), at == 0 and 0 in person.away and is_elsewhere),
        ]
    for number, edit in enumerate(instance.edits):
        if edit.person == person.id:
            bars.append((Tag(Rule.EDIT, number), _is_barred_by(edit, person, team, at)))
    return not any(is_barred and tag not in without for tag, is_barred in bars)


def _is_barred_by(edit: Edit, person: Candidate, team: int, at: int) -> bool:
    if edit.kind is EditKind.HOLD:
        return team != person.home
    return edit.at == at and (team == edit.team) == (edit.kind is EditKind.FORBID)
