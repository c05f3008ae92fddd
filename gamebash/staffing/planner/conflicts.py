"""Why there is no plan: a smallest set of rules that cannot all hold, and what leaving out each of them would give.

The set is found by QuickXplain (Junker, "QUICKXPLAIN: Preferred Explanations and Relaxations", AAAI 2004): it cannot hold,
and without any one of its rules the others can. Rules named first are the last to be blamed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import monotonic

from gamebash.staffing.planner.instance import Instance, Rule, Tag, Wanting
from gamebash.staffing.planner.solve import Solution, is_possible, solve

CHECK_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Relaxed:
    """What leaving out one rule of a conflict gives: the best plan then, or none where another conflict remains."""

    tag: Tag
    solution: Solution


@dataclass(frozen=True, slots=True)
class Conflict:
    """Rules that cannot all hold; ``is_minimal`` says whether that is proven of each, or time ran out.

    Without any rule the log itself and the places asked for leave no plan.
    """

    tags: tuple[Tag, ...]
    relaxed: tuple[Relaxed, ...]
    is_minimal: bool


class _OutOfTimeError(Exception):
    pass


def conflict_of(instance: Instance, *, seconds: float) -> Conflict:
    """Return a smallest conflict of an instance that has no plan, and what leaving out each of its rules gives."""
    until = monotonic() + seconds
    every = tuple(tags_of(instance))
    search = _Search(instance, frozenset(every), until)
    try:
        if not search.holds(()):
            return Conflict((), (), is_minimal=True)
        tags = search.explain((), every, has_delta=False)
        is_minimal = True
    except _OutOfTimeError:
        tags, is_minimal = search.smallest, False
    relaxed = tuple(
        Relaxed(
            tag, solve(instance, without=frozenset({tag}), seconds=max(1.0, min(CHECK_SECONDS, until - monotonic())))
        )
        for tag in sorted(tags)
    )
    return Conflict(tuple(sorted(tags)), relaxed, is_minimal)


def tags_of(instance: Instance) -> Iterator[Tag]:
    """Yield every rule that an instance has, those that people would least like to see broken first."""
    for person in instance.people:
        if person.path is None and person.wanting is Wanting.STAY:
            yield Tag(Rule.STAY, person.id)
    for person in instance.people:
        if person.path is None and person.away:
            yield Tag(Rule.AWAY, person.id)
    yield from (Tag(Rule.LEAST, team.id) for team in instance.teams if any(team.least))
    yield from (Tag(Rule.COVER, service.id) for service in instance.services if service.least)
    yield from (Tag(Rule.TOGETHER, number) for number in range(len(instance.together)))
    yield from (Tag(Rule.APART, number) for number in range(len(instance.apart)))
    for person in instance.people:
        is_in_ops = person.home is not None and instance.team[person.home].is_ops
        if person.path is None and is_in_ops and person.eligible_at != 0:
            yield Tag(Rule.ELIGIBLE, person.id)
    if any(person.is_joiner for person in instance.people):
        yield Tag(Rule.JOINERS)
    yield from (Tag(Rule.MOST, team.id) for team in instance.teams)
    yield from (Tag(Rule.SHORTEST, team.id) for team in instance.teams if team.shortest_days)
    yield from (Tag(Rule.CHANGES, team.id) for team in instance.teams)
    yield from (Tag(Rule.EDIT, number) for number in range(len(instance.edits)))


class _Search:
    """Asks whether rules can hold together, and remembers the smallest set that was seen not to."""

    def __init__(self, instance: Instance, every: frozenset[Tag], until: float) -> None:
        self._instance, self._every, self._until = instance, every, until
        self.smallest: tuple[Tag, ...] = tuple(sorted(every))

    def holds(self, tags: Sequence[Tag]) -> bool:
        """Say whether these rules, and no others, leave a plan."""
        left = self._until - monotonic()
        possible = is_possible(self._instance, self._every - frozenset(tags), max(0.0, min(left, CHECK_SECONDS)))
        if possible is None:
            raise _OutOfTimeError
        if not possible and len(tags) < len(self.smallest):
            self.smallest = tuple(sorted(tags))
        return possible

    def explain(self, background: tuple[Tag, ...], tags: tuple[Tag, ...], *, has_delta: bool) -> tuple[Tag, ...]:
        """Return a smallest part of ``tags`` that cannot hold beside the background."""
        if has_delta and not self.holds(background):
            return ()
        if len(tags) == 1:
            return tags
        half = len(tags) // 2
        first, second = tags[:half], tags[half:]
        blamed_second = self.explain((*background, *first), second, has_delta=bool(first))
        blamed_first = self.explain((*background, *blamed_second), first, has_delta=bool(blamed_second))
        return (*blamed_first, *blamed_second)
