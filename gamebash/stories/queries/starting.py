"""Where to begin with a story: its mentor and hints."""

from dataclasses import dataclass

from gamebash.people.models import Person
from gamebash.stories.lifecycle import OPEN_STATES
from gamebash.stories.models import Story


@dataclass(frozen=True, slots=True)
class Starting:
    """What newcomers are told, and what the viewer may do about it."""

    is_starter: bool
    mentor: str
    mentor_handle: str
    has_agreed: bool
    is_asked: bool
    runbook_url: str
    pointers: str
    can_mark: bool


def starting(story: Story, person: Person, *, can_shape: bool) -> Starting:
    """Return where to begin, and what somebody may do about it. No query."""
    starter = story.starter
    return Starting(
        is_starter=starter is not None,
        mentor=starter.mentor.player_name if starter else "",
        mentor_handle=starter.mentor.handle if starter else "",
        has_agreed=starter is not None and starter.agreed_at is not None,
        is_asked=starter is not None and starter.mentor_id == person.id and starter.agreed_at is None,
        runbook_url=starter.runbook_url if starter else "",
        pointers=starter.pointers if starter else "",
        can_mark=can_shape and story.state in OPEN_STATES,
    )
