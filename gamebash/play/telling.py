"""Telling the sources of a problem's incidents that its fix was accepted, where that is switched on."""

from datetime import datetime

from gamebash.backlog.sources.writing_back import plan_remarks
from gamebash.play.models import Fix

LONGEST = 1_000


def tell_sources(fix: Fix, *, now: datetime) -> int:
    """Keep what sources are to be told of an accepted fix, in the same transaction; return about how many incidents."""
    story = fix.story
    if story.problem_id is None and story.incident_id is None:
        return 0
    lines = [
        f"The cause of this was fixed: {story.key}, {_line(story.title)}, by {fix.player.person.player_name}.",
        f"The change: {fix.change_url}",
        f"What keeps it from coming back: {_line(fix.prevention)}",
    ]
    return plan_remarks(
        problem_id=story.problem_id, incident_id=story.incident_id, key=f"fix-{fix.id}", text="\n".join(lines), now=now
    )


def _line(text: str) -> str:
    return " ".join(text.split())[:LONGEST]
