"""The log as a table for spreadsheets."""

from collections.abc import Iterable, Iterator

from gamebash.rotation.membership import TeamBadge
from gamebash.rotation.queries.log import LogRow

HEADER = (
    "move", "person", "handle", "from", "to", "first day", "kind", "reason", "logged by", "logged at (UTC)",
    "approved by", "corrects move", "corrected by move",
)  # fmt: skip


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
