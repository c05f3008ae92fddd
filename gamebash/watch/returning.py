"""A problem that came back gets a story again, ready for the next pull: the same words, and what was tried before."""

from datetime import datetime, timedelta

from gamebash.backlog.models import Problem
from gamebash.core.filters import counted
from gamebash.stories.grounds import Evidence
from gamebash.stories.models import Origin, Story
from gamebash.stories.queries.found import find_open_story
from gamebash.stories.readiness import missing
from gamebash.stories.stories import Content, make_ready, propose_story
from gamebash.watch.models import Watch


def return_story(watch: Watch, home: Problem | None, *, now: datetime) -> Story | None:
    """Propose the story anew and make it ready; where one is open about the problem already, that one goes on."""
    if home is None:
        return None
    old = watch.fix.story
    evidence = Evidence(problem=home, is_noise=old.origin is Origin.NOISE)
    if (known := find_open_story(evidence)) is not None:
        return known
    content = Content(
        title=old.title,
        service=old.service,
        effort_hours=old.effort_hours,
        why=_why(watch),
        description=old.description,
        acceptance_criteria=old.acceptance_criteria,
        team=old.team,
        grade=old.grade,
    )
    story = propose_story(content, evidence, by=None, now=now)
    return story if missing(story.ready_checks) else make_ready(story, by=None, now=now)


def _why(watch: Watch) -> str:
    opened = watch.recurrence.opened_at if watch.recurrence else watch.starts_at
    days = max(1, -(-(opened - watch.starts_at) // timedelta(days=1)))
    return f"It came back {counted(days, 'day')} after {watch.fix.story.key}. What was tried is kept with that story."
