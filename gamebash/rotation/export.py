"""The log as a table for spreadsheets."""

from collections.abc import Iterable, Iterator

from gamebash.rotation.membership import TeamBadge
from gamebash.rotation.queries.log import LogRow
from gamebash.rotation.queries.tours import TourLine

HEADER = (
    "move", "person", "handle", "from", "to", "first day", "kind", "reason", "logged by", "logged at (UTC)",
    "approved by", "corrects move", "corrected by move",
)  # fmt: skip

TOURS_HEADER = ("person", "handle", "team", "first day", "last day", "days so far", "limits", "standing")


def csv_tours(lines: Iterable[TourLine]) -> Iterator[tuple[object, ...]]:
    """Yield the cells of each tour, in the order of the header."""
    for line in lines:
        last = line.last_on.isoformat() if line.last_on else ""
        standing = "planned" if line.is_planned else line.verdict.value
        yield line.name, line.handle, line.team.code, line.from_on.isoformat(), last, line.days, line.limit, standing


def csv_rows(rows: Iterable[LogRow]) -> Iterator[tuple[object, ...]]:
    """Yield the cells of each entry, in the order of the header."""
    for row in rows:
        yield (
            row.number, row.name, row.handle, _code(row.from_team), _code(row.to_team), row.effective_on.isoformat(),
            row.what, row.reason, row.logged_by, row.logged_at.isoformat(timespec="seconds"),
            ", ".join(approval.name for approval in row.approvals), row.corrects, row.corrected_by,
        )  # fmt: skip


def _code(team: TeamBadge | None) -> str:
    return team.code if team else ""
