"""The rules of an event, for reading."""

from dataclasses import dataclass
from datetime import datetime

from gamebash.events.changes import Change, last_change
from gamebash.events.lifecycle import EventState, state_at
from gamebash.events.models import Event
from gamebash.events.rule_book import RuleChapter, rule_book
from gamebash.events.rules import Rules


@dataclass(frozen=True, slots=True)
class RulesPage:
    """The rules in words; ``frozen`` is who took the event live, and when."""

    slug: str
    name: str
    state: EventState
    chapters: tuple[RuleChapter, ...]
    rules: Rules
    frozen: Change | None
    changed: Change | None
    confirmed_at: datetime | None
    now: datetime

    @property
    def can_change(self) -> bool:
        """Whether the rules can still change."""
        return self.state in {EventState.DRAFT, EventState.SCHEDULED}


def rules_page(event: Event, *, now: datetime) -> RulesPage:
    """Return the rules of an event in words."""
    rules = Rules.from_document(event.rules)
    return RulesPage(
        slug=event.slug,
        name=event.name,
        state=state_at(event.state, event.ends_at, event.paused_at, now),
        chapters=rule_book(rules),
        rules=rules,
        frozen=last_change(event, ("event:went_live",)),
        changed=last_change(event, ("event:rules_changed",)),
        confirmed_at=event.rules_confirmed_at,
        now=now,
    )
