"""What a manager asks of a plan: dates, what teams need, knowledge at hand, joiners, pairs, weights, and rows they fixed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from gamebash.staffing.planner.instance import Edit, EditKind, Weights

MOST_DATES = 12
MOST_JOINERS = 100
MOST_EDITS = 60


@dataclass(frozen=True, slots=True)
class TeamAsked:
    """How many people a team needs at least and at most, and how many seats should be filled (0: no matter)."""

    least: int
    most: int
    seats: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything that a plan is asked for. ``joiners`` come at ``joiners_at``, an index into the dates, and have no name yet.

    At least ``cover`` people who know a service are to be in ops or SRE, or in its own team too where ``counts_owner``.
    """

    dates: tuple[date, ...]
    teams: Mapping[int, TeamAsked]
    cover: int = 1
    counts_owner: bool = True
    changes: int = 2
    joiners: int = 0
    joiners_at: int = 0
    apart: tuple[tuple[int, int], ...] = ()
    together: tuple[tuple[int, int], ...] = ()
    fair_since: date | None = None
    weights: Weights = field(default_factory=Weights)
    edits: tuple[Edit, ...] = ()

    def to_document(self) -> dict[str, Any]:
        """Return this as plain values."""
        return {
            "dates": [day.isoformat() for day in self.dates],
            "teams": {str(team): asdict(need) for team, need in self.teams.items()},
            "cover": self.cover, "counts_owner": self.counts_owner, "changes": self.changes,
            "joiners": self.joiners, "joiners_at": self.joiners_at,
            "apart": [list(pair) for pair in self.apart], "together": [list(pair) for pair in self.together],
            "fair_since": self.fair_since.isoformat() if self.fair_since else None,
            "weights": asdict(self.weights),
            "edits": [[edit.kind.value, edit.person, edit.team, edit.at] for edit in self.edits],
        }  # fmt: skip

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Asked":
        """Return what a stored document asks for."""
        since = document["fair_since"]
        return cls(
            dates=tuple(date.fromisoformat(day) for day in document["dates"]),
            teams={int(team): TeamAsked(**need) for team, need in document["teams"].items()},
            cover=document["cover"],
            counts_owner=document["counts_owner"],
            changes=document["changes"],
            joiners=document["joiners"],
            joiners_at=document["joiners_at"],
            apart=tuple((one, other) for one, other in document["apart"]),
            together=tuple((one, other) for one, other in document["together"]),
            fair_since=date.fromisoformat(since) if since else None,
            weights=Weights(**document["weights"]),
            edits=tuple(Edit(EditKind(kind), *numbers) for kind, *numbers in document["edits"]),
        )


def faults(asked: Asked, today: date) -> tuple[str, ...]:
    """Return a sentence for each thing that cannot be asked."""
    found = []
    if not asked.dates or asked.dates[0] <= today:
        found.append("Choose a first day that lies ahead.")
    if len(asked.dates) > MOST_DATES or sorted(set(asked.dates)) != list(asked.dates):
        found.append(f"A plan has up to {MOST_DATES} days, one after the other.")
    if any(need.least > need.most for need in asked.teams.values()):
        found.append("A team needs at most no fewer people than at least.")
    if not 0 <= asked.joiners <= MOST_JOINERS or not 0 <= asked.joiners_at < max(1, len(asked.dates)):
        found.append(f"Up to {MOST_JOINERS} people can join, on one of the days.")
    if any(one == other for one, other in asked.apart + asked.together):
        found.append("A pair is two people.")
    if len(asked.edits) > MOST_EDITS:
        found.append(f"Up to {MOST_EDITS} rows can be fixed by hand. Ask for a plan anew instead.")
    return tuple(found)
