"""Who is asked to stay as L3, in which order and why: change authors, then fixers of the service, then the builder team."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

# A release with a hundred authors does not need a hundred people on call.
MOST_AUTHORS = 6


@dataclass(frozen=True, slots=True)
class Builders:
    """Who built a service: authors with the versions they wrote in, fixers with how many fixes, the builder team by knowledge.

    ``cannot`` are those who are asked already, away all the time, in ops or SRE anyway, or not here any more.
    """

    authors: Mapping[int, Sequence[str]] = field(default_factory=dict)
    fixers: Mapping[int, int] = field(default_factory=dict)
    team: Sequence[int] = ()
    team_code: str = ""
    service: str = ""
    cannot: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """Somebody to be asked, and each reason."""

    person: int
    reasons: tuple[str, ...]


def proposals(builders: Builders, seats: int) -> tuple[Proposal, ...]:
    """Return whom to ask so that ``seats`` more people are: all authors, up to a limit, and others only to fill up."""
    order = [
        *list(builders.authors)[:MOST_AUTHORS],
        *sorted(builders.fixers, key=lambda one: (-builders.fixers[one], one)),
        *builders.team,
    ]
    can = [one for one in dict.fromkeys(order) if one not in builders.cannot]
    authors = [one for one in can if one in builders.authors]
    others = [one for one in can if one not in builders.authors]
    chosen = [*authors, *others[: max(0, seats - len(authors))]]
    return tuple(Proposal(one, _reasons(builders, one)) for one in chosen)


def _reasons(builders: Builders, person: int) -> tuple[str, ...]:
    reasons = []
    if person in builders.authors:
        reasons.append(f"wrote changes in {', '.join(builders.authors[person])}")
    if fixes := builders.fixers.get(person, 0):
        reasons.append(f"fixed {fixes} {'story' if fixes == 1 else 'stories'} of {builders.service} in the last year")
    if person in builders.team:
        reasons.append(f"is in {builders.team_code}, which built it")
    return tuple(reasons)
