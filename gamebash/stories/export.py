"""Stories as a table for spreadsheets."""

from collections.abc import Iterable, Iterator

from gamebash.stories.queries.listing import StoryLine

HEADER = (
    "story", "title", "state", "service", "team", "grade", "points", "effort (h)", "value", "value per hour",
    "why this value", "origin", "problem", "incidents in 13 weeks", "changed at (UTC)",
)  # fmt: skip


def csv_rows(lines: Iterable[StoryLine]) -> Iterator[tuple[object, ...]]:
    """Yield the cells of each story, in the order of the header."""
    for line in lines:
        yield (
            line.key, line.title, line.state.value, line.service, line.team.code if line.team else "", line.grade.value,
            line.points, line.effort_hours, round(line.value.amount, 2), round(line.value.amount / line.effort_hours, 2),
            line.value.sentence, line.origin.value, line.problem_key, sum(line.bars),
            line.updated_at.isoformat(timespec="seconds"),
        )  # fmt: skip
