"""What the page for shaping a story shows."""

from dataclasses import dataclass

from gamebash.stories.grades import grade_for
from gamebash.stories.lifecycle import TRANSITIONS, StoryState
from gamebash.stories.models import Story
from gamebash.stories.readiness import Check, missing


@dataclass(frozen=True, slots=True)
class EditPage:
    """A story being shaped: how it stands, what it lacks, and what its form begins with."""

    key: str
    title: str
    state: StoryState
    checks: tuple[Check, ...]
    can_make_ready: bool
    can_drop: bool
    values: dict[str, str | float]

    @property
    def lacking(self) -> tuple[Check, ...]:
        """What it needs before it can be pulled."""
        return missing(self.checks)


def edit_page(story: Story) -> EditPage:
    """Return what the page shows of a story."""
    usual_team = story.service.builder_team or story.service.team
    verbs = TRANSITIONS[story.state]
    return EditPage(
        key=story.key,
        title=story.title,
        state=story.state,
        checks=story.ready_checks,
        can_make_ready="make_ready" in verbs and not missing(story.ready_checks),
        can_drop="drop" in verbs,
        values={
            "title": story.title,
            "why": story.why,
            "service": story.service.slug,
            "team": story.team.code if story.team and story.team != usual_team else "",
            "effort_hours": story.effort_hours,
            "grade": story.grade.value if story.grade is not grade_for(story.effort_hours) else "",
            "acceptance_criteria": story.acceptance_criteria,
            "description": story.description,
            "seen_at": story.updated_at.isoformat(),
        },
    )
