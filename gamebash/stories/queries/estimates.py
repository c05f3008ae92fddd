"""Who estimated a story, and what that makes of its grade."""

from dataclasses import dataclass

from gamebash.people.models import Person
from gamebash.policy import Permission, is_allowed
from gamebash.stories.estimates import ESTIMABLE
from gamebash.stories.grades import Grade, counted_grade
from gamebash.stories.models import Story


@dataclass(frozen=True, slots=True)
class Estimates:
    """The estimates of a story: by whom, what the second says, and the grade that is paid."""

    first_by: str
    second_by: str
    second_grade: Grade | None
    counted: Grade
    can_estimate: bool


def estimates_of(story: Story, person: Person) -> Estimates:
    """Return the estimates as one person sees them; whoever made the first cannot make the second."""
    is_theirs = person.id in {story.estimated_by_id, story.created_by_id}
    is_free = story.second_by_id in {None, person.id}
    may = is_allowed(person.roles, Permission.SHAPE_STORIES) and story.state in ESTIMABLE
    return Estimates(
        first_by=story.estimated_by.player_name if story.estimated_by else "",
        second_by=story.second_by.player_name if story.second_by else "",
        second_grade=story.second_grade,
        counted=counted_grade(story.grade, story.second_grade),
        can_estimate=may and is_free and not is_theirs,
    )
